// RUN: %python -c "import struct, sys; sys.stdout.buffer.write(struct.pack('<4f', 1, 2, 3, -4))" > %t.f32
// RUN: mnv3-reference %s --image %t.f32 -o %t
// RUN: FileCheck --check-prefix=INDEX %s < %t.index
// RUN: %python -c "import struct; print(struct.unpack('<4f', open(r'%t.head0.f32', 'rb').read()))" | FileCheck --check-prefix=HEAD %s
// RUN: %python -c "import struct; print(struct.unpack('<4f', open(r'%t.row7.f32', 'rb').read()))" | FileCheck --check-prefix=ROW %s
// RUN: not mnv3-reference %s --image %s -o %t.no 2>&1 | FileCheck --check-prefix=SIZE %s

// INDEX:      head 0 1x1x2x2
// INDEX-NEXT: row 7 1x1x2x2

// The planes 1 2 and 3 -4 become pixels 1 3 and 2 -4.
// ROW:  (1.0, 3.0, 2.0, -4.0)
// HEAD: (1.0, 3.0, 2.0, 0.0)
// SIZE: error: {{.*}} has {{[0-9]+}} bytes, the picture 16
func.func @net(%picture: tensor<1x2x1x2xf32>) -> tensor<1x1x2x2xf32> {
  %x = nn.read_planar %picture : (tensor<1x2x1x2xf32>) -> tensor<1x1x2x2xf32>
  nn.keep %x row 7 : tensor<1x1x2x2xf32>
  %y = nn.relu %x : tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}
