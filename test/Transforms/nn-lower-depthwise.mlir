// RUN: mnv3-opt --nn-lower-depthwise --split-input-file -verify-diagnostics %s | FileCheck %s

// The filter's axes change places: output, row, column, 1 becomes row, column, channel.
// CHECK-LABEL: func.func @depthwise
// CHECK:         %[[W:.*]] = nn.constant dense<{{\[\[\[}}1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]]> : tensor<1x2x2xf32>
// CHECK:         %[[Y:.*]] = nn.depthwise_conv2d %{{.*}}, %[[W]] bias %{{.*}} stride [2, 1] pad [0, 0, 1, 0] act <relu>
// CHECK-NEXT:    nn.keep %[[Y]] row 4
func.func @depthwise(%x: tensor<1x5x7x2xf32>) -> tensor<1x3x7x2xf32> {
  %w = nn.constant dense<[[[[1.0], [2.0]]], [[[3.0], [4.0]]]]> : tensor<2x1x2x1xf32>
  %b = nn.constant dense<1.0> : tensor<2xf32>
  %y = nn.conv2d %x, %w bias %b stride [2, 1] pad [0, 0, 1, 0] act <relu> {groups = 2}
      : (tensor<1x5x7x2xf32>, tensor<2x1x2x1xf32>, tensor<2xf32>) -> tensor<1x3x7x2xf32>
  nn.keep %y row 4 : tensor<1x3x7x2xf32>
  return %y : tensor<1x3x7x2xf32>
}

// A dilated filter gets zeros between its taps.
// CHECK-LABEL: func.func @dilated
// CHECK:         %[[W:.*]] = nn.constant dense<{{\[\[\[}}1.000000e+00, 3.000000e+00], [0.000000e+00, 0.000000e+00], [2.000000e+00, 4.000000e+00]]]> : tensor<1x3x2xf32>
// CHECK:         nn.depthwise_conv2d %{{.*}}, %[[W]] stride [1, 1] pad [0, 0, 1, 1]
func.func @dilated(%x: tensor<1x5x7x2xf32>) -> tensor<1x5x7x2xf32> {
  %w = nn.constant dense<[[[[1.0], [2.0]]], [[[3.0], [4.0]]]]> : tensor<2x1x2x1xf32>
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 1, 1] {groups = 2, dilation = 2}
      : (tensor<1x5x7x2xf32>, tensor<2x1x2x1xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// Two groups of two channels in and one out.
// CHECK-LABEL: func.func @two_groups
// CHECK:         %[[X0:.*]] = nn.slice %arg0 from 0 : (tensor<1x5x7x4xf32>) -> tensor<1x5x7x2xf32>
// CHECK:         %[[Y0:.*]] = nn.conv2d %[[X0]], %{{.*}} bias %{{.*}} stride [1, 1] pad [0, 0, 0, 0] act <silu> : (tensor<1x5x7x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>)
// CHECK:         %[[X1:.*]] = nn.slice %arg0 from 2
// CHECK:         %[[W1:.*]] = nn.constant dense<{{\[\[\[\[}}3.000000e+00, 4.000000e+00]]]]> : tensor<1x1x1x2xf32>
// CHECK:         %[[B1:.*]] = nn.constant dense<6.000000e+00> : tensor<1xf32>
// CHECK:         %[[Y1:.*]] = nn.conv2d %[[X1]], %[[W1]] bias %[[B1]]
// CHECK:         nn.concat %[[Y0]], %[[Y1]]
func.func @two_groups(%x: tensor<1x5x7x4xf32>) -> tensor<1x5x7x2xf32> {
  %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]]]> : tensor<2x1x1x2xf32>
  %b = nn.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %y = nn.conv2d %x, %w bias %b stride [1, 1] pad [0, 0, 0, 0] act <silu> {groups = 2}
      : (tensor<1x5x7x4xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// Nine groups of one channel in and two out: one convolution, zeros where a group does not look.
// CHECK-LABEL: func.func @many_groups
// CHECK-NOT:     nn.slice
// CHECK:         nn.conv2d %arg0, %{{.*}} stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x9xf32>, tensor<18x1x1x9xf32>) -> tensor<1x5x7x18xf32>
// CHECK-NEXT:    return
func.func @many_groups(%x: tensor<1x5x7x9xf32>) -> tensor<1x5x7x18xf32> {
  %w = nn.constant dense<1.0> : tensor<18x1x1x1xf32>
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] {groups = 9}
      : (tensor<1x5x7x9xf32>, tensor<18x1x1x1xf32>) -> tensor<1x5x7x18xf32>
  return %y : tensor<1x5x7x18xf32>
}

// One channel in and out is a convolution like any other.
// CHECK-LABEL: func.func @one_group
// CHECK:         nn.conv2d
func.func @one_group(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x1xf32> {
  %w = nn.constant dense<1.0> : tensor<1x1x1x1xf32>
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  return %y : tensor<1x5x7x1xf32>
}

// -----

func.func @with_residual(%x: tensor<1x5x7x2xf32>) -> tensor<1x5x7x2xf32> {
  %w = nn.constant dense<1.0> : tensor<2x1x1x1xf32>
  // expected-error @below {{has groups, and more than bias and activation fused into it}}
  %y = nn.conv2d %x, %w residual %x stride [1, 1] pad [0, 0, 0, 0] {groups = 2}
      : (tensor<1x5x7x2xf32>, tensor<2x1x1x1xf32>, tensor<1x5x7x2xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// -----

func.func @filter_is_no_constant(%x: tensor<1x5x7x2xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x5x7x2xf32> {
  // expected-error @below {{has groups, and weights that are not constant}}
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] {groups = 2}
      : (tensor<1x5x7x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// -----

// Spread out by its dilation, or filled up with zeros, a small filter may become a huge one.
func.func @wide_dilation(%x: tensor<1x1x65536x4xf32>) -> tensor<1x1x2x4xf32> {
  %w = nn.constant dense<1.0> : tensor<4x2x2x1xf32>
  // expected-error @below {{needs a filter that is too large}}
  %y = nn.conv2d %x, %w stride [1, 1] pad [65534, 0, 0, 0] {dilation = 65534, groups = 4} : (tensor<1x1x65536x4xf32>, tensor<4x2x2x1xf32>) -> tensor<1x1x2x4xf32>
  return %y : tensor<1x1x2x4xf32>
}

// -----

func.func @many_groups(%x: tensor<1x1x1x65536xf32>) -> tensor<1x1x1x32768xf32> {
  %w = nn.constant dense<1.0> : tensor<32768x1x1x2xf32>
  // expected-error @below {{needs a filter that is too large}}
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] {groups = 32768} : (tensor<1x1x1x65536xf32>, tensor<32768x1x1x2xf32>) -> tensor<1x1x1x32768xf32>
  return %y : tensor<1x1x1x32768xf32>
}

// -----

// Weights are nn.constant.
func.func @other_constant(%x: tensor<1x5x7x4xf32>) -> tensor<1x5x7x4xf32> {
  %w = arith.constant dense<1.0> : tensor<4x1x1x2xf32>
  // expected-error @below {{has groups, and weights that are not constant}}
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] {groups = 2} : (tensor<1x5x7x4xf32>, tensor<4x1x1x2xf32>) -> tensor<1x5x7x4xf32>
  return %y : tensor<1x5x7x4xf32>
}
