// Every op in every form parses, verifies, and prints what it parsed.
// RUN: mnv3-opt %s | mnv3-opt | FileCheck %s

// CHECK-LABEL: func.func @activations
func.func @activations(%x: tensor<1x5x7x3xf32>) {
  // CHECK: nn.relu %{{.*}} : tensor<1x5x7x3xf32>
  %0 = nn.relu %x : tensor<1x5x7x3xf32>
  // CHECK: nn.relu6
  %1 = nn.relu6 %x : tensor<1x5x7x3xf32>
  // CHECK: nn.hard_sigmoid
  %2 = nn.hard_sigmoid %x : tensor<1x5x7x3xf32>
  // CHECK: nn.hard_swish
  %3 = nn.hard_swish %x : tensor<1x5x7x3xf32>
  // CHECK: nn.silu
  %4 = nn.silu %x : tensor<1x5x7x3xf32>
  // CHECK: nn.leaky_relu %{{.*}} slope 1.000000e-01 : tensor<1x5x7x3xf32>
  %5 = nn.leaky_relu %x slope 1.0e-1 : tensor<1x5x7x3xf32>
  return
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<1x5x7x3xf32>, %gate: tensor<1x1x1x3xf32>) {
  // CHECK: nn.add %{{.*}}, %{{.*}} : (tensor<1x5x7x3xf32>, tensor<1x5x7x3xf32>) -> tensor<1x5x7x3xf32>
  %0 = nn.add %x, %x : (tensor<1x5x7x3xf32>, tensor<1x5x7x3xf32>) -> tensor<1x5x7x3xf32>
  // CHECK: nn.mul %{{.*}}, %{{.*}} : (tensor<1x5x7x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x5x7x3xf32>
  %1 = nn.mul %x, %gate : (tensor<1x5x7x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x5x7x3xf32>
  // CHECK: %[[V:.*]] = nn.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>
  %v = nn.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  // CHECK: nn.batch_norm %{{.*}}, %[[V]], %[[V]], %[[V]], %[[V]] epsilon 1.000000e-03
  %2 = nn.batch_norm %x, %v, %v, %v, %v epsilon 1.0e-3
      : (tensor<1x5x7x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x5x7x3xf32>
  return
}

// CHECK-LABEL: func.func @layers
func.func @layers(%x: tensor<1x6x8x4xf32>, %gate: tensor<1x1x1x4xf32>, %residual: tensor<1x6x8x2xf32>,
                  %start: tensor<1x3x4x2xf32>) {
  %w1 = nn.constant dense<1.0> : tensor<2x1x1x4xf32>
  %w3 = nn.constant dense<1.0> : tensor<2x3x3x2xf32>
  %b = nn.constant dense<1.0> : tensor<2xf32>
  // CHECK: nn.conv2d %{{.*}}, %{{.*}} bias %{{.*}} gate %{{.*}} gate_act <hard_swish> residual %{{.*}} start %{{.*}} stride [1, 1] pad [0, 0, 0, 0] act <leaky_relu, 1.000000e-01> :
  %0 = nn.conv2d %x, %w1 bias %b gate %gate gate_act <hard_swish> residual %residual start %start
      stride [1, 1] pad [0, 0, 0, 0] act <leaky_relu, 1.0e-1>
      : (tensor<1x6x8x4xf32>, tensor<2x1x1x4xf32>, tensor<2xf32>, tensor<1x1x1x4xf32>, tensor<1x6x8x2xf32>, tensor<1x3x4x2xf32>) -> tensor<1x6x8x2xf32>
  // CHECK: nn.conv2d %{{.*}}, %{{.*}} stride [2, 1] pad [2, 2, 2, 2] {dilation = 2 : i64, groups = 2 : i64} :
  %1 = nn.conv2d %x, %w3 stride [2, 1] pad [2, 2, 2, 2] {dilation = 2, groups = 2}
      : (tensor<1x6x8x4xf32>, tensor<2x3x3x2xf32>) -> tensor<1x3x8x2xf32>
  %d = nn.constant dense<1.0> : tensor<3x3x4xf32>
  %b4 = nn.constant dense<1.0> : tensor<4xf32>
  // CHECK: nn.depthwise_conv2d %{{.*}}, %{{.*}} bias %{{.*}} stride [2, 2] pad [0, 1, 0, 1] act <relu> :
  %2 = nn.depthwise_conv2d %x, %d bias %b4 stride [2, 2] pad [0, 1, 0, 1] act <relu>
      : (tensor<1x6x8x4xf32>, tensor<3x3x4xf32>, tensor<4xf32>) -> tensor<1x3x4x4xf32>
  // CHECK: nn.global_avg_pool
  %3 = nn.global_avg_pool %x : (tensor<1x6x8x4xf32>) -> tensor<1x1x1x4xf32>
  %fc = nn.constant dense<1.0> : tensor<2x4xf32>
  // CHECK: nn.fully_connected %{{.*}}, %{{.*}} bias %{{.*}} act <hard_sigmoid> :
  %4 = nn.fully_connected %3, %fc bias %b act <hard_sigmoid>
      : (tensor<1x1x1x4xf32>, tensor<2x4xf32>, tensor<2xf32>) -> tensor<1x1x1x2xf32>
  return
}

// Rounded down, the pool has 2 rows of windows; rounded up (ceil_mode), 3.
// CHECK-LABEL: func.func @shapes
func.func @shapes(%picture: tensor<1x3x5x4xf32>, %x: tensor<1x5x4x3xf32>) {
  // CHECK: nn.read_planar %{{.*}} : (tensor<1x3x5x4xf32>) -> tensor<1x5x4x3xf32>
  %0 = nn.read_planar %picture : (tensor<1x3x5x4xf32>) -> tensor<1x5x4x3xf32>
  // CHECK: nn.max_pool %{{.*}} window [2, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x5x4x3xf32>) -> tensor<1x2x2x3xf32>
  %1 = nn.max_pool %x window [2, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x5x4x3xf32>) -> tensor<1x2x2x3xf32>
  // CHECK: nn.max_pool {{.*}} -> tensor<1x3x2x3xf32>
  %2 = nn.max_pool %x window [2, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x5x4x3xf32>) -> tensor<1x3x2x3xf32>
  // CHECK: nn.upsample %{{.*}} by 2 : (tensor<1x5x4x3xf32>) -> tensor<1x10x8x3xf32>
  %3 = nn.upsample %x by 2 : (tensor<1x5x4x3xf32>) -> tensor<1x10x8x3xf32>
  // CHECK: nn.upsample %{{.*}} by 2 view :
  %4 = nn.upsample %x by 2 view : (tensor<1x5x4x3xf32>) -> tensor<1x10x8x3xf32>
  // CHECK: nn.concat %{{.*}}, %{{.*}} view : (tensor<1x5x4x3xf32>, tensor<1x5x4x3xf32>) -> tensor<1x5x4x6xf32>
  %5 = nn.concat %x, %0 view : (tensor<1x5x4x3xf32>, tensor<1x5x4x3xf32>) -> tensor<1x5x4x6xf32>
  // CHECK: nn.slice %{{.*}} from 4 view : (tensor<1x5x4x6xf32>) -> tensor<1x5x4x2xf32>
  %6 = nn.slice %5 from 4 view : (tensor<1x5x4x6xf32>) -> tensor<1x5x4x2xf32>
  // CHECK: nn.interleave %{{.*}}, %{{.*}} : (tensor<1x5x4x3xf32>, tensor<1x5x4x3xf32>) -> tensor<1x5x4x6xf32>
  %7 = nn.interleave %x, %0 : (tensor<1x5x4x3xf32>, tensor<1x5x4x3xf32>) -> tensor<1x5x4x6xf32>
  // CHECK: nn.space_to_depth %{{.*}} by 2 : (tensor<1x10x8x3xf32>) -> tensor<1x5x4x12xf32>
  %8 = nn.space_to_depth %3 by 2 : (tensor<1x10x8x3xf32>) -> tensor<1x5x4x12xf32>
  // CHECK: nn.depth_to_space %{{.*}} by [2, 3] crop [1, 0] : (tensor<1x5x4x12xf32>) -> tensor<1x9x12x2xf32>
  %9 = nn.depth_to_space %8 by [2, 3] crop [1, 0] : (tensor<1x5x4x12xf32>) -> tensor<1x9x12x2xf32>
  // CHECK: nn.attention %{{.*}}, %{{.*}}, %{{.*}} heads 3 : tensor<1x5x4x12xf32>
  %10 = nn.attention %8, %8, %8 heads 3 : tensor<1x5x4x12xf32>
  // CHECK: nn.keep %{{.*}} row 7 : tensor<1x5x4x2xf32>
  nn.keep %6 row 7 : tensor<1x5x4x2xf32>
  return
}

// CHECK-LABEL: func.func @head
func.func @head(%x: tensor<1x5x7x4xf32>) -> tensor<2x5x7x6xf32> {
  %w = nn.constant dense_resource<detect_weights> : tensor<12x1x1x4xf32>
  %b = nn.constant dense<1.0> : tensor<12xf32>
  // CHECK: nn.detect %{{.*}}, %{{.*}} bias %{{.*}} stride 8.000000e+00 anchors [1.000000e+01, 1.300000e+01, 1.600000e+01, 3.000000e+01] :
  %0 = nn.detect %x, %w bias %b stride 8.0 anchors [10.0, 13.0, 16.0, 30.0]
      : (tensor<1x5x7x4xf32>, tensor<12x1x1x4xf32>, tensor<12xf32>) -> tensor<2x5x7x6xf32>
  return %0 : tensor<2x5x7x6xf32>
}
