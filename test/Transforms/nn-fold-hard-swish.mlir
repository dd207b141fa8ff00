// RUN: mnv3-opt --nn-fold-hard-swish %s | FileCheck %s

!image = tensor<1x5x7x4xf32>
!weights = tensor<4x1x1x4xf32>
!number = tensor<1x1x1x1xf32>

// x * (relu6(x + 3) * 1/6), as a module would compute it, then into the convolution.
// CHECK-LABEL: func.func @spelled_out
// CHECK-NOT:     nn.add
// CHECK:         %[[Y:.*]] = nn.conv2d %{{.*}} act <hard_swish>
// CHECK-NEXT:    nn.keep %[[Y]] row 2
// CHECK-NEXT:    return %[[Y]]
func.func @spelled_out(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %three = nn.constant dense<3.0> : !number
  %sixth = nn.constant dense<0.16666667> : !number
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %0 = nn.add %c, %three : (!image, !number) -> !image
  %1 = nn.relu6 %0 : !image
  %2 = nn.mul %1, %sixth : (!image, !number) -> !image
  %3 = nn.mul %c, %2 : (!image, !image) -> !image
  nn.keep %3 row 2 : !image
  return %3 : !image
}

// (x * relu6(x + 3)) * 1/6 and (1/6 * x) * relu6(3 + x) are the same.
// CHECK-LABEL: func.func @other_brackets
// CHECK-NEXT:    %[[A:.*]] = nn.hard_swish %arg0
// CHECK-NEXT:    %[[B:.*]] = nn.hard_swish %arg0
// CHECK-NEXT:    return %[[A]], %[[B]]
func.func @other_brackets(%x: !image) -> (!image, !image) {
  %three = nn.constant dense<3.0> : !number
  %threes = nn.constant dense<3.0> : !image
  %sixth = nn.constant dense<0.16666667> : !number
  %0 = nn.add %x, %three : (!image, !number) -> !image
  %1 = nn.relu6 %0 : !image
  %2 = nn.mul %x, %1 : (!image, !image) -> !image
  %3 = nn.mul %2, %sixth : (!image, !number) -> !image
  %4 = nn.add %threes, %x : (!image, !image) -> !image
  %5 = nn.relu6 %4 : !image
  %6 = nn.mul %x, %sixth : (!image, !number) -> !image
  %7 = nn.mul %6, %5 : (!image, !image) -> !image
  return %3, %7 : !image, !image
}

// CHECK-LABEL: func.func @hard_sigmoid_times_x
// CHECK-NEXT:    nn.hard_swish %arg0
// CHECK-NEXT:    return
func.func @hard_sigmoid_times_x(%x: !image) -> !image {
  %0 = nn.hard_sigmoid %x : !image
  %1 = nn.mul %0, %x : (!image, !image) -> !image
  return %1 : !image
}

// The gate of a squeeze-excite block, without module.
// CHECK-LABEL: func.func @hard_sigmoid
// CHECK:         nn.fully_connected %{{.*}} act <hard_sigmoid>
// CHECK-NEXT:    return
func.func @hard_sigmoid(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x4xf32> {
  %w = nn.constant dense<1.0> : tensor<4x4xf32>
  %three = nn.constant dense<3.0> : !number
  %sixth = nn.constant dense<0.16666667> : !number
  %c = nn.fully_connected %x, %w : (tensor<1x1x1x4xf32>, tensor<4x4xf32>) -> tensor<1x1x1x4xf32>
  %0 = nn.add %c, %three : (tensor<1x1x1x4xf32>, !number) -> tensor<1x1x1x4xf32>
  %1 = nn.relu6 %0 : tensor<1x1x1x4xf32>
  %2 = nn.mul %1, %sixth : (tensor<1x1x1x4xf32>, !number) -> tensor<1x1x1x4xf32>
  return %2 : tensor<1x1x1x4xf32>
}

// CHECK-LABEL: func.func @each_kind
// CHECK:         nn.conv2d %{{.*}} act <relu>
// CHECK:         nn.conv2d %{{.*}} act <relu6>
// CHECK:         nn.conv2d %{{.*}} act <silu>
// CHECK:         nn.depthwise_conv2d %{{.*}} act <leaky_relu, 1.000000e-01>
// CHECK-NEXT:    return
func.func @each_kind(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %d = nn.constant dense<1.0> : tensor<1x1x4xf32>
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.relu %0 : !image
  %2 = nn.conv2d %1, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %3 = nn.relu6 %2 : !image
  %4 = nn.conv2d %3, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %5 = nn.silu %4 : !image
  %6 = nn.depthwise_conv2d %5, %d stride [1, 1] pad [0, 0, 0, 0] : (!image, tensor<1x1x4xf32>) -> !image
  %7 = nn.leaky_relu %6 slope 1.0e-1 : !image
  return %7 : !image
}

// The convolution's own result was kept: with the activation in it, it exists no longer. The activation's is kept still.
// CHECK-LABEL: func.func @concat_and_keep
// CHECK-COUNT-2: nn.conv2d %{{.*}} act <silu>
// CHECK-NOT:     row 3
// CHECK:         %[[Y:.*]] = nn.concat
// CHECK-NEXT:    nn.keep %[[Y]] row 4
func.func @concat_and_keep(%x: !image) -> tensor<1x5x7x8xf32> {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  nn.keep %1 row 3 : !image
  %2 = nn.concat %0, %1 : (!image, !image) -> tensor<1x5x7x8xf32>
  %3 = nn.silu %2 : tensor<1x5x7x8xf32>
  nn.keep %3 row 4 : tensor<1x5x7x8xf32>
  return %3 : tensor<1x5x7x8xf32>
}

// Near misses: 0.17 is not a sixth, x + 2 not x + 3, and z is not x.
// CHECK-LABEL: func.func @almost
// CHECK-NOT:     hard_swish
// CHECK-NOT:     hard_sigmoid
// CHECK:         return
func.func @almost(%x: !image, %z: !image) -> (!image, !image, !image) {
  %two = nn.constant dense<2.0> : !number
  %three = nn.constant dense<3.0> : !number
  %sixth = nn.constant dense<0.16666667> : !number
  %seventeen = nn.constant dense<0.17> : !number
  %0 = nn.add %x, %three : (!image, !number) -> !image
  %1 = nn.relu6 %0 : !image
  %2 = nn.mul %1, %seventeen : (!image, !number) -> !image
  %3 = nn.add %x, %two : (!image, !number) -> !image
  %4 = nn.relu6 %3 : !image
  %5 = nn.mul %4, %sixth : (!image, !number) -> !image
  %6 = nn.mul %1, %z : (!image, !image) -> !image
  %7 = nn.mul %6, %sixth : (!image, !number) -> !image
  return %2, %5, %7 : !image, !image, !image
}

// CHECK-LABEL: func.func @conv_has_two_readers
// CHECK:         nn.relu
func.func @conv_has_two_readers(%x: !image) -> (!image, !image) {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %1 = nn.relu %0 : !image
  return %0, %1 : !image, !image
}

// CHECK-LABEL: func.func @conv_has_activation
// CHECK:         nn.relu
func.func @conv_has_activation(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!image, !weights) -> !image
  %1 = nn.relu %0 : !image
  return %1 : !image
}

// The residual is added after an activation; this one comes after the sum.
// CHECK-LABEL: func.func @conv_has_residual
// CHECK:         nn.relu
func.func @conv_has_residual(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %0 = nn.conv2d %x, %w residual %x stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights, !image) -> !image
  %1 = nn.relu %0 : !image
  return %1 : !image
}

// The keep that stands behind the activation goes with the value that it kept.
// CHECK-LABEL: func.func @keep_behind
// CHECK:         %[[C:.*]] = nn.conv2d {{.*}} act <relu>
// CHECK-NEXT:    return %[[C]]
func.func @keep_behind(%x: !image) -> !image {
  %w = nn.constant dense<1.0> : !weights
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !image
  %r = nn.relu %c : !image
  nn.keep %c row 2 : !image
  return %r : !image
}
