// The C3 family: cv3(concat(inner modules(cv1 x), cv2 x)).
#include "compiler/Conversion/Lowerings.h"

using namespace mlir;

namespace mnv3 {
namespace {

template <typename Op, typename Inner>
Value c3(Op op, Value x, NNBuilder &nn, Inner inner) {
  Value a = nn.unit(x, "cv1", {}, op.getAct()), b = nn.unit(x, "cv2", {}, op.getAct());
  return nn.unit(nn.concat({inner(a), b}), "cv3", {}, op.getAct());
}

// `m.0.`, `m.1.` ... behind one another.
template <typename Block>
Value chain(Value x, int64_t count, Block block) {
  for (int64_t i = 0; i < count; ++i)
    x = block(x, "m." + std::to_string(i) + ".");
  return x;
}

// x + out_proj(attention(q x, k x, v x)), where q, k and v go through two matrices each: their own, then a third of in_proj.
Value attend(Value x, const std::string &layer, NNBuilder &nn) {
  constexpr int64_t heads = 4;
  int64_t channels = nn::channels(x), third = 0;
  SmallVector<Value, 3> parts;
  for (const char *name : {"q", "k", "v"}) {
    Value part = nn.pointwise(x, layer + name + ".weight", "", 0, channels);
    parts.push_back(nn.pointwise(part, layer + "ma.in_proj_weight", layer + "ma.in_proj_bias", channels * third++, channels));
  }
  Value mixed = nn::AttentionOp::create(nn.builder, nn.loc, x.getType(), parts[0], parts[1], parts[2], heads);
  return nn.add(x, nn.pointwise(mixed, layer + "ma.out_proj.weight", layer + "ma.out_proj.bias", 0, channels));
}

} // namespace

Value lower(yolo::C3Op op, Value x, NNBuilder &nn) {
  return c3(op, x, nn, [&](Value a) {
    return chain(a, op.getRepeats(), [&](Value a, const std::string &name) {
      return bottleneck(a, name, op.getShortcut(), op.getGroups(), op.getAct(), nn);
    });
  });
}

Value lower(yolo::C3xOp op, Value x, NNBuilder &nn) {
  return c3(op, x, nn, [&](Value a) {
    return chain(a, op.getRepeats(), [&](Value a, const std::string &name) {
      return crossConv(a, name, 3, 1, op.getShortcut(), op.getGroups(), op.getAct(), nn);
    });
  });
}

Value lower(yolo::C3GhostOp op, Value x, NNBuilder &nn) {
  return c3(op, x, nn, [&](Value a) {
    return chain(a, op.getRepeats(), [&](Value a, const std::string &name) { return ghostBottleneck(a, name, 3, 1, op.getAct(), nn); });
  });
}

Value lower(yolo::C3SPPOp op, Value x, NNBuilder &nn) {
  return c3(op, x, nn, [&](Value a) { return spp(a, "m.", op.getKernels(), op.getAct(), nn); });
}

Value lower(yolo::C3TROp op, Value x, NNBuilder &nn) {
  return c3(op, x, nn, [&](Value a) {
    int64_t channels = nn::channels(a);
    a = nn.add(a, nn.pointwise(a, "m.linear.weight", "m.linear.bias", 0, channels));
    for (int64_t i = 0; i < static_cast<int64_t>(op.getRepeats()); ++i) {
      std::string layer = "m.tr." + std::to_string(i) + ".";
      a = attend(a, layer, nn);
      Value inner = nn.pointwise(a, layer + "fc1.weight", "", 0, channels);
      a = nn.add(a, nn.pointwise(inner, layer + "fc2.weight", "", 0, channels));
    }
    return a;
  });
}

// Its batch norm and SiLU follow the concat, which is the same as in each path before it.
Value lower(yolo::BottleneckCSPOp op, Value x, NNBuilder &nn) {
  Value a = chain(nn.unit(x, "cv1", {}, op.getAct()), op.getRepeats(), [&](Value a, const std::string &name) {
    return bottleneck(a, name, op.getShortcut(), op.getGroups(), op.getAct(), nn);
  });
  auto bare = [&](Value in, const char *conv, int64_t first) {
    Value made = nn.batchNorm(nn.convolve(in, nn.filter(conv), Value(), {}), "bn.", first);
    return nn.activate(made, nn::ActivationKind::Silu);
  };
  return nn.unit(nn.concat({bare(a, "cv3.weight", 0), bare(x, "cv2.weight", op.getHidden())}), "cv4", {}, op.getAct());
}

} // namespace mnv3
