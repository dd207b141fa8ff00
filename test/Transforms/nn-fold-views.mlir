// RUN: mnv3-opt --nn-fold-views %s | FileCheck %s

!narrow = tensor<1x5x7x2xf32>
!image = tensor<1x5x7x4xf32>
!wide = tensor<1x5x7x6xf32>

// A view has no memory of its own, so it is not kept.
// CHECK-LABEL: func.func @concat
// CHECK:         nn.concat %arg0, %arg1 view :
// CHECK-NOT:     nn.keep
// CHECK:         return
func.func @concat(%a: !narrow, %b: !narrow) -> !narrow {
  %w = nn.constant dense<1.0> : tensor<2x3x3x4xf32>
  %0 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  nn.keep %0 row 8 : !image
  %1 = nn.conv2d %0, %w stride [1, 1] pad [1, 1, 1, 1] : (!image, tensor<2x3x3x4xf32>) -> !narrow
  return %1 : !narrow
}

// CHECK-LABEL: func.func @concat_in_concat
// CHECK-COUNT-2: nn.concat %{{.*}}, %{{.*}} view :
func.func @concat_in_concat(%a: !narrow, %b: !narrow) -> !narrow {
  %w = nn.constant dense<1.0> : tensor<2x1x1x6xf32>
  %0 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  %1 = nn.concat %0, %b : (!image, !narrow) -> !wide
  %2 = nn.conv2d %1, %w stride [1, 1] pad [0, 0, 0, 0] : (!wide, tensor<2x1x1x6xf32>) -> !narrow
  return %2 : !narrow
}

// cv1 and cv2 of a merged C3: the input of a convolution, its residual, a part of a concat.
// CHECK-LABEL: func.func @slices
// CHECK:         nn.slice %arg0 from 0 view :
// CHECK:         nn.slice %arg0 from 2 view :
// CHECK:         nn.concat %{{.*}}, %{{.*}} view :
func.func @slices(%x: !image) -> !narrow {
  %w = nn.constant dense<1.0> : tensor<2x3x3x2xf32>
  %w3 = nn.constant dense<1.0> : tensor<2x1x1x4xf32>
  %cv2 = nn.slice %x from 0 : (!image) -> !narrow
  %cv1 = nn.slice %x from 2 : (!image) -> !narrow
  %m = nn.conv2d %cv1, %w residual %cv1 stride [1, 1] pad [1, 1, 1, 1] : (!narrow, tensor<2x3x3x2xf32>, !narrow) -> !narrow
  %c = nn.concat %m, %cv2 : (!narrow, !narrow) -> !image
  %y = nn.conv2d %c, %w3 stride [1, 1] pad [0, 0, 0, 0] : (!image, tensor<2x1x1x4xf32>) -> !narrow
  return %y : !narrow
}

// A result of the function is wanted as one image; the keep stays where no view is made.
// CHECK-LABEL: func.func @returned
// CHECK:         %[[C:.*]] = nn.concat %arg0, %arg1 :
// CHECK:         nn.keep %[[C]] row 8
// CHECK:         nn.slice %arg2 from 1 :
func.func @returned(%a: !narrow, %b: !narrow, %c: !image) -> (!image, !narrow) {
  %0 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  nn.keep %0 row 8 : !image
  %1 = nn.slice %c from 1 : (!image) -> !narrow
  return %0, %1 : !image, !narrow
}

// The first is read by a pool as well, the second with a gate, the third as residual, the fourth in a concat that is none.
// CHECK-LABEL: func.func @not_in_parts
// CHECK-NOT:     view
// CHECK:         return
func.func @not_in_parts(%a: !narrow, %b: !narrow, %g: tensor<1x1x1x4xf32>, %x: !image) -> (!image, !image, !image, !image, tensor<1x5x7x8xf32>) {
  %w = nn.constant dense<1.0> : tensor<4x1x1x4xf32>
  %0 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  %1 = nn.conv2d %0, %w stride [1, 1] pad [0, 0, 0, 0] : (!image, tensor<4x1x1x4xf32>) -> !image
  %2 = nn.max_pool %0 window [5, 5] stride [1, 1] pad [2, 2, 2, 2] : (!image) -> !image
  %3 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  %4 = nn.conv2d %3, %w gate %g stride [1, 1] pad [0, 0, 0, 0] : (!image, tensor<4x1x1x4xf32>, tensor<1x1x1x4xf32>) -> !image
  %5 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  %6 = nn.conv2d %x, %w residual %5 stride [1, 1] pad [0, 0, 0, 0] : (!image, tensor<4x1x1x4xf32>, !image) -> !image
  %7 = nn.concat %a, %b : (!narrow, !narrow) -> !image
  %8 = nn.concat %7, %x : (!image, !image) -> tensor<1x5x7x8xf32>
  return %1, %2, %4, %6, %8 : !image, !image, !image, !image, tensor<1x5x7x8xf32>
}

// An upsample, even one that only a convolution reads, makes its image.
// CHECK-LABEL: func.func @upsample
// CHECK:         nn.upsample %arg0 by 2 :
func.func @upsample(%x: tensor<1x3x4x4xf32>) -> tensor<1x6x8x4xf32> {
  %w = nn.constant dense<1.0> : tensor<4x3x3x4xf32>
  %0 = nn.upsample %x by 2 : (tensor<1x3x4x4xf32>) -> tensor<1x6x8x4xf32>
  %1 = nn.conv2d %0, %w stride [1, 1] pad [1, 1, 1, 1] : (tensor<1x6x8x4xf32>, tensor<4x3x3x4xf32>) -> tensor<1x6x8x4xf32>
  return %1 : tensor<1x6x8x4xf32>
}
