// RUN: mnv3-opt --convert-yolo-to-nn --split-input-file --verify-diagnostics %s

// expected-error @+1 {{should take one picture}}
func.func @no_picture() {
  %x = arith.constant dense<1.0> : tensor<1x8x8x8xf32>
  %y = yolo.activation %x {act = #nn.act<relu>, row = 3 : i64} : tensor<1x8x8x8xf32>
  return
}

// -----

// expected-error @+1 {{should take one picture}}
func.func @two_pictures(%x: tensor<1x8x8x8xf32>, %y: tensor<1x8x8x8xf32>) {
  %z = yolo.activation %x {act = #nn.act<relu>, row = 3 : i64} : tensor<1x8x8x8xf32>
  return
}

// -----

func.func @other_op(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{'arith.constant' op is no row of a model}}
  %c = arith.constant dense<1.0> : tensor<1x8x8x8xf32>
  %y = yolo.concat %x, %c {row = 3 : i64} : (tensor<1x8x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %c : tensor<1x8x8x8xf32>
}

// -----

// Rows behind it would believe the type.
func.func @says_otherwise(%x: tensor<1x8x8x8xf32>) {
  // expected-error @+1 {{makes 'tensor<1x8x8x8xf32>', not 'tensor<1x4x4x8xf32>'}}
  %y = yolo.batch_norm %x {row = 3 : i64, prefix = "model.3.", weights = {"weight" = dense<1.0> : tensor<8xf32>, "bias" = dense<1.0> : tensor<8xf32>, "running_mean" = dense<1.0> : tensor<8xf32>, "running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

func.func @head_says_otherwise(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x4x6xf32> {
  // expected-error @+1 {{makes 'tensor<1x8x8x6xf32>', not 'tensor<1x8x4x6xf32>'}}
  %h = yolo.detect %x {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense<1.0> : tensor<6x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x4x6xf32>
  return %h : tensor<1x8x4x6xf32>
}

// -----

func.func @wide_transposed(%x: tensor<1x8x8x8xf32>) {
  // expected-error @+1 {{needs a filter that is too large}}
  %y = yolo.conv_transpose %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, dilation = 65536 : i64, groups = 1 : i64, has_bias = false, row = 3 : i64, prefix = "model.3.", weights = {"weight" = dense<1.0> : tensor<8x8x2x2xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x9x9xf32>
  return
}

// -----

// Functions without rows stay.
func.func private @elsewhere()
func.func @no_rows() {
  return
}
