#include "codegen/Emit/KernelSpecOf.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace mnv3::codegen {
namespace {

Activation activationOf(std::optional<nn::ActivationAttr> act) {
  if (!act)
    return Activation::none;
  switch (act->getKind()) {
  case nn::ActivationKind::None:
    return Activation::none;
  case nn::ActivationKind::Relu:
    return Activation::relu;
  case nn::ActivationKind::Relu6:
    return Activation::relu6;
  case nn::ActivationKind::LeakyRelu:
    return Activation::leakyRelu;
  case nn::ActivationKind::HardSigmoid:
    return Activation::hardSigmoid;
  case nn::ActivationKind::HardSwish:
    return Activation::hardSwish;
  case nn::ActivationKind::Silu:
    return Activation::silu;
  }
  llvm_unreachable("all kinds are above");
}

void setActivation(KernelSpec &spec, std::optional<nn::ActivationAttr> act) {
  spec.activation = activationOf(act);
  if (spec.activation == Activation::leakyRelu)
    spec.slope = act->getSlope().convertToFloat();
}

// The largest power of two, up to a cache line, that divides `bytes`.
int alignmentOf(int64_t bytes) {
  int alignment = 64;
  while (bytes % alignment)
    alignment /= 2;
  return alignment;
}

Picture pictureOf(Value value) {
  Picture picture;
  if (auto dense = dyn_cast<MemRefType>(value.getType())) { // [..., row, column, channel] without gaps
    auto shape = dense.getShape();
    int channels = static_cast<int>(shape.back());
    return {channels, channels, channels * static_cast<int>(shape[shape.size() - 2]), 4};
  }
  auto type = cast<kern::BufferType>(value.getType());
  int64_t first = kern::allocOf(value).second;
  return {static_cast<int>(type.getChannels()), static_cast<int>(type.getStride()),
          static_cast<int>(type.getPitch() * type.getStride()),
          std::min(alignmentOf(type.getStride() * 4), alignmentOf(first * 4))};
}

template <typename Op>
void setWindow(KernelSpec &spec, Op op) {
  spec.kernelH = op.getKernel()[0];
  spec.kernelW = op.getKernel()[1];
  spec.strideY = op.getStrides()[0];
  spec.strideX = op.getStrides()[1];
}

void setResult(KernelSpec &spec, Value output) {
  spec.output = pictureOf(output);
  if (auto type = dyn_cast<kern::BufferType>(output.getType())) {
    spec.height = type.getHeight();
    spec.width = type.getWidth();
    return;
  }
  auto shape = cast<MemRefType>(output.getType()).getShape();
  spec.height = shape[1];
  spec.width = shape[2];
}

void setInput(KernelSpec &spec, Value input) {
  spec.inputs = {pictureOf(input)};
  if (auto type = dyn_cast<kern::BufferType>(input.getType())) {
    spec.inputHeight = type.getHeight();
    spec.inputWidth = type.getWidth();
    return;
  }
  auto shape = cast<MemRefType>(input.getType()).getShape(); // planes x rows x columns
  spec.inputHeight = shape[1];
  spec.inputWidth = shape[2];
  spec.inputs[0] = {static_cast<int>(shape[0]), 1, static_cast<int>(shape[2]), 4};
}

// Floats from a buffer's start to channel 0 of pixel (y, x) of what `value` shows of it.
int64_t floatsTo(Value value, int64_t y = 0, int64_t x = 0) {
  auto type = dyn_cast<kern::BufferType>(value.getType());
  return type ? type.offsetOf(y, x) + kern::allocOf(value).second : 0;
}

} // namespace

KernelTarget kernelTargetOf(kern::TargetAttr target) {
  return {target.getName().str(), static_cast<int>(target.getVectorWidth()), static_cast<int>(target.getVectorRegisters()),
          target.getCpu() ? target.getCpu().str() : ""};
}

KernelSpec kernelSpecOf(kern::KernelOpInterface kernel) {
  KernelSpec spec;
  setResult(spec, kernel.getOutput());
  llvm::TypeSwitch<Operation *>(kernel)
      .Case([&](kern::Conv2DOp op) {
        if (std::optional<int64_t> outputs = op.getWinograd()) {
          spec.family = Family::winograd;
          spec.factor = static_cast<int>(*outputs);
        }
        for (Value input : op.getInputs())
          spec.inputs.push_back(pictureOf(input));
        setWindow(spec, op);
        spec.dilation = op.getDilation();
        setActivation(spec, op.getAct());
        spec.hasBias = static_cast<bool>(op.getBias());
        spec.hasGate = static_cast<bool>(op.getGate());
        spec.gateActivation = activationOf(op.getGateAct());
        if ((spec.hasResidual = static_cast<bool>(op.getResidual())))
          spec.residual = pictureOf(op.getResidual());
        if ((spec.hasStart = static_cast<bool>(op.getStart())))
          spec.start = pictureOf(op.getStart());
      })
      .Case([&](kern::DepthwiseOp op) {
        spec.family = Family::depthwise;
        setInput(spec, op.getInput());
        setWindow(spec, op);
        setActivation(spec, op.getAct());
      })
      .Case([&](kern::StemOp op) {
        spec.family = Family::stem;
        setInput(spec, op.getInput());
        setWindow(spec, op);
        spec.padTop = op.getPads()[0];
        spec.padLeft = op.getPads()[1];
        setActivation(spec, op.getAct());
      })
      .Case([&](kern::GlobalPoolOp op) {
        spec.family = Family::globalPool;
        setInput(spec, op.getInput());
      })
      .Case([&](kern::FullyConnectedOp op) {
        spec.family = Family::fullyConnected;
        setInput(spec, op.getInput());
        setActivation(spec, op.getAct());
      })
      .Case([&](kern::MaxPoolOp op) {
        spec.family = Family::maxPool;
        setInput(spec, op.getInput());
        setWindow(spec, op);
        spec.padTop = op.getPads()[0];
        spec.padLeft = op.getPads()[1];
      })
      .Case([&](kern::UpsampleOp op) {
        spec.family = Family::upsample;
        setInput(spec, op.getInput());
        spec.factor = op.getFactor();
      })
      .Case([&](kern::CopyOp op) {
        spec.family = Family::copy;
        setInput(spec, op.getInput());
      })
      .Case([&](kern::InterleaveOp op) {
        spec.family = Family::interleave;
        for (Value input : op.getInputs())
          spec.inputs.push_back(pictureOf(input));
      })
      .Case([&](kern::SpaceToDepthOp op) {
        spec.family = Family::spaceToDepth;
        setInput(spec, op.getInput());
        spec.factor = op.getBlock();
      })
      .Case([&](kern::DepthToSpaceOp op) {
        spec.family = Family::depthToSpace;
        setInput(spec, op.getInput());
        spec.strideY = op.getBlocks()[0];
        spec.strideX = op.getBlocks()[1];
        spec.padTop = op.getCrop()[0];
        spec.padLeft = op.getCrop()[1];
      })
      .Case([&](kern::AttentionOp op) {
        spec.family = Family::attention;
        for (Value input : {op.getQuery(), op.getKey(), op.getValue()})
          spec.inputs.push_back(pictureOf(input));
        spec.factor = op.getHeads();
      })
      .Case([&](kern::ElementwiseOp op) {
        spec.family = Family::elementwise;
        setInput(spec, op.getInput());
        setActivation(spec, op.getAct());
        spec.hasGate = static_cast<bool>(op.getGate());
        if ((spec.hasResidual = static_cast<bool>(op.getResidual())))
          spec.residual = pictureOf(op.getResidual());
      })
      .Case([&](kern::DetectOp op) {
        spec.family = Family::detect;
        setInput(spec, op.getInput());
        spec.anchors = cast<MemRefType>(op.getOutput().getType()).getShape()[0];
      });
  if (auto whole = kernel->getAttrOfType<IntegerAttr>("whole_rows")) { // the same kernel for every strip
    spec.height = whole.getInt();
    if (spec.family != Family::stem) // which is handed the whole picture
      spec.inputHeight = 0;
  }
  if (auto schedule = kernel->getAttrOfType<kern::ScheduleAttr>("schedule"))
    spec.schedule = {static_cast<int>(schedule.getPixels()), static_cast<int>(schedule.getVectors()),
                     static_cast<int>(schedule.getUnroll()), static_cast<int>(schedule.getRows()),
                     schedule.getChannelsOutermost()};
  return spec;
}

int64_t firstRowOf(kern::KernelOpInterface kernel) {
  auto first = kernel->getAttrOfType<IntegerAttr>("first_row");
  return first ? first.getInt() : 0;
}

int64_t rowsOf(kern::KernelOpInterface kernel) {
  KernelSpec spec;
  setResult(spec, kernel.getOutput());
  return spec.height;
}

SmallVector<KernelOperand> kernelOperandsOf(kern::KernelOpInterface kernel) {
  SmallVector<KernelOperand> operands;
  auto add = [&](Value value, int64_t y = 0, int64_t x = 0) {
    if (value)
      operands.push_back({value, floatsTo(value, y, x)});
  };
  llvm::TypeSwitch<Operation *>(kernel)
      .Case([&](kern::Conv2DOp op) {
        for (auto [input, weights] : llvm::zip_equal(op.getInputs(), op.getWeights())) {
          add(input, -op.getPads()[0], -op.getPads()[1]);
          add(weights);
        }
        for (Value value : {Value(op.getBias()), Value(op.getGate()), Value(op.getResidual()), Value(op.getStart())})
          add(value);
      })
      .Case([&](kern::DepthwiseOp op) {
        add(op.getInput(), -op.getPads()[0], -op.getPads()[1]);
        add(op.getWeights());
        add(op.getBias());
      })
      .Case<kern::StemOp, kern::FullyConnectedOp, kern::DetectOp>([&](auto op) {
        add(op.getInput());
        add(op.getWeights());
        add(op.getBias());
      })
      .Case([&](kern::ElementwiseOp op) {
        add(op.getInput());
        add(op.getGate());
        add(op.getResidual());
      })
      .Case([&](kern::InterleaveOp op) {
        for (Value input : op.getInputs())
          add(input);
      })
      .Case([&](kern::AttentionOp op) {
        for (Value input : {op.getQuery(), op.getKey(), op.getValue()})
          add(input);
      })
      .Case<kern::GlobalPoolOp, kern::MaxPoolOp, kern::UpsampleOp, kern::CopyOp, kern::SpaceToDepthOp, kern::DepthToSpaceOp>(
          [&](auto op) { add(op.getInput()); });
  add(kernel.getOutput(), -firstRowOf(kernel));
  return operands;
}

} // namespace mnv3::codegen
