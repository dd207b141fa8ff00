// RUN: mnv3-opt %s -split-input-file -verify-diagnostics

func.func @conv_c1_lacks(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32> {
  // expected-error @+1 {{lacks weights 'bn.running_var' (C1)}}
  %y = yolo.conv_bn_hswish %x {stride = 2 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

func.func @conv_c1_more(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32> {
  // expected-error @+1 {{has 6 weights, should have 5 (C1)}}
  %y = yolo.conv_bn_hswish %x {stride = 2 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>, "extra" = dense<1.0> : tensor<1xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

func.func @conv_c1_shape(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32> {
  // expected-error @+1 {{weights 'conv.weight' have type}}
  %y = yolo.conv_bn_hswish %x {stride = 2 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x1xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

func.func @concat_c1_size(%x: tensor<1x8x8x8xf32>) -> tensor<1x16x4x4xf32> {
  // expected-error @+1 {{has not the height and width of the result (C1)}}
  %y = yolo.concat %x, %x {row = 3 : i64} : (tensor<1x8x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// -----

func.func @concat_c1_channels(%x: tensor<1x8x8x8xf32>) -> tensor<1x12x8x8xf32> {
  // expected-error @+1 {{inputs have 16 channels, result has 12 (C1)}}
  %y = yolo.concat %x, %x {row = 3 : i64} : (tensor<1x8x8x8xf32>, tensor<1x8x8x8xf32>) -> tensor<1x12x8x8xf32>
  return %y : tensor<1x12x8x8xf32>
}

// -----

func.func @upsample_c1(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x16x16xf32> {
  // expected-error @+1 {{not 3 times the input (C1)}}
  %y = yolo.upsample %x {factor = 3 : i64, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x16x16xf32>
  return %y : tensor<1x8x16x16xf32>
}

// -----

func.func @detect_c2(%x: tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32> {
  // expected-error @+1 {{has 1 inputs, 1 results, 2 strides and 4 anchor numbers (C2)}}
  %y = yolo.detect %x {classes = 2 : i64, anchors = array<f32: 1.0, 2.0, 3.0, 4.0>, strides = array<f32: 8.0, 16.0>, row = 3 : i64, prefix = "model.3.", weights = {"m.0.weight" = dense<1.0> : tensor<14x8x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<14xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32>
  return %y : tensor<2x8x8x7xf32>
}

// -----

func.func @detect_c1(%x: tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32> {
  // expected-error @+1 {{lacks weights 'm.0.bias' (C1)}}
  %y = yolo.detect %x {classes = 2 : i64, anchors = array<f32: 1.0, 2.0, 3.0, 4.0>, strides = array<f32: 8.0>, row = 3 : i64, prefix = "model.3.", weights = {"m.0.weight" = dense<1.0> : tensor<14x8x1x1xf32>, "m.1.bias" = dense<1.0> : tensor<14xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<2x8x8x7xf32>
  return %y : tensor<2x8x8x7xf32>
}
