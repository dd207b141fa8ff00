// RUN: mnv3-opt --kern-assign-layout --kern-choose-schedules --kern-pack-weights --split-input-file --verify-diagnostics %s

// A stride of whole vectors makes it too large.
module attributes {kern.target = #kern.target<"x86-64-v3", vectorWidth = 8, vectorRegisters = 16>} {
func.func @layout(%image: memref<3x8x8xf32>) {
  // expected-error @+1 {{a buffer has at most 1073741824 floats}}
  %a = kern.alloc : !kern.buffer<16384x16384x1>
  return
}
}

// -----

module attributes {kern.target = #kern.target<"x86-64-v3", vectorWidth = 8, vectorRegisters = 16>} {
func.func @seem_packed() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<64xf32>
  %b = nn.constant dense<1.0> : tensor<8xf32>
  // expected-error @+1 {{has weights that seem packed, and are not kern.weights}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<64xf32>) bias(%b : tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}
}

// -----

module attributes {kern.target = #kern.target<"x86-64-v3", vectorWidth = 8, vectorRegisters = 16>} {
func.func @many_vectors() {
  %a = kern.alloc : !kern.buffer<8x8x8>
  %w = nn.constant dense<1.0> : tensor<8x1x1x8xf32>
  %b = nn.constant dense<1.0> : tensor<8xf32>
  // expected-error @+1 {{has a schedule of 2 vectors, more than its output}}
  kern.conv2d ins(%a : !kern.buffer<8x8x8>) weights(%w : tensor<8x1x1x8xf32>) bias(%b : tensor<8xf32>) outs(%a : !kern.buffer<8x8x8>) kernel [1, 1] stride [1, 1] pad [0, 0] schedule <pixels = 4, vectors = 2, unroll = 2, rows = 0, channelsOutermost = false>
  return
}
}
