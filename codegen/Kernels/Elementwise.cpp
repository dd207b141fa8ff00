// act(input * gate) + residual as a pass of its own. Lanes are independent: those behind the channels are carried along.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeElementwise(const KernelSpec &spec, const KernelTarget &target, const Strip &strip) {
  std::vector<Picture> pictures = spec.inputs;
  if (spec.hasResidual)
    pictures.push_back(spec.residual);
  const int vector = commonLanes(target, pictures), lanes = roundUp(spec.output.channels, vector);
  const bool flat = rowsAreDense(spec.inputs[0], spec.width) && rowsAreDense(spec.output, spec.width) &&
                    (!spec.hasResidual || rowsAreDense(spec.residual, spec.width));
  const Expr width = flat ? strip.rows * spec.width : Expr(spec.width), height = flat ? Expr(1) : strip.rows;
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, spec.width, spec.height);
  ImageParam gate = denseWeights("gate", {lanes});
  ImageParam residual = pictureParam("residual", spec.residual, lanes, spec.width, spec.height);

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func result("result");
  Expr value = input(c, x, y);
  if (spec.hasGate)
    value = activate(spec.gateActivation, spec.slope, value * gate(c), target);
  value = activate(spec.activation, spec.slope, value, target);
  if (spec.hasResidual)
    value += residual(c, x, y);
  result(c, x, y) = value;

  // Schedule.
  result.bound(c, 0, lanes).bound(x, 0, width).bound(y, 0, height);
  fixPicture(result, spec.output, lanes, width, height);
  result.vectorize(c, vector);

  Kernel kernel{{{input, toStrip(strip, spec.inputs[0])}}, {{result, toStrip(strip, spec.output)}}, 1};
  if (spec.hasGate)
    kernel.operands.push_back(gate);
  if (spec.hasResidual)
    kernel.operands.push_back({residual, toStrip(strip, spec.residual)});
  return kernel;
}

} // namespace mnv3::codegen
