#include "test/Kernels/Convolutions.h"

#include "codegen/Schedules/Schedules.h"
#include "test/Kernels/Pack.h"

#include <algorithm>
#include <cmath>

namespace mnv3::codegen::test {
namespace {

// What the result of a convolution of `n` terms may differ by, times 1 + |result|: each of the terms, which are about
// 1/sqrt(n), is rounded to 6e-8 of a sum that is about 1. Winograd's transforms multiply that by up to ten or so.
constexpr double directTolerance = 1e-5, winogradTolerance = 1e-4;

Filter randomFilter(int outputs, int rows, int columns, int inputs, unsigned seed) {
  Filter filter{outputs, rows, columns, inputs, {}};
  const float scale = 1.7f / std::sqrt(float(rows * columns * inputs));
  filter.values = randomTensor(outputs, rows, columns * inputs, seed, scale).values;
  return filter;
}

void chooseIfUnset(KernelSpec &spec, const KernelTarget &target) {
  if (spec.schedule == Schedule())
    spec.schedule = chooseSchedule(spec, target);
}

} // namespace

Case makeConvolution(const Convolution &wanted, const KernelTarget &target, bool withExpected) {
  const int vector = target.vectorWidth, padTop = wanted.dilation * (wanted.kernelH - 1) / 2,
            padLeft = wanted.dilation * (wanted.kernelW - 1) / 2;
  const int inputHeight = wanted.height * wanted.stride, inputWidth = wanted.width * wanted.stride;
  Case result;
  result.name = wanted.name;
  result.tolerance = wanted.winograd ? winogradTolerance : directTolerance;
  KernelSpec &spec = result.spec;
  spec.family = wanted.winograd ? Family::winograd : Family::conv2d;
  spec.factor = std::max(wanted.winograd, 1);
  spec.height = wanted.height;
  spec.width = wanted.width;
  spec.output = pictureOf(wanted.outputs, wanted.width, wanted.output, vector);
  spec.kernelH = wanted.kernelH;
  spec.kernelW = wanted.kernelW;
  spec.strideY = spec.strideX = wanted.stride;
  spec.dilation = wanted.dilation;
  spec.activation = wanted.activation;
  spec.slope = 0.1f;
  spec.hasBias = !wanted.start;
  spec.hasGate = wanted.gate;
  spec.gateActivation = wanted.gateActivation;
  spec.hasResidual = wanted.residual;
  spec.hasStart = wanted.start;
  Layout inputLayout = wanted.input;
  inputLayout.halo = std::max({inputLayout.halo, padTop, padLeft});
  std::vector<Tensor> inputs;
  std::vector<Filter> filters;
  for (int channels : wanted.inputs) {
    const unsigned seed = unsigned(inputs.size()) * 10;
    inputs.push_back(randomTensor(inputHeight, inputWidth, channels, seed + 1));
    filters.push_back(randomFilter(wanted.outputs, wanted.kernelH, wanted.kernelW, channels, seed + 2));
    spec.inputs.push_back(pictureOf(channels, inputWidth, inputLayout, vector));
  }
  Tensor bias = randomTensor(1, 1, wanted.outputs, 3);
  for (float &value : bias.values)
    value *= wanted.biasScale;
  const Tensor gate = randomTensor(1, 1, wanted.inputs[0], 4);
  const Tensor residual = randomTensor(wanted.height, wanted.width, wanted.outputs, 5);
  const Tensor start = randomTensor((wanted.height + 1) / 2, (wanted.width + 1) / 2, wanted.outputs, 6);
  if (wanted.residual)
    spec.residual = pictureOf(wanted.outputs, wanted.width, wanted.residualLayout, vector);
  if (wanted.start)
    spec.start = pictureOf(wanted.outputs, start.width, {}, vector);
  spec.schedule = wanted.schedule;
  chooseIfUnset(spec, target);

  const int packing = lanesOf(spec.output, target), tile = packing * spec.schedule.vectors;
  for (size_t i = 0; i < inputs.size(); ++i) {
    result.operands.push_back(placeInput(inputs[i], spec.inputs[i], inputLayout, vector, padTop, padLeft));
    result.operands.push_back(placeDense(wanted.winograd ? packWinograd(filters[i], tile, wanted.stride, wanted.winograd)
                                                         : packConv(filters[i], tile)));
  }
  if (!wanted.start)
    result.operands.push_back(placeDense(padTo(bias.values, tile)));
  if (wanted.gate)
    result.operands.push_back(placeDense(padTo(gate.values, vector, 0.0f / 0.0f)));
  if (wanted.residual) // a kernel reads whole vectors of it
    result.operands.push_back(placeInput(residual, spec.residual, wanted.residualLayout, vector));
  if (wanted.start)
    result.operands.push_back(placeInput(start, spec.start, {}, vector));
  if (!wanted.residual && !wanted.start)
    result.padLanes = float(activation(wanted.activation, spec.slope, 0));
  if (!withExpected)
    return result;

  result.expected = Tensor(wanted.height, wanted.width, wanted.outputs);
  for (int y = 0; y < wanted.height; ++y)
    for (int x = 0; x < wanted.width; ++x)
      for (int o = 0; o < wanted.outputs; ++o) {
        double sum = wanted.start ? start.at(y / 2, x / 2, o) : bias.values[o];
        for (size_t i = 0; i < inputs.size(); ++i)
          for (int ky = 0; ky < wanted.kernelH; ++ky)
            for (int kx = 0; kx < wanted.kernelW; ++kx)
              for (int c = 0; c < wanted.inputs[i]; ++c) {
                double value = inputs[i].padded(y * wanted.stride + ky * wanted.dilation - padTop,
                                                x * wanted.stride + kx * wanted.dilation - padLeft, c);
                if (wanted.gate)
                  value = activation(wanted.gateActivation, spec.slope, value * gate.values[c]);
                sum += value * filters[i].at(o, ky, kx, c);
              }
        result.expected.at(y, x, o) =
            float(activation(wanted.activation, spec.slope, sum) + (wanted.residual ? residual.at(y, x, o) : 0));
      }
  return result;
}

Case makeDepthwiseCase(const Convolution &wanted, const KernelTarget &target, bool withExpected) {
  const int vector = target.vectorWidth, channels = wanted.inputs[0];
  const int padTop = wanted.kernelH / 2, padLeft = wanted.kernelW / 2;
  const int inputHeight = wanted.height * wanted.stride, inputWidth = wanted.width * wanted.stride;
  Case result;
  result.name = wanted.name;
  KernelSpec &spec = result.spec;
  spec.family = Family::depthwise;
  spec.height = wanted.height;
  spec.width = wanted.width;
  spec.output = pictureOf(channels, wanted.width, wanted.output, vector);
  spec.kernelH = wanted.kernelH;
  spec.kernelW = wanted.kernelW;
  spec.strideY = spec.strideX = wanted.stride;
  spec.activation = wanted.activation;
  Layout layout = wanted.input;
  layout.halo = std::max({layout.halo, padTop, padLeft});
  spec.inputs = {pictureOf(channels, inputWidth, layout, vector)};
  spec.schedule = wanted.schedule;
  chooseIfUnset(spec, target);

  const Tensor input = randomTensor(inputHeight, inputWidth, channels, 1);
  const Filter filter = randomFilter(channels, wanted.kernelH, wanted.kernelW, 1, 2);
  const Tensor bias = randomTensor(1, 1, channels, 3);
  result.operands = {placeInput(input, spec.inputs[0], layout, vector, padTop, padLeft),
                     placeDense(packDepthwise(filter, lanesOf(spec.output, target))),
                     placeDense(padTo(bias.values, lanesOf(spec.output, target)))};
  if (!withExpected)
    return result;
  result.expected = Tensor(wanted.height, wanted.width, channels);
  for (int y = 0; y < wanted.height; ++y)
    for (int x = 0; x < wanted.width; ++x)
      for (int c = 0; c < channels; ++c) {
        double sum = bias.values[c];
        for (int ky = 0; ky < wanted.kernelH; ++ky)
          for (int kx = 0; kx < wanted.kernelW; ++kx)
            sum += double(filter.at(c, ky, kx, 0)) *
                   input.padded(y * wanted.stride + ky - padTop, x * wanted.stride + kx - padLeft, c);
        result.expected.at(y, x, c) = float(activation(wanted.activation, 0, sum));
      }
  return result;
}

Case makeStemCase(const Stem &wanted, const KernelTarget &target, bool withExpected) {
  const int vector = target.vectorWidth;
  Case result;
  result.name = wanted.name;
  KernelSpec &spec = result.spec;
  spec.family = Family::stem;
  spec.height = (wanted.inputHeight + 2 * wanted.pad - wanted.kernel) / wanted.stride + 1;
  spec.width = (wanted.inputWidth + 2 * wanted.pad - wanted.kernel) / wanted.stride + 1;
  spec.inputHeight = wanted.inputHeight;
  spec.inputWidth = wanted.inputWidth;
  spec.inputs = {{wanted.planes, 1, wanted.inputWidth, 4}};
  spec.output = pictureOf(wanted.outputs, spec.width, wanted.output, vector);
  spec.kernelH = spec.kernelW = wanted.kernel;
  spec.strideY = spec.strideX = wanted.stride;
  spec.padTop = spec.padLeft = wanted.pad;
  spec.activation = wanted.activation;
  chooseIfUnset(spec, target);

  const Tensor planar = randomTensor(wanted.planes, wanted.inputHeight, wanted.inputWidth, 1);
  const Filter filter = randomFilter(wanted.outputs, wanted.kernel, wanted.kernel, wanted.planes, 2);
  const Tensor bias = randomTensor(1, 1, wanted.outputs, 3);
  result.operands = {{planar.values, 0}, placeDense(packStem(filter, lanesOf(spec.output, target))),
                     placeDense(padTo(bias.values, lanesOf(spec.output, target)))};
  result.padLanes = float(activation(wanted.activation, 0, 0));
  if (!withExpected)
    return result;
  auto at = [&](int y, int x, int p) -> float {
    return y < 0 || x < 0 || y >= wanted.inputHeight || x >= wanted.inputWidth ? 0 : planar.at(p, y, x);
  };
  result.expected = Tensor(spec.height, spec.width, wanted.outputs);
  for (int y = 0; y < spec.height; ++y)
    for (int x = 0; x < spec.width; ++x)
      for (int o = 0; o < wanted.outputs; ++o) {
        double sum = bias.values[o];
        for (int ky = 0; ky < wanted.kernel; ++ky)
          for (int kx = 0; kx < wanted.kernel; ++kx)
            for (int p = 0; p < wanted.planes; ++p)
              sum += double(filter.at(o, ky, kx, p)) *
                     at(y * wanted.stride + ky - wanted.pad, x * wanted.stride + kx - wanted.pad, p);
        result.expected.at(y, x, o) = float(activation(wanted.activation, 0, sum));
      }
  return result;
}

Case makeDetectCase(const Detect &wanted, const KernelTarget &target, bool withExpected) {
  const int vector = target.vectorWidth;
  Case result;
  result.name = wanted.name;
  result.dense = true;
  KernelSpec &spec = result.spec;
  spec.family = Family::detect;
  spec.height = wanted.height;
  spec.width = wanted.width;
  spec.inputHeight = wanted.height;
  spec.inputWidth = wanted.width;
  spec.anchors = wanted.anchors;
  spec.output = {wanted.fields, wanted.fields, wanted.fields * wanted.width, 4};
  spec.inputs = {pictureOf(wanted.inputs, wanted.width, wanted.input, vector)};
  chooseIfUnset(spec, target);

  const Tensor input = randomTensor(wanted.height, wanted.width, wanted.inputs, 1);
  const Filter filter = randomFilter(wanted.anchors * wanted.fields, 1, 1, wanted.inputs, 2);
  const Tensor bias = randomTensor(1, wanted.anchors, wanted.fields, 3);
  result.operands = {placeInput(input, spec.inputs[0], wanted.input, vector),
                     placeDense(packDetect(filter, vector * spec.schedule.vectors, dottedOutputs(spec, target))),
                     placeDense(padTo(bias.values, vector * spec.schedule.vectors))};
  result.expected = Tensor(wanted.anchors * wanted.height, wanted.width, wanted.fields);
  if (!withExpected)
    return result;
  for (int a = 0; a < wanted.anchors; ++a)
    for (int y = 0; y < wanted.height; ++y)
      for (int x = 0; x < wanted.width; ++x)
        for (int l = 0; l < wanted.fields; ++l) {
          double sum = bias.at(0, a, l);
          for (int c = 0; c < wanted.inputs; ++c)
            sum += double(filter.at(a * wanted.fields + l, 0, 0, c)) * input.at(y, x, c);
          result.expected.at(a * wanted.height + y, x, l) = float(sum);
        }
  return result;
}

Case makeFullyConnectedCase(const std::string &name, int inputs, int outputs, Activation act,
                            const KernelTarget &target) {
  const int vector = target.vectorWidth;
  Case result;
  result.name = name;
  KernelSpec &spec = result.spec;
  spec.family = Family::fullyConnected;
  spec.height = spec.width = spec.inputHeight = spec.inputWidth = 1;
  spec.inputs = {pictureOf(inputs, 1, {}, vector)};
  spec.output = pictureOf(outputs, 1, {}, vector);
  spec.activation = act;
  chooseIfUnset(spec, target);
  const Tensor input = randomTensor(1, 1, inputs, 1), bias = randomTensor(1, 1, outputs, 3);
  const Filter filter = randomFilter(outputs, 1, 1, inputs, 2);
  result.operands = {placeInput(input, spec.inputs[0], {}, vector),
                     placeDense(packConv(filter, lanesOf(spec.output, target) * spec.schedule.vectors)),
                     placeDense(padTo(bias.values, lanesOf(spec.output, target)))};
  result.padLanes = float(activation(act, 0, 0));
  result.expected = Tensor(1, 1, outputs);
  for (int o = 0; o < outputs; ++o) {
    double sum = bias.values[o];
    for (int i = 0; i < inputs; ++i)
      sum += double(filter.at(o, 0, 0, i)) * input.values[i];
    result.expected.values[o] = float(activation(act, 0, sum));
  }
  return result;
}

} // namespace mnv3::codegen::test
