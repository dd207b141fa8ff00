// RUN: mnv3-opt --kern-plan-memory %s | FileCheck %s

// a lives for the stem and the first copy, b for both copies, c for the second and the detect: a and c share their place.
// Beside the 3 x 64 x 4 bytes of the network alone, det_detect has the letterbox' lines (192 bytes) and a band of the picture (768 bytes: all
// of its 8 rows) until the stem has read it.
// CHECK-LABEL: func.func @run
// CHECK-SAME:    kern.arena = {band_at = {{[0-9]+}} : i64, band_rows = 8 : i64, bytes = [[BYTES:[0-9]+]] : i64, candidates_at = {{[0-9]+}} : i64
// CHECK-SAME:    candidates_bytes = {{[0-9]+}} : i64, lines_at = {{[0-9]+}} : i64, lower_bound = [[BYTES]] : i64, run_bytes = 3072 : i64, run_lower_bound = 3072 : i64
// CHECK:         kern.alloc at [[A:[0-9]+]] : {{(!kern.buffer)?}}<8x8x4, stride 4>
// CHECK:         kern.alloc at {{[0-9]+}} : {{(!kern.buffer)?}}<8x8x4, stride 4>
// CHECK:         kern.alloc at {{[0-9]+}} : {{(!kern.buffer)?}}<8x8x4, stride 4>
// CHECK:         kern.stem {{.*}} {band = 32 : i64, live_bytes = 1984 : i64}
// CHECK:         kern.copy {{.*}} {live_bytes = 3072 : i64, scratch_at = {{[0-9]+}} : i64, scratch_bytes = array<i64: 1000>}
func.func @run(%image: memref<3x8x8xf32>, %head: memref<1x8x8x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %b = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %c = kern.alloc : !kern.buffer<8x8x4, stride 4>
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x4, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.copy ins(%a : !kern.buffer<8x8x4, stride 4>) outs(%b : !kern.buffer<8x8x4, stride 4>)
  kern.copy ins(%b : !kern.buffer<8x8x4, stride 4>) outs(%c : !kern.buffer<8x8x4, stride 4>) {scratch_bytes = array<i64: 1000>}
  kern.detect ins(%c, %w, %w : !kern.buffer<8x8x4, stride 4>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x8x8x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// What Detect reads stays until det_detect has asked it for boxes, so a, b and c cannot share; without Detect they do.
// CHECK-LABEL: func.func @detect
// CHECK-SAME:    run_bytes = 3072 : i64, run_lower_bound = 3072 : i64
// CHECK-LABEL: func.func @copy
// CHECK-SAME:    run_bytes = 2048 : i64, run_lower_bound = 2048 : i64
func.func @detect(%image: memref<3x8x8xf32>, %head: memref<1x8x8x6xf32>, %kept: memref<8x8x4xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %b = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %c = kern.alloc : !kern.buffer<8x8x4, stride 4>
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x4, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%a, %w, %w : !kern.buffer<8x8x4, stride 4>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x8x8x6xf32>) stride 1.0 anchors [1.0, 1.0]
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<8x8x4, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.copy ins(%b : !kern.buffer<8x8x4, stride 4>) outs(%c : !kern.buffer<8x8x4, stride 4>)
  kern.copy ins(%c : !kern.buffer<8x8x4, stride 4>) outs(%kept : memref<8x8x4xf32>)
  return
}
func.func @copy(%image: memref<3x8x8xf32>, %head: memref<8x8x4xf32>, %kept: memref<8x8x4xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %b = kern.alloc : !kern.buffer<8x8x4, stride 4>
  %c = kern.alloc : !kern.buffer<8x8x4, stride 4>
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<8x8x4, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.copy ins(%a : !kern.buffer<8x8x4, stride 4>) outs(%head : memref<8x8x4xf32>)
  kern.stem ins(%image, %w, %w : memref<3x8x8xf32>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<8x8x4, stride 4>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.copy ins(%b : !kern.buffer<8x8x4, stride 4>) outs(%c : !kern.buffer<8x8x4, stride 4>)
  kern.copy ins(%c : !kern.buffer<8x8x4, stride 4>) outs(%kept : memref<8x8x4xf32>)
  return
}

// Each strip has scratch of its own, and there are as many as fit below the peak (or 0.8 % above it): here 10240 bytes at the second copy, where the
// first copy has 8192 with the scratch of one strip. Two strips have room, not eight.
// CHECK-LABEL: func.func @strips
// CHECK-SAME:    run_bytes = 10240 : i64, run_lower_bound = 10240 : i64
// CHECK:         kern.copy {{.*}} {live_bytes = 10240 : i64, row_step = 1 : i64, scratch_at = {{[0-9]+}} : i64, scratch_bytes = array<i64: 2048>, strips = 2 : i64}
// CHECK:         kern.copy {{.*}} {live_bytes = 10240 : i64, row_step = 1 : i64, scratch_at = {{[0-9]+}} : i64, scratch_bytes = array<i64: 4096>, strips = 1 : i64}
func.func @strips(%head: memref<8x8x4xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x12, stride 12>
  %b = kern.alloc : !kern.buffer<8x8x12, stride 12>
  kern.copy ins(%a : !kern.buffer<8x8x12, stride 12>) outs(%b : !kern.buffer<8x8x12, stride 12>) {row_step = 1 : i64, scratch_bytes = array<i64: 2048>, strips = 8 : i64}
  kern.copy ins(%b : !kern.buffer<8x8x12, stride 12>) outs(%a : !kern.buffer<8x8x12, stride 12>) {row_step = 1 : i64, scratch_bytes = array<i64: 4096>, strips = 4 : i64}
  return
}

// A kernel whose strips need less scratch the more of them there are. Two of 2048 and four of 1024 bytes are no more
// than the 4096 that the whole picture takes without threads; eight of 640 are.
// CHECK-LABEL: func.func @strips_need_less
// CHECK-SAME:    run_bytes = 10240 : i64, run_lower_bound = 10240 : i64
// CHECK:         kern.copy {{.*}} {live_bytes = 10240 : i64, row_step = 1 : i64, scratch_at = {{[0-9]+}} : i64, scratch_bytes = array<i64: 4096, 2048, 1024, 640>, strips = 4 : i64}
func.func @strips_need_less(%head: memref<8x8x4xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x12, stride 12>
  %b = kern.alloc : !kern.buffer<8x8x12, stride 12>
  kern.copy ins(%a : !kern.buffer<8x8x12, stride 12>) outs(%b : !kern.buffer<8x8x12, stride 12>) {row_step = 1 : i64, scratch_bytes = array<i64: 4096, 2048, 1024, 640>, strips = 8 : i64}
  kern.copy ins(%b : !kern.buffer<8x8x12, stride 12>) outs(%a : !kern.buffer<8x8x12, stride 12>)
  return
}

// The stem is the peak: of the picture there is as little as can be, the 9 rows of 640 pixels that four rows of a 3x3 stem with stride 2
// read. Of a picture with more or fewer than three planes there is nothing, as no frame becomes one.
// CHECK-LABEL: func.func @band
// CHECK-SAME:    band_rows = 9 : i64
// CHECK-SAME:    lower_bound = 13189120 : i64, run_bytes = 13107200 : i64
// CHECK:         kern.stem {{.*}} {band = 4 : i64, live_bytes = 13189120 : i64}
// CHECK-LABEL: func.func @no_band
// CHECK-SAME:    band_rows = 0 : i64
// CHECK-SAME:    lower_bound = 13107200 : i64, run_bytes = 13107200 : i64
func.func @band(%image: memref<3x640x640xf32>, %kept: memref<320x320x32xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<320x320x32, stride 32>
  kern.stem ins(%image, %w, %w : memref<3x640x640xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<320x320x32, stride 32>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.copy ins(%a : !kern.buffer<320x320x32, stride 32>) outs(%kept : memref<320x320x32xf32>)
  return
}
func.func @no_band(%image: memref<1x640x640xf32>, %kept: memref<320x320x32xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<320x320x32, stride 32>
  kern.stem ins(%image, %w, %w : memref<1x640x640xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<320x320x32, stride 32>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.copy ins(%a : !kern.buffer<320x320x32, stride 32>) outs(%kept : memref<320x320x32xf32>)
  return
}
