// Names lie: what a checkpoint's modules really are, against what the yaml's rows make of them.
#pragma once

#include "compiler/Import/Rows.h"
#include "compiler/Import/Weights.h"

namespace mnv3::import {

// Sets on an op in what forks differ and what the keys and shapes of its weights tell: the order of gate and activation, the
// width inside squeeze-excite, whether it has biases. Comes before the op is asked for its parameters.
void adoptVariant(yolo::ModuleOpInterface op, const Weights &weights);

// Compares the classes and settings of a checkpoint's modules with what an op computes: kernels, strides, padding, groups,
// dilation, activations, whether the input is added. Throws ImportError at the row: key, expected, found.
void checkStructure(yolo::ModuleOpInterface op, const Row &row, const CheckpointModel &model, const std::string &file);

} // namespace mnv3::import
