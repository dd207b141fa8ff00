// act(input * gate) + residual as a pass of its own. Lanes are independent: those behind the channels are carried along.
#include "codegen/Kernels/Activations.h"
#include "codegen/Kernels/Kernel.h"
#include "codegen/Kernels/Operands.h"

namespace mnv3::codegen {

using namespace Halide;

Kernel makeElementwise(const KernelSpec &spec, const KernelTarget &target) {
  std::vector<Picture> pictures = spec.inputs;
  if (spec.hasResidual)
    pictures.push_back(spec.residual);
  const int vector = commonLanes(target, pictures), lanes = roundUp(spec.output.channels, vector);
  const bool flat = rowsAreDense(spec.inputs[0], spec.width) && rowsAreDense(spec.output, spec.width) &&
                    (!spec.hasResidual || rowsAreDense(spec.residual, spec.width));
  const int width = flat ? spec.width * spec.height : spec.width, height = flat ? 1 : spec.height;
  ImageParam input = pictureParam("input", spec.inputs[0], lanes, width, height);
  ImageParam gate = denseWeights("gate", {lanes});
  ImageParam residual = pictureParam("residual", spec.residual, lanes, width, height);

  // Algorithm.
  Var c("c"), x("x"), y("y");
  Func result("result");
  Expr value = input(c, x, y);
  if (spec.hasGate)
    value = activate(spec.gateActivation, spec.slope, value * gate(c));
  value = activate(spec.activation, spec.slope, value);
  if (spec.hasResidual)
    value += residual(c, x, y);
  result(c, x, y) = value;

  // Schedule.
  result.bound(c, 0, lanes).bound(x, 0, width).bound(y, 0, height);
  fixPicture(result, spec.output, lanes, width, height);
  result.vectorize(c, vector);

  Kernel kernel{{input}, {{result}}};
  if (spec.hasGate)
    kernel.operands.push_back(gate);
  if (spec.hasResidual)
    kernel.operands.push_back(residual);
  return kernel;
}

} // namespace mnv3::codegen
