// RUN: mnv3-opt --convert-nn-to-kern --split-input-file --verify-diagnostics %s

func.func @grouped(%image: tensor<1x3x8x8xf32>) -> tensor<1x8x8x6xf32> {
  %w = nn.constant dense<1.0> : tensor<4x1x1x3xf32>
  %wg = nn.constant dense<1.0> : tensor<4x1x1x2xf32>
  %wd = nn.constant dense<1.0> : tensor<6x1x1x4xf32>
  %bd = nn.constant dense<1.0> : tensor<6xf32>
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %y = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x8x8x3xf32>, tensor<4x1x1x3xf32>) -> tensor<1x8x8x4xf32>
  // expected-error @+1 {{is grouped: nn-lower-depthwise comes first}}
  %z = nn.conv2d %y, %wg stride [1, 1] pad [0, 0, 0, 0] {groups = 2 : i64} : (tensor<1x8x8x4xf32>, tensor<4x1x1x2xf32>) -> tensor<1x8x8x4xf32>
  %h = nn.detect %z, %wd bias %bd stride 2.0 anchors [1.0, 1.0] : (tensor<1x8x8x4xf32>, tensor<6x1x1x4xf32>, tensor<6xf32>) -> tensor<1x8x8x6xf32>
  return %h : tensor<1x8x8x6xf32>
}

// -----

// expected-error @+1 {{should return the results of nn.detect, each once}}
func.func @no_head(%image: tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf32> {
  return %image : tensor<1x3x8x8xf32>
}
