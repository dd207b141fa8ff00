#include "Interpreter.h"

#include "dialects/NN/NN.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace mnv3::reference {

Shape shapeOf(Type tensor) {
  auto extents = cast<RankedTensorType>(tensor).getShape();
  return Shape(extents.begin(), extents.end());
}

namespace {

Function functionOf(std::optional<ActivationAttr> act) {
  switch (act ? act->getKind() : ActivationKind::None) {
  case ActivationKind::None:
    return [](double x) { return x; };
  case ActivationKind::Relu:
    return relu;
  case ActivationKind::Relu6:
    return relu6;
  case ActivationKind::LeakyRelu:
    return leakyRelu(act->getSlope().convertToDouble());
  case ActivationKind::HardSigmoid:
    return hardSigmoid;
  case ActivationKind::HardSwish:
    return hardSwish;
  case ActivationKind::Silu:
    return silu;
  }
  llvm_unreachable("all kinds are above");
}

template <typename Op> Window windowOf(Op op) {
  return {
      .strideY = op.getStrides()[0], .strideX = op.getStrides()[1], .top = op.getPads()[0], .left = op.getPads()[2]};
}

class Interpreter {
public:
  void set(Value value, Tensor tensor) { tensors[value] = std::move(tensor); }
  const Tensor &get(Value value) const { return tensors.at(value); }

  // The value of an op with one result; nothing if it is not known how.
  std::optional<Tensor> run(Operation *op) {
    return llvm::TypeSwitch<Operation *, std::optional<Tensor>>(op)
        .Case<ConstantOp, AddOp, MulOp, BatchNormOp, Conv2DOp, DepthwiseConv2DOp, GlobalAvgPoolOp, FullyConnectedOp,
              MaxPoolOp, UpsampleOp, ConcatOp, SliceOp, InterleaveOp, SpaceToDepthOp, DepthToSpaceOp, AttentionOp, ReadPlanarOp,
              DetectOp>(
            [&](auto known) { return compute(known); })
        .Case([&](ReluOp x) { return map(get(x.getInput()), relu); })
        .Case([&](Relu6Op x) { return map(get(x.getInput()), relu6); })
        .Case([&](HardSigmoidOp x) { return map(get(x.getInput()), hardSigmoid); })
        .Case([&](HardSwishOp x) { return map(get(x.getInput()), hardSwish); })
        .Case([&](SiluOp x) { return map(get(x.getInput()), silu); })
        .Case([&](LeakyReluOp x) { return map(get(x.getInput()), leakyRelu(x.getSlope().convertToDouble())); })
        .Default([](Operation *) { return std::nullopt; });
  }

private:
  std::optional<Tensor> compute(ConstantOp op) {
    SmallVector<float> storage;
    auto values = constantValues(op.getResult(), storage);
    if (!values)
      return std::nullopt;
    Tensor tensor(shapeOf(op.getType()));
    llvm::copy(*values, tensor.values.begin());
    return tensor;
  }

  Tensor compute(AddOp op) { return combine(get(op.getLhs()), get(op.getRhs()), std::plus<>()); }
  Tensor compute(MulOp op) { return combine(get(op.getLhs()), get(op.getRhs()), std::multiplies<>()); }

  Tensor compute(BatchNormOp op) {
    return batchNorm(get(op.getInput()), get(op.getScale()), get(op.getOffset()), get(op.getMean()),
                     get(op.getVariance()), op.getEpsilon().convertToDouble());
  }

  // act(convolution(gate_act(input * gate), filter) + bias + start) + residual
  Tensor compute(Conv2DOp op) {
    Tensor x = get(op.getInput());
    if (op.getGate())
      x = map(combine(x, get(op.getGate()), std::multiplies<>()), functionOf(op.getGateAct()));
    Window window = windowOf(op);
    window.dilation = op.getDilation();
    Tensor y = convolve(x, get(op.getFilter()), window, op.getGroups(), shapeOf(op.getType()));
    if (op.getBias())
      y = addBias(y, get(op.getBias()));
    if (op.getStart())
      y = combine(y, upsample(get(op.getStart()), 2), std::plus<>());
    y = map(y, functionOf(op.getAct()));
    if (op.getResidual())
      y = combine(y, get(op.getResidual()), std::plus<>());
    return y;
  }

  Tensor compute(DepthwiseConv2DOp op) {
    Tensor y = convolveDepthwise(get(op.getInput()), get(op.getFilter()), windowOf(op), shapeOf(op.getType()));
    if (op.getBias())
      y = addBias(y, get(op.getBias()));
    return map(y, functionOf(op.getAct()));
  }

  Tensor compute(FullyConnectedOp op) {
    Tensor y = fullyConnected(get(op.getInput()), get(op.getWeights()));
    if (op.getBias())
      y = addBias(y, get(op.getBias()));
    return map(y, functionOf(op.getAct()));
  }

  Tensor compute(DetectOp op) {
    Shape wide = {1, height(op.getInput()), width(op.getInput()), shapeOf(op.getFilter().getType())[0]};
    Tensor y = addBias(convolve(get(op.getInput()), get(op.getFilter()), Window(), 1, wide), get(op.getBias()));
    return splitAnchors(y, shapeOf(op.getType())[0]);
  }

  Tensor compute(ConcatOp op) {
    std::vector<Tensor> parts;
    for (Value input : op.getInputs())
      parts.push_back(get(input));
    return concat(parts);
  }

  Tensor compute(InterleaveOp op) {
    std::vector<Tensor> parts;
    for (Value input : op.getInputs())
      parts.push_back(get(input));
    return interleave(parts);
  }

  Tensor compute(SpaceToDepthOp op) { return spaceToDepth(get(op.getInput()), op.getBlock()); }

  Tensor compute(DepthToSpaceOp op) {
    return depthToSpace(get(op.getInput()), op.getBlocks()[0], op.getBlocks()[1], op.getCrop()[0], op.getCrop()[1],
                        shapeOf(op.getType()));
  }

  Tensor compute(AttentionOp op) {
    return attention(get(op.getQuery()), get(op.getKey()), get(op.getValue()), op.getHeads());
  }

  Tensor compute(MaxPoolOp op) {
    return maxPool(get(op.getInput()), op.getWindow()[0], op.getWindow()[1], windowOf(op), shapeOf(op.getType()));
  }

  Tensor compute(GlobalAvgPoolOp op) { return globalAvgPool(get(op.getInput())); }
  Tensor compute(UpsampleOp op) { return upsample(get(op.getInput()), op.getFactor()); }
  Tensor compute(SliceOp op) { return slice(get(op.getInput()), op.getFirst(), channels(op.getResult())); }
  Tensor compute(ReadPlanarOp op) { return readPlanar(get(op.getInput())); }

  struct Hash {
    size_t operator()(Value value) const { return hash_value(value); }
  };
  std::unordered_map<Value, Tensor, Hash> tensors;
};

} // namespace

std::optional<Answers> interpret(func::FuncOp function, const std::vector<Tensor> &inputs) {
  Interpreter interpreter;
  for (auto [argument, input] : llvm::zip_equal(function.getArguments(), inputs))
    interpreter.set(argument, input);
  Answers answers;
  for (Operation &op : function.front()) {
    if (auto keep = dyn_cast<KeepOp>(op)) {
      answers.rows[keep.getRow()] = interpreter.get(keep.getInput());
    } else if (isa<func::ReturnOp>(op)) {
      for (Value head : op.getOperands())
        answers.heads.push_back(interpreter.get(head));
    } else if (std::optional<Tensor> result = interpreter.run(&op)) {
      interpreter.set(op.getResult(0), std::move(*result));
    } else {
      op.emitError("the reference does not know this op, or its values are not there");
      return std::nullopt;
    }
  }
  return answers;
}

} // namespace mnv3::reference
