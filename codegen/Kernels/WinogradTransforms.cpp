#include "codegen/Kernels/WinogradTransforms.h"

namespace mnv3::codegen {

using namespace Halide;

// Common terms are named, as a compiler may not find them.

namespace {

using Exprs = std::vector<Expr>;

Exprs inputOf4And3(const Exprs &d) {
  Expr even = d[4] - 4.0f * d[2], odd = d[3] - 4.0f * d[1];
  Expr outer = d[4] - d[2], inner = 2.0f * (d[3] - d[1]);
  return {4.0f * d[0] + (d[4] - 5.0f * d[2]), even + odd, even - odd, outer + inner, outer - inner,
          4.0f * d[1] + (d[5] - 5.0f * d[3])};
}

Exprs outputOf4And3(const Exprs &m) {
  Expr sum1 = m[1] + m[2], difference1 = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  return {m[0] + sum1 + sum2, difference1 + 2.0f * difference2, sum1 + 4.0f * sum2, difference1 + 8.0f * difference2 + m[5]};
}

Exprs inputOf2And3(const Exprs &d) { return {d[0] - d[2], d[1] + d[2], d[2] - d[1], d[3] - d[1]}; }

Exprs outputOf2And3(const Exprs &m) { return {m[0] + m[1] + m[2], m[1] - m[2] + m[3]}; }

Exprs inputOf4And2(const Exprs &d) {
  Expr odd = d[3] - d[1];
  Exprs result = {odd + 2.0f * (d[0] - d[2]), (d[3] - d[2]) - 2.0f * d[1], (d[3] - d[2]) + 2.0f * (d[1] - d[2]), odd};
  if (d.size() > 4)
    result.push_back((d[4] - d[2]) - 2.0f * odd);
  return result;
}

Exprs outputOf4And2(const Exprs &m) {
  Expr sum = m[1] + m[2], difference = m[1] - m[2];
  return {m[0] + sum + m[3], difference + 2.0f * m[3], sum + 4.0f * m[3], difference + 8.0f * m[3] + m[4]};
}

Exprs inputOf2And2(const Exprs &d) {
  Exprs result = {d[0] - d[1], d[1]};
  if (d.size() > 2)
    result.push_back(d[2] - d[1]);
  return result;
}

Exprs outputOf2And2(const Exprs &m) { return {m[0] + m[1], m[1] + m[2]}; }

} // namespace

Exprs transformInput(const Tiling &tiling, const Exprs &d) {
  if (tiling.taps == 3)
    return tiling.outputs == 4 ? inputOf4And3(d) : inputOf2And3(d);
  return tiling.outputs == 4 ? inputOf4And2(d) : inputOf2And2(d);
}

Exprs transformOutput(const Tiling &tiling, const Exprs &m) {
  if (tiling.taps == 3)
    return tiling.outputs == 4 ? outputOf4And3(m) : outputOf2And3(m);
  return tiling.outputs == 4 ? outputOf4And2(m) : outputOf2And2(m);
}

} // namespace mnv3::codegen
