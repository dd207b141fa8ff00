// The hops between two dialects, one pass each.
#ifndef MNV3_CONVERSION_PASSES
#define MNV3_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertYoloToNNPass : Pass<"convert-yolo-to-nn", "::mlir::ModuleOp"> {
  let summary = "spell out each module as layers";
  let description = [{
    Expects functions on yolo ops with their weights. Leaves nn ops on N x H x W x C tensors behind an nn.read_planar, with
    filters as OHWI; nothing is fused. With `yolo.keep_rows` on the module, an nn.keep marks each row's result.
    Example: test/Conversion/yolo-to-nn.mlir
  }];
  let dependentDialects = ["::mnv3::nn::NNDialect"];
}

def ConvertNNToKernPass : Pass<"convert-nn-to-kern", "::mlir::ModuleOp"> {
  let summary = "make buffers of nn's tensors and kernel calls of its layers";
  let description = [{
    Expects one-block functions on nn ops with constant weights: tensor<1xCxHxW> in, the results of nn.detect out.
    Leaves functions on kern ops: memref<CxHxW> in, a memref for each head, then one for each nn.keep; what each head
    is stands in `kern.head_rows`. Buffers have no layout yet. Example: test/Conversion/nn-to-kern.mlir
  }];
  let dependentDialects = ["::mnv3::kern::KernDialect"];
}

#endif // MNV3_CONVERSION_PASSES
