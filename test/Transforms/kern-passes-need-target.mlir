// RUN: not mnv3-opt --kern-assign-layout %s 2>&1 | FileCheck %s
// RUN: not mnv3-opt --kern-choose-schedules %s 2>&1 | FileCheck %s
// RUN: not mnv3-opt --kern-pack-weights %s 2>&1 | FileCheck %s
// RUN: not mnv3-opt --kern-plan-memory %s 2>&1 | FileCheck %s --check-prefix=LAYOUT
// CHECK: has no kern.target
// LAYOUT: has no layout: kern-assign-layout comes first
func.func @run(%image: memref<3x8x8xf32>) {
  %a = kern.alloc : !kern.buffer<8x8x4>
  return
}
