#include "RandomNet.h"

#include "dialects/NN/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

#include <random>

using namespace mlir;
using namespace mnv3::nn;

namespace {

class Net {
public:
  Net(MLIRContext *context, unsigned seed)
      : builder(context), random(seed), module(ModuleOp::create(builder.getUnknownLoc())) {}

  OwningOpRef<ModuleOp> build() {
    int64_t h = 8 * pick(2, 4), w = 8 * pick(2, 4);
    auto picture = RankedTensorType::get({1, 3, h, w}, builder.getF32Type());
    builder.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(builder, location(), "net", builder.getFunctionType(picture, {}));
    builder.setInsertionPointToEnd(function.addEntryBlock());

    Value x = ReadPlanarOp::create(builder, location(), image(h, w, 3), function.getArgument(0));
    x = endRow(convBnAct(x, pick(3, 9), 3, 2));
    for (int block = pick(1, 3); block > 0; --block)
      x = endRow(anyBlock(x, 1));
    Value p3 = x = endRow(anyBlock(x, 2));
    x = endRow(bottleneck(x, pick(4, 20), 2));
    x = endRow(sppf(x, pick(4, 20)));
    Value p4 = x = endRow(convBnAct(x, pick(4, 12), 1, 1));
    x = endRow(upsample(x));
    x = endRow(pick(0, 1) ? concat({x, p3}) : concat({p3, x}));
    Value head3 = x = endRow(pick(0, 2) ? c3(x, 2 * pick(2, 9)) : csp(x, 2 * pick(2, 9)));
    x = endRow(convBnAct(x, pick(4, 20), 3, 2));
    x = endRow(concat({x, p4}));
    Value head4 = endRow(c3(x, 2 * pick(2, 9)));
    SmallVector<Value> heads = {detect(head3, 8), detect(head4, 16)};
    func::ReturnOp::create(builder, location(), heads);
    function.setFunctionType(builder.getFunctionType(picture, {heads[0].getType(), heads[1].getType()}));
    return std::move(module);
  }

private:
  int pick(int least, int most) { return least + int(random() % unsigned(most - least + 1)); }
  float uniform(float least, float most) { return least + (most - least) * float(random() / 4294967296.0); }
  Location location() { return FileLineColLoc::get(builder.getContext(), "net.yaml", row + 10, 4); }
  RankedTensorType image(int64_t h, int64_t w, int64_t c) {
    return RankedTensorType::get({1, h, w, c}, builder.getF32Type());
  }

  Value endRow(Value x) {
    KeepOp::create(builder, location(), x, row++);
    return x;
  }

  Value constant(ArrayRef<int64_t> shape, float least, float most) {
    auto type = RankedTensorType::get(shape, builder.getF32Type());
    SmallVector<float> values(type.getNumElements());
    for (float &value : values)
      value = uniform(least, most);
    return ConstantOp::create(builder, location(), type, weightsAttr(type, values, "random"));
  }
  Value number(float value) { return constant({1, 1, 1, 1}, value, value); }

  Value conv(Value x, int64_t c, int64_t k, int64_t stride, int64_t groups = 1, bool biased = false) {
    int64_t pad = k / 2, in = channels(x) / groups;
    float reach = 1.5f / std::sqrt(float(k * k * in));
    Value filter = constant({c, k, k, in}, -reach, reach);
    auto extent = [&](int64_t size) { return (size + 2 * pad - k) / stride + 1; };
    return Conv2DOp::create(builder, location(), image(extent(height(x)), extent(width(x)), c), x, filter,
                            biased ? constant(c, -1, 1) : Value(), Value(), Value(), Value(),
                            ArrayRef<int64_t>{stride, stride}, ArrayRef<int64_t>{pad, pad, pad, pad}, 1, groups,
                            ActivationAttr(), ActivationAttr());
  }
  Value norm(Value x) {
    int64_t c = channels(x);
    return BatchNormOp::create(builder, location(), x.getType(), x, constant(c, -1.5, 1.5), constant(c, -1, 1),
                               constant(c, -1, 1), constant(c, 0.1, 2), APFloat(1e-3));
  }
  Value activate(Value x, int kind) {
    Type type = x.getType();
    switch (kind) {
    case 0:
      return SiluOp::create(builder, location(), type, x);
    case 1:
      return HardSwishOp::create(builder, location(), type, x);
    case 2:
      return LeakyReluOp::create(builder, location(), type, x, APFloat(0.1f));
    case 3: { // hard-swish spelled out
      Value gate = Relu6Op::create(builder, location(), type, AddOp::create(builder, location(), type, x, number(3)));
      gate = MulOp::create(builder, location(), type, gate, number(1.0f / 6));
      return MulOp::create(builder, location(), type, x, gate);
    }
    default:
      return ReluOp::create(builder, location(), type, x);
    }
  }
  Value anyActivation(Value x) { return activate(x, pick(0, 4)); }
  Value convBnAct(Value x, int64_t c, int64_t k, int64_t stride, int64_t groups = 1) {
    return anyActivation(norm(conv(x, c, k, stride, groups)));
  }

  Value excite(Value x) {
    int64_t c = channels(x), fewer = std::max<int64_t>(1, c / 4);
    auto vector = [&](int64_t n) { return image(1, 1, n); };
    Value gate = GlobalAvgPoolOp::create(builder, location(), vector(c), x);
    gate = FullyConnectedOp::create(builder, location(), vector(fewer), gate, constant({fewer, c}, -1, 1),
                                    constant(fewer, -1, 1), ActivationAttr());
    gate = ReluOp::create(builder, location(), vector(fewer), gate);
    gate = FullyConnectedOp::create(builder, location(), vector(c), gate, constant({c, fewer}, -2, 2),
                                    constant(c, -1, 1), ActivationAttr());
    gate = HardSigmoidOp::create(builder, location(), vector(c), gate);
    return MulOp::create(builder, location(), x.getType(), x, gate);
  }

  // MobileNetV3's block: the activation comes after the gate where the block expands, else before it.
  Value bottleneck(Value x, int64_t c, int64_t stride) {
    int64_t hidden = pick(0, 2) ? channels(x) * pick(2, 3) : channels(x);
    bool gated = pick(0, 1), expands = hidden != channels(x);
    int act = pick(0, 1) ? 1 : 4, k = pick(0, 1) ? 3 : 5;
    Value y = x;
    if (expands)
      y = activate(norm(conv(y, hidden, 1, 1)), act);
    y = norm(conv(y, hidden, k, stride, hidden));
    if (!expands)
      y = activate(y, act);
    if (gated)
      y = excite(y);
    if (expands)
      y = activate(y, act);
    y = norm(conv(y, c, 1, 1));
    return y.getType() == x.getType() ? AddOp::create(builder, location(), y.getType(), x, y).getResult() : y;
  }

  Value c3(Value x, int64_t c) {
    int act = pick(0, 4);
    auto unit = [&](Value v, int64_t to, int64_t k) { return activate(norm(conv(v, to, k, 1)), act); };
    Value one = unit(x, c / 2, 1);
    for (int repeat = pick(1, 2); repeat > 0; --repeat) {
      Value y = unit(unit(one, c / 2, 1), c / 2, 3);
      one = pick(0, 1) ? AddOp::create(builder, location(), y.getType(), one, y).getResult() : y;
    }
    Value two = unit(x, c / 2, 1);
    return unit(concat({one, two}), c, 1);
  }

  Value csp(Value x, int64_t c) {
    Value one = conv(convBnAct(convBnAct(x, c / 2, 1, 1), c / 2, 3, 1), c / 2, 1, 1);
    Value two = conv(x, c / 2, 1, 1);
    return convBnAct(activate(norm(concat({one, two})), 0), c, 1, 1);
  }

  Value sppf(Value x, int64_t c) {
    SmallVector<Value> parts = {convBnAct(x, channels(x) / 2, 1, 1)};
    for (int i = 0; i < 3; ++i)
      parts.push_back(MaxPoolOp::create(builder, location(), parts[0].getType(), parts.back(), ArrayRef<int64_t>{5, 5},
                                        ArrayRef<int64_t>{1, 1}, ArrayRef<int64_t>{2, 2, 2, 2}));
    return convBnAct(concat(parts), c, 1, 1);
  }

  // Groups of several channels; a batch norm that two read; blocks without anything odd.
  Value anyBlock(Value x, int64_t stride) {
    switch (pick(0, 4)) {
    case 0: {
      int64_t groups = pick(2, 10);
      return convBnAct(convBnAct(x, groups * pick(2, 3), 1, 1), groups * pick(1, 3), 3, stride, groups);
    }
    case 1: {
      Value y = conv(x, channels(x), 3, stride, 1, /*biased=*/true);
      return AddOp::create(builder, location(), y.getType(), y, norm(y));
    }
    case 2:
      return convBnAct(c3(x, 2 * pick(2, 9)), pick(3, 17), 3, stride);
    default:
      return bottleneck(x, pick(0, 1) ? channels(x) : pick(4, 20), stride);
    }
  }

  Value upsample(Value x) {
    return UpsampleOp::create(builder, location(), image(2 * height(x), 2 * width(x), channels(x)), x, 2, false);
  }
  Value concat(ArrayRef<Value> parts) {
    int64_t sum = 0;
    for (Value part : parts)
      sum += channels(part);
    return ConcatOp::create(builder, location(), image(height(parts[0]), width(parts[0]), sum), parts, false);
  }
  Value detect(Value x, float stride) {
    auto head = RankedTensorType::get({3, height(x), width(x), 7}, builder.getF32Type());
    return DetectOp::create(builder, location(), head, x, constant({21, 1, 1, channels(x)}, -1, 1), constant(21, -1, 1),
                            APFloat(stride), ArrayRef<float>{10, 13, 16, 30, 33, 23});
  }

  OpBuilder builder;
  std::mt19937 random;
  OwningOpRef<ModuleOp> module;
  int row = 0;
};

} // namespace

OwningOpRef<ModuleOp> mnv3::reference::randomNet(MLIRContext *context, unsigned seed) {
  return Net(context, seed).build();
}
