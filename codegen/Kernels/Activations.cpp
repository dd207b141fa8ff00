#include "codegen/Kernels/Activations.h"

#include "codegen/Schedules/Machine.h"

namespace mnv3::codegen {
namespace {

using Halide::Expr;

// 2^-z, relative error below 3e-7 while it is between 2^-125 and 2^125.
//
// Adding 1.5 * 2^23 rounds z to an integer n, which then stands in the low bits of the sum (hence strict_float: to a
// compiler that may reassociate, the sum minus the constant is z). 2^-(z - n) is a polynomial, minimax on [-.5, .5] with
// relative error 1.5e-7 (degree 4 would have 2.6e-6), and subtracting n from its exponent bits scales it by 2^-n.
Expr negativePower(Expr z) {
  const Expr magic = 12582912.0f;
  z = clamp(z, -125.0f, 125.0f);
  Expr sum = strict_float(z + magic);
  Expr rest = z - strict_float(sum - magic);
  Expr power = -0.00132764725f;
  for (float coefficient : {0.00967554096f, -0.0555071309f, 0.240221202f, -0.693146944f, 1.00000012f})
    power = power * rest + coefficient;
  return reinterpret<float>(reinterpret<int32_t>(power) - (reinterpret<int32_t>(sum) << 23));
}

Expr hardSigmoid(Expr x) { return clamp(x * (1.0f / 6) + 0.5f, 0.0f, 1.0f); }

constexpr float log2e = 1.44269504f;

} // namespace

Expr exponential(Expr x) { return negativePower(x * -log2e); }

bool isLooped(Activation activation, const KernelTarget &target) { return activation == Activation::silu && !multipliesByElement(target); }

Expr activate(Activation activation, float slope, Expr x) {
  switch (activation) {
  case Activation::none:
    return x;
  case Activation::relu:
    return max(x, 0.0f);
  case Activation::relu6:
    return clamp(x, 0.0f, 6.0f);
  case Activation::leakyRelu:
    return slope >= 0 && slope <= 1 ? max(x, x * slope) : select(x > 0.0f, x, x * slope);
  case Activation::hardSigmoid:
    return hardSigmoid(x);
  case Activation::hardSwish:
    return x * hardSigmoid(x);
  case Activation::silu:
    return x / (1.0f + negativePower(x * log2e));
  }
  return x;
}

} // namespace mnv3::codegen
