// RUN: mnv3-opt %s -split-input-file -verify-diagnostics

func.func @alloc_c1() {
  // expected-error @+1 {{lies at 100, not a multiple of 64 (C1)}}
  %a = kern.alloc at 100 : !kern.buffer<8x8x8>
  return
}

// -----

func.func @slice_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{channels 4 to 12 are not inside 8 (C1)}}
  %b = kern.slice %a from 4 : !kern.buffer<8x8x8> -> !kern.buffer<8x8x8>
  return
}

// -----

func.func @slice_c1_layout() {
  %a = kern.alloc : !kern.buffer<8x8x8, stride 16>
  // expected-error @+1 {{is laid out unlike}}
  %b = kern.slice %a from 4 : !kern.buffer<8x8x8, stride 16> -> !kern.buffer<8x8x4, stride 8>
  return
}

// -----

// expected-error @+1 {{a buffer needs a pixel and a channel}}
func.func @buffer_empty(%a: !kern.buffer<0x8x8>) {
  return
}

// -----

func.func @conv2d_c1(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{has 2 inputs and 1 weights (C1)}}
  kern.conv2d ins(%a, %a : !kern.buffer<8x8x8>, !kern.buffer<8x8x8>) weights(%w : tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @conv2d_c1_gate(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %g = kern.alloc : !kern.buffer<1x1x8>
  // expected-error @+1 {{has a gate and several inputs (C1)}}
  kern.conv2d ins(%a, %a : !kern.buffer<8x8x8>, !kern.buffer<8x8x8>) weights(%w, %w : tensor<8xf32>, tensor<8xf32>) gate(%g : !kern.buffer<1x1x8>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @conv2d_c2(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{needs two kernel extents and strides of at least 1 and two pads of at least 0 (C2)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [0, 1] pad [0, 0]
  return
}

// -----

func.func @conv2d_c3_residual(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %r = kern.alloc : !kern.buffer<4x8x8>
  // expected-error @+1 {{residual is '!kern.buffer<4x8x8>', output '!kern.buffer<8x8x8>' (C3)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<8xf32>) residual(%r : !kern.buffer<4x8x8>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @conv2d_c3_start(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %s = kern.alloc : !kern.buffer<4x4x8>
  // expected-error @+1 {{or there is a bias as well (C3)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<8xf32>) bias(%w : tensor<8xf32>) start(%s : !kern.buffer<4x4x8>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}


// -----

func.func @winograd_tile(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8, halo 1x1>
  %b = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{cannot be computed by winograd on tiles of 3 (C4)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8, halo 1x1>) weights(%w : tensor<8xf32>) outs(%b : !kern.buffer<8x8x8>) kernel [3, 3] stride [1, 1] pad [1, 1] winograd 3
  return
}

// -----

func.func @winograd_extent(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<12x12x8, halo 1x1>
  %b = kern.alloc : !kern.buffer<6x6x8>
  // expected-error @+1 {{cannot be computed by winograd on tiles of 4 (C4)}}
  kern.conv2d ins(%a : !kern.buffer<12x12x8, halo 1x1>) weights(%w : tensor<8xf32>) outs(%b : !kern.buffer<6x6x8>) kernel [3, 3] stride [2, 2] pad [1, 1] winograd 4
  return
}

// -----

// expected-error @below {{a vector register holds 1, 2, 4, 8 or 16 floats, not 2147483647}}
module attributes {kern.target = #kern.target<"arm64", vectorWidth = 2147483647, vectorRegisters = 32>} {
}

// -----

// expected-error @below {{there are 1 to 64 vector registers, not 0}}
module attributes {kern.target = #kern.target<"arm64", vectorWidth = 4, vectorRegisters = 0>} {
}

// -----

// expected-error @below {{a schedule's numbers are 0 to 65536, not -1}}
module attributes {some.schedule = #kern.schedule<pixels = 4, vectors = -1, unroll = 2, rows = 0, channelsOutermost = false>} {
}

// -----

func.func @rows_outside(%a: !kern.buffer<8x8x4, stride 4, halo 1x1>) {
  // expected-error @+1 {{rows -2 to 2 are not inside '!kern.buffer<8x8x4, stride 4, halo 1x1>' (C1)}}
  %b = kern.rows %a from -2 : !kern.buffer<8x8x4, stride 4, halo 1x1> -> !kern.buffer<4x8x4, stride 4, halo 1x1>
  return
}

// -----

func.func @rows_laid_out_otherwise(%a: !kern.buffer<8x8x4, stride 4, halo 1x1>) {
  // expected-error @+1 {{is laid out unlike}}
  %b = kern.rows %a from 0 : !kern.buffer<8x8x4, stride 4, halo 1x1> -> !kern.buffer<4x8x4, stride 4>
  return
}

// -----

func.func @depthwise_window(%a: !kern.buffer<8x8x4, stride 4>, %w: tensor<4xf32>) {
  // expected-error @+1 {{needs two kernel extents and strides of at least 1 and two pads of at least 0 (C1)}}
  kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x4, stride 4>, tensor<4xf32>, tensor<4xf32>) outs(%a : !kern.buffer<8x8x4, stride 4>) kernel [3, 3] stride [0, 1] pad [1, 1]
  return
}
