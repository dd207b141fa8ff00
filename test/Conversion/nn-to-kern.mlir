// RUN: mnv3-opt --convert-nn-to-kern --split-input-file %s | FileCheck %s

// The picture is read by a stem, the head written by a detect; a missing bias is zeros.
// CHECK-LABEL: func.func @stem_and_head(
// CHECK-SAME:    %[[IMAGE:.*]]: memref<3x8x8xf32>, %[[HEAD:.*]]: memref<3x4x4x6xf32>)
// CHECK-SAME:    kern.head_rows = array<i64: -1>
// CHECK-DAG:     %[[BIAS:.*]] = nn.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG:     %[[A:.*]] = kern.alloc : {{(!kern.buffer)?}}<4x4x4>
// CHECK:         kern.stem ins(%[[IMAGE]], %{{.*}}, %[[BIAS]] {{.*}} outs(%[[A]] {{.*}} kernel [3, 3] stride [2, 2] pad [1, 1] act <relu>
// CHECK:         kern.detect ins(%[[A]], {{.*}} outs(%[[HEAD]] {{.*}} stride 2.000000e+00
func.func @stem_and_head(%image: tensor<1x3x8x8xf32>) -> tensor<3x4x4x6xf32> {
  %w = nn.constant dense<1.0> : tensor<4x3x3x3xf32>
  %wd = nn.constant dense<1.0> : tensor<18x1x1x4xf32>
  %bd = nn.constant dense<1.0> : tensor<18xf32>
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %y = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] act <relu> : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32>
  %h = nn.detect %y, %wd bias %bd stride 2.0 anchors [1.0, 1.0, 2.0, 2.0, 3.0, 3.0] : (tensor<1x4x4x4xf32>, tensor<18x1x1x4xf32>, tensor<18xf32>) -> tensor<3x4x4x6xf32>
  return %h : tensor<3x4x4x6xf32>
}

// -----

// A viewed concat of a slice and a whole picture: the convolution sums over both parts, with its filter cut in two.
// CHECK-LABEL: func.func @views
// CHECK:         %[[A:.*]] = kern.alloc : {{(!kern.buffer)?}}<4x4x4>
// CHECK:         kern.stem {{.*}} outs(%[[A]]
// CHECK:         %[[PART:.*]] = kern.slice %[[A]] from 1 : {{(!kern.buffer)?}}<4x4x4> -> {{(!kern.buffer)?}}<4x4x2>
// CHECK-DAG:     %[[W0:.*]] = nn.constant {{.*}} : tensor<5x1x1x2xf32>
// CHECK-DAG:     %[[W1:.*]] = nn.constant {{.*}} : tensor<5x1x1x4xf32>
// CHECK:         kern.conv2d ins(%[[PART]], %[[A]] {{.*}} weights(%[[W0]], %[[W1]]
// CHECK-NOT:     kern.copy
func.func @views(%image: tensor<1x3x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %w = nn.constant dense<1.0> : tensor<4x3x3x3xf32>
  %wc = nn.constant dense<1.0> : tensor<5x1x1x6xf32>
  %wd = nn.constant dense<1.0> : tensor<6x1x1x5xf32>
  %bd = nn.constant dense<1.0> : tensor<6xf32>
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %y = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32>
  %s = nn.slice %y from 1 view : (tensor<1x4x4x4xf32>) -> tensor<1x4x4x2xf32>
  %c = nn.concat %s, %y view : (tensor<1x4x4x2xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x6xf32>
  %z = nn.conv2d %c, %wc stride [1, 1] pad [0, 0, 0, 0] : (tensor<1x4x4x6xf32>, tensor<5x1x1x6xf32>) -> tensor<1x4x4x5xf32>
  %h = nn.detect %z, %wd bias %bd stride 2.0 anchors [1.0, 1.0] : (tensor<1x4x4x5xf32>, tensor<6x1x1x5xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}

// -----

// A concat that is no view is copied together; a kept row becomes a further head; a lone batch norm is a 1x1 depthwise.
// CHECK-LABEL: func.func @copies(
// CHECK-SAME:    memref<3x8x8xf32>, %{{.*}}: memref<1x4x4x6xf32>, %[[ROW:.*]]: memref<1x4x4x8xf32>)
// CHECK-SAME:    kern.head_rows = array<i64: -1, 7>
// CHECK:         %[[C:.*]] = kern.alloc : {{(!kern.buffer)?}}<4x4x8>
// CHECK:         %[[LOW:.*]] = kern.slice %[[C]] from 0
// CHECK:         kern.copy ins(%[[A:.*]] : {{.*}}) outs(%[[LOW]]
// CHECK:         %[[HIGH:.*]] = kern.slice %[[C]] from 4
// CHECK:         kern.copy ins(%[[A]] : {{.*}}) outs(%[[HIGH]]
// CHECK:         kern.copy ins(%[[C]] : {{.*}}) outs(%[[ROW]]
// CHECK:         kern.depthwise ins(%[[C]], {{.*}} kernel [1, 1]
// CHECK:         kern.max_pool
func.func @copies(%image: tensor<1x3x8x8xf32>) -> tensor<1x4x4x6xf32> {
  %w = nn.constant dense<1.0> : tensor<4x3x3x3xf32>
  %v = nn.constant dense<1.0> : tensor<8xf32>
  %wd = nn.constant dense<1.0> : tensor<6x1x1x8xf32>
  %bd = nn.constant dense<1.0> : tensor<6xf32>
  %x = nn.read_planar %image : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %y = nn.conv2d %x, %w stride [2, 2] pad [1, 1, 1, 1] : (tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32>
  %c = nn.concat %y, %y : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x8xf32>
  nn.keep %c row 7 : tensor<1x4x4x8xf32>
  %n = nn.batch_norm %c, %v, %v, %v, %v epsilon 1.0e-3 : (tensor<1x4x4x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x4x4x8xf32>
  %p = nn.max_pool %n window [3, 3] stride [1, 1] pad [1, 1, 1, 1] : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
  %h = nn.detect %p, %wd bias %bd stride 2.0 anchors [1.0, 1.0] : (tensor<1x4x4x8xf32>, tensor<6x1x1x8xf32>, tensor<6xf32>) -> tensor<1x4x4x6xf32>
  return %h : tensor<1x4x4x6xf32>
}
