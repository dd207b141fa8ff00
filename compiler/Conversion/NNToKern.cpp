// nn -> kern: tensors become buffers, layers become kernel calls.
//
// A value of the nn function becomes a list of parts, each a buffer or a slice of one: a concat that is only viewed is
// the list of its inputs' parts, and the convolution that reads it sums over them. So no concat is ever copied for a
// convolution's sake, and none has to be laid out next to another. Everything else is one part.
#include "compiler/Conversion/Passes.h"

#include "dialects/Kern/Kern.h"
#include "dialects/NN/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mnv3 {
#define GEN_PASS_DEF_CONVERTNNTOKERNPASS
#include "compiler/Conversion/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;

namespace {

using Parts = SmallVector<Value, 2>;

class Converter {
public:
  Converter(func::FuncOp source, OpBuilder &builder) : source(source), builder(builder), context(builder.getContext()) {}

  // Fills `target`, whose arguments are the picture, the heads and the kept rows, in this order.
  LogicalResult convert(func::FuncOp target);

private:
  LogicalResult convertOp(Operation &op);
  LogicalResult convertConv(nn::Conv2DOp op);
  LogicalResult convertStem(nn::Conv2DOp op);
  LogicalResult convertDepthwise(nn::DepthwiseConv2DOp op);
  LogicalResult convertConcat(nn::ConcatOp op);
  LogicalResult convertBinary(Operation *op, Value lhs, Value rhs, bool isProduct);
  LogicalResult convertActivation(Operation *op, nn::ActivationKind kind, double slope);
  LogicalResult convertBatchNorm(nn::BatchNormOp op);

  // A new buffer shaped like an nn value, which from now on stands for it.
  Value allocate(Value value) {
    auto type = kern::BufferType::get(context, nn::height(value), nn::width(value), nn::channels(value), 0, 0, 0);
    Value buffer = kern::AllocOp::create(builder, loc, type, nullptr);
    places[value] = {buffer};
    return buffer;
  }
  // The parts that hold a value. The caller's picture is read by a plain convolution as it lies there, and copied for others.
  Parts partsOf(Value value);
  // The one buffer that holds a value; a concat of several parts is copied together first.
  Value single(Value value);
  // The parts of channels first .. first + count of a list of parts.
  Parts channelRange(const Parts &parts, int64_t first, int64_t count);
  Value slice(Value buffer, int64_t first, int64_t count);
  Value weights(Value value) {
    return nn::ConstantOp::create(builder, loc, value.getType(), value.getDefiningOp<nn::ConstantOp>().getValue());
  }
  // The constant `value`, or zeros where a layer has no bias.
  Value biasOrZero(Value value, int64_t channels) {
    if (value)
      return weights(value);
    auto type = RankedTensorType::get({channels}, builder.getF32Type());
    return nn::ConstantOp::create(builder, loc, type, DenseElementsAttr::get(type, 0.0f));
  }

  func::FuncOp source;
  OpBuilder &builder;
  MLIRContext *context;
  Location loc = builder.getUnknownLoc();
  DenseMap<Value, Parts> places;
  Value picture;                       // the caller's
  DenseMap<Value, Value> planar;       // nn.read_planar's result -> the caller's picture
  DenseMap<Operation *, Value> heads;  // nn.detect or nn.keep -> the caller's memory
};

// The f32 constants a kernel is given must be known now.
LogicalResult requireConstants(Operation *op, ValueRange values) {
  SmallVector<float> storage;
  for (Value value : values)
    if (value && !nn::constantValues(value, storage))
      return op->emitOpError("has weights that are not constant");
  return success();
}

Value Converter::slice(Value buffer, int64_t first, int64_t count) {
  auto whole = cast<kern::BufferType>(buffer.getType());
  if (first == 0 && count == whole.getChannels())
    return buffer;
  auto type = kern::BufferType::get(context, whole.getHeight(), whole.getWidth(), count, 0, 0, 0);
  return kern::SliceOp::create(builder, loc, type, buffer, first);
}

Parts Converter::channelRange(const Parts &parts, int64_t first, int64_t count) {
  Parts found;
  for (Value part : parts) {
    int64_t size = cast<kern::BufferType>(part.getType()).getChannels();
    int64_t begin = std::max<int64_t>(first, 0), end = std::min(first + count, size);
    if (begin < end)
      found.push_back(slice(part, begin, end - begin));
    first -= size;
  }
  return found;
}

// A copy is a convolution by 1.
Parts Converter::partsOf(Value value) {
  if (planar.contains(value) && !places.contains(value)) {
    int64_t channels = nn::channels(value);
    auto type = RankedTensorType::get({channels, 1, 1, channels}, builder.getF32Type());
    SmallVector<float> identity(channels * channels, 0.0f);
    for (int64_t c = 0; c < channels; ++c)
      identity[c * channels + c] = 1;
    Value filter = nn::ConstantOp::create(builder, loc, type, nn::weightsAttr(type, identity, "identity"));
    kern::StemOp::create(builder, loc, planar.lookup(value), filter, biasOrZero(Value(), channels), allocate(value),
                         ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{0, 0}, nullptr, nullptr);
  }
  return places.lookup(value);
}

Value Converter::single(Value value) {
  Parts parts = partsOf(value);
  if (parts.size() == 1)
    return parts[0];
  Value whole = allocate(value);
  int64_t first = 0;
  for (Value part : parts) {
    int64_t count = cast<kern::BufferType>(part.getType()).getChannels();
    kern::CopyOp::create(builder, loc, part, slice(whole, first, count), nullptr);
    first += count;
  }
  return whole;
}

// Rows (or columns) [first, first + count) of the last axis of a filter, as a constant of its own.
static Value inputChannels(OpBuilder &builder, Location loc, Value filter, int64_t first, int64_t count) {
  SmallVector<float> storage;
  ArrayRef<float> values = *nn::constantValues(filter, storage);
  auto shape = llvm::to_vector(cast<RankedTensorType>(filter.getType()).getShape());
  int64_t channels = shape.back();
  if (first == 0 && count == channels)
    return nn::ConstantOp::create(builder, loc, filter.getType(), filter.getDefiningOp<nn::ConstantOp>().getValue());
  std::vector<float> picked;
  for (size_t at = first; at < values.size(); at += channels)
    picked.insert(picked.end(), values.begin() + at, values.begin() + at + count);
  shape.back() = count;
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return nn::ConstantOp::create(builder, loc, type, nn::weightsAttr(type, picked, "part"));
}

LogicalResult Converter::convertStem(nn::Conv2DOp op) {
  auto filter = cast<RankedTensorType>(op.getFilter().getType()).getShape();
  Value output = allocate(op);
  kern::StemOp::create(builder, loc, planar.lookup(op.getInput()), weights(op.getFilter()), biasOrZero(op.getBias(), filter[0]),
                       output, ArrayRef<int64_t>{filter[1], filter[2]}, op.getStrides(),
                       ArrayRef<int64_t>{op.getPads()[0], op.getPads()[2]}, op.getActAttr(), nullptr);
  return success();
}

LogicalResult Converter::convertConv(nn::Conv2DOp op) {
  if (failed(requireConstants(op, {op.getFilter(), op.getBias()})))
    return failure();
  if (op.getGroups() != 1)
    return op.emitOpError("is grouped: nn-lower-depthwise comes first");
  if (planar.contains(op.getInput()) && op.getDilation() == 1 && op.isPlain() && !op.getGate())
    return convertStem(op);
  auto filter = cast<RankedTensorType>(op.getFilter().getType()).getShape();
  Parts inputs = partsOf(op.getInput());
  if (op.getGate())
    inputs = {single(op.getInput())};
  SmallVector<Value> filters;
  int64_t first = 0;
  for (Value input : inputs) {
    int64_t count = cast<kern::BufferType>(input.getType()).getChannels();
    filters.push_back(inputChannels(builder, loc, op.getFilter(), first, count));
    first += count;
  }
  Value gate = op.getGate() ? single(op.getGate()) : Value();
  Value residual = op.getResidual() ? single(op.getResidual()) : Value();
  Value start = op.getStart() ? single(op.getStart()) : Value();
  Value bias = start && !op.getBias() ? Value() : biasOrZero(op.getBias(), filter[0]);
  if (start && bias)
    return op.emitOpError("has a start and a bias");
  kern::Conv2DOp::create(builder, loc, inputs, filters, bias, gate, residual, start, allocate(op),
                         ArrayRef<int64_t>{filter[1], filter[2]}, op.getStrides(),
                         ArrayRef<int64_t>{op.getPads()[0], op.getPads()[2]}, op.getDilation(), op.getActAttr(),
                         op.getGateActAttr(), /*winograd=*/nullptr, nullptr);
  return success();
}

LogicalResult Converter::convertDepthwise(nn::DepthwiseConv2DOp op) {
  if (failed(requireConstants(op, {op.getFilter(), op.getBias()})))
    return failure();
  auto filter = cast<RankedTensorType>(op.getFilter().getType()).getShape();
  Value input = single(op.getInput());
  kern::DepthwiseOp::create(builder, loc, input, weights(op.getFilter()), biasOrZero(op.getBias(), filter[2]), allocate(op),
                            ArrayRef<int64_t>{filter[0], filter[1]}, op.getStrides(),
                            ArrayRef<int64_t>{op.getPads()[0], op.getPads()[2]}, op.getActAttr(), nullptr);
  return success();
}

LogicalResult Converter::convertConcat(nn::ConcatOp op) {
  Parts parts;
  for (Value input : op.getInputs())
    llvm::append_range(parts, partsOf(input));
  places[op] = parts;
  if (!op.getView())
    single(op);
  return success();
}

LogicalResult Converter::convertBinary(Operation *op, Value lhs, Value rhs, bool isProduct) {
  bool perChannel = nn::height(rhs) == 1 && nn::width(rhs) == 1 && nn::channels(rhs) == nn::channels(lhs);
  bool same = lhs.getType() == rhs.getType();
  if (!places.contains(lhs) || !places.contains(rhs) || (isProduct ? !perChannel : !same))
    return op->emitOpError("has no kernel for these operands");
  Value input = single(lhs), other = single(rhs);
  kern::ElementwiseOp::create(builder, loc, input, isProduct ? other : Value(), isProduct ? Value() : other,
                              allocate(op->getResult(0)), nullptr, nullptr);
  return success();
}

LogicalResult Converter::convertActivation(Operation *op, nn::ActivationKind kind, double slope) {
  Value input = single(op->getOperand(0));
  auto act = nn::ActivationAttr::get(context, kind, llvm::APFloat(static_cast<float>(slope)));
  kern::ElementwiseOp::create(builder, loc, input, Value(), Value(), allocate(op->getResult(0)), act, nullptr);
  return success();
}

// A batch norm that no convolution could take in is a depthwise 1x1 convolution.
LogicalResult Converter::convertBatchNorm(nn::BatchNormOp op) {
  SmallVector<float> storage[4];
  std::optional<ArrayRef<float>> values[4];
  for (auto [i, value] : llvm::enumerate(ValueRange{op.getScale(), op.getOffset(), op.getMean(), op.getVariance()}))
    if (!(values[i] = nn::constantValues(value, storage[i])))
      return op.emitOpError("has weights that are not constant");
  std::vector<float> scale, offset;
  for (size_t c = 0; c < values[0]->size(); ++c) {
    double factor = (*values[0])[c] / std::sqrt((*values[3])[c] + op.getEpsilon().convertToDouble());
    scale.push_back(static_cast<float>(factor));
    offset.push_back(static_cast<float>((*values[1])[c] - (*values[2])[c] * factor));
  }
  int64_t channels = scale.size();
  auto filterType = RankedTensorType::get({1, 1, channels}, builder.getF32Type());
  auto biasType = RankedTensorType::get({channels}, builder.getF32Type());
  Value filter = nn::ConstantOp::create(builder, loc, filterType, nn::weightsAttr(filterType, scale, "scale"));
  Value bias = nn::ConstantOp::create(builder, loc, biasType, nn::weightsAttr(biasType, offset, "offset"));
  Value input = single(op.getInput());
  kern::DepthwiseOp::create(builder, loc, input, filter, bias, allocate(op), ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{1, 1},
                            ArrayRef<int64_t>{0, 0}, nullptr, nullptr);
  return success();
}

// What an op reads as images; its other operands are weights.
SmallVector<Value> imagesOf(Operation *op) {
  using Images = SmallVector<Value>;
  Images images =
      TypeSwitch<Operation *, Images>(op)
          .Case([](nn::Conv2DOp conv) { return Images{conv.getInput(), conv.getGate(), conv.getResidual(), conv.getStart()}; })
          .Case<nn::DepthwiseConv2DOp, nn::BatchNormOp, nn::FullyConnectedOp, nn::DetectOp>(
              [](auto layer) { return Images{layer.getInput()}; })
          .Case<nn::ReadPlanarOp, func::ReturnOp>([](auto) { return Images(); })
          .Default([](Operation *other) { return Images(other->getOperands()); });
  llvm::erase(images, Value());
  return images;
}

LogicalResult Converter::convertOp(Operation &op) {
  loc = op.getLoc();
  for (Value image : imagesOf(&op))
    if (!places.contains(image) && !planar.contains(image))
      return op.emitOpError("reads an image that no layer made");
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case<nn::ConstantOp, func::ReturnOp>([](auto) { return success(); })
      .Case([&](nn::ReadPlanarOp read) {
        if (!isa<BlockArgument>(read.getInput()))
          return LogicalResult(read.emitOpError("does not read the function's picture"));
        if (!nn::areWithin({nn::channels(read), nn::channels(read)}, nn::mostMade)) // see partsOf
          return LogicalResult(read.emitOpError("reads a picture of too many channels"));
        planar[read] = picture;
        return success();
      })
      .Case([&](nn::Conv2DOp conv) { return convertConv(conv); })
      .Case([&](nn::DepthwiseConv2DOp conv) { return convertDepthwise(conv); })
      .Case([&](nn::BatchNormOp norm) { return convertBatchNorm(norm); })
      .Case([&](nn::GlobalAvgPoolOp pool) {
        Value input = single(pool.getInput());
        kern::GlobalPoolOp::create(builder, loc, input, allocate(pool), nullptr);
        return success();
      })
      .Case([&](nn::FullyConnectedOp fc) {
        if (failed(requireConstants(fc, {fc.getWeights(), fc.getBias()})))
          return failure();
        Value input = single(fc.getInput());
        kern::FullyConnectedOp::create(builder, loc, input, weights(fc.getWeights()),
                                       biasOrZero(fc.getBias(), nn::channels(fc)), allocate(fc), fc.getActAttr(), nullptr);
        return success();
      })
      .Case([&](nn::MaxPoolOp pool) {
        Value input = single(pool.getInput());
        kern::MaxPoolOp::create(builder, loc, input, allocate(pool), pool.getWindow(), pool.getStrides(),
                                ArrayRef<int64_t>{pool.getPads()[0], pool.getPads()[2]}, nullptr);
        return success();
      })
      .Case([&](nn::UpsampleOp up) {
        Value input = single(up.getInput());
        kern::UpsampleOp::create(builder, loc, input, allocate(up), up.getFactor(), nullptr);
        return success();
      })
      .Case([&](nn::ConcatOp concat) { return convertConcat(concat); })
      .Case([&](nn::InterleaveOp op) {
        SmallVector<Value> inputs;
        for (Value input : op.getInputs())
          inputs.push_back(single(input));
        kern::InterleaveOp::create(builder, loc, inputs, allocate(op), nullptr);
        return success();
      })
      .Case([&](nn::SpaceToDepthOp op) {
        Value input = single(op.getInput());
        kern::SpaceToDepthOp::create(builder, loc, input, allocate(op), op.getBlock(), nullptr);
        return success();
      })
      .Case([&](nn::DepthToSpaceOp op) {
        Value input = single(op.getInput());
        kern::DepthToSpaceOp::create(builder, loc, input, allocate(op), op.getBlocks(), op.getCrop(), nullptr);
        return success();
      })
      .Case([&](nn::AttentionOp op) {
        Value query = single(op.getQuery()), key = single(op.getKey()), value = single(op.getValue());
        kern::AttentionOp::create(builder, loc, query, key, value, allocate(op), op.getHeads(), nullptr);
        return success();
      })
      .Case([&](nn::SliceOp part) {
        Parts parts = channelRange(partsOf(part.getInput()), part.getFirst(), nn::channels(part));
        places[part] = parts;
        return success();
      })
      .Case([&](nn::AddOp add) { return convertBinary(add, add.getLhs(), add.getRhs(), false); })
      .Case([&](nn::MulOp mul) { return convertBinary(mul, mul.getLhs(), mul.getRhs(), true); })
      .Case([&](nn::ReluOp act) { return convertActivation(act, nn::ActivationKind::Relu, 0); })
      .Case([&](nn::Relu6Op act) { return convertActivation(act, nn::ActivationKind::Relu6, 0); })
      .Case([&](nn::HardSigmoidOp act) { return convertActivation(act, nn::ActivationKind::HardSigmoid, 0); })
      .Case([&](nn::HardSwishOp act) { return convertActivation(act, nn::ActivationKind::HardSwish, 0); })
      .Case([&](nn::SiluOp act) { return convertActivation(act, nn::ActivationKind::Silu, 0); })
      .Case([&](nn::LeakyReluOp act) {
        return convertActivation(act, nn::ActivationKind::LeakyRelu, act.getSlope().convertToFloat());
      })
      .Case([&](nn::DetectOp detect) {
        if (failed(requireConstants(detect, {detect.getFilter(), detect.getBias()})))
          return failure();
        if (!heads.contains(detect))
          return LogicalResult(detect.emitOpError("makes a head that the function does not return"));
        Value input = single(detect.getInput());
        kern::DetectOp::create(builder, loc, input, weights(detect.getFilter()), weights(detect.getBias()), heads.lookup(detect),
                               detect.getStrideAttr(), detect.getAnchorsAttr(), nullptr);
        return success();
      })
      .Case([&](nn::KeepOp keep) {
        kern::CopyOp::create(builder, loc, single(keep.getInput()), heads.lookup(keep), nullptr);
        return success();
      })
      .Default([](Operation *other) { return other->emitOpError("has no kernel"); });
}

LogicalResult Converter::convert(func::FuncOp target) {
  Block &from = source.getBody().front(), &to = *target.addEntryBlock();
  builder.setInsertionPointToStart(&to);
  picture = to.getArgument(0);
  unsigned next = 1;
  for (Value head : from.getTerminator()->getOperands())
    heads[head.getDefiningOp()] = to.getArgument(next++);
  source.walk([&](nn::KeepOp keep) { heads[keep] = to.getArgument(next++); });
  for (Operation &op : from)
    if (failed(convertOp(op)))
      return failure();
  func::ReturnOp::create(builder, source.getLoc());
  return success();
}

struct ConvertNNToKern : mnv3::impl::ConvertNNToKernPassBase<ConvertNNToKern> {
  void runOnOperation() override {
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(convert(function)))
        return signalPassFailure();
  }

  LogicalResult convert(func::FuncOp function) {
    OpBuilder builder(function);
    auto dense = [&](ArrayRef<int64_t> shape) { return MemRefType::get(shape, builder.getF32Type()); };
    if (function.getNumArguments() != 1 || !nn::isImage(function.getArgumentTypes()[0]) || !function.getBody().hasOneBlock())
      return function.emitOpError("should take one picture");
    SmallVector<Type> arguments;
    SmallVector<int64_t> rows;
    arguments.push_back(dense(cast<RankedTensorType>(function.getArgumentTypes()[0]).getShape().drop_front()));
    for (Value head : function.getBody().front().getTerminator()->getOperands()) {
      if (!head.getDefiningOp<nn::DetectOp>() || llvm::range_size(head.getUsers()) != 1)
        return function.emitOpError("should return the results of nn.detect, each once");
      arguments.push_back(dense(cast<RankedTensorType>(head.getType()).getShape()));
      rows.push_back(-1);
    }
    function.walk([&](nn::KeepOp keep) {
      arguments.push_back(dense(cast<RankedTensorType>(keep.getInput().getType()).getShape()));
      rows.push_back(keep.getRow());
    });
    auto target = func::FuncOp::create(builder, function.getLoc(), function.getName(), builder.getFunctionType(arguments, {}));
    target->setAttr("kern.head_rows", builder.getDenseI64ArrayAttr(rows)); // -1: a level of Detect
    if (failed(Converter(function, builder).convert(target)))
      return failure();
    function.erase();
    return success();
  }
};

} // namespace
