// RUN: mnv3-opt --convert-nn-to-kern --verify-diagnostics %s

func.func @elided(%picture: tensor<1x3x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %x = nn.read_planar %picture : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %w = nn.constant dense_resource<__elided__> : tensor<4x3x3x3xf32>
  // expected-error @below {{has weights that are not constant}}
  %y = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32>
  %f = nn.constant dense<1.0> : tensor<6x1x1x4xf32>
  %b = nn.constant dense<1.0> : tensor<6xf32>
  %h = nn.detect %y, %f bias %b stride 2.0 anchors [1.0, 2.0] : (tensor<1x4x4x4xf32>, tensor<6x1x1x4xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}
