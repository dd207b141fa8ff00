// RUN: mnv3-opt --kern-form-strips --kern-plan-memory %s | FileCheck %s

// Neither picture nor heads: nothing to do, and no crash.
// CHECK-LABEL: func.func @nothing
// CHECK-SAME:    band_rows = 0 : i64
// CHECK-SAME:    run_bytes = 0 : i64
func.func @nothing() {
  return
}

// Detect reads a buffer whose place the caller chose.
// CHECK-LABEL: func.func @other_buffer
func.func @other_buffer(%a: !kern.buffer<8x8x8, stride 8>, %head: memref<1x8x8x6xf32>, %w: tensor<8xf32>) {
  kern.detect ins(%a, %w, %w : !kern.buffer<8x8x8, stride 8>, tensor<8xf32>, tensor<8xf32>) outs(%head : memref<1x8x8x6xf32>) stride 8.0 anchors [1.0, 2.0]
  return
}
