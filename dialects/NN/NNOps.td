// The nn dialect: one op is one piece of layer math on tensors, N x H x W x C with N = 1.
//
// Layouts: images NHWC, filters OHWI (output channel, row, column, input channel), depthwise filters HWC,
// fully-connected weights OI. Pads are top, bottom, left, right; strides are rows, columns.
#ifndef MNV3_NN_OPS
#define MNV3_NN_OPS

include "dialects/NN/NNBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class NN_Op<string mnemonic, list<Trait> traits = []> : Op<NN_Dialect, mnemonic, [NN_InFunction] # traits>;

def NN_Image : NN_ImageOf<"1 x height x width x channels">;
def NN_Filter : NN_StaticTensor<4, "output x row x column x input channel (OHWI)">;
def NN_ChannelFilter : NN_StaticTensor<3, "row x column x channel (HWC)">;
def NN_Matrix : NN_StaticTensor<2, "output x input (OI)">;
def NN_Vector : NN_StaticTensor<1, "one value a channel">;
def NN_Head : NN_StaticTensor<4, "anchor x row x column x field">;

// ---------------------------------------------------------------- activations

class NN_ActivationOp<string mnemonic, string formula> : NN_Op<mnemonic, [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = formula;
  let arguments = (ins NN_Image:$input);
  let results = (outs NN_Image:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def NN_ReluOp : NN_ActivationOp<"relu", "max(x, 0)">;
def NN_Relu6Op : NN_ActivationOp<"relu6", "min(max(x, 0), 6)">;
def NN_HardSigmoidOp : NN_ActivationOp<"hard_sigmoid", "relu6(x + 3) / 6">;
def NN_HardSwishOp : NN_ActivationOp<"hard_swish", "x * relu6(x + 3) / 6">;
def NN_SiluOp : NN_ActivationOp<"silu", "x / (1 + exp(-x))">;
def NN_LeakyReluOp : NN_ActivationOp<"leaky_relu", "x where x > 0, else slope * x"> {
  let arguments = (ins NN_Image:$input, F32Attr:$slope);
  let assemblyFormat = "$input `slope` $slope attr-dict `:` type($result)";
}

// ---------------------------------------------------------------- what layers with weights have in common

def NN_LayerOp : OpInterface<"LayerOp"> {
  let description = [{
    An op that computes act(weights * input + bias): what passes ask instead of listing op names.
  }];
  let cppNamespace = "::mnv3::nn";
  let methods = [
    InterfaceMethod<"The operand with the weights.", "::mlir::OpOperand &", "getWeightsOperand", (ins), "",
                    "return $_op.getFilterMutable();">,
    InterfaceMethod<"Whether the output channel is the weights' last axis (else it is the first).", "bool",
                    "channelIsLast", (ins), "", "return false;">,
    InterfaceMethod<"Whether nothing but bias and activation follows the product.", "bool", "isPlain", (ins), "",
                    "return true;">,
    InterfaceMethod<"The bias, if there is one.", "::mlir::Value", "getBias">,
    InterfaceMethod<"The bias as an operand that can be set.", "::mlir::MutableOperandRange", "getBiasMutable">,
    InterfaceMethod<"The activation, or null.", "::mnv3::nn::ActivationAttr", "getActAttr">,
    InterfaceMethod<"Sets the activation.", "void", "setActAttr", (ins "::mnv3::nn::ActivationAttr":$act)>
  ];
}

// ---------------------------------------------------------------- constants and elementwise math

def NN_ConstantOp : NN_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>]> {
  let summary = "weights: a dense or dense_resource tensor of f32";
  let description = [{
    - C1: at most 2^24 values where one stands for all of them, as each may need memory of its own later

    %w = nn.constant dense<6.0> : tensor<16x3x3x8xf32>
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs NN_TensorOf<"isTensor($_self)", "any">:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
  let hasVerifier = 1; // C1
}

class NN_BinaryOp<string mnemonic, string formula> : NN_Op<mnemonic, [Pure]> {
  let summary = formula;
  let description = [{
    - C1: each extent of rhs is that of lhs, or 1 (then it is repeated)
    - C2: the result has the type of lhs
  }];
  let arguments = (ins NN_Image:$lhs, NN_Image:$rhs /*C1*/);
  let results = (outs NN_Image:$result /*C2*/);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1, C2
}
def NN_AddOp : NN_BinaryOp<"add", "lhs + rhs">;
def NN_MulOp : NN_BinaryOp<"mul", "lhs * rhs; with a 1 x 1 x 1 x C rhs a scale of each channel">;

def NN_BatchNormOp : NN_Op<"batch_norm", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "scale * (x - mean) / sqrt(variance + epsilon) + offset, each channel";
  let description = [{
    - C1: scale, offset, mean and variance have one value a channel
    - C2: epsilon is above 0

    %y = nn.batch_norm %x, %scale, %offset, %mean, %variance epsilon 1.0e-3 : (...) -> tensor<1x8x8x16xf32>
  }];
  let arguments = (ins NN_Image:$input, NN_Vector:$scale /*C1*/, NN_Vector:$offset /*C1*/, NN_Vector:$mean /*C1*/,
                       NN_Vector:$variance /*C1*/, F64Attr:$epsilon /*C2*/);
  let results = (outs NN_Image:$result);
  let assemblyFormat = [{ $input `,` $scale `,` $offset `,` $mean `,` $variance `epsilon` $epsilon attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1, C2
}

// ---------------------------------------------------------------- convolutions and linear layers

def NN_Conv2DOp : NN_Op<"conv2d", [Pure, AttrSizedOperandSegments,
                                   DeclareOpInterfaceMethods<NN_LayerOp, ["isPlain"]>]> {
  let summary = "2-D convolution, with what has been fused into it";
  let description = [{
    result = act(convolution(gate_act(input * gate), filter) + bias + start) + residual, absent parts left out.
    `gate` scales the input's channels as they are loaded; `start` has half the height and width of the result and
    is read at (y / 2, x / 2): a 1x1 convolution of an upsampled image, done before upsampling.

    - C1: the filter has input channels / groups input channels, and groups divides its output channels
    - C2: every stride and dilation is at least 1, no pad is negative
    - C3: each result extent is floor((in + pads - dilation * (k - 1) - 1) / stride) + 1, and at least 1
    - C4: bias has one value an output channel, gate is 1 x 1 x 1 x input channels
    - C5: residual has the type of the result, start is 1 x H/2 x W/2 x C with H and W even
    - C6: gate_act only with gate

    %y = nn.conv2d %x, %w bias %b stride [1, 1] pad [0, 0, 0, 0] act <hard_swish>
        : (tensor<1x40x40x24xf32>, tensor<96x1x1x24xf32>, tensor<96xf32>) -> tensor<1x40x40x96xf32>
  }];
  let arguments = (ins NN_Image:$input, NN_Filter:$filter /*C1*/, Optional<NN_Vector>:$bias /*C4*/,
                       Optional<NN_Image>:$gate /*C4*/, Optional<NN_Image>:$residual /*C5*/,
                       Optional<NN_Image>:$start /*C5*/,
                       DenseI64ArrayAttr:$strides /*C2*/, DenseI64ArrayAttr:$pads /*C2*/,
                       DefaultValuedAttr<I64Attr, "1">:$dilation /*C2*/, DefaultValuedAttr<I64Attr, "1">:$groups /*C1*/,
                       OptionalAttr<NN_Activation>:$act, OptionalAttr<NN_Activation>:$gate_act /*C6*/);
  let results = (outs NN_Image:$result /*C3*/);
  let assemblyFormat = [{ $input `,` $filter (`bias` $bias^)? (`gate` $gate^)? (`gate_act` $gate_act^)?
                          (`residual` $residual^)? (`start` $start^)? `stride` $strides `pad` $pads
                          (`act` $act^)? attr-dict `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1 - C6
}

def NN_DepthwiseConv2DOp
    : NN_Op<"depthwise_conv2d", [Pure, DeclareOpInterfaceMethods<NN_LayerOp, ["channelIsLast"]>]> {
  let summary = "2-D convolution of each channel with its own filter";
  let description = [{
    - C1: the filter has as many channels as the input
    - C2: every stride is at least 1, no pad is negative
    - C3: each result extent is floor((in + pads - k) / stride) + 1, and at least 1
    - C4: bias has one value a channel

    %y = nn.depthwise_conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1]
        : (tensor<1x80x80x72xf32>, tensor<3x3x72xf32>) -> tensor<1x40x40x72xf32>
  }];
  let arguments = (ins NN_Image:$input, NN_ChannelFilter:$filter /*C1*/, Optional<NN_Vector>:$bias /*C4*/,
                       DenseI64ArrayAttr:$strides /*C2*/, DenseI64ArrayAttr:$pads /*C2*/,
                       OptionalAttr<NN_Activation>:$act);
  let results = (outs NN_Image:$result /*C3*/);
  let assemblyFormat = [{ $input `,` $filter (`bias` $bias^)? `stride` $strides `pad` $pads (`act` $act^)? attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1 - C4
}

def NN_GlobalAvgPoolOp : NN_Op<"global_avg_pool", [Pure]> {
  let summary = "mean over height and width";
  let description = [{
    - C1: the result is 1 x 1 x 1 x channels
  }];
  let arguments = (ins NN_Image:$input);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1
}

def NN_FullyConnectedOp
    : NN_Op<"fully_connected", [Pure, DeclareOpInterfaceMethods<NN_LayerOp, ["getWeightsOperand"]>]> {
  let summary = "act(weights * input + bias) on a 1 x 1 image";
  let description = [{
    - C1: the input is 1 x 1 x 1 x I, the result 1 x 1 x 1 x O, the weights O x I
    - C2: bias has one value an output channel
  }];
  let arguments = (ins NN_Image:$input /*C1*/, NN_Matrix:$weights /*C1*/, Optional<NN_Vector>:$bias /*C2*/,
                       OptionalAttr<NN_Activation>:$act);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = [{ $input `,` $weights (`bias` $bias^)? (`act` $act^)? attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1, C2
}

// ---------------------------------------------------------------- pooling and shape

def NN_MaxPoolOp : NN_Op<"max_pool", [Pure]> {
  let summary = "largest value in a window; what lies outside the image counts as -inf";
  let description = [{
    - C1: every stride and window extent is at least 1, no pad is negative
    - C2: each result extent is at least 1 and at most (in + pads - window + stride - 1) / stride + 1 (rounded up:
      ceil_mode), at least floor((in + pads - window) / stride) + 1; every window holds a pixel of the image

    %y = nn.max_pool %x window [5, 5] stride [1, 1] pad [2, 2, 2, 2]
        : (tensor<1x20x20x24xf32>) -> tensor<1x20x20x24xf32>
  }];
  let arguments = (ins NN_Image:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads);
  let results = (outs NN_Image:$result /*C2*/);
  let assemblyFormat = [{ $input `window` $window `stride` $strides `pad` $pads attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1, C2
}

def NN_UpsampleOp : NN_Op<"upsample", [Pure]> {
  let summary = "nearest-neighbour enlargement: result[y][x] = input[y / factor][x / factor]";
  let description = [{
    - C1: factor is at least 1 and the result is factor times as high and wide as the input
    `view`: no reader needs the enlarged image in memory (set by nn-fold-views).
  }];
  let arguments = (ins NN_Image:$input, I64Attr:$factor, UnitAttr:$view);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = "$input `by` $factor (`view` $view^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1
}

def NN_ConcatOp : NN_Op<"concat", [Pure]> {
  let summary = "images behind one another on the channel axis";
  let description = [{
    - C1: at least one input; all have the result's height and width
    - C2: the result has the sum of their channels
    `view`: every reader takes the parts one by one, so no copy is made (set by nn-fold-views).
  }];
  let arguments = (ins Variadic<NN_Image>:$inputs /*C1*/, UnitAttr:$view);
  let results = (outs NN_Image:$result /*C2*/);
  let assemblyFormat = "$inputs (`view` $view^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1, C2
}

def NN_SliceOp : NN_Op<"slice", [Pure]> {
  let summary = "channels first .. first + result channels of an image";
  let description = [{
    - C1: the channels lie inside the input, height and width stay
    `view`: every reader can read a part of the input's channels, so no copy is made (set by nn-fold-views).
  }];
  let arguments = (ins NN_Image:$input, I64Attr:$first, UnitAttr:$view);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = "$input `from` $first (`view` $view^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1
}

def NN_InterleaveOp : NN_Op<"interleave", [Pure]> {
  let summary = "result channel j * inputs + i is channel j of input i";
  let description = [{
    - C1: at least one input; all have one type
    - C2: the result has their height and width, and the sum of their channels
  }];
  let arguments = (ins Variadic<NN_Image>:$inputs /*C1*/);
  let results = (outs NN_Image:$result /*C2*/);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1, C2
}

def NN_SpaceToDepthOp : NN_Op<"space_to_depth", [Pure]> {
  let summary = "block x block pixels become channels: (row phase * block + column phase) * C + c";
  let description = [{
    - C1: block is at least 1 and divides height and width, the result is that much smaller and deeper
  }];
  let arguments = (ins NN_Image:$input, I64Attr:$block);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = "$input `by` $block attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1
}

def NN_DepthToSpaceOp : NN_Op<"depth_to_space", [Pure]> {
  let summary = "the inverse of space_to_depth, and a window of that";
  let description = [{
    result[y][x][c] = input[(y + top) / by][(x + left) / bx][((y + top) % by * bx + (x + left) % bx) * C + c], with
    blocks [by, bx] and crop [top, left]: what a transposed convolution needs after a convolution that makes all phases.

    - C1: blocks are at least 1, crop is not negative, the input has by * bx times the channels
    - C2: the result lies inside the enlarged input
  }];
  let arguments = (ins NN_Image:$input, DenseI64ArrayAttr:$blocks /*C1*/, DenseI64ArrayAttr:$crop /*C1*/);
  let results = (outs NN_Image:$result /*C2*/);
  let assemblyFormat = "$input `by` $blocks `crop` $crop attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1, C2
}

def NN_AttentionOp : NN_Op<"attention", [Pure, AllTypesMatch<["query", "key", "value", "result"]>]> {
  let summary = "softmax(query . key / sqrt(channels / heads)) . value, in each head; a pixel is a token";
  let description = [{
    - C1: heads divides the channels
  }];
  let arguments = (ins NN_Image:$query, NN_Image:$key, NN_Image:$value, I64Attr:$heads /*C1*/);
  let results = (outs NN_Image:$result);
  let assemblyFormat = "$query `,` $key `,` $value `heads` $heads attr-dict `:` type($result)";
  let hasVerifier = 1; // C1
}

// ---------------------------------------------------------------- the network's ends

def NN_ReadPlanarOp : NN_Op<"read_planar", [Pure]> {
  let summary = "the caller's 1 x C x H x W picture as 1 x H x W x C";
  let description = [{
    - C1: the result is the input with its axes moved
  }];
  let arguments = (ins NN_ImageOf<"1 x channels x height x width">:$input);
  let results = (outs NN_Image:$result /*C1*/);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1; // C1
}

def NN_DetectOp : NN_Op<"detect", [Pure]> {
  let summary = "one level of Detect: a 1x1 convolution whose channel a * fields + k becomes head[a][y][x][k]";
  let description = [{
    Logits, before any sigmoid. `stride` (pixels of the picture a cell) and `anchors` (width, height in pixels, one
    pair an anchor) are what decoding needs; they do not enter the computation here.

    - C1: the filter is (anchors * fields) x 1 x 1 x channels, bias has one value an output channel
    - C2: the result is anchors x height x width x fields
    - C3: there is a pair of numbers an anchor, and stride is above 0

    %h = nn.detect %x, %w bias %b stride 8.0 anchors [10.0, 13.0, 16.0, 30.0, 33.0, 23.0]
        : (tensor<1x80x80x88xf32>, tensor<33x1x1x88xf32>, tensor<33xf32>) -> tensor<3x80x80x11xf32>
  }];
  let arguments = (ins NN_Image:$input, NN_Filter:$filter /*C1*/, NN_Vector:$bias /*C1*/, F32Attr:$stride /*C3*/,
                       DenseF32ArrayAttr:$anchors /*C3*/);
  let results = (outs NN_Head:$result /*C2*/);
  let assemblyFormat = [{ $input `,` $filter `bias` $bias `stride` $stride `anchors` $anchors attr-dict
                          `:` functional-type(operands, results) }];
  let hasVerifier = 1; // C1 - C3
}

def NN_KeepOp : NN_Op<"keep"> {
  let summary = "a test wants this yaml row's result (--keep-rows)";
  let description = [{
    Marks the value of a yaml row. Passes do not count it as a reader: a row that disappears into another op is not
    kept, and shows at its first reader.
  }];
  let arguments = (ins NN_Image:$input, I64Attr:$row);
  let assemblyFormat = "$input `row` $row attr-dict `:` type($input)";
}

#endif // MNV3_NN_OPS
