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

// -----

// expected-error @+1 {{should take one picture}}
func.func @no_image(%x: f32) {
  return
}

// -----

// expected-error @+1 {{should take one picture}}
func.func private @elsewhere(tensor<1x3x8x8xf32>)

// -----

// The picture is planar: only nn.read_planar can read it.
func.func @reads_picture(%image: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{reads an image that no layer made}}
  %y = nn.relu %image : tensor<1x3x8x8xf32>
  return
}

// -----

func.func @reads_constant(%image: tensor<1x3x8x8xf32>) {
  %c = nn.constant dense<1.0> : tensor<1x8x8x3xf32>
  // expected-error @+1 {{reads an image that no layer made}}
  %y = nn.relu %c : tensor<1x8x8x3xf32>
  return
}

// -----

func.func @reads_another_picture(%image: tensor<1x3x8x8xf32>) {
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  // expected-error @+1 {{does not read the function's picture}}
  %y = nn.read_planar %x : (tensor<1x8x8x3xf32>) -> tensor<1x8x3x8xf32>
  return
}

// -----

func.func @many_planes(%image: tensor<1x65536x1x1xf32>) {
  // expected-error @+1 {{reads a picture of too many channels}}
  %x = nn.read_planar %image : (tensor<1x65536x1x1xf32>) -> tensor<1x1x1x65536xf32>
  return
}

// -----

func.func @head_for_nobody(%image: tensor<1x3x8x8xf32>) {
  %w = nn.constant dense<1.0> : tensor<6x1x1x3xf32>
  %b = nn.constant dense<1.0> : tensor<6xf32>
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  // expected-error @+1 {{makes a head that the function does not return}}
  %h = nn.detect %x, %w bias %b stride 2.0 anchors [1.0, 1.0] : (tensor<1x8x8x3xf32>, tensor<6x1x1x3xf32>, tensor<6xf32>) -> tensor<1x8x8x6xf32>
  return
}
