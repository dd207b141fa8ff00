// C3 begins with two 1x1 convolutions of one image, cv1 and cv2. As one convolution they load it once and fill vectors
// that each alone may leave half empty.
//
// The outputs stand in reverse program order: [cv2 | cv1]. cv2's are read last, by the concat at the end of the block;
// cv1's are dead once the bottleneck has read them, and being last they can be overwritten by its result, lanes beyond
// the channels included, without touching cv2's.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

#include "mlir/IR/BuiltinAttributes.h"

namespace mnv3 {
#define GEN_PASS_DEF_MERGESIBLINGSPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

// The place of the yaml row in a location that may name a part of the row's module as well.
Location rowOf(Location location) {
  if (auto place = location->findInstanceOf<FileLineColLoc>())
    return place;
  return location;
}

bool canMerge(Conv2DOp conv) {
  SmallVector<float> storage;
  return isPointwise(conv) && conv.isPlain() && !conv.getGate() && constantValues(conv.getFilter(), storage) &&
         (!conv.getBias() || constantValues(conv.getBias(), storage));
}

// Only within a yaml row: there both results are read soon. Rows far apart would keep each other's memory alive.
SmallVector<Conv2DOp> siblingsOf(Conv2DOp conv) {
  SmallVector<Conv2DOp> found;
  for (OpOperand *use : readers(conv.getInput())) {
    auto other = dyn_cast<Conv2DOp>(use->getOwner());
    if (other && other.getInput() == conv.getInput() && canMerge(other) && other.getActAttr() == conv.getActAttr() &&
        rowOf(other.getLoc()) == rowOf(conv.getLoc()))
      found.push_back(other);
  }
  llvm::sort(found, [](Conv2DOp a, Conv2DOp b) { return a->isBeforeInBlock(b); });
  return found;
}

void merge(ArrayRef<Conv2DOp> siblings) {
  Conv2DOp first = siblings.front();
  OpBuilder builder(first);
  SmallVector<float> filter, bias, storage;
  for (Conv2DOp conv : llvm::reverse(siblings)) {
    llvm::append_range(filter, *constantValues(conv.getFilter(), storage));
    if (conv.getBias())
      llvm::append_range(bias, *constantValues(conv.getBias(), storage));
    else
      bias.append(channels(conv.getResult()), 0.0f);
  }
  auto image = [&](int64_t channels) {
    return RankedTensorType::get({1, height(first.getInput()), width(first.getInput()), channels},
                                 builder.getF32Type());
  };
  int64_t outputs = bias.size();
  Value weights = makeWeights(builder, first.getFilter().getLoc(), {outputs, 1, 1, channels(first.getInput())}, filter,
                              "merged_filter");
  Value biases = makeWeights(builder, first.getFilter().getLoc(), outputs, bias, "merged_bias");
  Value merged = Conv2DOp::create(builder, first.getLoc(), image(outputs), first.getInput(), weights, biases,
                                  /*gate=*/Value(), /*residual=*/Value(), /*start=*/Value(), first.getStridesAttr(),
                                  first.getPadsAttr(), first.getDilationAttr(), first.getGroupsAttr(),
                                  first.getActAttr(), /*gate_act=*/ActivationAttr());
  int64_t at = 0;
  for (Conv2DOp conv : llvm::reverse(siblings)) {
    Value slice = SliceOp::create(builder, conv.getLoc(), conv.getType(), merged, at, /*view=*/false);
    at += channels(conv.getResult());
    replaceValue(conv.getResult(), slice);
  }
}

struct MergeSiblings : mnv3::impl::MergeSiblingsPassBase<MergeSiblings> {
  void runOnOperation() override {
    // The merged convolution may have a sibling no more, so one look at each convolution is enough.
    llvm::SmallPtrSet<Operation *, 8> done;
    for (auto conv : llvm::to_vector(getOperation().getOps<Conv2DOp>())) {
      if (done.contains(conv) || !canMerge(conv))
        continue;
      SmallVector<Conv2DOp> siblings = siblingsOf(conv);
      if (siblings.size() < 2)
        continue;
      done.insert(siblings.begin(), siblings.end());
      merge(siblings);
    }
  }
};

} // namespace
