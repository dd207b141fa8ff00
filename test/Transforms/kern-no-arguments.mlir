// RUN: mnv3-opt --kern-form-strips --kern-plan-memory %s | FileCheck %s

// Neither picture nor heads: nothing to do, and no crash.
// CHECK-LABEL: func.func @nothing
// CHECK-SAME:    band_rows = 0 : i64
// CHECK-SAME:    run_bytes = 0 : i64
func.func @nothing() {
  return
}
