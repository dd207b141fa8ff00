// RUN: mnv3-opt --kern-choose-schedules %s | FileCheck %s
// RUN: mnv3-opt --kern-choose-schedules=for-size=true %s | FileCheck %s --check-prefix=SIZE --implicit-check-not=winograd
// SIZE: func.func @{{w}}inograd
// SIZE: kern.conv2d {{.*}}stride [1, 1] pad [1, 1] schedule

module attributes {kern.target = #kern.target<"x86-64-v4", vectorWidth = 16, vectorRegisters = 32>} {
  // Every kernel gets a schedule; one that has been given stays.
  // CHECK-LABEL: func.func @all
  // CHECK:         kern.depthwise {{.*}} schedule <pixels = {{[1-9].*}}>
  // CHECK:         kern.global_pool {{.*}} schedule <
  // CHECK:         kern.conv2d {{.*}} schedule <pixels = 3, vectors = 1, unroll = 2, rows = 0, channelsOutermost = true>
  func.func @all(%w: tensor<16xf32>) {
    %a = kern.alloc : !kern.buffer<20x20x48, stride 48, halo 1x1>
    %b = kern.alloc : !kern.buffer<20x20x48, stride 48>
    %one = kern.alloc : !kern.buffer<1x1x48, stride 48>
    kern.depthwise ins(%a, %w, %w : !kern.buffer<20x20x48, stride 48, halo 1x1>, tensor<16xf32>, tensor<16xf32>) outs(%b : !kern.buffer<20x20x48, stride 48>) kernel [3, 3] stride [1, 1] pad [1, 1]
    kern.global_pool ins(%b : !kern.buffer<20x20x48, stride 48>) outs(%one : !kern.buffer<1x1x48, stride 48>)
    kern.conv2d ins(%b : !kern.buffer<20x20x48, stride 48>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<20x20x48, stride 48>) kernel [1, 1] stride [1, 1] pad [0, 0] schedule <pixels = 3, vectors = 1, unroll = 2, rows = 0, channelsOutermost = true>
    return
  }

  // 3x3, extents that 4 or 2 divides, many channels: Winograd. Not at 9 x 10.
  // CHECK-LABEL: func.func @winograd
  // CHECK:         kern.conv2d {{.*}}stride [1, 1] pad [1, 1] winograd 4 schedule
  // CHECK:         kern.conv2d {{.*}}stride [2, 2] pad [1, 1] winograd 2 schedule
  // CHECK:         kern.conv2d {{.*}}stride [1, 1] pad [1, 1] winograd 2 schedule
  // CHECK-NOT:     winograd
  func.func @winograd(%w: tensor<16xf32>) {
    %a = kern.alloc : !kern.buffer<20x20x96, stride 96, halo 1x1>
    %b = kern.alloc : !kern.buffer<20x20x96, stride 96>
    %c = kern.alloc : !kern.buffer<10x10x96, stride 96>
    %d = kern.alloc : !kern.buffer<18x20x96, stride 96, halo 1x1>
    %e = kern.alloc : !kern.buffer<18x20x96, stride 96>
    kern.conv2d ins(%a : !kern.buffer<20x20x96, stride 96, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%b : !kern.buffer<20x20x96, stride 96>) kernel [3, 3] stride [1, 1] pad [1, 1]
    kern.conv2d ins(%a : !kern.buffer<20x20x96, stride 96, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%c : !kern.buffer<10x10x96, stride 96>) kernel [3, 3] stride [2, 2] pad [1, 1]
    kern.conv2d ins(%d : !kern.buffer<18x20x96, stride 96, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%e : !kern.buffer<18x20x96, stride 96>) kernel [3, 3] stride [1, 1] pad [1, 1]
    %f = kern.alloc : !kern.buffer<9x10x96, stride 96>
    kern.conv2d ins(%d : !kern.buffer<18x20x96, stride 96, halo 1x1>) weights(%w : tensor<16xf32>) bias(%w : tensor<16xf32>) outs(%f : !kern.buffer<9x10x96, stride 96>) kernel [3, 3] stride [2, 2] pad [1, 1]
    return
  }
}
