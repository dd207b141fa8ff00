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

def Yolo_Image : NN_ImageOf<"1 x channels x height x width">;

def Yolo_ModuleOpInterface : OpInterface<"ModuleOpInterface"> {
  let cppNamespace = "::mnv3::yolo";
  let description = "A module with weights.";
  let methods = [
    InterfaceMethod<"the keys below the prefix, in the order of a state_dict, and their shapes",
                    "::llvm::SmallVector<::mnv3::yolo::Parameter>", "getParameters">
  ];
}

class Yolo_Op<string mnemonic, list<Trait> traits = []> : Op<Yolo_Dialect, mnemonic, traits # [Pure, NN_InFunction]>;

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
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_ConvBnHswishOp : Yolo_ModuleOp<"conv_bn_hswish", (ins I64Attr:$stride)> {
  let summary = "Conv_bn_hswish: 3x3 convolution, batch norm, hard-swish";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_MobileNetV3Op : Yolo_ModuleOp<"mobilenetv3", (ins
    I64Attr:$hidden, I64Attr:$kernel, I64Attr:$stride, BoolAttr:$squeeze_excite, BoolAttr:$hard_swish,
    I64Attr:$squeezed, BoolAttr:$gate_bias, BoolAttr:$gate_first)> {
  let summary = "MobileNetV3: inverted residual = expand, depthwise, squeeze-excite, project";
  let description = [{
    Without expansion where the input has `hidden` channels. `gate_first`: the gate comes before the activation behind the
    depthwise convolution. `squeezed` and `gate_bias` are the width, and whether there are biases, inside squeeze-excite.
    The input is added where stride is 1 and the channels stay the same.
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_SELayerOp : Yolo_ModuleOp<"se_layer", (ins I64Attr:$squeezed, BoolAttr:$gate_bias)> {
  let summary = "SELayer: x * hard_sigmoid(W2 relu(W1 mean(x) + b1) + b2)";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_StemBlockOp : Yolo_ModuleOp<"stem_block", (ins
    I64Attr:$kernel, I64Attr:$stride, I64Attr:$pad, I64Attr:$groups, OptionalAttr<NN_Activation>:$stem_act,
    OptionalAttr<NN_Activation>:$act)> {
  let summary = "StemBlock: Conv, then a strided Conv path beside a max pool, then Conv";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_BottleneckOp : Yolo_ModuleOp<"bottleneck", (ins
    BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "Bottleneck: 1x1 to hidden, 3x3, the input added with `shortcut` where the channels stay the same";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_C3Op : Yolo_ModuleOp<"c3", (ins
    I64Attr:$repeats, BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3: cv3(concat(bottlenecks(cv1 x), cv2 x))";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_SPPFOp : Yolo_ModuleOp<"sppf", (ins I64Attr:$kernel, OptionalAttr<NN_Activation>:$act)> {
  let summary = "SPPF: three chained max pools, concatenated between two 1x1 Convs";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}

def Yolo_Conv2dOp : Yolo_ModuleOp<"conv2d", (ins
    DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, I64Attr:$dilation,
    I64Attr:$groups, BoolAttr:$has_bias)> {
  let summary = "nn.Conv2d: a convolution by itself";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_ConvTransposeOp : Yolo_ModuleOp<"conv_transpose", (ins
    DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, I64Attr:$groups, I64Attr:$dilation,
    BoolAttr:$has_bias)> {
  let summary = "nn.ConvTranspose2d, DWConvTranspose2d: each pixel adds its multiple of the filter to the result";
  let description = [{
    Input pixel i adds filter tap t to result pixel i * stride - pad + t * dilation.
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
    - C3: groups divides the channels of input and result
  }];
}
def Yolo_BatchNormOp : Yolo_ModuleOp<"batch_norm", (ins)> {
  let summary = "nn.BatchNorm2d";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_FocusOp : Yolo_ModuleOp<"focus", (ins
    I64Attr:$kernel, I64Attr:$stride, I64Attr:$pad, OptionalAttr<NN_Activation>:$act)> {
  let summary = "Focus: 2x2 pixels become channels (phases row, column: 00 10 01 11), then Conv";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_GhostConvOp : Yolo_ModuleOp<"ghost_conv", (ins
    I64Attr:$kernel, I64Attr:$stride, I64Attr:$groups, OptionalAttr<NN_Activation>:$act)> {
  let summary = "GhostConv: Conv to half the channels, beside a 5x5 depthwise Conv of that half";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_GhostBottleneckOp : Yolo_ModuleOp<"ghost_bottleneck", (ins
    I64Attr:$kernel, I64Attr:$stride, OptionalAttr<NN_Activation>:$act)> {
  let summary = "GhostBottleneck: two GhostConvs, strided in the middle, and a shortcut";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_CrossConvOp : Yolo_ModuleOp<"cross_conv", (ins
    I64Attr:$kernel, I64Attr:$stride, I64Attr:$groups, I64Attr:$hidden, BoolAttr:$shortcut,
    OptionalAttr<NN_Activation>:$act)> {
  let summary = "CrossConv: 1xk, then kx1, the input added with `shortcut` where the channels stay the same";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_MixConvOp : Yolo_ModuleOp<"mix_conv", (ins
    DenseI64ArrayAttr:$kernels, DenseI64ArrayAttr:$shares, I64Attr:$stride)> {
  let summary = "MixConv2d: a convolution for each kernel, each a share of the channels; batch norm, SiLU";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
    - C3: a share for each kernel, and their sum is the result's channels
  }];
}
def Yolo_SPPOp : Yolo_ModuleOp<"spp", (ins DenseI64ArrayAttr:$kernels, OptionalAttr<NN_Activation>:$act)> {
  let summary = "SPP: max pools beside each other, concatenated between two 1x1 Convs";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_C3xOp : Yolo_ModuleOp<"c3x", (ins
    I64Attr:$repeats, BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3x: C3 with CrossConvs inside";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_C3GhostOp : Yolo_ModuleOp<"c3_ghost", (ins
    I64Attr:$repeats, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3Ghost: C3 with GhostBottlenecks inside";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_C3SPPOp : Yolo_ModuleOp<"c3_spp", (ins
    DenseI64ArrayAttr:$kernels, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3SPP: C3 with an SPP inside";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_C3TROp : Yolo_ModuleOp<"c3_tr", (ins
    I64Attr:$repeats, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "C3TR: C3 with a transformer inside, whose tokens are the pixels; 4 heads, no layer norm";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_BottleneckCSPOp : Yolo_ModuleOp<"bottleneck_csp", (ins
    I64Attr:$repeats, BoolAttr:$shortcut, I64Attr:$groups, I64Attr:$hidden, OptionalAttr<NN_Activation>:$act)> {
  let summary = "BottleneckCSP: cv4(silu(norm(concat(cv3 bottlenecks(cv1 x), cv2 x)))), cv2 and cv3 bare";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_CBRMOp : Yolo_ModuleOp<"cbrm", (ins)> {
  let summary = "CBRM: 3x3 convolution of stride 2, batch norm, ReLU, 3x3 max pool of stride 2";
  let description = [{
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
  }];
}
def Yolo_ShuffleBlockOp : Yolo_ModuleOp<"shuffle_block", (ins I64Attr:$stride)> {
  let summary = "Shuffle_Block: ShuffleNetV2's unit; result channel 2j is from one path, 2j + 1 from the other";
  let description = [{
    Stride 1: the paths are the lower half of the input, and the upper half through branch2. Stride 2: branch1 and
    branch2, both of the whole input.
    - C1: the weights have the keys and shapes of getParameters()
    - C2: numbers are 0 to 65536; strides, dilations and groups at least 1
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
    - C2: numbers are 0 to 65536
  }];
  let arguments = (ins Yolo_Image:$input, I64Attr:$factor, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Yolo_MaxPoolOp : Yolo_Op<"max_pool"> {
  let summary = "nn.MaxPool2d";
  let description = [{
    `pads`: before and behind, rows and columns; what they add counts as -inf. The result's extents say whether a last
    incomplete window counts (ceil_mode).
    - C1: what nn.max_pool asks of windows and extents
    - C2: two kernel extents and strides, and four pads; numbers are 0 to 65536, kernel and strides at least 1
  }];
  let arguments = (ins Yolo_Image:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C2
}
def Yolo_AvgPoolOp : Yolo_Op<"avg_pool"> {
  let summary = "nn.AvgPool2d: zeros around the image count";
  let description = [{
    `pads`: rows and columns, the same on both sides.
    - C1: what nn.depthwise_conv2d asks of windows and extents
    - C2: two kernel extents and strides, and two pads; numbers are 0 to 65536, kernel and strides at least 1
  }];
  let arguments = (ins Yolo_Image:$input, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C2
}
def Yolo_ZeroPadOp : Yolo_Op<"zero_pad"> {
  let summary = "nn.ZeroPad2d: zeros around the image; `pads` is left, right, top, bottom";
  let description = [{
    - C1: four pads, none negative, and the result is larger by them
    - C2: numbers are 0 to 65536
  }];
  let arguments = (ins Yolo_Image:$input, DenseI64ArrayAttr:$pads, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Yolo_ActivationOp : Yolo_Op<"activation", [AllTypesMatch<["input", "result"]>]> {
  let summary = "nn.ReLU, nn.SiLU ...: a row that is an activation";
  let description = [{
    `in_place`: YOLOv5 overwrites the input, so the rows that had it as their result have this one's.
  }];
  let arguments = (ins Yolo_Image:$input, NN_Activation:$act, UnitAttr:$in_place, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}
def Yolo_ContractOp : Yolo_Op<"contract"> {
  let summary = "Contract: gain x gain pixels become channels; channel (row phase * gain + column phase) * C + c";
  let description = [{
    - C1: the result has gain * gain times the channels, and each extent divided by gain
  }];
  let arguments = (ins Yolo_Image:$input, I64Attr:$gain, I64Attr:$row);
  let results = (outs Yolo_Image:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
def Yolo_ExpandOp : Yolo_Op<"expand"> {
  let summary = "Expand: the inverse of Contract";
  let description = [{
    - C1: the input has gain * gain times the channels, and each extent divided by gain
  }];
  let arguments = (ins Yolo_Image:$input, I64Attr:$gain, I64Attr:$row);
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
  let results = (outs Variadic<NN_StaticTensor<4, "anchor x row x column x field">>:$heads);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // MNV3_YOLO_OPS
