// Grouped convolutions: one channel a group is a depthwise convolution, a kernel family of its own. The rare others (an
// unequal DWConv, MixConv2d) are made of convolutions without groups: one for each group, or, where groups are many and
// so channels few, a single one with zeros for the channels of other groups: it wastes multiplications where many
// small convolutions would waste most lanes of every vector, and a kernel call each.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

namespace mnv3 {
#define GEN_PASS_DEF_LOWERDEPTHWISEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

constexpr int64_t mostSplits = 8; // groups that become convolutions of their own

// A constant filter, O x H x W x I.
struct Filter {
  SmallVector<float> storage;
  ArrayRef<float> values;
  int64_t outputs, rows, columns, inputs;

  explicit Filter(Conv2DOp conv) {
    auto shape = cast<RankedTensorType>(conv.getFilter().getType()).getShape();
    outputs = shape[0], rows = shape[1], columns = shape[2], inputs = shape[3];
    values = constantValues(conv.getFilter(), storage).value_or(ArrayRef<float>());
  }
  float at(int64_t o, int64_t y, int64_t x, int64_t i) const {
    return values[((o * rows + y) * columns + x) * inputs + i];
  }
};

// nn.depthwise_conv2d knows no dilation: the filter is spread out, with zeros between its taps.
Value toDepthwise(Conv2DOp conv, const Filter &filter) {
  OpBuilder builder(conv);
  int64_t d = conv.getDilation(), channels = filter.outputs;
  int64_t rows = d * (filter.rows - 1) + 1, columns = d * (filter.columns - 1) + 1;
  SmallVector<float> spread(rows * columns * channels, 0.0f);
  for (int64_t y = 0; y < filter.rows; ++y)
    for (int64_t x = 0; x < filter.columns; ++x)
      for (int64_t c = 0; c < channels; ++c)
        spread[(y * d * columns + x * d) * channels + c] = filter.at(c, y, x, 0);
  Value weights =
      makeWeights(builder, conv.getFilter().getLoc(), {rows, columns, channels}, spread, "depthwise_filter");
  return DepthwiseConv2DOp::create(builder, conv.getLoc(), conv.getType(), conv.getInput(), weights, conv.getBias(),
                                   conv.getStridesAttr(), conv.getPadsAttr(), conv.getActAttr());
}

Value convolve(OpBuilder &builder, Conv2DOp like, RankedTensorType type, Value input, Value filter, Value bias) {
  return Conv2DOp::create(builder, like.getLoc(), type, input, filter, bias, /*gate=*/Value(), /*residual=*/Value(),
                          /*start=*/Value(), like.getStridesAttr(), like.getPadsAttr(), like.getDilationAttr(),
                          builder.getI64IntegerAttr(1), like.getActAttr(), /*gate_act=*/ActivationAttr());
}

// Zeros where an output channel does not see an input channel.
Value toDense(Conv2DOp conv, const Filter &filter) {
  OpBuilder builder(conv);
  int64_t groups = conv.getGroups(), perGroup = filter.outputs / groups, inputs = filter.inputs * groups;
  SmallVector<float> dense(filter.values.size() * groups, 0.0f);
  for (int64_t o = 0; o < filter.outputs; ++o)
    for (int64_t y = 0; y < filter.rows; ++y)
      for (int64_t x = 0; x < filter.columns; ++x)
        for (int64_t i = 0; i < filter.inputs; ++i)
          dense[((o * filter.rows + y) * filter.columns + x) * inputs + o / perGroup * filter.inputs + i] =
              filter.at(o, y, x, i);
  Value weights = makeWeights(builder, conv.getFilter().getLoc(), {filter.outputs, filter.rows, filter.columns, inputs},
                              dense, "dense_filter");
  return convolve(builder, conv, conv.getType(), conv.getInput(), weights, conv.getBias());
}

Value toSplit(Conv2DOp conv, const Filter &filter) {
  OpBuilder builder(conv);
  Location location = conv.getLoc();
  int64_t groups = conv.getGroups(), perGroup = filter.outputs / groups, span = filter.values.size() / groups;
  SmallVector<float> biasStorage;
  ArrayRef<float> bias = conv.getBias() ? *constantValues(conv.getBias(), biasStorage) : ArrayRef<float>();
  auto image = [&](Value like, int64_t channels) {
    return RankedTensorType::get({1, height(like), width(like), channels}, builder.getF32Type());
  };
  SmallVector<Value> parts;
  for (int64_t g = 0; g < groups; ++g) {
    Value input = SliceOp::create(builder, location, image(conv.getInput(), filter.inputs), conv.getInput(),
                                  g * filter.inputs, /*view=*/false);
    Value weights =
        makeWeights(builder, conv.getFilter().getLoc(), {perGroup, filter.rows, filter.columns, filter.inputs},
                    filter.values.slice(g * span, span), "group_filter");
    Value groupBias = bias.empty() ? Value()
                                   : makeWeights(builder, conv.getBias().getLoc(), perGroup,
                                                 bias.slice(g * perGroup, perGroup), "group_bias");
    parts.push_back(convolve(builder, conv, image(conv.getResult(), perGroup), input, weights, groupBias));
  }
  return ConcatOp::create(builder, location, conv.getType(), parts, /*view=*/false);
}

LogicalResult lower(Conv2DOp conv) {
  SmallVector<float> storage;
  Filter filter(conv);
  if (filter.values.empty() || (conv.getBias() && !constantValues(conv.getBias(), storage)))
    return conv.emitOpError("has groups, and weights that are not constant");
  if (conv.getGate() || !conv.isPlain())
    return conv.emitOpError("has groups, and more than bias and activation fused into it");
  int64_t groups = conv.getGroups(), inputs = channels(conv.getInput()), dilation = conv.getDilation();
  bool depthwise = groups == inputs && groups == filter.outputs, split = !depthwise && groups <= mostSplits;
  auto spread = [&](int64_t extent) { return dilation * (extent - 1) + 1; };
  if (depthwise ? !areWithin({spread(filter.rows), spread(filter.columns), inputs}, mostMade)
                : !split && !areWithin({filter.outputs, filter.rows, filter.columns, inputs}, mostMade))
    return conv.emitOpError("needs a filter that is too large");
  Value made = depthwise ? toDepthwise(conv, filter) : split ? toSplit(conv, filter) : toDense(conv, filter);
  replaceValue(conv.getResult(), made);
  return success();
}

struct LowerDepthwise : mnv3::impl::LowerDepthwisePassBase<LowerDepthwise> {
  void runOnOperation() override {
    for (auto conv : llvm::make_early_inc_range(getOperation().getOps<Conv2DOp>()))
      if (conv.getGroups() > 1 && failed(lower(conv)))
        return signalPassFailure();
  }
};

} // namespace
