// The C3 family: two paths, one with modules inside, and their concat.
#include "compiler/Import/ModuleRules.h"

#include <fmt/format.h>

using namespace mlir;

namespace mnv3::import {

namespace {

struct C3Arguments {
  int64_t out, groups, hidden;
  bool shortcut;
};

C3Arguments readC3(RowContext &row, size_t first) { // [..., shortcut, g, e]
  C3Arguments a;
  a.out = row.outputChannels();
  a.shortcut = row.truth(first, "shortcut", true);
  a.groups = row.integer(first + 1, "groups", 1, 65536, 1);
  a.hidden = hiddenChannels(row, first + 2, 0.5, a.out);
  return a;
}

RankedTensorType likeInput(RowContext &row, int64_t channels) { return row.image(channels, row.inputHeight(), row.inputWidth()); }

// Channels that the inner module divides by four.
void checkQuarters(RowContext &row, int64_t hidden, const char *why) {
  if (hidden % 4)
    row.fail(fmt::format("has {} hidden channels, which should divide by 4: {}", hidden, why));
}

template <typename Op>
Value withConvolutions(RowContext &row) { // [c_out, shortcut, g, e], the row's number inside
  C3Arguments a = readC3(row, 1);
  if (a.hidden % a.groups)
    row.fail(fmt::format("{} groups do not divide {} hidden channels", a.groups, a.hidden));
  return make<Op>(row, likeInput(row, a.out), number(row, row.repeats), truth(row, a.shortcut), number(row, a.groups),
                  number(row, a.hidden), act(row.defaultActivation()));
}

} // namespace

Value buildC3(RowContext &row) { return withConvolutions<yolo::C3Op>(row); }
Value buildC3x(RowContext &row) { return withConvolutions<yolo::C3xOp>(row); }
Value buildBottleneckCSP(RowContext &row) { return withConvolutions<yolo::BottleneckCSPOp>(row); }

Value buildC3Ghost(RowContext &row) { // [c_out, shortcut, g, e], of which the inner modules see nothing
  C3Arguments a = readC3(row, 1);
  checkQuarters(row, a.hidden, "they are halved twice");
  return make<yolo::C3GhostOp>(row, likeInput(row, a.out), number(row, row.repeats), number(row, a.hidden), act(row.defaultActivation()));
}

Value buildC3TR(RowContext &row) { // [c_out, shortcut, g, e], of which the inner module sees nothing
  C3Arguments a = readC3(row, 1);
  checkQuarters(row, a.hidden, "there are 4 heads");
  return make<yolo::C3TROp>(row, likeInput(row, a.out), number(row, row.repeats), number(row, a.hidden), act(row.defaultActivation()));
}

Value buildC3SPP(RowContext &row) { // [c_out, [k ...], n, shortcut, g, e]
  SmallVector<int64_t> kernels = oddKernels(row, 1, {5, 9, 13});
  C3Arguments a = readC3(row, 3);
  if (a.hidden < 2)
    row.fail("needs at least 2 hidden channels");
  return make<yolo::C3SPPOp>(row, likeInput(row, a.out), list(row, kernels), number(row, a.hidden), act(row.defaultActivation()));
}

} // namespace mnv3::import
