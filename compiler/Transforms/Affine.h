// A batch norm with constant parameters is y = factor * x + shift, each channel.
#pragma once

#include "dialects/NN/NN.h"

namespace mnv3::nn {

struct Affine {
  llvm::SmallVector<double> factor, shift; // one value a channel
};

// Nothing when a parameter is no constant; failure, with the reason at the op, when there is no square root to take.
llvm::FailureOr<std::optional<Affine>> affineOf(BatchNormOp norm);

} // namespace mnv3::nn
