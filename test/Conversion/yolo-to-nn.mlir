// RUN: mnv3-opt --convert-yolo-to-nn --split-input-file %s | FileCheck %s
// Each module as layers, in order; rows are marked where the module asks for it.

// CHECK-LABEL: func.func @conv
// CHECK: nn.read_planar
// CHECK: nn.conv2d {{.*}} stride [2, 2] pad [1, 1, 1, 1]
// CHECK: nn.batch_norm {{.*}}epsilon 1.000000e-03
// CHECK: nn.silu
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @conv(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %y = yolo.conv %x {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1>, groups = 1 : i64, dilation = 1 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}

// -----

// CHECK-LABEL: func.func @mobilenetv3_expands
// CHECK: nn.read_planar
// CHECK: nn.conv2d
// CHECK: nn.batch_norm
// CHECK: nn.hard_swish
// CHECK: nn.conv2d {{.*}}groups = 8
// CHECK: nn.batch_norm
// CHECK: nn.global_avg_pool
// CHECK: nn.fully_connected
// CHECK: nn.relu
// CHECK: nn.fully_connected
// CHECK: nn.hard_sigmoid
// CHECK: nn.mul
// CHECK: nn.hard_swish
// CHECK: nn.conv2d
// CHECK: nn.batch_norm
// CHECK: nn.add
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @mobilenetv3_expands(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %y = yolo.mobilenetv3 %x {hidden = 8 : i64, kernel = 3 : i64, stride = 1 : i64, squeeze_excite = true, hard_swish = true, squeezed = 2 : i64, gate_bias = true, gate_first = true, row = 3 : i64, prefix = "model.3.", weights = {"conv.0.weight" = dense<1.0> : tensor<8x4x1x1xf32>, "conv.1.weight" = dense<1.0> : tensor<8xf32>, "conv.1.bias" = dense<1.0> : tensor<8xf32>, "conv.1.running_mean" = dense<1.0> : tensor<8xf32>, "conv.1.running_var" = dense<1.0> : tensor<8xf32>, "conv.3.weight" = dense<1.0> : tensor<8x1x3x3xf32>, "conv.4.weight" = dense<1.0> : tensor<8xf32>, "conv.4.bias" = dense<1.0> : tensor<8xf32>, "conv.4.running_mean" = dense<1.0> : tensor<8xf32>, "conv.4.running_var" = dense<1.0> : tensor<8xf32>, "conv.5.fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "conv.5.fc.0.bias" = dense<1.0> : tensor<2xf32>, "conv.5.fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "conv.5.fc.2.bias" = dense<1.0> : tensor<8xf32>, "conv.7.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "conv.8.weight" = dense<1.0> : tensor<4xf32>, "conv.8.bias" = dense<1.0> : tensor<4xf32>, "conv.8.running_mean" = dense<1.0> : tensor<4xf32>, "conv.8.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x4x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// CHECK-LABEL: func.func @mobilenetv3_as_wide
// CHECK: nn.read_planar
// CHECK: nn.conv2d {{.*}}stride [2, 2]{{.*}}groups = 8
// CHECK: nn.batch_norm
// CHECK: nn.relu
// CHECK: nn.global_avg_pool
// CHECK: nn.hard_sigmoid
// CHECK: nn.mul
// CHECK: nn.conv2d
// CHECK: nn.batch_norm
// CHECK-NOT: nn.add
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @mobilenetv3_as_wide(%x: tensor<1x8x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %y = yolo.mobilenetv3 %x {hidden = 8 : i64, kernel = 3 : i64, stride = 2 : i64, squeeze_excite = true, hard_swish = false, squeezed = 2 : i64, gate_bias = true, gate_first = false, row = 3 : i64, prefix = "model.3.", weights = {"conv.0.weight" = dense<1.0> : tensor<8x1x3x3xf32>, "conv.1.weight" = dense<1.0> : tensor<8xf32>, "conv.1.bias" = dense<1.0> : tensor<8xf32>, "conv.1.running_mean" = dense<1.0> : tensor<8xf32>, "conv.1.running_var" = dense<1.0> : tensor<8xf32>, "conv.3.fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "conv.3.fc.0.bias" = dense<1.0> : tensor<2xf32>, "conv.3.fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "conv.3.fc.2.bias" = dense<1.0> : tensor<8xf32>, "conv.4.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "conv.5.weight" = dense<1.0> : tensor<4xf32>, "conv.5.bias" = dense<1.0> : tensor<4xf32>, "conv.5.running_mean" = dense<1.0> : tensor<4xf32>, "conv.5.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x4x4x4xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x4x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}

// -----

// CHECK-LABEL: func.func @se_layer
// CHECK: nn.read_planar
// CHECK: nn.global_avg_pool
// CHECK: nn.fully_connected
// CHECK: nn.relu
// CHECK: nn.fully_connected
// CHECK: nn.hard_sigmoid
// CHECK: nn.mul
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @se_layer(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %y = yolo.se_layer %x {squeezed = 2 : i64, gate_bias = true, row = 3 : i64, prefix = "model.3.", weights = {"fc.0.weight" = dense<1.0> : tensor<2x8xf32>, "fc.0.bias" = dense<1.0> : tensor<2xf32>, "fc.2.weight" = dense<1.0> : tensor<8x2xf32>, "fc.2.bias" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// CHECK-LABEL: func.func @stem_block
// CHECK: nn.read_planar
// CHECK: nn.conv2d {{.*}}-> tensor<1x8x8x8xf32>
// CHECK: nn.conv2d {{.*}}-> tensor<1x8x8x4xf32>
// CHECK: nn.conv2d {{.*}}-> tensor<1x4x4x8xf32>
// CHECK: nn.max_pool {{.*}}window [2, 2]
// CHECK: nn.concat
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @stem_block(%x: tensor<1x4x16x16xf32>) -> tensor<1x4x4x6xf32> {
  %y = yolo.stem_block %x {kernel = 3 : i64, stride = 2 : i64, pad = 1 : i64, groups = 1 : i64, stem_act = #nn.act<silu>, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"stem_1.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "stem_1.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_1.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_1.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_1.bn.running_var" = dense<1.0> : tensor<8xf32>, "stem_2a.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "stem_2a.bn.weight" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.bias" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.running_mean" = dense<1.0> : tensor<4xf32>, "stem_2a.bn.running_var" = dense<1.0> : tensor<4xf32>, "stem_2b.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "stem_2b.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_2b.bn.running_var" = dense<1.0> : tensor<8xf32>, "stem_3.conv.weight" = dense<1.0> : tensor<8x16x1x1xf32>, "stem_3.bn.weight" = dense<1.0> : tensor<8xf32>, "stem_3.bn.bias" = dense<1.0> : tensor<8xf32>, "stem_3.bn.running_mean" = dense<1.0> : tensor<8xf32>, "stem_3.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x16x16xf32>) -> tensor<1x8x4x4xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}

// -----

// CHECK-LABEL: func.func @bottleneck
// CHECK: nn.read_planar
// CHECK: nn.conv2d
// CHECK: nn.conv2d
// CHECK: nn.add
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @bottleneck(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %y = yolo.bottleneck %x {shortcut = true, groups = 1 : i64, hidden = 4 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "cv2.bn.weight" = dense<1.0> : tensor<8xf32>, "cv2.bn.bias" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// CHECK-LABEL: func.func @c3
// CHECK: nn.read_planar
// CHECK: nn.conv2d
// CHECK: nn.conv2d
// CHECK: nn.conv2d
// CHECK: nn.conv2d {{.*}}pad [1, 1, 1, 1]
// CHECK: nn.concat
// CHECK: nn.conv2d
// CHECK-NOT: nn.add
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @c3(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %y = yolo.c3 %x {repeats = 1 : i64, shortcut = false, groups = 1 : i64, hidden = 4 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv2.bn.weight" = dense<1.0> : tensor<4xf32>, "cv2.bn.bias" = dense<1.0> : tensor<4xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv3.conv.weight" = dense<1.0> : tensor<8x8x1x1xf32>, "cv3.bn.weight" = dense<1.0> : tensor<8xf32>, "cv3.bn.bias" = dense<1.0> : tensor<8xf32>, "cv3.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv3.bn.running_var" = dense<1.0> : tensor<8xf32>, "m.0.cv1.conv.weight" = dense<1.0> : tensor<4x4x1x1xf32>, "m.0.cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "m.0.cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "m.0.cv2.conv.weight" = dense<1.0> : tensor<4x4x3x3xf32>, "m.0.cv2.bn.weight" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.bias" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.running_mean" = dense<1.0> : tensor<4xf32>, "m.0.cv2.bn.running_var" = dense<1.0> : tensor<4xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// CHECK-LABEL: func.func @sppf
// CHECK: nn.read_planar
// CHECK: nn.max_pool
// CHECK: nn.max_pool
// CHECK: nn.max_pool
// CHECK: nn.concat
// CHECK-NOT: nn.keep
// CHECK: nn.detect
// CHECK-NOT: = yolo.
func.func @sppf(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %y = yolo.sppf %x {kernel = 5 : i64, act = #nn.act<silu>, row = 3 : i64, prefix = "model.3.", weights = {"cv1.conv.weight" = dense<1.0> : tensor<4x8x1x1xf32>, "cv1.bn.weight" = dense<1.0> : tensor<4xf32>, "cv1.bn.bias" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_mean" = dense<1.0> : tensor<4xf32>, "cv1.bn.running_var" = dense<1.0> : tensor<4xf32>, "cv2.conv.weight" = dense<1.0> : tensor<8x16x1x1xf32>, "cv2.bn.weight" = dense<1.0> : tensor<8xf32>, "cv2.bn.bias" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_mean" = dense<1.0> : tensor<8xf32>, "cv2.bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// CHECK-LABEL: func.func @keeps
// CHECK: %[[Y:.*]] = nn.hard_swish
// CHECK: nn.keep %[[Y]] row 3
module attributes {yolo.keep_rows} {
func.func @keeps(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %y = yolo.conv_bn_hswish %x {stride = 2 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  %h = yolo.detect %y {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}
}
