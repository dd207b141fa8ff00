// RUN: mnv3-opt --nn-fold-batch-norm --split-input-file -verify-diagnostics %s | FileCheck %s

// Scale 3 over the root of 3.999 + 0.001 is 1.5, and a negative scale is as good as any. Bias: offset - mean * factor.
// CHECK-LABEL: func.func @conv
// CHECK-DAG:     %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}3.000000e+00]]], {{\[\[\[}}-3.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG:     %[[B:.*]] = nn.constant dense<[8.500000e+00, 2.250000e+01]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = nn.conv2d %{{.*}}, %[[W]] bias %[[B]] stride
// CHECK-NOT:     nn.batch_norm
// CHECK:         nn.keep %[[Y]] row 3
// CHECK:         return %[[Y]]
func.func @conv(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x2xf32> {
  %w = nn.constant dense<2.0> : tensor<2x1x1x1xf32>
  %scale = nn.constant dense<[3.0, -3.0]> : tensor<2xf32>
  %offset = nn.constant dense<[10.0, 21.0]> : tensor<2xf32>
  %mean = nn.constant dense<1.0> : tensor<2xf32>
  %variance = nn.constant dense<3.999> : tensor<2xf32>
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x5x7x2xf32>
  %y = nn.batch_norm %c, %scale, %offset, %mean, %variance epsilon 1.0e-3
      : (tensor<1x5x7x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x5x7x2xf32>
  nn.keep %y row 3 : tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// A depthwise filter's channel is its last axis; the bias that is there already is scaled too.
// CHECK-LABEL: func.func @depthwise_with_bias
// CHECK-DAG:     %[[W:.*]] = nn.constant dense<{{\[\[\[}}1.000000e+00, 4.000000e+00], [3.000000e+00, 8.000000e+00]]]> : tensor<1x2x2xf32>
// CHECK-DAG:     %[[B:.*]] = nn.constant dense<[5.000000e+00, 1.200000e+01]> : tensor<2xf32>
// CHECK:         nn.depthwise_conv2d %{{.*}}, %[[W]] bias %[[B]] stride
// CHECK-NOT:     nn.batch_norm
func.func @depthwise_with_bias(%x: tensor<1x5x7x2xf32>) -> tensor<1x5x6x2xf32> {
  %w = nn.constant dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>
  %b = nn.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %scale = nn.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %zero = nn.constant dense<0.0> : tensor<2xf32>
  %variance = nn.constant dense<0.75> : tensor<2xf32>
  %c = nn.depthwise_conv2d %x, %w bias %b stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x5x7x2xf32>, tensor<1x2x2xf32>, tensor<2xf32>) -> tensor<1x5x6x2xf32>
  %y = nn.batch_norm %c, %scale, %zero, %zero, %variance epsilon 0.25
      : (tensor<1x5x6x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x5x6x2xf32>
  return %y : tensor<1x5x6x2xf32>
}

// CHECK-LABEL: func.func @fully_connected
// CHECK-DAG:     %[[W:.*]] = nn.constant dense<{{\[\[}}2.000000e+00, 4.000000e+00]]> : tensor<1x2xf32>
// CHECK:         nn.fully_connected %{{.*}}, %[[W]] bias
// CHECK-NOT:     nn.batch_norm
func.func @fully_connected(%x: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  %w = nn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %two = nn.constant dense<2.0> : tensor<1xf32>
  %zero = nn.constant dense<0.0> : tensor<1xf32>
  %variance = nn.constant dense<0.75> : tensor<1xf32>
  %c = nn.fully_connected %x, %w : (tensor<1x1x1x2xf32>, tensor<1x2xf32>) -> tensor<1x1x1x1xf32>
  %y = nn.batch_norm %c, %two, %zero, %zero, %variance epsilon 0.25
      : (tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// BottleneckCSP: each layer under the concat takes its channels. What was kept inside is no longer there to keep.
// CHECK-LABEL: func.func @concat
// CHECK-DAG:     nn.constant dense<2.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-DAG:     nn.constant dense<3.000000e+00> : tensor<1x1x1x1xf32>
// CHECK-NOT:     nn.keep
// CHECK:         %[[Y:.*]] = nn.concat
// CHECK-NEXT:    nn.keep %[[Y]] row 5
// CHECK-NEXT:    return %[[Y]]
func.func @concat(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x2xf32> {
  %w = nn.constant dense<1.0> : tensor<1x1x1x1xf32>
  %scale = nn.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %zero = nn.constant dense<0.0> : tensor<2xf32>
  %variance = nn.constant dense<0.75> : tensor<2xf32>
  %a = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  %b = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  nn.keep %b row 4 : tensor<1x5x7x1xf32>
  %c = nn.concat %a, %b : (tensor<1x5x7x1xf32>, tensor<1x5x7x1xf32>) -> tensor<1x5x7x2xf32>
  %y = nn.batch_norm %c, %scale, %zero, %zero, %variance epsilon 0.25
      : (tensor<1x5x7x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x5x7x2xf32>
  nn.keep %y row 5 : tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// -----

// The other reader wants the value without batch norm.
// CHECK-LABEL: func.func @conv_has_two_readers
// CHECK:         nn.batch_norm
func.func @conv_has_two_readers(%x: tensor<1x5x7x1xf32>) -> (tensor<1x5x7x1xf32>, tensor<1x5x7x1xf32>) {
  %one = nn.constant dense<1.0> : tensor<1xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  %y = nn.batch_norm %c, %one, %one, %one, %one epsilon 1.0e-3
      : (tensor<1x5x7x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x7x1xf32>
  return %c, %y : tensor<1x5x7x1xf32>, tensor<1x5x7x1xf32>
}

// CHECK-LABEL: func.func @conv_has_activation
// CHECK:         nn.batch_norm
func.func @conv_has_activation(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x1xf32> {
  %one = nn.constant dense<1.0> : tensor<1xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] act <relu> : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  %y = nn.batch_norm %c, %one, %one, %one, %one epsilon 1.0e-3
      : (tensor<1x5x7x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x7x1xf32>
  return %y : tensor<1x5x7x1xf32>
}

// CHECK-LABEL: func.func @conv_has_residual
// CHECK:         nn.batch_norm
func.func @conv_has_residual(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x1xf32> {
  %one = nn.constant dense<1.0> : tensor<1xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %c = nn.conv2d %x, %w residual %x stride [1, 1] pad [0, 0, 0, 0]
      : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>, tensor<1x5x7x1xf32>) -> tensor<1x5x7x1xf32>
  %y = nn.batch_norm %c, %one, %one, %one, %one epsilon 1.0e-3
      : (tensor<1x5x7x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x7x1xf32>
  return %y : tensor<1x5x7x1xf32>
}

// CHECK-LABEL: func.func @scale_is_no_constant
// CHECK:         nn.batch_norm
func.func @scale_is_no_constant(%x: tensor<1x5x7x1xf32>, %scale: tensor<1xf32>) -> tensor<1x5x7x1xf32> {
  %one = nn.constant dense<1.0> : tensor<1xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %c = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  %y = nn.batch_norm %c, %scale, %one, %one, %one epsilon 1.0e-3
      : (tensor<1x5x7x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x5x7x1xf32>
  return %y : tensor<1x5x7x1xf32>
}

// One part of the concat has an activation, so the batch norm stays above all of them.
// CHECK-LABEL: func.func @concat_of_an_activation
// CHECK:         nn.batch_norm
func.func @concat_of_an_activation(%x: tensor<1x5x7x1xf32>) -> tensor<1x5x7x2xf32> {
  %one = nn.constant dense<1.0> : tensor<2xf32>
  %w = nn.constant dense<2.0> : tensor<1x1x1x1xf32>
  %a = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x5x7x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x7x1xf32>
  %b = nn.relu %x : tensor<1x5x7x1xf32>
  %c = nn.concat %a, %b : (tensor<1x5x7x1xf32>, tensor<1x5x7x1xf32>) -> tensor<1x5x7x2xf32>
  %y = nn.batch_norm %c, %one, %one, %one, %one epsilon 1.0e-3
      : (tensor<1x5x7x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}

// -----

func.func @negative_variance(%x: tensor<1x5x7x2xf32>) -> tensor<1x5x7x2xf32> {
  %one = nn.constant dense<1.0> : tensor<2xf32>
  %variance = nn.constant dense<[1.0, -1.0]> : tensor<2xf32>
  %w = nn.constant dense<2.0> : tensor<3x3x2xf32>
  %c = nn.depthwise_conv2d %x, %w stride [1, 1] pad [1, 1, 1, 1] : (tensor<1x5x7x2xf32>, tensor<3x3x2xf32>) -> tensor<1x5x7x2xf32>
  // expected-error @below {{'nn.batch_norm' op channel 1 has variance -1}}
  %y = nn.batch_norm %c, %one, %one, %one, %variance epsilon 1.0e-3
      : (tensor<1x5x7x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x5x7x2xf32>
  return %y : tensor<1x5x7x2xf32>
}
