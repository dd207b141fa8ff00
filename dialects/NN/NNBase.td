// What other dialects use of nn: the dialect itself and its activations. (No op stands here: TableGen would make it again.)
#ifndef MNV3_NN_BASE
#define MNV3_NN_BASE

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::mnv3::nn";
  let summary = "layer math on NHWC tensors";
  let useDefaultAttributePrinterParser = 1;
}

// Ops of the dialects stand in a function, and that has one block: passes go through it from top to bottom.
def NN_InFunction : NativeOpTrait<"InFunction"> {
  let cppNamespace = "::mnv3::nn";
}

// isTensor and isImage: see NN.h.
class NN_TensorOf<string predicate, string what>
    : Type<CPred<"::mnv3::nn::" # predicate>, what # " tensor of f32, 1 to 2^30 of them", "::mlir::RankedTensorType">;
class NN_StaticTensor<int rank, string what> : NN_TensorOf<"isTensor($_self, " # rank # ")", what>;
class NN_ImageOf<string axes> : NN_TensorOf<"isImage($_self)", axes>;

def NN_ActivationKind : I32EnumAttr<"ActivationKind", "a function applied to each element", [
    I32EnumAttrCase<"None", 0, "none">,                // x
    I32EnumAttrCase<"Relu", 1, "relu">,                // max(x, 0)
    I32EnumAttrCase<"Relu6", 2, "relu6">,              // min(max(x, 0), 6)
    I32EnumAttrCase<"LeakyRelu", 3, "leaky_relu">,     // x > 0 ? x : slope * x
    I32EnumAttrCase<"HardSigmoid", 4, "hard_sigmoid">, // relu6(x + 3) / 6
    I32EnumAttrCase<"HardSwish", 5, "hard_swish">,     // x * relu6(x + 3) / 6
    I32EnumAttrCase<"Silu", 6, "silu">                 // x / (1 + exp(-x))
  ]> {
  let cppNamespace = "::mnv3::nn";
  let genSpecializedAttr = 0;
}

def NN_Activation : AttrDef<NN_Dialect, "Activation"> {
  let mnemonic = "act";
  let summary = "an activation fused into an op: `<relu>`, `<leaky_relu, 1.000000e-01>`";
  let parameters = (ins EnumParameter<NN_ActivationKind>:$kind, APFloatParameter<"slope of leaky_relu, else 0">:$slope);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    static ActivationAttr get(mlir::MLIRContext *context, ActivationKind kind) {
      return get(context, kind, llvm::APFloat(0.0f));
    }
  }];
}

#endif // MNV3_NN_BASE
