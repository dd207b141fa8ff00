// RUN: mnv3-opt --convert-yolo-to-nn --verify-diagnostics --split-input-file %s
// Weights that printed IR left out have a type and no values: an error, not a crash.

func.func @elided(%x: tensor<1x4x8x8xf32>) -> tensor<1x8x8x6xf32> {
  // expected-error @below {{has no values for 'm.0.weight'}}
  %h = yolo.detect %x {classes = 1 : i64, anchors = array<f32: 1.0, 2.0>, strides = array<f32: 8.0>, row = 4 : i64, prefix = "model.4.", weights = {"m.0.weight" = dense_resource<__elided__> : tensor<6x4x1x1xf32>, "m.0.bias" = dense<1.0> : tensor<6xf32>}} : (tensor<1x4x8x8xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}
