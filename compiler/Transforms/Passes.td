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
    or start, and with one reader. A batch norm over a concat of such layers is folded into each of them. Others stay:
    `nn-lower-depthwise` turns them into 1x1 depthwise convolutions.
    Example: test/Transforms/nn-fold-batch-norm.mlir
  }];
}

#endif // MNV3_TRANSFORMS_PASSES
