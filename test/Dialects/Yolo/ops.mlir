// RUN: mnv3-opt %s | mnv3-opt | FileCheck %s
// Every op of yolo prints what it parses.

// CHECK-LABEL: func.func @conv
// CHECK: yolo.conv
func.func @conv(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32> {
  %y = yolo.conv %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1>, groups = 1 : i64, dilation = 1 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @conv_bn_hswish
// CHECK: yolo.conv_bn_hswish
func.func @conv_bn_hswish(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32> {
  %y = yolo.conv_bn_hswish %x {stride = 2 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @mobilenetv3_expands
// CHECK: yolo.mobilenetv3
func.func @mobilenetv3_expands(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %y = yolo.mobilenetv3 %x {hidden = 8 : i64, kernel = 3 : i64, stride = 1 : i64, squeeze_excite = true, hard_swish = true, squeezed = 2 : i64, gate_bias = true, gate_first = true, row = 3 : i64, prefix = "model.3.", weights = {"conv.0.weight" = dense<1.0> : tensor<8x4x1x1xf32>, "conv.1.weight" = dense<1.0> : tensor<8xf32>, "conv.1.bias" = dense<1.0> : tensor<8xf32>, "conv.1.running_mean" = dense<1.0> : tensor<8xf32>, "conv.1.running_var" = dense<1.0> : tensor<8xf32>, "conv.3.weight" = dense<1.0> : tensor<8x1x3x3xf32>, "conv.4.weight" = dense<1.0> : tensor<8xf32>, "conv.4.bias" = dense<1.0> : tensor<8xf32>, "conv.4.running_mean" = dense<1.0> : tensor<8xf32>, "conv.4.running_var" = dense<1.0> : tensor<8xf32>, "conv.5.fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "conv.5.fc.0.bias" = dense<1.0> : tensor<2xf32>, "conv.5.fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "conv.5.fc.2.bias" = dense<1.0> : tensor<8xf32>, "conv.7.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "conv.8.weight" = dense<1.0> : tensor<4xf32>, "conv.8.bias" = dense<1.0> : tensor<4xf32>, "conv.8.running_mean" = dense<1.0> : tensor<4xf32>, "conv.8.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %y : tensor<1x4x8x8xf32>
}

// CHECK-LABEL: func.func @mobilenetv3_as_wide
// CHECK: yolo.mobilenetv3
func.func @mobilenetv3_as_wide(%x: tensor<1x8x8x8xf32>) -> tensor<1x4x4x4xf32> {
  %y = yolo.mobilenetv3 %x {hidden = 8 : i64, kernel = 3 : i64, stride = 2 : i64, squeeze_excite = true, hard_swish = false, squeezed = 2 : i64, gate_bias = true, gate_first = false, row = 3 : i64, prefix = "model.3.", weights = {"conv.0.weight" = dense<1.0> : tensor<8x1x3x3xf32>, "conv.1.weight" = dense<1.0> : tensor<8xf32>, "conv.1.bias" = dense<1.0> : tensor<8xf32>, "conv.1.running_mean" = dense<1.0> : tensor<8xf32>, "conv.1.running_var" = dense<1.0> : tensor<8xf32>, "conv.3.fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "conv.3.fc.0.bias" = dense<1.0> : tensor<2xf32>, "conv.3.fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "conv.3.fc.2.bias" = dense<1.0> : tensor<8xf32>, "conv.4.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "conv.5.weight" = dense<1.0> : tensor<4xf32>, "conv.5.bias" = dense<1.0> : tensor<4xf32>, "conv.5.running_mean" = dense<1.0> : tensor<4xf32>, "conv.5.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x4x4x4xf32>
  return %y : tensor<1x4x4x4xf32>
}

// CHECK-LABEL: func.func @se_layer
// CHECK: yolo.se_layer
func.func @se_layer(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  %y = yolo.se_layer %x {squeezed = 2 : i64, gate_bias = true, row = 3 : i64, prefix = "model.3.", weights = {"fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "fc.0.bias" = dense<1.0> : tensor<2xf32>, "fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "fc.2.bias" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: func.func @stem_block
// CHECK: yolo.stem_block
func.func @stem_block(%x: tensor<1x4x16x16xf32>) -> tensor<1x8x4x4xf32> {
  %y = yolo.stem_block %x {kernel = 3 : i64, stride = 2 : i64, pad = 1 : i64, groups = 1 : i64, stem_act = #nn.act<silu>, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"stem_1.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "stem_1.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_1.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_1.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_1.bn.running_var" = dense<1.0> : tensor<8xf32>, "stem_2a.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "stem_2a.bn.weight" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.bias" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.running_mean" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.running_var" = dense<1.0> : tensor<4xf32>, "stem_2b.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "stem_2b.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.running_var" = dense<1.0> : tensor<8xf32>, "stem_3.conv.weight" = dense<1.0> : tensor<8x16x1x1xf32>, "stem_3.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_3.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_3.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_3.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x16x16xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @bottleneck
// CHECK: yolo.bottleneck
func.func @bottleneck(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  %y = yolo.bottleneck %x {shortcut = true, groups = 1 : i64, hidden = 4 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "cv2.bn.weight" = dense<1.0> : tensor<8xf32>, "cv2.bn.bias" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: func.func @c3
// CHECK: yolo.c3
func.func @c3(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  %y = yolo.c3 %x {repeats = 1 : i64, shortcut = false, groups = 1 : i64, hidden = 4 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv2.bn.weight" = dense<1.0> : tensor<4xf32>, "cv2.bn.bias" = dense<1.0> : tensor<4xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv3.conv.weight" = dense<1.0> : tensor<8x8x1x1xf32>, "cv3.bn.weight" = dense<1.0> : tensor<8xf32>, "cv3.bn.bias" = dense<1.0> : tensor<8xf32>, "cv3.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv3.bn.running_var" = dense<1.0> : tensor<8xf32>, "m.0.cv1.conv.weight" = dense<1.0> : tensor<4x4x1x1xf32>, "m.0.cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "m.0.cv2.conv.weight" = dense<1.0> : tensor<4x4x3x3xf32>, "m.0.cv2.bn.weight" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.bias" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.running_mean" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: func.func @sppf
// CHECK: yolo.sppf
func.func @sppf(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  %y = yolo.sppf %x {kernel = 5 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<8x16x1x1xf32>, "cv2.bn.weight" = dense<1.0> : tensor<8xf32>, "cv2.bn.bias" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: func.func @upsample
// CHECK: yolo.upsample
func.func @upsample(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x16x16xf32> {
  %y = yolo.upsample %x {factor = 2 : i64, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x16x16xf32>
  return %y : tensor<1x8x16x16xf32>
}

// CHECK-LABEL: func.func @concat
// CHECK: yolo.concat
func.func @concat(%x: tensor<1x8x8x8xf32>) -> tensor<1x16x8x8xf32> {
  %y = yolo.concat %x, %x {row = 3 : i64} : (tensor<1x8x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %y : tensor<1x16x8x8xf32>
}

// CHECK-LABEL: func.func @detect
// CHECK: yolo.detect
func.func @detect(%x: tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32> {
  %y = yolo.detect %x {classes = 2 : i64, anchors = array<f32: 1.0, 2.0, 3.0, 4.0>, strides = array<f32: 8.0>, row = 3 : i64, prefix = "model.3.", weights = {"m.0.weight" = dense<1.0> : tensor<14x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<14xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32>
  return %y : tensor<2x8x8x7xf32>
}
