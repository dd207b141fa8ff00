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

// -----

func.func @zero_pad_c1(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x9x8xf32> {
  // expected-error @+1 {{not the input and its pads (C1)}}
  %y = yolo.zero_pad %x {pads = array<i64: 1, 0, 0, 0>, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x9x8xf32>
  return %y : tensor<1x8x9x8xf32>
}

// -----

func.func @zero_pad_c1_negative(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x7xf32> {
  // expected-error @+1 {{needs four pads of at least 0 (C1)}}
  %y = yolo.zero_pad %x {pads = array<i64: -1, 0, 0, 0>, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x7xf32>
  return %y : tensor<1x8x8x7xf32>
}

// -----

func.func @contract_c1(%x: tensor<1x8x8x8xf32>) -> tensor<1x16x4x4xf32> {
  // expected-error @+1 {{not by gain 2 (C1)}}
  %y = yolo.contract %x {gain = 2 : i64, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// -----

func.func @expand_c1(%x: tensor<1x6x8x8xf32>) -> tensor<1x1x16x16xf32> {
  // expected-error @+1 {{not by gain 2 (C1)}}
  %y = yolo.expand %x {gain = 2 : i64, row = 3 : i64} : (tensor<1x6x8x8xf32>) -> tensor<1x1x16x16xf32>
  return %y : tensor<1x1x16x16xf32>
}

// -----

// Numbers that no shape fits must not be divided by.
func.func @groups_c1(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{stride, dilation or groups of 'conv.weight' are below 1}}
  %y = yolo.conv %x {kernel = array<i64: 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1>, groups = 0 : i64, dilation = 1 : i64, row = 3 : i64, prefix = "model.3.", weights = {"conv.weight" = dense<1.0> : tensor<8x4x3x3xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @repeats_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{"repeats" is not between 0 and 65536 (C2)}}
  %y = yolo.c3 %x {repeats = 9223372036854775807 : i64, shortcut = false, groups = 1 : i64, hidden = 4 : i64, row = 3 : i64, prefix = "model.3.", weights = {}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @kernels_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{"kernels" is not between 0 and 65536 (C2)}}
  %y = yolo.spp %x {kernels = array<i64: 5, -9>, row = 3 : i64, prefix = "model.3.", weights = {}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @repeats_c1(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{has 0 weights for 65536 repeats (C1)}}
  %y = yolo.c3 %x {repeats = 65536 : i64, shortcut = false, groups = 1 : i64, hidden = 4 : i64, row = 3 : i64, prefix = "model.3.", weights = {}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @conv_c1_none(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{weights 'weight' are none, or too many (C1)}}
  %y = yolo.conv2d %x {kernel = array<i64: 0, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, dilation = 1 : i64, groups = 1 : i64, has_bias = false, row = 3 : i64, prefix = "model.3.", weights = {"weight" = dense<1.0> : tensor<8x8x0x1xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @conv_c1_too_many(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{weights 'weight' are none, or too many (C1)}}
  %y = yolo.conv2d %x {kernel = array<i64: 8192, 8192>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, dilation = 1 : i64, groups = 1 : i64, has_bias = false, row = 3 : i64, prefix = "model.3.", weights = {"weight" = dense<1.0> : tensor<8x8x8192x8192xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @conv_transpose_c3(%x: tensor<1x8x8x8xf32>) -> tensor<1x4x16x16xf32> {
  // expected-error @+1 {{3 groups do not divide 8 and 4 channels (C3)}}
  %y = yolo.conv_transpose %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0>, dilation = 1 : i64, groups = 3 : i64, has_bias = false, row = 3 : i64, prefix = "model.3.", weights = {"weight" = dense<1.0> : tensor<8x1x2x2xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x4x16x16xf32>
  return %y : tensor<1x4x16x16xf32>
}

// -----

func.func @mix_conv_c3_sum(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{2 kernels have 2 shares of together 16 channels, result has 8 (C3)}}
  %y = yolo.mix_conv %x {kernels = array<i64: 1, 1>, shares = array<i64: 8, 8>, stride = 1 : i64, row = 3 : i64, prefix = "model.3.", weights = {"m.0.weight" = dense<1.0> : tensor<8x1x1x1xf32>, "m.1.weight" = dense<1.0> : tensor<8x1x1x1xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @mix_conv_c3_number(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{2 kernels have 1 shares of together 8 channels, result has 8 (C3)}}
  %y = yolo.mix_conv %x {kernels = array<i64: 1, 1>, shares = array<i64: 8>, stride = 1 : i64, row = 3 : i64, prefix = "model.3.", weights = {"m.0.weight" = dense<1.0> : tensor<8x1x1x1xf32>, "bn.weight" = dense<1.0> : tensor<8xf32>, "bn.bias" = dense<1.0> : tensor<8xf32>, "bn.running_mean" = dense<1.0> : tensor<8xf32>, "bn.running_var" = dense<1.0> : tensor<8xf32>}} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @max_pool_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{needs two kernel extents and strides of at least 1, and 4 pads (C2)}}
  %y = yolo.max_pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @avg_pool_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{needs two kernel extents and strides of at least 1, and 2 pads (C2)}}
  %y = yolo.avg_pool %x {kernel = array<i64: 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0>, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @upsample_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{"factor" is not between 0 and 65536 (C2)}}
  %y = yolo.upsample %x {factor = -9223372036854775808 : i64, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @zero_pad_c2(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32> {
  // expected-error @+1 {{"pads" is not between 0 and 65536 (C2)}}
  %y = yolo.zero_pad %x {pads = array<i64: 9223372036854775807, 1, 0, 0>, row = 3 : i64} : (tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// -----

func.func @two_blocks(%x: tensor<1x8x8x8xf32>) {
  return
^unreached:
  // expected-error @below {{'yolo.activation' op does not stand in a function of one block}}
  %y = yolo.activation %y {act = #nn.act<relu>, row = 3 : i64} : tensor<1x8x8x8xf32>
  return
}
