// RUN: mnv3-opt --kern-form-strips --split-input-file %s | FileCheck %s

// The expanded picture %b is the peak: 1x1 -> 3x3 stride 2 depthwise -> 1x1 runs in strips. A strip of the depthwise result
// needs twice its rows of %b and one above; below a stride of 2 needs none. Above the first strip and at the columns there are
// zeros; the second strip makes the row above it again.
// CHECK-LABEL: func.func @block
// CHECK:         %[[IN:.*]] = kern.alloc : <32x32x8, stride 8>
// CHECK:         %[[OUT:.*]] = kern.alloc : <16x16x8, stride 8>
// CHECK:         %[[B:.*]] = kern.alloc : <[[ROWS:[0-9]+]]x32x64, stride 64, halo 1x1>
// CHECK:         kern.clear_halo %[[B]]
// CHECK:         %[[A0:.*]] = kern.rows %[[IN]] from 0 :
// CHECK:         %[[B0:.*]] = kern.rows %[[B]] from 0 :
// CHECK:         kern.conv2d ins(%[[A0]] {{.*}} outs(%[[B0]] {{.*}} {whole_rows = 32 : i64}
// CHECK:         kern.depthwise {{.*}} {whole_rows = 16 : i64}
// CHECK:         kern.rows %[[OUT]] from 0 :
// CHECK:         kern.conv2d {{.*}} {whole_rows = 16 : i64}
// CHECK:         kern.rows %[[IN]] from {{[0-9]*[13579]}} :
// CHECK:         kern.rows %[[B]] from -1 :
// CHECK:         kern.conv2d {{.*}} {whole_rows = 32 : i64}
func.func @block(%image: memref<3x32x32xf32>, %head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64, halo 1x1>
  %c = kern.alloc : !kern.buffer<16x16x64, stride 64>
  %d = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.clear_halo %b : !kern.buffer<32x32x64, stride 64, halo 1x1>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64, halo 1x1>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.depthwise ins(%b, %w, %w : !kern.buffer<32x32x64, stride 64, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%c : !kern.buffer<16x16x64, stride 64>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.conv2d ins(%c : !kern.buffer<16x16x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%d : !kern.buffer<16x16x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%d, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// -----

// The same, but the mean of the depthwise result is wanted before the last convolution: that reads whole pictures.
// CHECK-LABEL: func.func @pooled
// CHECK:         kern.depthwise {{.*}} outs(%{{.*}} : <16x16x64, stride 64>) kernel [3, 3] stride [2, 2] pad [1, 1]{{$}}
// CHECK-NOT:     kern.rows
func.func @pooled(%image: memref<3x16x16xf32>, %head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64, halo 1x1>
  %c = kern.alloc : !kern.buffer<16x16x64, stride 64>
  %p = kern.alloc : !kern.buffer<1x1x64, stride 64>
  %d = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.depthwise ins(%b, %w, %w : !kern.buffer<32x32x64, stride 64, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%c : !kern.buffer<16x16x64, stride 64>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.global_pool ins(%c : !kern.buffer<16x16x64, stride 64>) outs(%p : !kern.buffer<1x1x64, stride 64>)
  kern.conv2d ins(%c : !kern.buffer<16x16x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) gate(%p : !kern.buffer<1x1x64, stride 64>) outs(%d : !kern.buffer<16x16x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%d, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// -----

// Winograd makes four rows at a time: it may begin a chain, but not where its reader needs a row beyond the strip.
// CHECK-LABEL: func.func @winograd
// CHECK-COUNT-2: kern.conv2d {{.*}} winograd 4 {whole_rows = 16 : i64}
// CHECK-LABEL: func.func @winograd_before_window
// CHECK-NOT:     kern.rows
func.func @winograd(%head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<16x16x16, stride 16, halo 1x1>
  %b = kern.alloc : !kern.buffer<16x16x64, stride 64>
  %c = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.clear_halo %a : !kern.buffer<16x16x16, stride 16, halo 1x1>
  kern.conv2d ins(%a : !kern.buffer<16x16x16, stride 16, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<16x16x64, stride 64>) kernel [3, 3] stride [1, 1] pad [1, 1] winograd 4
  kern.conv2d ins(%b : !kern.buffer<16x16x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%c : !kern.buffer<16x16x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%c, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}
func.func @winograd_before_window(%head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<16x16x16, stride 16, halo 1x1>
  %b = kern.alloc : !kern.buffer<16x16x64, stride 64, halo 1x1>
  %c = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.conv2d ins(%a : !kern.buffer<16x16x16, stride 16, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<16x16x64, stride 64, halo 1x1>) kernel [3, 3] stride [1, 1] pad [1, 1] winograd 4
  kern.conv2d ins(%b : !kern.buffer<16x16x64, stride 64, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%c : !kern.buffer<16x16x8, stride 8>) kernel [3, 3] stride [1, 1] pad [1, 1]
  kern.detect ins(%c, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// -----

// The chain is not the peak: nothing changes.
// CHECK-LABEL: func.func @elsewhere
// CHECK-NOT:     kern.rows
func.func @elsewhere(%image: memref<3x64x64xf32>, %head: memref<1x64x64x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<64x64x64, stride 64>
  %b = kern.alloc : !kern.buffer<8x8x8, stride 8>
  %c = kern.alloc : !kern.buffer<8x8x8, stride 8>
  %d = kern.alloc : !kern.buffer<8x8x8, stride 8>
  kern.stem ins(%image, %w, %w : memref<3x64x64xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<64x64x64, stride 64>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%a, %w, %w : !kern.buffer<64x64x64, stride 64>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x64x64x6xf32>) stride 1.0 anchors [1.0, 1.0]
  kern.conv2d ins(%b : !kern.buffer<8x8x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%c : !kern.buffer<8x8x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.conv2d ins(%c : !kern.buffer<8x8x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%d : !kern.buffer<8x8x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

// Somebody reads %b once more, later: it must be whole.
// CHECK-LABEL: func.func @read_later
// CHECK-NOT:     kern.rows
func.func @read_later(%head: memref<1x32x32x64xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64>
  %c = kern.alloc : !kern.buffer<32x32x8, stride 8>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.conv2d ins(%b : !kern.buffer<32x32x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%c : !kern.buffer<32x32x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.copy ins(%b : !kern.buffer<32x32x64, stride 64>) outs(%head : memref<1x32x32x64xf32>)
  return
}

// -----

// A stem begins a chain, too. It is handed the whole picture, and the row with which its strip begins; from the second strip on that is
// the row above it.
// CHECK-LABEL: func.func @stem
// CHECK:         %[[A:.*]] = kern.alloc : <[[ROWS:[0-9]+]]x32x8, stride 8, halo
// CHECK:         %[[A0:.*]] = kern.rows %[[A]] from 0 :
// CHECK:         kern.stem ins(%arg0, {{.*}} outs(%[[A0]] {{.*}} {first_row = 0 : i64, whole_rows = 32 : i64}
// CHECK:         kern.depthwise {{.*}} {whole_rows = 16 : i64}
// CHECK:         %[[A1:.*]] = kern.rows %[[A]] from -1 :
// CHECK:         kern.stem ins(%arg0, {{.*}} outs(%[[A1]] {{.*}} {first_row = {{[0-9]*[13579]}} : i64, whole_rows = 32 : i64}
func.func @stem(%image: memref<3x32x32xf32>, %head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64, halo 1x1>
  %c = kern.alloc : !kern.buffer<16x16x64, stride 64>
  %d = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.stem ins(%image, %w, %w : memref<3x32x32xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<32x32x8, stride 8>) kernel [3, 3] stride [1, 1] pad [1, 1]
  kern.clear_halo %b : !kern.buffer<32x32x64, stride 64, halo 1x1>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64, halo 1x1>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.depthwise ins(%b, %w, %w : !kern.buffer<32x32x64, stride 64, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%c : !kern.buffer<16x16x64, stride 64>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.conv2d ins(%c : !kern.buffer<16x16x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%d : !kern.buffer<16x16x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%d, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// -----

// With a large picture, which det_detect keeps in the arena while the stem runs, the chain begins behind the stem: it has gone by then.
// CHECK-LABEL: func.func @stem_of_large_picture
// CHECK:         kern.stem {{.*}} pad [1, 1]{{$}}
// CHECK-NOT:     kern.stem
// CHECK:         kern.depthwise {{.*}} {whole_rows = 16 : i64}
func.func @stem_of_large_picture(%image: memref<3x256x256xf32>, %head: memref<1x16x16x6xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64, halo 1x1>
  %c = kern.alloc : !kern.buffer<16x16x64, stride 64>
  %d = kern.alloc : !kern.buffer<16x16x8, stride 8>
  kern.stem ins(%image, %w, %w : memref<3x256x256xf32>, tensor<16xf32>, tensor<16xf32>) outs(%a : !kern.buffer<32x32x8, stride 8>) kernel [3, 3] stride [8, 8] pad [1, 1]
  kern.clear_halo %b : !kern.buffer<32x32x64, stride 64, halo 1x1>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64, halo 1x1>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.depthwise ins(%b, %w, %w : !kern.buffer<32x32x64, stride 64, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%c : !kern.buffer<16x16x64, stride 64>) kernel [3, 3] stride [2, 2] pad [1, 1]
  kern.conv2d ins(%c : !kern.buffer<16x16x64, stride 64>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%d : !kern.buffer<16x16x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.detect ins(%d, %w, %w : !kern.buffer<16x16x8, stride 8>, tensor<16xf32>, tensor<16xf32>) outs(%head : memref<1x16x16x6xf32>) stride 1.0 anchors [1.0, 1.0]
  return
}

// -----

// The second kernel does not read what the first one makes, it makes it anew.
// CHECK-LABEL: func.func @overwritten
// CHECK-NOT:     kern.rows
func.func @overwritten(%image: memref<3x32x32xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}

// -----

// The second input ends long before the last strip begins.
// CHECK-LABEL: func.func @short_input
// CHECK-NOT:     kern.rows
func.func @short_input(%image: memref<3x32x32xf32>) {
  %w = kern.weights dense<0.0> : tensor<16xf32>
  %a = kern.alloc : !kern.buffer<32x32x8, stride 8>
  %b = kern.alloc : !kern.buffer<32x32x64, stride 64>
  %c = kern.alloc : !kern.buffer<4x32x8, stride 8>
  %d = kern.alloc : !kern.buffer<32x32x8, stride 8>
  kern.conv2d ins(%a : !kern.buffer<32x32x8, stride 8>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<32x32x64, stride 64>) kernel [1, 1] stride [1, 1] pad [0, 0]
  kern.conv2d ins(%b, %c : !kern.buffer<32x32x64, stride 64>, !kern.buffer<4x32x8, stride 8>) weights(%w, %w : tensor<16xf32>, tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%d : !kern.buffer<32x32x8, stride 8>) kernel [1, 1] stride [1, 1] pad [0, 0]
  return
}
