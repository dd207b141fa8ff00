// Times every kernel shape of the small model at 640x640 against the machine's multiply-add peak.
//
//     kernel-bench [--target NAME] [--cpu CPU] [--repeats N] [--sweep] [FILTER]     shapes whose name contains FILTER
//
// --sweep tries schedules around the default one and prints the best: evidence for codegen/Schedules, not a table to copy.
#include "codegen/Schedules/RegisterBudget.h"
#include "codegen/Schedules/Schedules.h"
#include "test/Kernels/Convolutions.h"
#include "test/Kernels/Passes.h"
#include "test/Kernels/Run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

using namespace mnv3::codegen;
using namespace mnv3::codegen::test;

namespace {

struct Shape {
  std::string name;
  double macs; // of the direct convolution
  std::function<Case(Schedule)> make;
};

class Shapes {
public:
  explicit Shapes(const KernelTarget &target) : target(target) {}
  std::vector<Shape> all;

  void conv(Convolution wanted) {
    double macs = 0;
    for (int channels : wanted.inputs)
      macs += double(wanted.height) * wanted.width * channels * wanted.outputs * wanted.kernelH * wanted.kernelW;
    all.push_back({wanted.name, macs, [=, this](Schedule schedule) mutable {
                     wanted.schedule = schedule;
                     return makeConvolution(wanted, target, false);
                   }});
  }
  void depthwise(Convolution wanted) {
    double macs = double(wanted.height) * wanted.width * wanted.inputs[0] * wanted.kernelH * wanted.kernelW;
    all.push_back({wanted.name, macs, [=, this](Schedule schedule) mutable {
                     wanted.schedule = schedule;
                     return makeDepthwiseCase(wanted, target, false);
                   }});
  }
  void other(const std::string &name, double macs, std::function<Case()> make) {
    all.push_back({name, macs, [=](Schedule schedule) {
                     Case result = make();
                     if (!(schedule == Schedule()))
                       result.spec.schedule = schedule;
                     return result;
                   }});
  }
  // Expand, depthwise, project of a MobileNetV3 row.
  void bottleneck(int row, int size, int stride, int kernel, int in, int hidden, int out, bool gate, Activation act) {
    const std::string name = std::to_string(row);
    const int small = size / stride;
    conv({.name = name + ".expand", .height = size, .width = size, .inputs = {in}, .outputs = hidden, .activation = act,
          .output = {.halo = kernel / 2}});
    depthwise({.name = name + ".depthwise", .height = small, .width = small, .inputs = {hidden}, .kernelH = kernel,
               .kernelW = kernel, .stride = stride, .activation = gate ? Activation::none : act});
    if (gate)
      other(name + ".pool", 0, [=, this] {
        return makePass(Family::globalPool, {.name = "", .inputHeight = small, .inputWidth = small, .channels = hidden}, target);
      });
    conv({.name = name + ".project", .height = small, .width = small, .inputs = {hidden}, .outputs = out, .gate = gate,
          .residual = stride == 1 && in == out, .gateActivation = gate ? act : Activation::none});
  }
  // A C3 of one bottleneck; `upsampled` channels of its input come from half the resolution.
  void c3(int row, int size, int in, int hidden, int upsampled, int out) {
    const std::string name = std::to_string(row);
    const Activation silu = Activation::silu;
    if (upsampled)
      conv({.name = name + ".cv12-start", .height = size / 2, .width = size / 2, .inputs = {upsampled}, .outputs = 2 * hidden});
    conv({.name = name + ".cv12", .height = size, .width = size, .inputs = {in - upsampled}, .outputs = 2 * hidden,
          .activation = silu, .start = upsampled > 0});
    conv({.name = name + ".m1", .height = size, .width = size, .inputs = {hidden}, .outputs = hidden, .activation = silu,
          .output = {.halo = 1}});
    for (int winograd : {0, 4})
      conv({.name = name + (winograd ? ".m2-winograd" : ".m2-direct"), .height = size, .width = size, .inputs = {hidden},
            .outputs = hidden, .kernelH = 3, .kernelW = 3, .activation = silu, .winograd = winograd});
    conv({.name = name + ".cv3", .height = size, .width = size, .inputs = {2 * hidden}, .outputs = out, .activation = silu});
  }
  void detect(int level, int size, int in) {
    other("26.detect" + std::to_string(level), double(size) * size * in * 33, [=, this] {
      return makeDetectCase({.name = "", .height = size, .width = size, .inputs = in}, target, false);
    });
  }

private:
  KernelTarget target;
};

std::vector<Shape> smallModel(const KernelTarget &target) {
  static std::vector<Shapes *> kept; // cases refer to their maker
  Shapes *shapes = kept.emplace_back(new Shapes(target));
  const Activation relu = Activation::relu, hardSwish = Activation::hardSwish, silu = Activation::silu;
  shapes->other("0.stem", 320. * 320 * 27 * 8, [=] {
    return makeStemCase({.name = "", .inputHeight = 640, .inputWidth = 640}, target, false);
  });
  shapes->bottleneck(1, 320, 2, 3, 8, 16, 8, true, relu);
  shapes->bottleneck(2, 160, 2, 3, 8, 72, 16, false, relu);
  shapes->bottleneck(3, 80, 1, 3, 16, 88, 16, false, relu);
  shapes->bottleneck(4, 80, 2, 5, 16, 96, 24, true, hardSwish);
  shapes->bottleneck(5, 40, 1, 5, 24, 240, 24, true, hardSwish);
  shapes->bottleneck(7, 40, 1, 5, 24, 120, 24, true, hardSwish);
  shapes->bottleneck(8, 40, 1, 5, 24, 144, 24, true, hardSwish);
  shapes->bottleneck(9, 40, 2, 5, 24, 288, 48, true, hardSwish);
  shapes->bottleneck(10, 20, 1, 5, 48, 576, 48, true, hardSwish);
  shapes->other("10.fc1", 576. * 144, [=] { return makeFullyConnectedCase("", 576, 144, relu, target); });
  shapes->other("10.fc2", 576. * 144, [=] { return makeFullyConnectedCase("", 144, 576, Activation::hardSigmoid, target); });
  shapes->conv({.name = "12", .height = 20, .width = 20, .inputs = {48}, .outputs = 48, .activation = silu});
  shapes->c3(15, 40, 72, 36, 48, 72);
  shapes->conv({.name = "16", .height = 40, .width = 40, .inputs = {72}, .outputs = 72, .activation = silu});
  shapes->c3(19, 80, 88, 44, 72, 88);
  shapes->detect(0, 80, 88);
  for (int winograd : {0, 2, 4})
    shapes->conv({.name = "20.winograd" + std::to_string(winograd), .height = 40, .width = 40, .inputs = {88}, .outputs = 88,
                  .kernelH = 3, .kernelW = 3, .stride = 2, .activation = silu, .winograd = winograd});
  shapes->c3(22, 40, 160, 80, 0, 160);
  shapes->detect(1, 40, 160);
  for (int winograd : {0, 2, 4})
    shapes->conv({.name = "23.winograd" + std::to_string(winograd), .height = 20, .width = 20, .inputs = {160}, .outputs = 160,
                  .kernelH = 3, .kernelW = 3, .stride = 2, .activation = silu, .winograd = winograd});
  shapes->c3(25, 20, 208, 104, 0, 208);
  shapes->detect(2, 20, 208);
  return shapes->all;
}

// Gflop/s of multiply-adds in registers: twelve chains hide a latency of four at three a cycle.
#define TWELVE(x) x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11)
double peak(const KernelTarget &target) {
  double best = 1e30;
  const long steps = 100000;
#if defined(__x86_64__)
  for (int i = 0; i < 200; ++i) {
    auto start = std::chrono::steady_clock::now();
    for (long step = 0; step < steps; ++step) {
#define WIDE(n) "vfmadd231ps %%zmm15, %%zmm15, %%zmm" #n "\n"
#define NARROW(n) "vfmadd231ps %%ymm15, %%ymm15, %%ymm" #n "\n"
      if (target.vectorWidth == 16)
        asm volatile(TWELVE(WIDE)::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
      else
        asm volatile(TWELVE(NARROW)::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
    }
    best = std::min(best, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count());
  }
#endif
  return 2.0 * 12 * target.vectorWidth * steps / best;
}

std::string text(const Schedule &s) {
  char buffer[100];
  std::snprintf(buffer, sizeof buffer, "P%d C%d u%d R%d%s", s.pixels, s.vectors, s.unroll, s.rows, s.channelsOutermost ? " outer" : "");
  return buffer;
}

} // namespace

int main(int count, char **arguments) {
  std::string targetName = "x86-64-v4", cpu = "znver4", filter;
  int repeats = 200;
  bool sweep = false;
  for (int i = 1; i < count; ++i) {
    if (!std::strcmp(arguments[i], "--target") && i + 1 < count)
      targetName = arguments[++i];
    else if (!std::strcmp(arguments[i], "--cpu") && i + 1 < count)
      cpu = arguments[++i];
    else if (!std::strcmp(arguments[i], "--repeats") && i + 1 < count)
      repeats = std::atoi(arguments[++i]);
    else if (!std::strcmp(arguments[i], "--sweep"))
      sweep = true;
    else
      filter = arguments[i];
  }
  for (const TestTarget &target : testTargets()) {
    if (target.kernels.name != targetName)
      continue;
    const double flops = peak(target.kernels);
    std::printf("peak %.1f GF/s\n", flops);
    std::vector<Case> cases;
    std::vector<Shape> shapes;
    for (const Shape &shape : smallModel(target.kernels))
      if (shape.name.find(filter) != std::string::npos) {
        shapes.push_back(shape);
        cases.push_back(shape.make({}));
      }
    auto line = [&](const Shape &shape, const Schedule &schedule, double time) {
      std::printf("%-16s %8.1f us %6.1f %%  %s\n", shape.name.c_str(), time / 1e3, 2 * shape.macs / time / flops * 100,
                  text(schedule).c_str());
    };
    if (!sweep) {
      std::vector<double> times = measure(cases, target, repeats, cpu);
      double sum = 0;
      for (size_t i = 0; i < times.size(); ++i) {
        line(shapes[i], cases[i].spec.schedule, times[i]);
        sum += times[i];
      }
      std::printf("sum %.3f ms\n", sum / 1e6);
      continue;
    }
    for (size_t i = 0; i < shapes.size(); ++i) {
      std::vector<Case> tried;
      for (const Schedule &schedule : scheduleCandidates(cases[i].spec, target.kernels))
        tried.push_back(shapes[i].make(schedule));
      std::vector<double> times = measure(tried, target, repeats, cpu);
      std::vector<size_t> order(tried.size());
      for (size_t k = 0; k < order.size(); ++k)
        order[k] = k;
      std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return times[a] < times[b]; });
      line(shapes[i], tried[0].spec.schedule, times[0]);
      for (size_t k = 0; k < std::min<size_t>(order.size(), 6); ++k) {
        std::printf("    ");
        line(shapes[i], tried[order[k]].spec.schedule, times[order[k]]);
      }
    }
  }
}
