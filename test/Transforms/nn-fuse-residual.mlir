// RUN: mnv3-opt --nn-fuse-residual %s | FileCheck %s

!image = tensor<1x5x7x4xf32>
!weights = tensor<4x1x1x4xf32>

// An activation is no obstacle: it comes before the sum in both forms. The row's mark moves to the convolution.
// CHECK-LABEL: func.func @residual
// CHECK:         %[[Y:.*]] = nn.conv2d %arg0, %{{.*}} residual %arg0 stride [1, 1] pad [0, 0, 0, 0] act <silu>
// CHECK-NEXT:    nn.keep %[[Y]] row 6
// CHECK-NEXT:    return %[[Y]]
func.func @residual(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!image, !weights) -> !image
  nn.keep %0 row 5 : !image
  %1 = nn.add %x, %0 : (!image, !image) -> !image
  nn.keep %1 row 6 : !image
  return %1 : !image
}

// The other image is made after the convolution, which moves down.
// CHECK-LABEL: func.func @moves_down
// CHECK:         %[[R:.*]] = nn.relu
// CHECK-NEXT:    nn.conv2d %arg0, %{{.*}} residual %[[R]]
// CHECK-NEXT:    return
func.func @moves_down(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.relu %x : !image
  %2 = nn.add %0, %1 : (!image, !image) -> !image
  return %2 : !image
}

// Of two convolutions the later one takes the sum.
// CHECK-LABEL: func.func @two_convolutions
// CHECK:         %[[A:.*]] = nn.conv2d %arg0, %{{.*}} stride [1, 1] pad [0, 0, 0, 0] act <relu>
// CHECK-NEXT:    nn.conv2d %arg0, %{{.*}} residual %[[A]] stride [1, 1] pad [0, 0, 0, 0] :
// CHECK-NEXT:    return
func.func @two_convolutions(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] act <relu> : (!image, !weights) -> !image
  %1 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %2 = nn.add %0, %1 : (!image, !image) -> !image
  return %2 : !image
}

// CHECK-LABEL: func.func @conv_has_two_readers
// CHECK:         nn.add
func.func @conv_has_two_readers(%x: !image) -> (!image, !image) {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.add %0, %x : (!image, !image) -> !image
  return %0, %1 : !image, !image
}

// CHECK-LABEL: func.func @conv_has_residual
// CHECK:         nn.add
func.func @conv_has_residual(%x: !image, %z: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w residual %x stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights, !image) -> !image
  %1 = nn.add %0, %z : (!image, !image) -> !image
  return %1 : !image
}

// CHECK-LABEL: func.func @added_to_itself
// CHECK:         nn.add
func.func @added_to_itself(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.add %0, %0 : (!image, !image) -> !image
  return %1 : !image
}

// CHECK-LABEL: func.func @repeated_operand
// CHECK:         nn.add
func.func @repeated_operand(%x: !image, %z: tensor<1x1x1x4xf32>) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.add %0, %z : (!image, tensor<1x1x1x4xf32>) -> !image
  return %1 : !image
}
