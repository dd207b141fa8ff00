// RUN: mnv3-opt --nn-lower-squeeze-excite %s | FileCheck %s

!image = tensor<1x5x7x4xf32>
!gate = tensor<1x1x1x4xf32>
!weights = tensor<4x1x1x4xf32>

// MobileNetV3's blocks that expand: the activation comes after the gate. A row kept in between is gone.
// CHECK-LABEL: func.func @activation_after_gate
// CHECK-NOT:     nn.mul
// CHECK-NOT:     row 1
// CHECK:         nn.conv2d %arg0, %{{.*}} gate %arg1 gate_act <hard_swish> stride
// CHECK-NEXT:    return
func.func @activation_after_gate(%x: !image, %g: !gate) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.mul %x, %g : (!image, !gate) -> !image
  nn.keep %0 row 1 : !image
  %1 = nn.hard_swish %0 : !image
  %2 = nn.conv2d %1, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  return %2 : !image
}

// Those that do not: the activation came before.
// CHECK-LABEL: func.func @activation_before_gate
// CHECK:         %[[X:.*]] = nn.relu %arg0
// CHECK-NOT:     nn.mul
// CHECK:         nn.conv2d %[[X]], %{{.*}} gate %arg1 stride
func.func @activation_before_gate(%x: !image, %g: !gate) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.relu %x : !image
  %1 = nn.mul %0, %g : (!image, !gate) -> !image
  %2 = nn.conv2d %1, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  return %2 : !image
}

// CHECK-LABEL: func.func @product_has_two_readers
// CHECK:         nn.mul
func.func @product_has_two_readers(%x: !image, %g: !gate) -> (!image, !image) {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.mul %x, %g : (!image, !gate) -> !image
  %1 = nn.conv2d %0, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  return %0, %1 : !image, !image
}

// CHECK-LABEL: func.func @activation_has_two_readers
// CHECK:         nn.mul
func.func @activation_has_two_readers(%x: !image, %g: !gate) -> (!image, !image) {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.mul %x, %g : (!image, !gate) -> !image
  %1 = nn.relu %0 : !image
  %2 = nn.conv2d %1, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  return %1, %2 : !image, !image
}

// A 3x3 convolution would apply the gate nine times to each value.
// CHECK-LABEL: func.func @filter_is_3x3
// CHECK:         nn.mul
func.func @filter_is_3x3(%x: !image, %g: !gate) -> !image {
  %w = nn.constant dense<1.0> : tensor<4x3x3x4xf32>
  %0 = nn.mul %x, %g : (!image, !gate) -> !image
  %1 = nn.conv2d %0, %w stride [1, 1] pad [1, 1, 1, 1] : (!image, tensor<4x3x3x4xf32>) -> !image
  return %1 : !image
}

// One number for all channels, and one for each pixel, are no gates.
// CHECK-LABEL: func.func @not_a_gate
// CHECK-COUNT-2: nn.mul
func.func @not_a_gate(%x: !image, %one: tensor<1x1x1x1xf32>) -> (!image, !image) {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.mul %x, %one : (!image, tensor<1x1x1x1xf32>) -> !image
  %1 = nn.conv2d %0, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %2 = nn.mul %x, %x : (!image, !image) -> !image
  %3 = nn.conv2d %2, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  return %1, %3 : !image, !image
}

// The convolution reads the product as its residual, where no gate is applied.
// CHECK-LABEL: func.func @read_as_residual
// CHECK:         nn.mul
func.func @read_as_residual(%x: !image, %g: !gate) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.mul %x, %g : (!image, !gate) -> !image
  %1 = nn.conv2d %x, %w residual %0 stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights, !image) -> !image
  return %1 : !image
}
