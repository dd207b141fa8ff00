// RUN: mnv3-opt --kern-pack-weights --mlir-print-elementsattrs-with-hex-if-larger=-1 --split-input-file %s | FileCheck %s

module attributes {kern.target = #kern.target<"arm64", vectorWidth = 4, vectorRegisters = 32>} {
  // Two inputs, three outputs: one tile of 4 lanes for each input, the last lane empty.
  // CHECK-LABEL: func.func @conv
  // CHECK-NOT:     nn.constant
  // CHECK-DAG:     %[[W:.*]] = kern.weights dense<[1.000000e+00, 3.000000e+00, 5.000000e+00, 0.000000e+00, 2.000000e+00, 4.000000e+00, 6.000000e+00, 0.000000e+00]> : tensor<8xf32>
  // CHECK-DAG:     %[[B:.*]] = kern.weights dense<[7.000000e+00, 8.000000e+00, 9.000000e+00, 0.000000e+00]> : tensor<4xf32>
  // CHECK:         kern.conv2d {{.*}} weights(%[[W]] {{.*}} bias(%[[B]]
  func.func @conv() {
    %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, 4.0]]], [[[5.0, 6.0]]]]> : tensor<3x1x1x2xf32>
    %b = nn.constant dense<[7.0, 8.0, 9.0]> : tensor<3xf32>
    %x = kern.alloc : !kern.buffer<4x4x2, stride 4>
    %y = kern.alloc : !kern.buffer<4x4x3, stride 4>
    kern.conv2d ins(%x : !kern.buffer<4x4x2, stride 4>) weights(%w : tensor<3x1x1x2xf32>) bias(%b : tensor<3xf32>) outs(%y : !kern.buffer<4x4x3, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0] schedule <pixels = 4, vectors = 1, unroll = 2, rows = 0, channelsOutermost = false>
    return
  }
}

// -----

module attributes {kern.target = #kern.target<"arm64", vectorWidth = 4, vectorRegisters = 32>} {
  // Winograd keeps 36 values for each pair of channels; with stride 2, 25 or 81.
  // CHECK-LABEL: func.func @winograd
  // CHECK:         kern.weights {{.*}} : tensor<288xf32>
  // CHECK:         kern.weights {{.*}} : tensor<200xf32>
  // CHECK:         kern.weights {{.*}} : tensor<648xf32>
  func.func @winograd() {
    %w = nn.constant dense<1.0> : tensor<3x3x3x2xf32>
    %b = nn.constant dense<[7.0, 8.0, 9.0]> : tensor<3xf32>
    %x = kern.alloc : !kern.buffer<4x4x2, stride 4, halo 1x1>
    %y = kern.alloc : !kern.buffer<4x4x3, stride 4>
    kern.conv2d ins(%x : !kern.buffer<4x4x2, stride 4, halo 1x1>) weights(%w : tensor<3x3x3x2xf32>) bias(%b : tensor<3xf32>) outs(%y : !kern.buffer<4x4x3, stride 4>) kernel [3, 3] stride [1, 1] pad [1, 1] winograd 4 schedule <pixels = 1, vectors = 1, unroll = 2, rows = 1, channelsOutermost = false>
    %x2 = kern.alloc : !kern.buffer<8x8x2, stride 4, halo 1x1>
    kern.conv2d ins(%x2 : !kern.buffer<8x8x2, stride 4, halo 1x1>) weights(%w : tensor<3x3x3x2xf32>) bias(%b : tensor<3xf32>) outs(%y : !kern.buffer<4x4x3, stride 4>) kernel [3, 3] stride [2, 2] pad [1, 1] winograd 2 schedule <pixels = 1, vectors = 1, unroll = 2, rows = 1, channelsOutermost = false>
    kern.conv2d ins(%x2 : !kern.buffer<8x8x2, stride 4, halo 1x1>) weights(%w : tensor<3x3x3x2xf32>) bias(%b : tensor<3xf32>) outs(%y : !kern.buffer<4x4x3, stride 4>) kernel [3, 3] stride [2, 2] pad [1, 1] winograd 4 schedule <pixels = 1, vectors = 1, unroll = 2, rows = 1, channelsOutermost = false>
    return
  }
}

// -----

module attributes {kern.target = #kern.target<"arm64", vectorWidth = 2, vectorRegisters = 32>} {
  // Four outputs of one input after the other, then the fifth, beside three that are none.
  // CHECK-LABEL: func.func @fully_connected
  // CHECK-DAG:     kern.weights dense<[1.000000e+00, 3.000000e+00, 5.000000e+00, 7.000000e+00, 2.000000e+00, 4.000000e+00, 6.000000e+00, 8.000000e+00, 9.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+01, 0.000000e+00, 0.000000e+00, 0.000000e+00]>
  // CHECK-DAG:     kern.weights dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00]>
  func.func @fully_connected() {
    %w = nn.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 10.0]]> : tensor<5x2xf32>
    %b = nn.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<5xf32>
    %x = kern.alloc : !kern.buffer<1x1x2, stride 2>
    %y = kern.alloc : !kern.buffer<1x1x5, stride 8>
    kern.fully_connected ins(%x, %w, %b : !kern.buffer<1x1x2, stride 2>, tensor<5x2xf32>, tensor<5xf32>) outs(%y : !kern.buffer<1x1x5, stride 8>) schedule <pixels = 1, vectors = 2, unroll = 0, rows = 0, channelsOutermost = false>
    return
  }
}
