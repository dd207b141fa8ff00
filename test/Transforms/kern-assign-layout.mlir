// RUN: mnv3-opt --kern-assign-layout --split-input-file %s | FileCheck %s

module attributes {kern.target = #kern.target<"arm64", vectorWidth = 4, vectorRegisters = 32>} {
  // 5 channels take 8 floats; a 3x3 reader wants one zero pixel around, cleared before the writer.
  // CHECK-LABEL: func.func @halo
  // CHECK:         %[[A:.*]] = kern.alloc : {{(!kern.buffer)?}}<8x8x5, stride 8, halo 1x1>
  // CHECK:         kern.clear_halo %[[A]]
  // CHECK-NEXT:    kern.stem
  // CHECK:         kern.depthwise
  // CHECK-NOT:     kern.clear_halo
  func.func @halo(%image: memref<3x8x8xf32>, %w: tensor<16xf32>) {
    %a = kern.alloc : !kern.buffer<8x8x5>
    %b = kern.alloc : !kern.buffer<8x8x5>
    kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x5>) kernel [1, 1] stride [1, 1] pad [0, 0]
    kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x5>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<8x8x5>) kernel [3, 3] stride [1, 1] pad [1, 1]
    return
  }

  // Stride 2 on an even extent never reaches past the last row: the halo is that of the side that needs more.
  // CHECK-LABEL: func.func @widest_reader
  // CHECK:         kern.alloc : {{(!kern.buffer)?}}<8x8x4, stride 4, halo 2x2>
  func.func @widest_reader(%image: memref<3x8x8xf32>, %w: tensor<16xf32>) {
    %a = kern.alloc : !kern.buffer<8x8x4>
    %b = kern.alloc : !kern.buffer<4x4x4>
    kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x4>) kernel [1, 1] stride [1, 1] pad [0, 0]
    kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x4>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<4x4x4>) kernel [3, 3] stride [2, 2] pad [1, 1]
    kern.depthwise ins(%a, %w, %w : !kern.buffer<8x8x4>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<4x4x4>) kernel [5, 5] stride [2, 2] pad [2, 2]
    return
  }

  // Two writers of 5 and 6 channels: the second one writes whole vectors from channel 5 on, up to 13 of 16 floats.
  // CHECK-LABEL: func.func @slices
  // CHECK:         %[[A:.*]] = kern.alloc : {{(!kern.buffer)?}}<8x8x11, stride 16>
  // CHECK:         kern.slice %[[A]] from 0 : {{(!kern.buffer)?}}<8x8x11, stride 16> -> {{(!kern.buffer)?}}<8x8x5, stride 16>
  // CHECK-NOT:     kern.clear_halo
  func.func @slices(%image: memref<3x8x8xf32>, %w: tensor<16xf32>) {
    %a = kern.alloc : !kern.buffer<8x8x11>
    %low = kern.slice %a from 0 : !kern.buffer<8x8x11> -> !kern.buffer<8x8x5>
    %high = kern.slice %a from 5 : !kern.buffer<8x8x11> -> !kern.buffer<8x8x6>
    kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%low : !kern.buffer<8x8x5>) kernel [1, 1] stride [1, 1] pad [0, 0]
    kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%high : !kern.buffer<8x8x6>) kernel [1, 1] stride [1, 1] pad [0, 0]
    return
  }
}
