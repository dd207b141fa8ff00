// RUN: mnv3-opt --nn-lower-depthwise --nn-fold-hard-swish --nn-lower-squeeze-excite --nn-commute-upsample --nn-fold-views %s | FileCheck %s
// RUN: mnv3-opt --kern-form-strips --kern-plan-memory %s | FileCheck %s

// CHECK: func.func private @elsewhere
func.func private @elsewhere(tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32>
