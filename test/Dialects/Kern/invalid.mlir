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
  // expected-error @+1 {{needs two kernel extents and strides of 1 to 4096 and two pads of 0 to 4096 (C2)}}
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
  // expected-error @+1 {{needs two kernel extents and strides of 1 to 4096 and two pads of 0 to 4096 (C1)}}
  kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x4, stride 4>, tensor<4xf32>, tensor<4xf32>) outs(%a : !kern.buffer<8x8x4, stride 4>) kernel [3, 3] stride [0, 1] pad [1, 1]
  return
}

// -----

// expected-error @+1 {{a buffer has at most 1073741824 floats}}
func.func @buffer_floats(%a: !kern.buffer<65536x65536x1>) {
  return
}

// -----

// expected-error @+1 {{a buffer has at most 1073741824 floats}}
func.func @buffer_stride(%a: !kern.buffer<1x1x1, stride 9223372036854775807>) {
  return
}

// -----

// expected-error @+1 {{a buffer has at most 1073741824 floats}}
func.func @buffer_halo(%a: !kern.buffer<8x8x1, stride 1, halo 1x9223372036854775807>) {
  return
}

// -----

func.func @slice_overflow() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{are not inside 8 (C1)}}
  %b = kern.slice %a from 9223372036854775807 : !kern.buffer<8x8x8> -> !kern.buffer<8x8x8>
  return
}

// -----

// expected-error @below {{a schedule has at most 64 vectors, not 65}}
module attributes {some.schedule = #kern.schedule<pixels = 4, vectors = 65, unroll = 2, rows = 0, channelsOutermost = false>} {
}

// -----

func.func @two_blocks() {
  return
^unreached:
  // expected-error @below {{'kern.slice' op does not stand in a function of one block}}
  %a = kern.slice %a from 0 : !kern.buffer<8x8x8> -> !kern.buffer<8x8x8>
  return
}

// -----

func.func @conv2d_c2_large() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<8xf32>
  // expected-error @+1 {{needs two kernel extents and strides of 1 to 4096 and two pads of 0 to 4096 (C2)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0] {dilation = 4097 : i64}
  return
}

// -----

func.func @conv2d_c5() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<4x3x1x1xf32>
  // expected-error @+1 {{has weights 'tensor<4x3x1x1xf32>', which fit neither kernel nor channels (C5)}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<4x3x1x1xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @depthwise_c2() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<4x3x1x1xf32>
  %b = nn.constant dense<1.0> : tensor<8xf32>
  // expected-error @+1 {{has weights 'tensor<4x3x1x1xf32>', which fit neither kernel nor channels (C2)}}
  kern.depthwise ins(%a, %w, %b : !kern.buffer<8x8x8>, tensor<4x3x1x1xf32>, tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @fully_connected_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<4x3x1x1xf32>
  %b = nn.constant dense<1.0> : tensor<8xf32>
  // expected-error @+1 {{has weights 'tensor<4x3x1x1xf32>', which fit neither kernel nor channels (C1)}}
  kern.fully_connected ins(%a, %w, %b : !kern.buffer<8x8x8>, tensor<4x3x1x1xf32>, tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>)
  return
}

// -----

func.func @max_pool_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{needs two kernel extents and strides of 1 to 4096 and two pads of 0 to 4096 (C1)}}
  kern.max_pool ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) kernel [1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @upsample_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{factor is 0, not 1 to 64 (C1)}}
  kern.upsample ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) by 0
  return
}

// -----

func.func @space_to_depth_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{block is 65, not 1 to 64 (C1)}}
  kern.space_to_depth ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) by 65
  return
}

// -----

func.func @depth_to_space_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{needs two blocks from 1 to 64 and two crops from 0 to 64 (C1)}}
  kern.depth_to_space ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) by [1, 1] crop [0]
  return
}

// -----

func.func @attention_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{0 heads do not divide 8 channels (C1)}}
  kern.attention ins(%a, %a, %a : !kern.buffer<8x8x8>, !kern.buffer<8x8x8>, !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) heads 0
  return
}

// -----

func.func @elementwise_c1() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %r = kern.alloc : !kern.buffer<4x8x8>
  // expected-error @+1 {{reads '!kern.buffer<4x8x8>', output is '!kern.buffer<8x8x8>' (C1)}}
  kern.elementwise ins(%a : !kern.buffer<8x8x8>) residual(%r : !kern.buffer<4x8x8>) outs(%a : !kern.buffer<8x8x8>)
  return
}

// -----

func.func @elementwise_c1_gate() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %r = kern.alloc : !kern.buffer<4x8x8>
  // expected-error @+1 {{gate is '!kern.buffer<4x8x8>', output '!kern.buffer<8x8x8>' (C1)}}
  kern.elementwise ins(%a : !kern.buffer<8x8x8>) gate(%r : !kern.buffer<4x8x8>) outs(%a : !kern.buffer<8x8x8>)
  return
}

// -----

func.func @strips() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{strips is 0 : i64, not between 1 and 64}}
  kern.copy ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) {strips = 0 : i64}
  return
}

// -----

func.func @scratch_bytes() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{scratch_bytes is "many", not an array of numbers between 0 and 4294967296}}
  kern.copy ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) {scratch_bytes = "many"}
  return
}

// -----

func.func @scratch_bytes_of_strips() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{scratch_bytes is array<i64: 64, -64>, not an array of numbers between 0 and 4294967296}}
  kern.copy ins(%a : !kern.buffer<8x8x8>) outs(%a : !kern.buffer<8x8x8>) {scratch_bytes = array<i64: 64, -64>}
  return
}

// -----

func.func @stem_c1(%image: memref<3x8x8xf32>, %w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{needs two kernel extents and strides of 1 to 4096 and two pads of 0 to 4096 (C1)}}
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<8xf32>, tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [3, 3] stride [1, 1] pad [1]
  return
}

// -----

func.func @stem_c2(%image: memref<3x8x8xf32>, %w: tensor<4x3x1x1xf32>, %b: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{has weights 'tensor<4x3x1x1xf32>', which fit neither kernel nor channels (C2)}}
  kern.stem ins(%image, %w, %b : memref<3x8x8xf32>, tensor<4x3x1x1xf32>, tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

func.func @picture_has_planes(%image: memref<8x8xf32>, %w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{operand #0 must be plane x row x column memref of f32}}
  kern.stem ins(%image, %w, %w : memref<8x8xf32>, tensor<8xf32>, tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [3, 3] stride [1, 1] pad [1, 1]
  return
}

// -----

func.func @head_is_dense(%head: memref<1x8x?x6xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{operand #1 must be a buffer, or the caller's memory}}
  kern.copy ins(%a : !kern.buffer<8x8x8>) outs(%head : memref<1x8x?x6xf32>)
  return
}

// -----

func.func @detect_c1(%head: memref<1x8x8x6xf32>, %w: tensor<4x3x1x1xf32>, %b: tensor<6xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{has weights 'tensor<4x3x1x1xf32>', which fit neither kernel nor channels (C1)}}
  kern.detect ins(%a, %w, %b : !kern.buffer<8x8x8>, tensor<4x3x1x1xf32>, tensor<6xf32>) outs(%head : memref<1x8x8x6xf32>) stride 8.0 anchors [1.0, 2.0]
  return
}

// -----

func.func @detect_c2(%head: memref<1x8x8x4xf32>, %w: tensor<4xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x8>
  // expected-error @+1 {{makes 4 fields, should be a box, objectness and classes (C2)}}
  kern.detect ins(%a, %w, %w : !kern.buffer<8x8x8>, tensor<4xf32>, tensor<4xf32>) outs(%head : memref<1x8x8x4xf32>) stride 8.0 anchors [1.0, 2.0]
  return
}

// -----

func.func @conv2d_c5_large(%w: tensor<8xf32>) {
  %a = kern.alloc : !kern.buffer<1x1x65536>
  // expected-error @+1 {{which fit neither kernel nor channels (C5)}}
  kern.conv2d ins(%a : !kern.buffer<1x1x65536>) weights(%w : tensor<8xf32>) outs(%a : !kern.buffer<1x1x65536>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}
