// yolo -> nn: each module as layers, spelled out; nothing is fused here. Functions without rows stay as they are.
#include "compiler/Conversion/Lowerings.h"
#include "compiler/Conversion/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mnv3 {
#define GEN_PASS_DEF_CONVERTYOLOTONNPASS
#include "compiler/Conversion/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;

namespace {

class Converter {
public:
  explicit Converter(func::FuncOp function) : function(function), builder(function.getBody()) {
    keepRows = function->getParentOfType<ModuleOp>()->hasAttr(yolo::keepRowsAttrName);
  }

  LogicalResult run() {
    Block &body = function.getBody().front();
    if (failed(checkRows(body)))
      return failure();
    SmallVector<Operation *> rows = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
    builder.setInsertionPointToStart(&body);
    Value picture = body.getArgument(0);
    values[picture] = nn::ReadPlanarOp::create(builder, function.getLoc(), nhwc(picture), picture);
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
  // One picture comes in, and each value is made by a row, or is the picture.
  LogicalResult checkRows(Block &body) {
    if (body.getNumArguments() != 1 || !nn::isImage(body.getArgument(0).getType()))
      return function.emitOpError("should take one picture");
    for (Operation &op : body.without_terminator())
      if (!isa<yolo::YoloDialect>(op.getDialect()))
        return op.emitOpError("is no row of a model");
    return success();
  }

  RankedTensorType nhwc(Value image) {
    auto shape = cast<RankedTensorType>(image.getType()).getShape();
    return RankedTensorType::get({1, shape[2], shape[3], shape[1]}, builder.getF32Type());
  }

  // Weights that printed IR has left out (`<elided>`) have a type and no numbers.
  static LogicalResult checkWeights(yolo::ModuleOpInterface op) {
    SmallVector<float> storage;
    for (NamedAttribute weight : op->getAttrOfType<DictionaryAttr>("weights"))
      if (!nn::valuesOf(cast<ElementsAttr>(weight.getValue()), storage))
        return op->emitOpError() << "has no values for '" << weight.getName().getValue() << "'";
    return success();
  }

  LogicalResult convert(Operation *op) {
    builder.setInsertionPoint(op);
    if (auto module = dyn_cast<yolo::ModuleOpInterface>(op); module && failed(checkWeights(module)))
      return failure();
    if (auto concat = dyn_cast<yolo::ConcatOp>(op)) {
      SmallVector<Value> inputs;
      for (Value input : concat.getInputs())
        inputs.push_back(values.lookup(input));
      return set(op, NNBuilder(builder, op->getLoc(), nullptr, 0).concat(inputs), concat.getRow());
    }
    if (auto detect = dyn_cast<yolo::DetectOp>(op)) {
      NNBuilder nn(builder, op->getLoc(), detect.getWeights(), 0);
      size_t levels = detect.getInputs().size(), each = detect.getAnchors().size() / levels;
      for (size_t level = 0; level < levels; ++level) {
        Value head = nn.detect(values.lookup(detect.getInputs()[level]), "m." + std::to_string(level), detect.getStrides()[level],
                               detect.getAnchors().slice(level * each, each), detect.getClasses() + 5);
        if (failed(setMade(detect.getHeads()[level], head, detect.getHeads()[level].getType())))
          return failure();
      }
      return success();
    }
    return convertAny<
#define GET_OP_LIST
#include "dialects/Yolo/YoloOps.cpp.inc"
        >(op);
  }

  template <typename... Ops>
  LogicalResult convertAny(Operation *op) {
    LogicalResult outcome = success();
    ((isa<Ops>(op) ? void(outcome = convertModule(cast<Ops>(op))) : void()), ...);
    return outcome;
  }

  // An op with one image in and one out: by the function `lower` for it (Lowerings.h).
  template <typename Op>
  LogicalResult convertModule(Op op) {
    if constexpr (!std::is_same_v<Op, yolo::ConcatOp> && !std::is_same_v<Op, yolo::DetectOp>) {
      double epsilon = 0;
      if constexpr (requires { op.getEpsilon(); })
        epsilon = op.getEpsilon().convertToDouble();
      NNBuilder nn(builder, op.getLoc(), op->template getAttrOfType<DictionaryAttr>("weights"), epsilon);
      Value x = values.lookup(op.getInput()), y = lower(op, x, nn);
      if constexpr (std::is_same_v<Op, yolo::ActivationOp>)
        if (op.getInPlace())
          moveKeeps(x, y);
      return set(op, y, op.getRow());
    }
    return success();
  }

  // Rows whose result was `from` have `to`.
  void moveKeeps(Value from, Value to) {
    for (Operation *user : llvm::make_early_inc_range(from.getUsers()))
      if (auto keep = dyn_cast<nn::KeepOp>(user)) {
        nn::KeepOp::create(builder, keep.getLoc(), to, keep.getRow());
        keep.erase();
      }
  }

  // The rows behind one rely on what its type says.
  LogicalResult setMade(Value row, Value made, Type expected) {
    if (!made) // the lowering has said why
      return failure();
    if (made.getType() != expected)
      return row.getDefiningOp()->emitOpError() << "makes " << made.getType() << ", not " << expected;
    values[row] = made;
    return success();
  }

  // A repeated row has several ops; the last one's result is the row's.
  LogicalResult set(Operation *op, Value value, int64_t row) {
    if (failed(setMade(op->getResult(0), value, nhwc(op->getResult(0)))))
      return failure();
    bool isLast = llvm::none_of(op->getUsers(), [&](Operation *user) {
      auto next = user->getAttrOfType<IntegerAttr>("row");
      return next && next.getInt() == row;
    });
    if (keepRows && isLast)
      nn::KeepOp::create(builder, op->getLoc(), value, row);
    return success();
  }

  func::FuncOp function;
  OpBuilder builder;
  bool keepRows = false;
  DenseMap<Value, Value> values; // yolo's N x C x H x W -> nn's N x H x W x C
};

struct ConvertYoloToNN : mnv3::impl::ConvertYoloToNNPassBase<ConvertYoloToNN> {
  void runOnOperation() override {
    auto isRow = [](Operation &op) { return isa<yolo::YoloDialect>(op.getDialect()); };
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (llvm::any_of(function.getOps(), isRow) && failed(Converter(function).run()))
        return signalPassFailure();
  }
};

} // namespace
