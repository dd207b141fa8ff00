#include "test/Kernels/Passes.h"

#include "codegen/Schedules/Schedules.h"
#include "test/Kernels/Pack.h"

#include <algorithm>
#include <limits>

namespace mnv3::codegen::test {
namespace {

Tensor expectedOf(Family family, const Pass &wanted, const KernelSpec &spec, const Tensor &input, const Tensor &gate,
                  const Tensor &residual) {
  Tensor expected(spec.height, spec.width, wanted.channels);
  for (int y = 0; y < spec.height; ++y)
    for (int x = 0; x < spec.width; ++x)
      for (int c = 0; c < wanted.channels; ++c) {
        double value = 0;
        switch (family) {
        case Family::globalPool:
          for (int i = 0; i < input.height; ++i)
            for (int j = 0; j < input.width; ++j)
              value += input.at(i, j, c) / (double(input.height) * input.width);
          break;
        case Family::maxPool:
          value = -std::numeric_limits<double>::infinity();
          for (int i = y * wanted.stride - wanted.pad; i < y * wanted.stride - wanted.pad + wanted.kernel; ++i)
            for (int j = x * wanted.stride - wanted.pad; j < x * wanted.stride - wanted.pad + wanted.kernel; ++j)
              if (i >= 0 && j >= 0 && i < input.height && j < input.width)
                value = std::max(value, double(input.at(i, j, c)));
          break;
        case Family::upsample:
          value = input.at(y / wanted.factor, x / wanted.factor, c);
          break;
        case Family::copy:
          value = input.at(y, x, c);
          break;
        default:
          value = input.at(y, x, c);
          if (wanted.gate)
            value = activation(wanted.gateActivation, spec.slope, value * gate.values[c]);
          value = activation(wanted.activation, spec.slope, value) + (wanted.residual ? residual.at(y, x, c) : 0);
        }
        expected.at(y, x, c) = float(value);
      }
  return expected;
}

} // namespace

Case makePass(Family family, const Pass &wanted, const KernelTarget &target) {
  const int vector = target.vectorWidth;
  Case result;
  result.name = wanted.name;
  result.dense = wanted.dense;
  KernelSpec &spec = result.spec;
  spec.family = family;
  spec.inputHeight = wanted.inputHeight;
  spec.inputWidth = wanted.inputWidth;
  spec.activation = wanted.activation;
  spec.slope = 0.1f;
  spec.gateActivation = wanted.gateActivation;
  spec.hasGate = wanted.gate;
  spec.hasResidual = wanted.residual;
  auto extent = [&](int input, int given) {
    if (given)
      return given;
    if (family == Family::globalPool)
      return 1;
    if (family == Family::upsample)
      return input * wanted.factor;
    return (input + 2 * wanted.pad - wanted.kernel) / wanted.stride + 1;
  };
  spec.height = extent(wanted.inputHeight, wanted.height);
  spec.width = extent(wanted.inputWidth, wanted.width);
  if (family == Family::maxPool) {
    spec.kernelH = spec.kernelW = wanted.kernel;
    spec.strideY = spec.strideX = wanted.stride;
    spec.padTop = spec.padLeft = wanted.pad;
  }
  if (family == Family::upsample)
    spec.factor = wanted.factor;
  spec.inputs = {pictureOf(wanted.channels, wanted.inputWidth, wanted.input, vector)};
  spec.output = wanted.dense ? Picture{wanted.channels, wanted.channels, wanted.channels * spec.width, 4}
                             : pictureOf(wanted.channels, spec.width, wanted.output, vector);
  if (wanted.residual)
    spec.residual = pictureOf(wanted.channels, spec.width, {}, vector);
  spec.schedule = chooseSchedule(spec, target);

  const Tensor input = randomTensor(wanted.inputHeight, wanted.inputWidth, wanted.channels, 1, 3);
  const Tensor gate = randomTensor(1, 1, wanted.channels, 2);
  const Tensor residual = randomTensor(spec.height, spec.width, wanted.channels, 3);
  result.operands = {placeInput(input, spec.inputs[0], wanted.input, vector)};
  if (wanted.gate)
    result.operands.push_back(placeDense(padTo(gate.values, vector, 0.0f / 0.0f)));
  if (wanted.residual)
    result.operands.push_back(placeInput(residual, spec.residual, {}, vector));
  result.expected = expectedOf(family, wanted, spec, input, gate, residual);
  return result;
}

} // namespace mnv3::codegen::test
