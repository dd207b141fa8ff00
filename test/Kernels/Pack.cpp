#include "test/Kernels/Pack.h"

#include <cstddef>

namespace mnv3::codegen::test {
namespace {

// Calls pack(o, y, x, i, value) in row-major order with o up to a multiple of `tile`; values there are zero.
template <typename At>
std::vector<float> inOrder(std::vector<int> extents, At &&at) {
  std::vector<float> values;
  std::vector<int> index(extents.size());
  for (;;) {
    values.push_back(at(index));
    size_t d = extents.size();
    while (d > 0 && ++index[d - 1] == extents[d - 1])
      index[--d] = 0;
    if (d == 0)
      return values;
  }
}

int ceilDiv(int a, int b) { return (a + b - 1) / b; }
using Index = const std::vector<int> &;

} // namespace

std::vector<float> packConv(const Filter &f, int tile) {
  return inOrder({ceilDiv(f.outputs, tile), f.rows, f.columns, f.inputs, tile}, [&](Index n) {
    const int o = n[0] * tile + n[4];
    return o < f.outputs ? f.at(o, n[1], n[2], n[3]) : 0;
  });
}

std::vector<float> packWinograd(const Filter &f, int tile, int stride, int outputs) {
  const std::vector<std::vector<double>> g43 = {{1. / 4, 0, 0},
                                                {-1. / 6, -1. / 6, -1. / 6},
                                                {-1. / 6, 1. / 6, -1. / 6},
                                                {1. / 24, 1. / 12, 1. / 6},
                                                {1. / 24, -1. / 12, 1. / 6},
                                                {0, 0, 1}},
                                         g23 = {{1, 0, 0}, {1. / 2, 1. / 2, 1. / 2}, {1. / 2, -1. / 2, 1. / 2}, {0, 0, 1}},
                                         g42 = {{1. / 2, 0}, {-1. / 2, -1. / 2}, {-1. / 6, 1. / 6}, {1. / 6, 1. / 3}, {0, 1}},
                                         g22 = {{1, 0}, {1, 1}, {0, 1}};
  const std::vector<std::vector<double>> &g = stride == 1 ? (outputs == 4 ? g43 : g23) : (outputs == 4 ? g42 : g22);
  struct Product {
    int row, column, a, b; // of the phase, of the point
  };
  std::vector<Product> products;
  for (int row = 0; row < stride; ++row)
    for (int column = 0; column < stride; ++column)
      for (int a = 0; a < int(g.size()) - row; ++a)
        for (int b = 0; b < int(g.size()) - column; ++b)
          products.push_back({row, column, a, b});
  return inOrder({int(products.size()), ceilDiv(f.outputs, tile), f.inputs, tile}, [&](Index n) -> float {
    const int o = n[1] * tile + n[3];
    const Product &p = products[n[0]];
    double sum = 0;
    for (int y = p.row; y < 3 && o < f.outputs; y += stride)
      for (int x = p.column; x < 3; x += stride)
        sum += g[p.a][y / stride] * g[p.b][x / stride] * f.at(o, y, x, n[2]);
    return float(sum);
  });
}

std::vector<float> packDepthwise(const Filter &f, int vector) {
  return inOrder({ceilDiv(f.outputs, vector), f.rows, f.columns, vector}, [&](Index n) {
    const int c = n[0] * vector + n[3];
    return c < f.outputs ? f.at(c, n[1], n[2], 0) : 0;
  });
}

std::vector<float> packStem(const Filter &f, int vector) {
  return inOrder({ceilDiv(f.outputs, vector), f.inputs, f.rows, f.columns, vector}, [&](Index n) {
    const int o = n[0] * vector + n[4];
    return o < f.outputs ? f.at(o, n[2], n[3], n[1]) : 0;
  });
}

std::vector<float> packDetect(const Filter &f, int tile, int dotted) {
  const int whole = f.outputs - dotted;
  std::vector<float> packed = inOrder({ceilDiv(whole, tile), f.inputs, tile}, [&](Index n) {
    const int o = n[0] * tile + n[2];
    return o < whole ? f.at(o, 0, 0, n[1]) : 0;
  });
  for (int o = whole; o < f.outputs; ++o)
    for (int i = 0; i < f.inputs; ++i)
      packed.push_back(f.at(o, 0, 0, i));
  return packed;
}

std::vector<float> padTo(std::vector<float> values, int multiple, float with) {
  values.resize(size_t(ceilDiv(int(values.size()), multiple)) * multiple, with);
  return values;
}

} // namespace mnv3::codegen::test
