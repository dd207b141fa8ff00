// Transforms within kern, in the order in which the pipeline runs them.
#ifndef MNV3_KERN_PASSES
#define MNV3_KERN_PASSES

include "mlir/Pass/PassBase.td"

def AssignLayoutPass : Pass<"kern-assign-layout", "::mlir::ModuleOp"> {
  let summary = "give every buffer its pixel stride and its zero halo";
  let description = [{
    Expects buffers without layout and a `kern.target` on the module. Leaves strides that are multiples of the target's
    vector width and a halo wherever a convolution reads past the border, cleared before the buffer's first writer.
    Example: test/Transforms/kern-assign-layout.mlir
  }];
}

def ChooseSchedulesPass : Pass<"kern-choose-schedules", "::mlir::ModuleOp"> {
  let summary = "choose each kernel's schedule, and Winograd where it pays";
  let description = [{
    Expects laid out buffers and a `kern.target`. Leaves a `schedule` on every kernel that has none; the choices are
    those of codegen/Schedules. Example: test/Transforms/kern-choose-schedules.mlir
  }];
  let options = [Option<"forSize", "for-size", "bool", "false", "no Winograd, whose transformed weights and tiles take memory">];
}

def PackWeightsPass : Pass<"kern-pack-weights", "::mlir::ModuleOp"> {
  let summary = "reorder weights into the order in which the kernels read them";
  let description = [{
    Expects kernels with schedules and nn.constant weights. Leaves kern.weights, packed as codegen/KernelSpec.h says, and
    no nn.constant. Example: test/Transforms/kern-pack-weights.mlir
  }];
}

def FormStripsPass : Pass<"kern-form-strips", "::mlir::ModuleOp"> {
  let summary = "run chains of kernels in strips of rows where that lowers the arena's peak";
  let description = [{
    Expects laid out buffers. Chains of stems, convolutions, depthwise convolutions and passes, each the only reader of the
    one before, are repeated for strips of equal height, on buffers that hold a strip (`kern.rows` shows kernels their rows):
    those that lower the peak of the arena, as det_detect sees it. As few kernels and strips as reach the lowest peak; nothing
    changes where no chain lowers it.
    Example: test/Transforms/kern-form-strips.mlir
  }];
}

def PlanMemoryPass : Pass<"kern-plan-memory", "::mlir::ModuleOp"> {
  let summary = "place buffers, scratch and what det_detect needs in one arena";
  let description = [{
    Expects laid out buffers; kernels that need scratch say so in `scratch_bytes`, for each of the `strips` that threads may
    share. Leaves `at` on every kern.alloc, `scratch_at` on those kernels, `live_bytes` of the arena on every kernel, no more
    `strips` than have scratch below the peak, and on the function `kern.arena`: its bytes, the lower bound that live ranges prove,
    bytes and bound without what det_detect adds (the bound: on one thread), and where the band of the picture, the letterbox'
    lines and the candidates of det_detect lie. The band has `band_rows` rows, as many as there is room for below the peak; every
    stem's `band` is the rows of its result that it makes from them. What Detect's levels read lives to the end, as det_detect asks
    for objectness first and for boxes when it needs them.
    Example: test/Transforms/kern-plan-memory.mlir
  }];
}

#endif // MNV3_KERN_PASSES
