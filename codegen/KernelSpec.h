// The contract between the two halves of code generation: MLIR (dialects/Kern, codegen/Emit) says what a kernel must
// compute and where its operands lie, Halide (codegen/Kernels) makes it. Neither half sees the other's headers.
//
// All operands are float, all strides and offsets are in floats. A picture in the arena is NHWC:
//
//        pixelStride (>= channels, a multiple of the vector width)
//        <------>
//       +--------+--------+--------+
//  row  | pixel  | pixel  | ...    |   rowStride floats from a row to the next
//       +--------+--------+--------+
//
// A kernel that writes a picture writes whole vectors (see lanesOf): lanes between `channels` and the next multiple of the vector
// width receive act(0 + 0) (packed weights and biases are zero there), never another picture's data. Those that only move
// floats between pixels and channels (interleave, spaceToDepth, depthToSpace) and attention leave such lanes as they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mnv3::codegen {

enum class Activation { none, relu, relu6, leakyRelu, hardSigmoid, hardSwish, silu };

// An NHWC operand as a kernel sees it.
struct Picture {
  int channels = 0, pixelStride = 0, rowStride = 0;
  int alignment = 64; // bytes, of the first float and of every pixel: 64 in whole pictures, less in a channel slice

  bool operator==(const Picture &) const = default;
};

enum class Family {
  conv2d,         // direct convolution, one or more inputs (a concat is summed part by part)
  winograd,       // 3x3 with stride 1 or 2 on tiles of `factor` x `factor` outputs, which divide height and width; one input
  depthwise,      // each channel with its own filter
  stem,           // convolution that reads the caller's dense planar picture, and minds its borders
  globalPool,     // mean over the picture
  fullyConnected, // matrix times vector
  maxPool,        // window maximum; borders are clamped (outside counts as -inf)
  upsample,       // nearest neighbour, integer factor
  copy,           // picture into a picture (or into a dense head, --keep-rows)
  interleave,     // channel j * inputs + i of the result is channel j of input i
  spaceToDepth,   // factor x factor pixels become channels
  depthToSpace,   // channels become strideY x strideX pixels; the result begins at pixel (padTop, padLeft) of that
  attention,      // softmax(query . key / sqrt(channels / heads)) . value in each head, pixels are tokens
  elementwise,    // act(input * gate) + residual as a pass of its own
  detect          // 1x1 convolution into a dense head [anchor][row][column][field]
};

// The numbers a schedule needs; what they mean is said where each family is scheduled. 0: not used.
struct Schedule {
  int pixels = 0;   // output pixels (Winograd: tiles) a register tile
  int vectors = 0;  // channel vectors a register tile
  int unroll = 0;   // reduction steps unrolled
  int rows = 0;     // rows a tile (depthwise), tile rows a band (Winograd)
  bool channelsOutermost = false; // loop over channel tiles outside the loop over pixels: weights stay in cache

  bool operator==(const Schedule &) const = default;
};

struct KernelSpec {
  Family family = Family::conv2d;
  int height = 0, width = 0;   // of the result
  std::vector<Picture> inputs; // conv2d: 1 or more; stem: one, channels = planes, strides unused
  int inputHeight = 0, inputWidth = 0; // of the input (stem, globalPool, maxPool); conv2d and depthwise derive it
  Picture output;              // detect and dense copies: pixelStride = channels (fields)
  int kernelH = 1, kernelW = 1, strideY = 1, strideX = 1, dilation = 1;
  int padTop = 0, padLeft = 0; // stem and maxPool (others are handed a pointer to the first halo pixel); depthToSpace: the crop
  int factor = 1;              // upsample; spaceToDepth: pixels of a block; attention: heads; winograd: 2 or 4
  int anchors = 0;             // detect; output.channels is fields
  Activation activation = Activation::none;
  float slope = 0;             // leakyRelu
  bool hasBias = true;         // conv2d with a start has none
  bool hasGate = false;        // conv2d, elementwise: input channel c is multiplied by gate[c] as it is loaded,
  Activation gateActivation = Activation::none; // ... and this is applied to the product
  bool hasResidual = false, hasStart = false;
  Picture residual;            // conv2d, winograd, elementwise: added after the activation
  Picture start;               // conv2d: accumulators begin with start(c, x / 2, y / 2) instead of the bias
  Schedule schedule;

  bool operator==(const KernelSpec &) const = default;
};

// How the operands of a family follow one another, behind the first row to make and how many (KernelInfo::rowStep), of a stem the
// floats from one plane of its picture to the next, and of what is made in steps the step, the share and the logarithm of how many
// shares there are (KernelInfo::steps); all plain pointers to the whole pictures (a stem's may have those rows only that it reads):
//   conv2d          input0, weights0, [input1, weights1, ...] [bias] [gate] [residual] [start] output
//   winograd        input, weights, bias, [residual] output
//   depthwise, stem, detect, fullyConnected    input, weights, bias, output
//   globalPool, maxPool, upsample, copy, spaceToDepth, depthToSpace        input, output
//   interleave      input0, input1, ... output
//   attention       query, key, value, output
//   elementwise     input, [gate] [residual] output
// and last, where the kernel needs it, a scratch pointer (64-byte aligned, KernelInfo::scratchBytes).
// input of conv2d, winograd and depthwise points at the pixel that meets the filter's first tap: the halo's corner.
//
// How weights are packed, with V the lanes of the output (detect: the target's vector width), VC = V * schedule.vectors,
// outputs padded with zeros to a multiple of VC (conv2d, winograd, detect) or V (the others); bias likewise:
//   conv2d          [output / VC][kernelH][kernelW][input][VC]                    one such array for each input
//   winograd        [product][output / VC][input][VC], U = G g G^T computed in double; the products are points, row by row, of the one
//                   phase with stride 1, and with stride 2 of each phase in turn (even and odd rows, of these even and odd columns)
//   depthwise       [channel / V][kernelH * kernelW][V]
//   stem            [output / V][plane][kernelH][kernelW][V]
//   fullyConnected  [output / VC][input][VC], where VC divides the outputs padded to V
//   detect          [output / VC][input][VC], of all outputs but the last dottedOutputs; of those [output][input]
struct KernelTarget {
  std::string name;       // "x86-64-v4", "cortex-m7": picks the Halide target
  int vectorWidth = 4;    // floats in a vector register: 16, 8, 4; 4 as well where floats have registers of their own,
  int vectorRegisters = 32; // ... of which four then count as one
  std::string cpu = {};     // LLVM's name of the processor, for which schedules may have been tuned
};

// The lanes in which a picture's pixels are processed: vectors of the target, or half vectors of 8 where a pixel has no
// more than 8 channels, as the first rows of these networks do at their largest extents. Packed weights follow `output`'s.
inline int lanesOf(const Picture &picture, const KernelTarget &target) {
  return target.vectorWidth == 16 && picture.pixelStride == 8 ? 8 : target.vectorWidth;
}

// Detect: the outputs (anchors * fields, the last ones) that are summed as dot products over the channels of a pixel, because they would
// fill less than a quarter of a vector that holds outputs.
inline int dottedOutputs(const KernelSpec &spec, const KernelTarget &target) {
  const int outputs = spec.anchors * spec.output.channels, last = outputs % target.vectorWidth;
  return outputs > last && last * 4 <= target.vectorWidth && spec.inputs[0].channels % 4 == 0 ? last : 0;
}

// What threads do not share by rows of the output: steps that need the whole of the one before (Winograd's transforms and products), or
// an output that is one pixel.
inline bool isMadeInSteps(Family family) {
  return family == Family::winograd || family == Family::fullyConnected || family == Family::globalPool;
}

struct KernelInfo {
  // C function `int symbol(int32_t first_row, int32_t rows, [int32_t plane,] [int32_t step, int32_t share, int32_t shift,] void *, ...)`
  std::string symbol;
  int rowStep = 0;    // a call may make some rows of the output only: as many as this, or more; from a multiple of it on. 0: all of them
  // isMadeInSteps: a call takes one of so many steps for a band, bandRows rows or less, and does one of 1 << shift shares of it; all
  // share the scratch. 0: a call makes its rows
  int steps = 0, bandRows = 0;
  // For a call that makes rowStep rows, twice as many, ...; the last one holds for any more. None: no scratch argument.
  std::vector<int64_t> scratchBytes;

  int64_t scratchFor(int rows) const {
    const size_t steps = rowStep ? std::max(1, (rows + rowStep - 1) / rowStep) : 1;
    return scratchBytes.empty() ? 0 : scratchBytes[std::min(steps, scratchBytes.size()) - 1];
  }
};

// Rows and columns of the input that so many of the result are made from, in a family that slides a window.
inline int inputRows(const KernelSpec &spec, int rows) { return (rows - 1) * spec.strideY + (spec.kernelH - 1) * spec.dilation + 1; }
inline int inputColumns(const KernelSpec &spec, int columns) { return (columns - 1) * spec.strideX + (spec.kernelW - 1) * spec.dilation + 1; }

// A name for a spec that is the same in every run: family, shape and a hash of everything.
std::string kernelSymbol(const KernelSpec &spec);

// What it computes, for people: "conv2d 1x1, 16 -> 40x40x8, input * gate, relu of that, + residual".
std::string kernelSummary(const KernelSpec &spec);

// What kernels are made as: modules of LLVM bitcode, or C++ over codegen/Kernels/Prologue.h, where a kernel returns nothing.
enum class KernelForm { bitcode, cpp };

// Changes a module of bitcode in the process that made it, the how manieth (0 or 1) is `share`; false, with a reason in `error`, if
// it cannot.
using FinishBitcode = std::function<bool(std::string &bitcode, int share, std::string &error)>;

// Code of kernels: pieces that define each symbol once, to be linked together. The last may still be in the making, in another process.
class KernelCode {
public:
  using Wait = std::function<bool(std::string &piece, std::string &error)>;

  KernelCode() = default;
  explicit KernelCode(std::vector<std::string> made, Wait waitForLast = {}) : made(std::move(made)), waitForLast(std::move(waitForLast)) {}

  // All of them, once the last is made; null, with a reason in `error`, if it cannot be.
  const std::vector<std::string> *pieces(std::string &error) {
    if (waitForLast) {
      std::string last;
      if (!waitForLast(last, error))
        return nullptr;
      if (!last.empty())
        made.push_back(std::move(last));
      waitForLast = {};
    }
    return &made;
  }

private:
  std::vector<std::string> made;
  Wait waitForLast;
};

// Makes all kernels (equal ones once). Specs are trusted: they come from verified IR. result[i] belongs to specs[i]. On failure returns
// false and says why in `error`.
bool generateKernels(const std::vector<KernelSpec> &specs, const KernelTarget &target, KernelForm form, std::vector<KernelInfo> &result,
                     KernelCode &code, std::string &error, const FinishBitcode &finish = {});

} // namespace mnv3::codegen
