#include "codegen/Schedules/Machine.h"
#include "codegen/Schedules/Schedules.h"

#include <algorithm>

namespace mnv3::codegen {
namespace {

// Enough for four cores to be busy to the end although one begins late or is disturbed, few enough that weights are not
// read too often.
constexpr int mostStrips = 8;

// Multiply-adds of some twenty microseconds: handing out a strip takes one or two, and its first tiles wait for the weights.
constexpr int64_t leastWork = 1000000;

// And of so many that two threads are faster than one: two microseconds. A round of the POSIX pool takes a third of one on Zen 3.
constexpr int64_t worthTwo = 100000;

// Multiply-adds in a row of the output. What only moves floats counts as if it took four for each, as long as memory takes.
int64_t workOfRow(const KernelSpec &spec) {
  const int64_t outputs = int64_t(spec.width) * spec.output.channels, taps = int64_t(spec.kernelH) * spec.kernelW;
  int64_t inputs = 0;
  for (const Picture &input : spec.inputs)
    inputs += input.channels;
  switch (spec.family) {
  case Family::conv2d:
  case Family::stem:
    return outputs * taps * inputs;
  case Family::fullyConnected: // each weight serves once
    return outputs * inputs * 4;
  case Family::globalPool:
    return outputs * spec.inputHeight * spec.inputWidth * 4;
  case Family::winograd:
    return outputs * taps * inputs / 4;
  case Family::detect:
    return outputs * inputs * spec.anchors;
  case Family::depthwise:
  case Family::maxPool:
    return outputs * std::max<int64_t>(taps, 4);
  default:
    return outputs * 4;
  }
}

} // namespace

int chooseStrips(const KernelSpec &spec, const KernelTarget &target, int rowStep) {
  if (hasOneCore(target))
    return 1; // further strips would only want scratch of their own
  const int64_t work = workOfRow(spec) * spec.height;
  const int64_t possible = isMadeInSteps(spec.family) ? mostStrips : spec.height / rowStep;
  const int64_t most = std::min<int64_t>({mostStrips, possible, std::max<int64_t>(work / leastWork, work >= worthTwo ? 2 : 1)});
  int strips = 1;
  while (2 * strips <= most)
    strips *= 2;
  return strips;
}

} // namespace mnv3::codegen
