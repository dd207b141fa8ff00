// Each description states the pass's contract: what it expects of the IR, and what it leaves.
// Passes on `nn` come first, in the order of the pipeline; those on `kern` follow at the end.
#ifndef MNV3_TRANSFORMS_PASSES
#define MNV3_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def FoldBatchNormPass : Pass<"nn-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "fold nn.batch_norm into the weights of the layer before it";
  let description = [{
    Expects constant batch-norm parameters, weights and bias; no variance below -epsilon (an error).
    Leaves no `nn.batch_norm` whose input is a conv2d, depthwise_conv2d or fully_connected without activation, residual
    or start, and with one reader. A batch norm over a concat of such layers is folded into each of them. Others stay.
    Example: test/Transforms/nn-fold-batch-norm.mlir
  }];
}

def FoldHardSwishPass : Pass<"nn-fold-hard-swish", "::mlir::func::FuncOp"> {
  let summary = "spelled-out hard-swish and hard-sigmoid become one op; activations move into the layers before them";
  let description = [{
    Expects batch norms folded. Leaves no product x * relu6(x + 3) * 1/6, and no activation op whose input is a plain
    layer without activation and with one reader, or a concat of such layers. An activation of anything else stays.
    Example: test/Transforms/nn-fold-hard-swish.mlir
  }];
}

def LowerDepthwisePass : Pass<"nn-lower-depthwise", "::mlir::func::FuncOp"> {
  let summary = "grouped convolutions become depthwise ones, several without groups, or one with zeros";
  let description = [{
    Expects constant weights, and no gate, residual or start on a convolution with groups (errors). Leaves only conv2d
    without groups. Batch norms and activations may be folded before or after: they pass through the concat of a split.
    Example: test/Transforms/nn-lower-depthwise.mlir
  }];
}

def LowerSqueezeExcitePass : Pass<"nn-lower-squeeze-excite", "::mlir::func::FuncOp"> {
  let summary = "a product with a gate, and the activation after it, move into the 1x1 convolution that reads it";
  let description = [{
    Expects activations folded. Leaves `nn.mul` by a gate only where its result (or that of an activation, its only
    reader) has other readers than one 1x1 conv2d without stride, groups, pads and gate.
    Example: test/Transforms/nn-lower-squeeze-excite.mlir
  }];
}

def FuseResidualPass : Pass<"nn-fuse-residual", "::mlir::func::FuncOp"> {
  let summary = "nn.add becomes the residual of the convolution before it";
  let description = [{
    Expects activations folded, since the residual is added after the activation. Leaves no `nn.add` of two images of
    one type, one of which is the result of a conv2d without residual and groups that nothing else reads. The
    convolution moves down to the sum if the other image is made after it.
    Example: test/Transforms/nn-fuse-residual.mlir
  }];
}

def MergeSiblingsPass : Pass<"nn-merge-siblings", "::mlir::func::FuncOp"> {
  let summary = "1x1 convolutions of one image in one yaml row become one convolution and slices of its result";
  let description = [{
    Expects activations folded. Leaves no two conv2d that read the same image, come from the same yaml row (location),
    have the same activation, constant weights, a 1x1 filter, and no stride, pads, groups, gate, residual or start.
    The slices stand in reverse program order. Example: test/Transforms/nn-merge-siblings.mlir
  }];
}

def CommuteUpsamplePass : Pass<"nn-commute-upsample", "::mlir::func::FuncOp"> {
  let summary = "1x1 convolutions are done before upsampling, over a concat for the upsampled channels only";
  let description = [{
    Expects siblings merged. Leaves no upsample, and no concat of two or more images one of which is an upsample by 2
    that only the concat reads, if all its readers are 1x1 conv2d without stride, pads, groups, gate and start, and with
    a constant filter (and for the upsample alone, without residual). Over a concat such a convolution gets a `start`
    and loses its bias. Example: test/Transforms/nn-commute-upsample.mlir
  }];
}

def FoldViewsPass : Pass<"nn-fold-views", "::mlir::func::FuncOp"> {
  let summary = "mark the concats and slices that need no copy";
  let description = [{
    Expects all fusions done: it asks what the final readers can do. Leaves `view` on each concat that is read only as
    the input of conv2d (no groups, no gate) or by such concats, and on each slice read only as input or residual of
    conv2d or by such concats. A view's value is not in memory, so it is not kept.
    Example: test/Transforms/nn-fold-views.mlir
  }];
}

#endif // MNV3_TRANSFORMS_PASSES
