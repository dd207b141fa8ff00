// The transforms of Winograd's minimal filtering F(outputs, taps) in one dimension, as expressions (A. Lavin, S. Gray: Fast
// Algorithms for Convolutional Neural Networks). The matrices follow from the points at which polynomials are multiplied:
//
//     F(4, 3)    0, 1, -1, 2, -2, infinity
//     F(2, 3)    0, 1, -1, infinity
//     F(4, 2)    0, 1, -1, 2, infinity
//     F(2, 2)    0, 1, infinity
//
// compiler/Transforms/Kern/WeightPacking.cpp has G, which transforms the filter.
#pragma once

#include <Halide.h>

#include <vector>

namespace mnv3::codegen {

struct Tiling {
  int outputs = 4, taps = 3; // of a tile, in one dimension
  int points() const { return outputs + taps - 1; }
};

// B^T d. A filter that has one tap only is nothing at infinity: then `d` and the result lack their last element.
std::vector<Halide::Expr> transformInput(const Tiling &tiling, const std::vector<Halide::Expr> &d);

// A^T m.
std::vector<Halide::Expr> transformOutput(const Tiling &tiling, const std::vector<Halide::Expr> &m);

} // namespace mnv3::codegen
