#include "codegen/Kernels/Activations.h"

#include "codegen/Schedules/Machine.h"

namespace mnv3::codegen {
namespace {

using Halide::Expr;

// The integer next to z, |z| < 2^22, and a number in whose low bits it stands.
struct Rounded {
  Expr whole;
  Expr bits;
};

// Adding 1.5 * 2^23 rounds z to an integer, and leaves it in the low bits of the sum (hence strict_float: to a compiler that may
// reassociate, the sum minus the constant is z).
Rounded roundByAdding(Expr z) {
  const Expr magic = 12582912.0f;
  Expr sum = strict_float(z + magic);
  return {strict_float(sum - magic), reinterpret<int32_t>(sum)};
}

// 2^-z, relative error below 3e-7 while it is between 2^-125 and 2^125.
//
// n is the integer next to z. 2^-(z - n) is a polynomial, minimax on [-.5, .5] with relative error 1.5e-7 (degree 4 would have 2.6e-6), and
// subtracting n from its exponent bits scales it by 2^-n.
Expr negativePower(Expr z) {
  z = clamp(z, -125.0f, 125.0f);
  Rounded n = roundByAdding(z);
  Expr rest = z - n.whole;
  Expr power = -0.00132764725f;
  for (float coefficient : {0.00967554096f, -0.0555071309f, 0.240221202f, -0.693146944f, 1.00000012f})
    power = power * rest + coefficient;
  return reinterpret<float>(reinterpret<int32_t>(power) - (n.bits << 23));
}

Expr hardSigmoid(Expr x) { return clamp(x * (1.0f / 6) + 0.5f, 0.0f, 1.0f); }

constexpr float log2e = 1.44269504f;

// x / (1 + 2^-z), z = x log2(e).
//
// n is the integer next to -z and r = -z - n, from -.5 to .5. 2^r is (a + b r + r^2) / (a - b r + r^2), relative error below 4.4e-7 (a and b
// such that it is none at the extremes of the fifth Chebyshev polynomial, where it were smallest). So
//
//     x / (1 + 2^(n + r)) = x below / (below + 2^n above)
//
// and nothing is divided twice, and no constant copied for a multiply-add to destroy. 2^n is added to the exponent. |n| is 64 at most: a sigmoid
// below 2^-64 or so near 1 is as good as what it should be. Where an instruction rounds and another converts to fixed point and saturates,
// n becomes a fixed point number of 25 digits, and what does not fit saturates; elsewhere -z is clamped, and rounded by adding.
Expr silu(Expr x, const KernelTarget &target) {
  Expr z = x * -log2e, n, exponent;
  if (roundsAndSaturates(target)) {
    n = round(z);
    exponent = cast<int32_t>(n * 33554432.0f) >> 2;
  } else {
    z = clamp(z, -64.0f, 64.0f);
    Rounded rounded = roundByAdding(z);
    n = rounded.whole;
    exponent = rounded.bits << 23;
  }
  Expr rest = z - n;
  Expr even = rest * rest + 25.0391884f, odd = rest * 8.67786694f;
  Expr above = strict_float(even + odd), below = strict_float(even - odd); // of which a compiler might find a longer way
  return x * below / (below + reinterpret<float>(reinterpret<int32_t>(above) + exponent));
}

} // namespace

Expr exponential(Expr x) { return negativePower(x * -log2e); }

bool isLooped(Activation activation, const KernelTarget &target) { return activation == Activation::silu && !multipliesByElement(target); }

Expr activate(Activation activation, float slope, Expr x, const KernelTarget &target) {
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
    return silu(x, target);
  }
  return x;
}

} // namespace mnv3::codegen
