// yolo -> nn: each module as layers, spelled out; nothing is fused here.
#include "compiler/Conversion/YoloToNN.h"
#include "compiler/Conversion/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mnv3 {
#define GEN_PASS_DEF_CONVERTYOLOTONNPASS
#include "compiler/Conversion/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;

namespace {

using Window = NNBuilder::Window;

Window square(int64_t kernel, int64_t stride, int64_t groups = 1) {
  return {{stride, stride}, {kernel / 2, kernel / 2}, 1, groups};
}

Value lower(yolo::ConvOp op, Value x, NNBuilder &nn) {
  Window window{llvm::to_vector<2>(op.getStrides()), llvm::to_vector<2>(op.getPads()), static_cast<int64_t>(op.getDilation()),
                static_cast<int64_t>(op.getGroups())};
  return nn.unit(x, "", window, op.getAct());
}

Value lower(yolo::ConvBnHswishOp op, Value x, NNBuilder &nn) {
  return nn.activate(nn.conv(x, "conv", "bn", square(3, op.getStride())), nn::ActivationKind::HardSwish);
}

// Children of `conv`. With expansion: 0 1x1, 1 norm, 2 act, 3 depthwise, 4 norm, 5 gate, 6 act, 7 1x1, 8 norm: the gate sees
// the linear result. Without (the input is as wide as hidden): 0 depthwise, 1 norm, 2 act, 3 gate, 4 1x1, 5 norm.
Value lower(yolo::MobileNetV3Op op, Value x, NNBuilder &nn) {
  auto act = op.getHardSwish() ? nn::ActivationKind::HardSwish : nn::ActivationKind::Relu;
  int64_t hidden = op.getHidden(), kernel = op.getKernel(), pad = (kernel - 1) / 2, stride = op.getStride();
  Window depthwise{{stride, stride}, {pad, pad}, 1, hidden};
  Value y = x;
  if (nn::channels(x) != hidden) {
    y = nn.activate(nn.conv(y, "conv.0", "conv.1", {}), act);
    y = nn.conv(y, "conv.3", "conv.4", depthwise);
    if (op.getSqueezeExcite())
      y = nn.squeezeExcite(y, "conv.5.fc");
    y = nn.conv(nn.activate(y, act), "conv.7", "conv.8", {});
  } else {
    y = nn.activate(nn.conv(y, "conv.0", "conv.1", depthwise), act);
    if (op.getSqueezeExcite())
      y = nn.squeezeExcite(y, "conv.3.fc");
    y = nn.conv(y, "conv.4", "conv.5", {});
  }
  return stride == 1 && y.getType() == x.getType() ? nn.add(x, y) : y;
}

Value lower(yolo::SELayerOp, Value x, NNBuilder &nn) { return nn.squeezeExcite(x, "fc"); }

Value lower(yolo::StemBlockOp op, Value x, NNBuilder &nn) {
  int64_t stride = op.getStride(), pad = op.getPad();
  Window first{{stride, stride}, {pad, pad}, 1, static_cast<int64_t>(op.getGroups())};
  Value a = nn.unit(x, "stem_1", first, op.getStemAct());
  Value b = nn.unit(nn.unit(a, "stem_2a", {}, op.getAct()), "stem_2b", square(3, 2), op.getAct());
  return nn.unit(nn.concat({b, nn.maxPool(a, 2, 2, 0, /*ceil=*/true)}), "stem_3", {}, op.getAct());
}

Value bottleneck(Value x, const std::string &name, bool shortcut, int64_t groups, std::optional<nn::ActivationAttr> act, NNBuilder &nn) {
  std::string prefix = name.empty() ? "" : name + ".";
  Value y = nn.unit(nn.unit(x, prefix + "cv1", {}, act), prefix + "cv2", square(3, 1, groups), act);
  return shortcut && y.getType() == x.getType() ? nn.add(x, y) : y;
}

Value lower(yolo::BottleneckOp op, Value x, NNBuilder &nn) {
  return bottleneck(x, "", op.getShortcut(), op.getGroups(), op.getAct(), nn);
}

Value lower(yolo::C3Op op, Value x, NNBuilder &nn) {
  Value a = nn.unit(x, "cv1", {}, op.getAct()), b = nn.unit(x, "cv2", {}, op.getAct());
  for (int64_t i = 0; i < static_cast<int64_t>(op.getRepeats()); ++i)
    a = bottleneck(a, "m." + std::to_string(i), op.getShortcut(), op.getGroups(), op.getAct(), nn);
  return nn.unit(nn.concat({a, b}), "cv3", {}, op.getAct());
}

Value lower(yolo::SPPFOp op, Value x, NNBuilder &nn) {
  int64_t kernel = op.getKernel();
  SmallVector<Value> parts = {nn.unit(x, "cv1", {}, op.getAct())};
  for (int i = 0; i < 3; ++i)
    parts.push_back(nn.maxPool(parts.back(), kernel, 1, kernel / 2, /*ceil=*/false));
  return nn.unit(nn.concat(parts), "cv2", {}, op.getAct());
}

class Converter {
public:
  explicit Converter(func::FuncOp function) : function(function), builder(function.getBody()) {
    keepRows = function->getParentOfType<ModuleOp>()->hasAttr(yolo::keepRowsAttrName);
  }

  LogicalResult run() {
    Block &body = function.getBody().front();
    builder.setInsertionPointToStart(&body);
    Value picture = body.getArgument(0);
    auto shape = cast<RankedTensorType>(picture.getType()).getShape();
    auto type = RankedTensorType::get({1, shape[2], shape[3], shape[1]}, builder.getF32Type());
    values[picture] = nn::ReadPlanarOp::create(builder, function.getLoc(), type, picture);
    SmallVector<Operation *> rows;
    for (Operation &op : body.without_terminator())
      if (isa<yolo::YoloDialect>(op.getDialect()))
        rows.push_back(&op);
    for (Operation *op : rows)
      if (failed(convert(op)))
        return failure();
    Operation *end = body.getTerminator();
    for (OpOperand &result : end->getOpOperands())
      result.set(values.lookup(result.get()));
    for (Operation *op : llvm::reverse(rows))
      op->erase();
    return success();
  }

private:
  LogicalResult convert(Operation *op) {
    builder.setInsertionPoint(op);
    return llvm::TypeSwitch<Operation *, LogicalResult>(op)
        .Case<yolo::ConvOp, yolo::ConvBnHswishOp, yolo::MobileNetV3Op, yolo::SELayerOp, yolo::StemBlockOp, yolo::BottleneckOp,
              yolo::C3Op, yolo::SPPFOp>([&](auto module) {
          NNBuilder nn(builder, op->getLoc(), module.getWeights(), module.getEpsilon().convertToDouble());
          set(op, lower(module, values.lookup(module.getInput()), nn), module.getRow());
          return success();
        })
        .Case([&](yolo::ConcatOp concat) {
          NNBuilder nn(builder, op->getLoc(), nullptr, 0);
          SmallVector<Value> inputs;
          for (Value input : concat.getInputs())
            inputs.push_back(values.lookup(input));
          set(op, nn.concat(inputs), concat.getRow());
          return success();
        })
        .Case([&](yolo::UpsampleOp up) {
          Value x = values.lookup(up.getInput());
          int64_t factor = up.getFactor();
          auto type = RankedTensorType::get({1, factor * nn::height(x), factor * nn::width(x), nn::channels(x)}, builder.getF32Type());
          set(op, nn::UpsampleOp::create(builder, op->getLoc(), type, x, factor, /*view=*/false), up.getRow());
          return success();
        })
        .Case([&](yolo::DetectOp detect) {
          NNBuilder nn(builder, op->getLoc(), detect.getWeights(), 0);
          size_t levels = detect.getInputs().size(), each = detect.getAnchors().size() / levels;
          for (size_t level = 0; level < levels; ++level)
            values[detect.getHeads()[level]] =
                nn.detect(values.lookup(detect.getInputs()[level]), "m." + std::to_string(level), detect.getStrides()[level],
                          detect.getAnchors().slice(level * each, each), detect.getClasses() + 5);
          return success();
        })
        .Default([](Operation *other) { return other->emitOpError("has no lowering to nn"); });
  }

  // A repeated row has several ops; the last one's result is the row's.
  void set(Operation *op, Value value, int64_t row) {
    values[op->getResult(0)] = value;
    bool isLast = llvm::none_of(op->getUsers(), [&](Operation *user) {
      auto next = user->getAttrOfType<IntegerAttr>("row");
      return next && next.getInt() == row;
    });
    if (keepRows && isLast)
      nn::KeepOp::create(builder, op->getLoc(), value, row);
  }

  func::FuncOp function;
  OpBuilder builder;
  bool keepRows = false;
  DenseMap<Value, Value> values; // yolo's N x C x H x W -> nn's N x H x W x C
};

struct ConvertYoloToNN : mnv3::impl::ConvertYoloToNNPassBase<ConvertYoloToNN> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(Converter(function).run()))
        return signalPassFailure();
  }
};

} // namespace
