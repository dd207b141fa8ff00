// Which tiles of accumulators fit the registers, and what a multiply-add in them costs.
#pragma once

#include "codegen/Schedules/Machine.h"

namespace mnv3::codegen {

struct RegisterTile {
  int pixels = 1, vectors = 1;
  int accumulators() const { return pixels * vectors; }
  bool operator==(const RegisterTile &) const = default;
};

// Registers that a reduction step needs beside the accumulators:
//   x86 and most others   the step's weights and one broadcast input
//   Helium, RISC-V        the step's weights; inputs are scalars
//   NEON of 64 bits       the step's weights, four steps' inputs of each pixel, and two to move values to and fro; beyond 21
//                         accumulators compilers spill all the same
bool fitsRegisters(RegisterTile tile, const KernelTarget &target);

// Cost of one multiply-add in such a tile, 1 where nothing but multiply-adds counts.
double multiplyAddCost(RegisterTile tile, const KernelTarget &target);

// What becomes of channel vectors that fill no tile: a kernel part of their own; or they are filled up with zeros; or there must be
// none.
enum class LastVectors { haveTheirOwnTile, fillUp, divide };

// The cheapest tile for pictures `width` pixels wide and `vectors` channel vectors deep.
RegisterTile chooseRegisterTile(int width, int vectors, const KernelTarget &target,
                                LastVectors last = LastVectors::haveTheirOwnTile);

// Reduction steps that a loop over such a tile should do at a time, a divisor of every input's channels. NEON loads four steps' inputs
// at once. Elsewhere it needs so many that what moves the loop on (two instructions or three) is little beside sixteen multiply-adds;
// more would be code that nothing gains. Where vectors are split, two steps are a long loop already.
int chooseUnroll(RegisterTile tile, const std::vector<Picture> &inputs, const KernelTarget &target);

} // namespace mnv3::codegen
