// The yolo dialect: one op is one yaml row as written, with channels and repeats resolved. Tensors are 1 x C x H x W.
//
// A row that repeats its module becomes so many ops. `weights` maps the state_dict keys below `prefix` to values; which
// keys a module has and of what shape, it says itself (ModuleOpInterface), so import and verifier agree.
#ifndef MNV3_YOLO_OPS
#define MNV3_YOLO_OPS

include "dialects/NN/NNBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Yolo_Dialect : Dialect {
  let name = "yolo";
  let cppNamespace = "::mnv3::yolo";
  let summary = "the rows of a YOLOv5 model description";
  let dependentDialects = ["::mnv3::nn::NNDialect"];
}

def Yolo_Image : Type<And<[RankedTensorOf<[F32]>.predicate,
                           CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 4 && "
                                 "::llvm::cast<::mlir::RankedTensorType>($_self).hasStaticShape() && "
                                 "::llvm::cast<::mlir::RankedTensorType>($_self).getDimSize(0) == 1">]>,
                      "1 x channels x height x width tensor of f32", "::mlir::RankedTensorType">;

def Yolo_ModuleOpInterface : OpInterface<"ModuleOpInterface"> {
  let cppNamespace = "::mnv3::yolo";
  let description = "A module with weights.";
  let methods = [
    InterfaceMethod<"the keys below the prefix, in the order of a state_dict, and their shapes",
                    "::llvm::SmallVector<::mnv3::yolo::Parameter>", "getParameters">
  ];
}

class Yolo_Op<string mnemonic, list<Trait> traits = []> : Op<Yolo_Dialect, mnemonic, traits # [Pure]>;

// A module: one image in, one out, weights below a prefix.
class Yolo_ModuleOp<string mnemonic, dag attributes>
    : Yolo_Op<mnemonic, [DeclareOpInterfaceMethods<Yolo_ModuleOpInterface>]> {
  let arguments = !con((ins Yolo_Image:$input), attributes,
                       (ins I64Attr:$row, StrAttr:$prefix, DictionaryAttr:$weights,
                            DefaultValuedAttr<F64Attr, "1.0e-3">:$epsilon));
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Yolo_ConvOp : Yolo_ModuleOp<"conv", (ins
    DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, I64Attr:$groups, I64Attr:$dilation,
    OptionalAttr<NN_Activation>:$act)> {
  let summary = "Conv: convolution, batch norm, activation";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_ConvBnHswishOp : Yolo_ModuleOp<"conv_bn_hswish", (ins I64Attr:$stride)> {
  let summary = "Conv_bn_hswish: 3x3 convolution, batch norm, hard-swish";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_MobileNetV3Op : Yolo_ModuleOp<"mobilenetv3", (ins
    I64Attr:$hidden, I64Attr:$kernel, I64Attr:$stride, BoolAttr:$squeeze_excite, BoolAttr:$hard_swish)> {
  let summary = "MobileNetV3: inverted residual = expand, depthwise, squeeze-excite, project";
  let description = [{
    Without expansion where the input has `hidden` channels; then the activation comes before the gate, else after it.
    The input is added where stride is 1 and the channels stay the same.
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_SELayerOp : Yolo_ModuleOp<"se_layer", (ins I64Attr:$reduction)> {
  let summary = "SELayer: x * hard_sigmoid(W2 relu(W1 mean(x) + b1) + b2)";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_StemBlockOp : Yolo_ModuleOp<"stem_block", (ins
    I64Attr:$kernel, I64Attr:$stride, I64Attr:$pad, I64Attr:$groups, OptionalAttr<NN_Activation>:$stem_act,
    OptionalAttr<NN_Activation>:$act)> {
  let summary = "StemBlock: Conv, then a strided Conv path beside a max pool, then Conv";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_BottleneckOp : Yolo_ModuleOp<"bottleneck", (ins
    BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "Bottleneck: 1x1 to hidden, 3x3, the input added with `shortcut` where the channels stay the same";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_C3Op : Yolo_ModuleOp<"c3", (ins
    I64Attr:$repeats, BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3: cv3(concat(bottlenecks(cv1 x), cv2 x))";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}
def Yolo_SPPFOp : Yolo_ModuleOp<"sppf", (ins I64Attr:$kernel, OptionalAttr<NN_Activation>:$act)> {
  let summary = "SPPF: three chained max pools, concatenated between two 1x1 Convs";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
  }];
}

def Yolo_ConcatOp : Yolo_Op<"concat"> {
  let summary = "Concat: images behind one another on the channel axis";
  let description = [{
    - C1: all inputs have the result's height and width, and its channels are the sum of theirs
  }];
  let arguments = (ins Variadic<Yolo_Image>:$inputs, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Yolo_UpsampleOp : Yolo_Op<"upsample"> {
  let summary = "nn.Upsample: nearest neighbour";
  let description = [{
    - C1: the result is `factor` times as high and wide
  }];
  let arguments = (ins Yolo_Image:$input, I64Attr:$factor, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Yolo_DetectOp : Yolo_Op<"detect", [DeclareOpInterfaceMethods<Yolo_ModuleOpInterface>]> {
  let summary = "Detect: a 1x1 convolution a level, into anchor x row x column x field";
  let description = [{
    `anchors`: levels x anchors x (width, height) in pixels; `strides`: one a level, in pixels.
    - C1: the weights have the keys and shapes of getParameters()
    - C2: a result, a stride and equally many anchors for each input
  }];
  let arguments = (ins Variadic<Yolo_Image>:$inputs, I64Attr:$classes, DenseF32ArrayAttr:$anchors,
                       DenseF32ArrayAttr:$strides, I64Attr:$row, StrAttr:$prefix, DictionaryAttr:$weights);
  let results = (outs Variadic<RankedTensorOf<[F32]>>:$heads);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // MNV3_YOLO_OPS
