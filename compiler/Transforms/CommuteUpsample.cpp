// A 1x1 convolution gives four equal results for the four equal pixels that nearest upsampling makes of one. So it can
// be done before upsampling, at a quarter of the multiplications. Over a concat, the part of the sum that belongs to
// the upsampled channels is done first, at low resolution, and the convolution of the other channels starts from it:
//
//   a -> upsample -+                                     a -> 1x1 (its columns, bias) ------+ start
//                  concat -> 1x1           becomes                                           |
//   skip ----------+                                     skip -> 1x1 (the other columns) <--+
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/Rewrite.h"

namespace mnv3 {
#define GEN_PASS_DEF_COMMUTEUPSAMPLEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mnv3

using namespace mlir;
using namespace mnv3;
using namespace mnv3::nn;

namespace {

// Input channels first .. first + count of a 1x1 filter, or all but those.
Value columns(OpBuilder &builder, Conv2DOp conv, int64_t first, int64_t count, bool others) {
  SmallVector<float> storage, chosen;
  ArrayRef<float> all = *constantValues(conv.getFilter(), storage);
  int64_t inputs = channels(conv.getInput()), outputs = channels(conv.getResult());
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < inputs; ++i)
      if ((i >= first && i < first + count) != others)
        chosen.push_back(all[o * inputs + i]);
  return makeWeights(builder, conv.getFilter().getLoc(), {outputs, 1, 1, others ? inputs - count : count}, chosen,
                     others ? "skip_filter" : "upsampled_filter");
}

// The image type of `like` with the height and width of `place`.
RankedTensorType imageAt(Value place, int64_t channels) {
  auto type = cast<RankedTensorType>(place.getType());
  return RankedTensorType::get({1, type.getDimSize(1), type.getDimSize(2), channels}, type.getElementType());
}

// Whether a reader is the input of a convolution that could do without the image.
bool canCommute(OpOperand *use) {
  SmallVector<float> storage;
  auto conv = dyn_cast<Conv2DOp>(use->getOwner());
  return conv && use->getOperandNumber() == 0 && isPointwise(conv) && !conv.getGate() && !conv.getStart() &&
         constantValues(conv.getFilter(), storage) &&
         !(conv.getResidual() && conv.getInput().getDefiningOp<UpsampleOp>());
}

// conv(upsample(a)) -> upsample(conv(a)), the activation included. A residual would have the large size; canCommute
// minds.
void commute(Conv2DOp conv, UpsampleOp upsample) {
  OpBuilder builder(conv);
  Value low = upsample.getInput();
  Value small = Conv2DOp::create(builder, conv.getLoc(), imageAt(low, channels(conv.getResult())), low,
                                 conv.getFilter(), conv.getBias(), /*gate=*/Value(), /*residual=*/Value(),
                                 /*start=*/Value(), conv.getStridesAttr(), conv.getPadsAttr(), conv.getDilationAttr(),
                                 conv.getGroupsAttr(), conv.getActAttr(), /*gate_act=*/ActivationAttr());
  replaceValue(conv.getResult(), UpsampleOp::create(builder, conv.getLoc(), conv.getType(), small, upsample.getFactor(),
                                                    /*view=*/false));
}

// The first input of the concat that is enlarged by 2 for no other reader.
std::optional<size_t> upsampledPart(ConcatOp concat) {
  for (auto [index, input] : llvm::enumerate(concat.getInputs()))
    if (auto upsample = input.getDefiningOp<UpsampleOp>(); upsample && upsample.getFactor() == 2 && hasOneReader(input))
      return index;
  return std::nullopt;
}

void commute(Conv2DOp conv, ConcatOp concat, size_t part) {
  OpBuilder builder(conv);
  auto upsample = concat.getInputs()[part].getDefiningOp<UpsampleOp>();
  Value low = upsample.getInput();
  int64_t first = 0;
  SmallVector<Value> rest;
  for (auto [index, input] : llvm::enumerate(concat.getInputs())) {
    first += index < part ? channels(input) : 0;
    if (index != part)
      rest.push_back(input);
  }
  int64_t count = channels(low);
  Value start = Conv2DOp::create(builder, conv.getLoc(), imageAt(low, channels(conv.getResult())), low,
                                 columns(builder, conv, first, count, /*others=*/false), conv.getBias(),
                                 /*gate=*/Value(), /*residual=*/Value(), /*start=*/Value(), conv.getStridesAttr(),
                                 conv.getPadsAttr(), conv.getDilationAttr(), conv.getGroupsAttr(),
                                 /*act=*/ActivationAttr(), /*gate_act=*/ActivationAttr());
  Value skip = rest.front();
  if (rest.size() > 1)
    skip = ConcatOp::create(builder, concat.getLoc(), imageAt(skip, channels(concat.getResult()) - count), rest,
                            /*view=*/false);
  Value filter = columns(builder, conv, first, count, /*others=*/true);
  Value oldFilter = conv.getFilter();
  conv.getFilterMutable().set(filter);
  conv.getInputMutable().set(skip);
  conv.getBiasMutable().clear();
  conv.getStartMutable().assign(start);
  eraseIfUnused(concat.getResult());
  eraseIfUnused(oldFilter);
}

struct CommuteUpsample : mnv3::impl::CommuteUpsamplePassBase<CommuteUpsample> {
  void runOnOperation() override {
    for (auto conv : llvm::to_vector(getOperation().getOps<Conv2DOp>())) {
      // If one reader needs the image, it is made, and the others may as well read it.
      if (!llvm::all_of(readers(conv.getInput()), canCommute))
        continue;
      if (auto upsample = conv.getInput().getDefiningOp<UpsampleOp>()) {
        commute(conv, upsample);
      } else if (auto concat = conv.getInput().getDefiningOp<ConcatOp>(); concat && concat.getInputs().size() > 1) {
        if (auto part = upsampledPart(concat))
          commute(conv, concat, *part);
      }
    }
  }
};

} // namespace
