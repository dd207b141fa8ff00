// RUN: mnv3-opt %s | mnv3-opt | FileCheck %s
// Every op of kern prints what it parses.

// CHECK: module attributes {kern.target = #kern.target<"x86-64-v4", vectorWidth = 16, vectorRegisters = 32>}
module attributes {kern.target = #kern.target<"x86-64-v4", vectorWidth = 16, vectorRegisters = 32>} {
  // CHECK-LABEL: func.func @run
  func.func @run(%image: memref<3x16x16xf32>, %head: memref<3x8x8x7xf32>) {
    // CHECK: %[[W:.*]] = kern.weights dense<0.000000e+00> : tensor<16xf32>
    %w = kern.weights dense<0.0> : tensor<16xf32>
    // CHECK: kern.alloc at 64 : {{(!kern.buffer)?}}<8x8x8, stride 16, halo 1x1>
    %a = kern.alloc at 64 : !kern.buffer<8x8x8, stride 16, halo 1x1>
    // CHECK: kern.alloc : {{(!kern.buffer)?}}<8x8x24>
    %raw = kern.alloc : !kern.buffer<8x8x24>
    %b = kern.alloc : !kern.buffer<8x8x24, stride 32>
    %half = kern.alloc : !kern.buffer<4x4x24, stride 32>
    %one = kern.alloc : !kern.buffer<1x1x24, stride 32>
    // CHECK: kern.slice %{{.*}} from 8 : {{(!kern.buffer)?}}<8x8x24, stride 32> -> {{(!kern.buffer)?}}<8x8x16, stride 32>
    %part = kern.slice %b from 8 : !kern.buffer<8x8x24, stride 32> -> !kern.buffer<8x8x16, stride 32>
    // CHECK: kern.stem {{.*}} kernel [3, 3] stride [2, 2] pad [1, 1] act <hard_swish>
    kern.stem ins(%image, %w, %w : memref<3x16x16xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x8, stride 16, halo 1x1>) kernel [3, 3] stride [2, 2] pad [1, 1] act <hard_swish>
    // CHECK: kern.clear_halo
    kern.clear_halo %a : !kern.buffer<8x8x8, stride 16, halo 1x1>
    // CHECK: kern.conv2d {{.*}} act <leaky_relu, 1.000000e-01> winograd 4 schedule <pixels = 4, vectors = 2, unroll = 4, rows = 1, channelsOutermost = false>
    kern.conv2d ins(%a : !kern.buffer<8x8x8, stride 16, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) residual(%b : !kern.buffer<8x8x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) kernel [3, 3] stride [1, 1] pad [1, 1] act <leaky_relu, 0.1> winograd 4 schedule <pixels = 4, vectors = 2, unroll = 4, rows = 1, channelsOutermost = false>
    // CHECK: kern.conv2d {{.*}} start({{.*}})
    kern.conv2d ins(%a, %part : !kern.buffer<8x8x8, stride 16, halo 1x1>, !kern.buffer<8x8x16, stride 32>) weights(%w, %w : tensor<16xf32>, tensor<16xf32>) start(%half : !kern.buffer<4x4x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) kernel [1, 1] stride [1, 1] pad [0, 0]
    // CHECK: kern.conv2d {{.*}} gate({{.*}}) {{.*}} gate_act <relu>
    kern.conv2d ins(%b : !kern.buffer<8x8x24, stride 32>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) gate(%one : !kern.buffer<1x1x24, stride 32>) outs(%a : !kern.buffer<8x8x8, stride 16, halo 1x1>) kernel [1, 1] stride [1, 1] pad [0, 0] gate_act <relu>
    // CHECK: kern.depthwise
    kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x8, stride 16, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x8, stride 16, halo 1x1>) kernel [3, 3] stride [1, 1] pad [1, 1]
    // CHECK: kern.global_pool
    kern.global_pool ins(%b : !kern.buffer<8x8x24, stride 32>) outs(%one : !kern.buffer<1x1x24, stride 32>)
    // CHECK: kern.fully_connected
    kern.fully_connected ins(%one, %w, %w : !kern.buffer<1x1x24, stride 32>, tensor<16xf32>, tensor<16xf32>) outs(%one : !kern.buffer<1x1x24, stride 32>) act <hard_sigmoid>
    // CHECK: kern.max_pool
    kern.max_pool ins(%b : !kern.buffer<8x8x24, stride 32>) outs(%half : !kern.buffer<4x4x24, stride 32>) kernel [2, 2] stride [2, 2] pad [0, 0]
    // CHECK: kern.upsample {{.*}} by 2
    kern.upsample ins(%half : !kern.buffer<4x4x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) by 2
    // CHECK: kern.copy
    kern.copy ins(%part : !kern.buffer<8x8x16, stride 32>) outs(%part : !kern.buffer<8x8x16, stride 32>)
    // CHECK: kern.interleave
    kern.interleave ins(%part, %part : !kern.buffer<8x8x16, stride 32>, !kern.buffer<8x8x16, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>)
    // CHECK: kern.space_to_depth {{.*}} by 2
    kern.space_to_depth ins(%b : !kern.buffer<8x8x24, stride 32>) outs(%half : !kern.buffer<4x4x24, stride 32>) by 2
    // CHECK: kern.depth_to_space {{.*}} by [2, 2] crop [0, 1]
    kern.depth_to_space ins(%half : !kern.buffer<4x4x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) by [2, 2] crop [0, 1]
    // CHECK: kern.attention {{.*}} heads 4
    kern.attention ins(%b, %b, %b : !kern.buffer<8x8x24, stride 32>, !kern.buffer<8x8x24, stride 32>, !kern.buffer<8x8x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) heads 4
    // CHECK: kern.elementwise
    kern.elementwise ins(%b : !kern.buffer<8x8x24, stride 32>) gate(%one : !kern.buffer<1x1x24, stride 32>) residual(%b : !kern.buffer<8x8x24, stride 32>) outs(%b : !kern.buffer<8x8x24, stride 32>) act <silu>
    // CHECK: kern.detect {{.*}} stride 8.000000e+00 anchors [1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 6.000000e+00]
    kern.detect ins(%b, %w, %w : !kern.buffer<8x8x24, stride 32>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<3x8x8x7xf32>) stride 8.0 anchors [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    return
  }
}
