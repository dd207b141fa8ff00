// RUN: mnv3-opt --convert-nn-to-kern --split-input-file %s | FileCheck %s
// A plain convolution reads the caller's picture as it lies there. Others get a copy, made once.

// CHECK-LABEL: func.func @plain
// CHECK-NOT: nn.constant dense<{{.*}}> : tensor<3x1x1x3xf32>
// CHECK: kern.stem {{.*}} kernel [3, 3] stride [2, 2]
func.func @plain(%picture: tensor<1x3x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %x = nn.read_planar %picture : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %w = nn.constant dense<1.0> : tensor<4x3x3x3xf32>
  %y = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32>
  %f = nn.constant dense<1.0> : tensor<6x1x1x4xf32>
  %b = nn.constant dense<1.0> : tensor<6xf32>
  %h = nn.detect %y, %f bias %b stride 2.0 anchors [1.0, 2.0] : (tensor<1x4x4x4xf32>, tensor<6x1x1x4xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}

// -----

// CHECK-LABEL: func.func @copied
// CHECK: kern.stem {{.*}} kernel [1, 1] stride [1, 1]
// CHECK-NOT: kern.stem
// CHECK: kern.max_pool
// CHECK-NOT: kern.stem
// CHECK: kern.space_to_depth
func.func @copied(%picture: tensor<1x3x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %x = nn.read_planar %picture : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %p = nn.max_pool %x window [2, 2] stride [2, 2] pad [0, 0, 0, 0] : (tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32>
  %s = nn.space_to_depth %x by 2 : (tensor<1x8x8x3xf32>) -> tensor<1x4x4x12xf32>
  %y = nn.concat %p, %s view : (tensor<1x4x4x3xf32>, tensor<1x4x4x12xf32>) -> tensor<1x4x4x15xf32>
  %f = nn.constant dense<1.0> : tensor<6x1x1x15xf32>
  %b = nn.constant dense<1.0> : tensor<6xf32>
  %h = nn.detect %y, %f bias %b stride 2.0 anchors [1.0, 2.0] : (tensor<1x4x4x15xf32>, tensor<6x1x1x15xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}
