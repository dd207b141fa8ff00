// RUN: mnv3-opt --nn-merge-siblings --mlir-print-local-scope %s | FileCheck %s

!image = tensor<1x5x7x2xf32>
!weights = tensor<1x1x1x2xf32>
!narrow = tensor<1x5x7x1xf32>
#row = loc("model.yaml":9:4)
#other_row = loc("model.yaml":10:4)

// cv1 and cv2 of a C3: the later one's filter comes first. The missing bias is zero.
// CHECK-LABEL: func.func @siblings
// CHECK-DAG:     %[[W:.*]] = nn.constant dense<{{\[\[\[\[}}3.000000e+00, 4.000000e+00]]], {{\[\[\[}}1.000000e+00, 2.000000e+00]]]]> : tensor<2x1x1x2xf32>
// CHECK-DAG:     %[[B:.*]] = nn.constant dense<[0.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK:         %[[Y:.*]] = nn.conv2d %arg0, %[[W]] bias %[[B]] stride [1, 1] pad [0, 0, 0, 0] act <silu>
// CHECK-DAG:     %[[CV2:.*]] = nn.slice %[[Y]] from 0
// CHECK-DAG:     %[[CV1:.*]] = nn.slice %[[Y]] from 1
// CHECK-DAG:     nn.keep %[[CV1]] row 9
// CHECK-DAG:     %[[M:.*]] = nn.relu %[[CV1]]
// CHECK:         nn.concat %[[M]], %[[CV2]]
func.func @siblings(%x: !image) -> !image {
  %w1 = nn.constant dense<[[[[1.0, 2.0]]]]> : !weights
  %b1 = nn.constant dense<7.0> : tensor<1xf32>
  %1 = nn.conv2d %x, %w1 bias %b1 stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!image, !weights, tensor<1xf32>) -> !narrow loc(#row)
  nn.keep %1 row 9 : !narrow
  %m = nn.relu %1 : !narrow
  %w2 = nn.constant dense<[[[[3.0, 4.0]]]]> : !weights
  %2 = nn.conv2d %x, %w2 stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!image, !weights) -> !narrow loc("cv2"(#row))
  %3 = nn.concat %m, %2 : (!narrow, !narrow) -> !image loc(#row)
  return %3 : !image
}

// CHECK-LABEL: func.func @two_rows
// CHECK-COUNT-2: nn.conv2d
// CHECK:         return
func.func @two_rows(%x: !image) -> (!narrow, !narrow) {
  %w = nn.constant dense<1.0> : !weights
  %1 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !narrow loc(#row)
  %2 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !narrow loc(#other_row)
  return %1, %2 : !narrow, !narrow
}

// CHECK-LABEL: func.func @two_activations
// CHECK-COUNT-2: nn.conv2d
// CHECK:         return
func.func @two_activations(%x: !image) -> (!narrow, !narrow) {
  %w = nn.constant dense<1.0> : !weights
  %1 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] act <silu> : (!image, !weights) -> !narrow loc(#row)
  %2 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !narrow loc(#row)
  return %1, %2 : !narrow, !narrow
}

// A stride, and an image that only one of them reads.
// CHECK-LABEL: func.func @not_siblings
// CHECK-COUNT-3: nn.conv2d
// CHECK:         return
func.func @not_siblings(%x: !image, %z: !image) -> (!narrow, tensor<1x3x4x1xf32>, !narrow) {
  %w = nn.constant dense<1.0> : !weights
  %1 = nn.conv2d %x, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !narrow loc(#row)
  %2 = nn.conv2d %x, %w stride [2, 2] pad [0, 0, 0, 0] : (!image, !weights) -> tensor<1x3x4x1xf32> loc(#row)
  %3 = nn.conv2d %z, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, !weights) -> !narrow loc(#row)
  return %1, %2, %3 : !narrow, tensor<1x3x4x1xf32>, !narrow
}
