#include "compiler/Transforms/Kern/Passes.h"

#include "codegen/Emit/KernelSpecOf.h"
#include "codegen/Schedules/Schedules.h"
#include "dialects/Kern/Kern.h"

namespace mnv3::kern {
#define GEN_PASS_DEF_CHOOSESCHEDULESPASS
#include "compiler/Transforms/Kern/Passes.h.inc"

using namespace mlir;

namespace {

struct ChooseSchedules : impl::ChooseSchedulesPassBase<ChooseSchedules> {
  using impl::ChooseSchedulesPassBase<ChooseSchedules>::ChooseSchedulesPassBase;

  void runOnOperation() override {
    TargetAttr attr = targetOf(getOperation());
    if (!attr) {
      getOperation().emitError() << "has no " << targetAttrName;
      return signalPassFailure();
    }
    codegen::KernelTarget target = codegen::kernelTargetOf(attr);
    getOperation().walk([&](KernelOpInterface kernel) {
      if (kernel->hasAttr("schedule"))
        return;
      codegen::KernelSpec spec = codegen::kernelSpecOf(kernel);
      if (auto conv = dyn_cast<Conv2DOp>(*kernel); conv && !forSize)
        if (int outputs = codegen::chooseWinogradTile(spec, target)) {
          conv.setWinograd(outputs);
          spec = codegen::kernelSpecOf(kernel);
        }
      codegen::Schedule chosen = codegen::chooseSchedule(spec, target);
      kernel->setAttr("schedule", ScheduleAttr::get(&getContext(), chosen.pixels, chosen.vectors, chosen.unroll, chosen.rows,
                                                    chosen.channelsOutermost));
    });
  }
};

} // namespace
} // namespace mnv3::kern
