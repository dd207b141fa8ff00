// RUN: mnv3-opt --nn-commute-upsample %s | FileCheck %s

!small = tensor<1x3x4x1xf32>
!large = tensor<1x6x8x1xf32>
!both = tensor<1x6x8x2xf32>
!three = tensor<1x6x8x3xf32>

// The upsampled channel is the second: column 2 of the filter, and the bias, go to the low resolution. The kept concat
// is gone.
// CHECK-LABEL: func.func @concat
// CHECK-DAG:     %[[LOW:.*]] = nn.constant dense<2.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = nn.constant dense<5.000000e+00> : tensor<1xf32>
// CHECK:         %[[Z:.*]] = nn.conv2d %arg0, %[[LOW]] bias %[[B]] stride [1, 1] pad [0, 0, 0, 0] :
// CHECK-NOT:     nn.upsample
// CHECK-NOT:     nn.keep
// CHECK:         %[[HIGH:.*]] = nn.constant dense<1.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-NEXT:    nn.conv2d %arg1, %[[HIGH]] start %[[Z]] stride [1, 1] pad [0, 0, 0, 0] act <silu>
func.func @concat(%a: !small, %skip: !large) -> !large {
  %w = nn.constant dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32>
  %b = nn.constant dense<5.0> : tensor<1xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  nn.keep %u row 11 : !large
  %c = nn.concat %skip, %u : (!large, !large) -> !both
  nn.keep %c row 12 : !both
  %y = nn.conv2d %c, %w bias %b stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!both, tensor<1x1x1x2xf32>, tensor<1xf32>) -> !large
  return %y : !large
}

// What is left of three inputs is a concat of two. The residual stays with the large convolution.
// CHECK-LABEL: func.func @three_inputs
// CHECK-DAG:     %[[REST:.*]] = nn.concat %arg1, %arg2
// CHECK-DAG:     %[[HIGH:.*]] = nn.constant dense<{{\[\[\[\[}}1.000000e+00, 3.000000e+00]]]]>
// CHECK:         nn.conv2d %[[REST]], %[[HIGH]] residual %arg1 start %
func.func @three_inputs(%a: !small, %s: !large, %t: !large) -> !large {
  %w = nn.constant dense<[[[[1.0, 2.0, 3.0]]]]> : tensor<1x1x1x3xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %c = nn.concat %s, %u, %t : (!large, !large, !large) -> !three
  %y = nn.conv2d %c, %w residual %s stride [1, 1] pad [0, 0, 0, 0] : (!three, tensor<1x1x1x3xf32>, !large) -> !large
  return %y : !large
}

// CHECK-LABEL: func.func @upsample_alone
// CHECK:         %[[Z:.*]] = nn.conv2d %arg0, %{{.*}} act <silu>
// CHECK-NEXT:    %[[Y:.*]] = nn.upsample %[[Z]] by 2
// CHECK-NEXT:    nn.keep %[[Y]] row 12
// CHECK-NEXT:    return %[[Y]]
func.func @upsample_alone(%a: !small) -> !large {
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %y = nn.conv2d %u, %w stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!large, tensor<1x1x1x1xf32>) -> !large
  nn.keep %y row 12 : !large
  return %y : !large
}

// BottleneckCSP: two convolutions that cannot be merged, one with an activation, read the concat; both start below.
// CHECK-LABEL: func.func @two_convolutions
// CHECK-NOT:     nn.upsample
// CHECK-NOT:     nn.concat
// CHECK:         nn.conv2d %arg1, %{{.*}} start %
// CHECK:         nn.conv2d %arg1, %{{.*}} start %
// CHECK:         return
func.func @two_convolutions(%a: !small, %skip: !large) -> (!large, !large) {
  %w = nn.constant dense<1.0> : tensor<1x1x1x2xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %c = nn.concat %u, %skip : (!large, !large) -> !both
  %y = nn.conv2d %c, %w stride [1, 1] pad [0, 0, 0, 0] : (!both, tensor<1x1x1x2xf32>) -> !large
  %z = nn.conv2d %c, %w stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!both, tensor<1x1x1x2xf32>) -> !large
  return %y, %z : !large, !large
}

// CHECK-LABEL: func.func @concat_has_two_readers
// CHECK:         nn.upsample
// CHECK-NOT:     start
// CHECK:         return
func.func @concat_has_two_readers(%a: !small, %skip: !large) -> (!both, !large) {
  %w = nn.constant dense<1.0> : tensor<1x1x1x2xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %c = nn.concat %u, %skip : (!large, !large) -> !both
  %y = nn.conv2d %c, %w stride [1, 1] pad [0, 0, 0, 0] : (!both, tensor<1x1x1x2xf32>) -> !large
  return %c, %y : !both, !large
}

// CHECK-LABEL: func.func @upsample_has_two_readers
// CHECK:         nn.upsample
// CHECK-NOT:     start
// CHECK:         return
func.func @upsample_has_two_readers(%a: !small, %skip: !large) -> (!large, !large) {
  %w = nn.constant dense<1.0> : tensor<1x1x1x2xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %c = nn.concat %u, %skip : (!large, !large) -> !both
  %y = nn.conv2d %c, %w stride [1, 1] pad [0, 0, 0, 0] : (!both, tensor<1x1x1x2xf32>) -> !large
  return %u, %y : !large, !large
}

// A start is read at half the place, so an enlargement by 3 over a concat stays; so does a 3x3 convolution.
// CHECK-LABEL: func.func @by_3_and_3x3
// CHECK-COUNT-2: nn.upsample
// CHECK-NOT:     start
// CHECK:         return
func.func @by_3_and_3x3(%a: tensor<1x2x2x1xf32>, %skip: tensor<1x6x6x1xf32>, %s: !small) -> (tensor<1x6x6x1xf32>, !large) {
  %w = nn.constant dense<1.0> : tensor<1x1x1x2xf32>
  %w3 = nn.constant dense<1.0> : tensor<1x3x3x1xf32>
  %u = nn.upsample %a by 3 : (tensor<1x2x2x1xf32>) -> tensor<1x6x6x1xf32>
  %c = nn.concat %u, %skip : (tensor<1x6x6x1xf32>, tensor<1x6x6x1xf32>) -> tensor<1x6x6x2xf32>
  %y = nn.conv2d %c, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x6x6x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x6x6x1xf32>
  %v = nn.upsample %s by 2 : (!small) -> !large
  %z = nn.conv2d %v, %w3 stride [1, 1] pad [1, 1, 1, 1] : (!large, tensor<1x3x3x1xf32>) -> !large
  return %y, %z : tensor<1x6x6x1xf32>, !large
}

// CHECK-LABEL: func.func @alone_with_residual
// CHECK:         nn.upsample
// CHECK-NEXT:    nn.conv2d
func.func @alone_with_residual(%a: !small, %r: !large) -> !large {
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %u = nn.upsample %a by 2 : (!small) -> !large
  %y = nn.conv2d %u, %w residual %r stride [1, 1] pad [0, 0, 0, 0] : (!large, tensor<1x1x1x1xf32>, !large) -> !large
  return %y : !large
}
