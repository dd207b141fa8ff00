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

// What becomes of channel vectors that fill no tile: a kernel part of their own, or there must be none.
enum class LastVectors { haveTheirOwnTile, divide };

// The cheapest tile for pictures `width` pixels wide and `vectors` channel vectors deep.
RegisterTile chooseRegisterTile(int width, int vectors, const KernelTarget &target,
                                LastVectors last = LastVectors::haveTheirOwnTile);

} // namespace mnv3::codegen
