// One C++ source: the runtime's text, the kernels, the weights or the way to them, the tables, and the driver.
#include "codegen/Emit/Driver.h"
#include "runtime/RuntimeBitcode.h"

#include <fmt/format.h>

#include <array>

using namespace mlir;

namespace mnv3::codegen {
namespace {

constexpr const char *layout = R"(// {stem}.cpp, made by mnv3c {version} for {target}, from
// {source}.
//
// Needs {needs}, and g++ or clang++ for C++11 or later:
//
//     {compile}
//
// -O1, -O2 and -Os will do, too, but not -ffast-math, which would change what it computes. Optimised, it calls nothing that does not
// stand here: both compilers are told below not to make memset of a loop.
#include "{stem}.h"
#ifdef __aarch64__
#include <arm_neon.h>
#endif

#ifndef __clang__
#pragma GCC optimize("no-tree-loop-distribute-patterns", "no-strict-aliasing") // no memset; the arena holds now this, now that
#endif
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wpsabi"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wpass-failed" // not every level of optimisation unrolls
#endif

namespace {{

// ---- The runtime: frames to pictures, logits to boxes. Each operation is rounded by itself.

#ifdef __clang__
#pragma clang fp contract(off)
#else
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#endif

{declarations}
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_builtin)), apply_to = function) // no memset; of definitions only
#endif

{runtime}
#ifdef __clang__
#pragma clang attribute pop
#pragma clang fp contract(on)
#else
#pragma GCC pop_options
#endif

// ---- What the kernels are written in.

{prologue}
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_builtin)), apply_to = function) // no memset
#endif

// ---- The kernels, in the order in which they run first. Each makes `rows` rows of its output, from `first_row` on, or
// one of 1 << `shift` shares of a step on the way to them.
{kernels}
// ---- The network.

// The rows that a strip makes of a picture, or of a stem's band: as many steps as the next, or one more; what is less than a step goes to
// the last.
struct mnv3_rows {{
  int32_t first, count;
}};

mnv3_rows mnv3_rows_of(const mnv3_run *run, int32_t strip, int32_t height, int32_t steps, int32_t step) {{
  const int32_t first = (strip * steps >> run->shift) * step;
  const int32_t end = (strip + 1) >> run->shift ? height : ((strip + 1) * steps >> run->shift) * step;
  return {{first, end - first}};
}}
mnv3_rows mnv3_rows_of_band(const mnv3_run *run, int32_t strip) {{
  const int32_t before = strip * run->rows >> run->shift;
  return {{run->first_row + before, ((strip + 1) * run->rows >> run->shift) - before}};
}}

// So many bytes behind the start of the arena, the weights, the picture or a head. It may lie before that: a strip's first row is not
// always the picture's.
float *at(const void *base, ptrdiff_t bytes) {{ return (float *)((uintptr_t)base + (uintptr_t)bytes); }}

#ifdef __clang__
#pragma clang attribute pop
#endif

}} // namespace

{weights}{driver}{tables}{entries}
#pragma GCC diagnostic pop
)";

constexpr const char *incbinLayout = R"(#ifndef {macro}_WEIGHTS_FILE
#define {macro}_WEIGHTS_FILE "{stem}.weights" // looked for where the compiler runs, and in its -I folders
#endif
__asm__(".pushsection .rodata.{name}_weights, \"a\"\n"
        ".globl {name}_weights_file\n"
        ".hidden {name}_weights_file\n"
        ".balign 64\n"
        "{name}_weights_file:\n"
        ".incbin \"" {macro}_WEIGHTS_FILE "\"\n"
        ".size {name}_weights_file, . - {name}_weights_file\n"
        ".popsection\n");
extern "C" __attribute__((visibility("hidden"))) const uint8_t {name}_weights_file[];

)";

constexpr const char *entryLayout = R"(
mnv3_status {name}_run(const float *image, float *const *heads, void *arena, const mnv3_hooks *hooks) {{
  return mnv3_run_network(&{name}_model, image, heads, arena, hooks);
}}

mnv3_status {name}_detect(const mnv3_image *frame, const mnv3_detect_options *options, mnv3_box *boxes, int32_t capacity, int32_t *count,
    void *arena, const mnv3_hooks *hooks) {{
  return mnv3_detect(&{name}_model, frame, options, boxes, capacity, count, arena, hooks);
}}
)";

constexpr const char *checkLayout = R"(
mnv3_status {name}_check_weights(const void *weights, size_t bytes) {{
  return mnv3_check_weights(weights, bytes, 0x{layout:x}u, {bytes}u);
}}
)";

// How a byte stands in a string literal where the next may be a digit.
const std::array<std::string, 256> &escapes() {
  static const std::array<std::string, 256> all = [] {
    std::array<std::string, 256> made;
    for (unsigned byte = 0; byte < 256; ++byte)
      made[byte] = byte >= ' ' && byte < 127 && byte != '"' && byte != '\\' && byte != '?' ? std::string(1, static_cast<char>(byte))
                                                                                          : fmt::format("\\{:03o}", byte);
    return made;
  }();
  return all;
}

std::string quoted(StringRef bytes) {
  std::string literal = "\"";
  size_t line = 0;
  for (const char byte : bytes) {
    if (literal.size() - line > 130) {
      literal += "\"\n  \"";
      line = literal.size() - 3;
    }
    literal += escapes()[static_cast<unsigned char>(byte)];
  }
  return literal + "\"";
}

std::string weightsText(const WeightBlob &weights, const EmitOptions &options, const std::string &stem) {
  using fmt::arg;
  if (options.weights == WeightsIn::caller)
    return "";
  if (options.weights == WeightsIn::assembler)
    return fmt::format(fmt::runtime(incbinLayout), arg("name", options.name), arg("macro", upper(options.name)), arg("stem", stem));
  return fmt::format("alignas(64) static const uint8_t {}_weights[] =\n  {};\n\n", options.name, quoted(weights.bytes));
}

std::string strings(const std::string &name, const std::vector<std::string> &values) {
  std::string text = fmt::format("const char *const {}[{}] = {{", name, values.size());
  for (const std::string &value : values)
    text += "\n  " + quoted(value) + ",";
  return text + "\n};\n";
}

std::string braced(const std::vector<std::string> &items) { return fmt::format("{{{}}}", fmt::join(items, ", ")); }

// What ModelData.cpp lays out in LLVM.
std::string tables(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options) {
  const std::string &name = options.name;
  std::vector<Head> heads = headsOf(function);
  auto arena = function->getAttrOfType<DictionaryAttr>("kern.arena");
  auto number = [&](const char *key) { return arena.getAs<IntegerAttr>(key).getInt(); };
  auto image = cast<MemRefType>(function.getArgument(0).getType());
  std::vector<std::string> shapes, strides, anchors, rows, detect, classes = classNamesOf(function);
  size_t pairs = 0, levels = 0;
  for (const Head &head : heads) {
    pairs = std::max(pairs, head.anchors.size() / 2);
    levels += head.row < 0;
  }
  for (const Head &head : heads) {
    shapes.push_back(fmt::format("{{{}}}", fmt::join(head.shape, ", ")));
    strides.push_back(fmt::format("{}", head.stride));
    std::vector<std::string> sides(pairs, "{0, 0}"); // a kept row has none
    for (size_t i = 0; i + 1 < head.anchors.size(); i += 2)
      sides[i / 2] = fmt::format("{{{:#}f, {:#}f}}", head.anchors[i], head.anchors[i + 1]);
    anchors.push_back(braced(sides));
    rows.push_back(std::to_string(head.row));
  }
  const size_t count = heads.size();
  std::string text = strings(name + "_class_names", classes);
  if (options.profile)
    text += strings(name + "_kernel_names", kernelNames(function));
  text += fmt::format("const int32_t {}_head_shape[{}][4] = {};\n", name, count, braced(shapes));
  text += fmt::format("const float {}_strides[{}] = {};\n", name, count, braced(strides));
  text += fmt::format("const float {}_anchors[{}][{}][2] = {};\n", name, count, pairs, braced(anchors));
  if (levels < count)
    text += fmt::format("const int32_t {}_head_row[{}] = {};\n", name, count, braced(rows));
  for (const Level &level : levelsOf(function, weights))
    detect.push_back(fmt::format("\n  {{{}, {}, {}, {}, {}, {}, {}, {}, 0}}", level.input, level.weights, level.bias, level.channels,
                                 level.pixelStride, level.rowStride, level.tile, level.tiled));
  text += "\n// What Detect reads: where its picture, weights and biases are; channels; strides; outputs a tile of weights, outputs in tiles.\n";
  text += fmt::format("static const mnv3_level {}_levels[{}] = {};\n", name, levels, fmt::format("{{{}}}", fmt::join(detect, ",")));
  const bool bare = options.weights == WeightsIn::code;
  const std::string where = options.weights == WeightsIn::caller ? "0" : name + (bare ? "_weights" : "_weights_file");
  return text + fmt::format("static const mnv3_model {0}_model = {{\n"
                            "  {0}_head_shape, {0}_strides, {0}_anchors[0][0], {0}_levels, {0}_network, {1},\n"
                            "  0x{2:x}u, // layout of the weights' file\n"
                            "  {3}, {4}, {5}, {6}, // where the picture's band, the letterbox' lines and candidates are, bytes of those\n"
                            "  {7}, {8}, {9}, {10}, {11}, {12} // width, height, classes, levels, heads, rows of a band\n"
                            "}};\n",
                            name, where, bare ? 0 : layoutHash(function, weights),
                            number("band_at"), number("lines_at"), number("candidates_at"), number("candidates_bytes"),
                            image.getDimSize(2), image.getDimSize(1), classes.size(), levels, heads.size(), number("band_rows"));
}

// LLVM's features as people ask clang++ for them; where it has no name for one, as clang++ asks itself.
std::string clangFlags(const Target &target) {
  std::string flags, letters;
  SmallVector<StringRef> features;
  StringRef(target.features).split(features, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : features) {
    if (feature == "+neon")
      flags += " -mfpu=neon";
    else if (feature == "+simd128")
      flags += " -msimd128";
    else if (StringRef(target.triple).starts_with("riscv") && feature.size() == 2 && feature[0] == '+')
      letters += feature[1];
    else
      flags += " -Xclang -target-feature -Xclang " + feature.str();
  }
  return (letters.empty() ? "" : " -march=rv64i" + letters) + flags;
}

// The command that makes an object for the target.
std::string compileCommand(const Target &target, const std::string &stem) {
  StringRef name = target.kernels.name;
  const std::string file = "-O3 -c " + stem + ".cpp";
  if (target.name == "host")
    return "g++ -march=native " + file;
  if (name.starts_with("x86-64"))
    return "g++ -march=" + target.cpu + " " + file;
  if (name == "arm64")
    return "aarch64-linux-gnu-g++ -mcpu=" + target.cpu + " " + file;
  if (name.starts_with("cortex"))
    return "arm-none-eabi-g++ -mcpu=" + target.cpu + " -mthumb -mfloat-abi=hard -ffreestanding -fno-exceptions -fno-rtti " + file;
  // -ffreestanding: <stdint.h> is the compiler's own then, whatever C library there is; -fno-exceptions: no tables for unwinding, which
  // ask ARM's library for a routine.
  return "clang++ --target=" + target.triple + " -mcpu=" + target.cpu + clangFlags(target) + " -ffreestanding -fno-exceptions " + file;
}

} // namespace

std::string emitCpp(func::FuncOp function, const std::vector<std::string> &kernels, const Target &target, const EmitOptions &options,
                    const HeaderFacts &facts) {
  using fmt::arg;
  const WeightBlob weights = layOutWeights(function);
  std::string driver = cppDriver(function, weights, options);
  std::string entries = fmt::format(fmt::runtime(entryLayout), arg("name", options.name));
  if (options.weights == WeightsIn::caller)
    entries += fmt::format(fmt::runtime(checkLayout), arg("name", options.name), arg("layout", layoutHash(function, weights)),
                          arg("bytes", weights.bytes.size()));
  std::string needs = facts.stem + ".h";
  if (options.weights == WeightsIn::assembler)
    needs += " and " + facts.stem + ".weights";
  return fmt::format(fmt::runtime(layout), arg("stem", facts.stem), arg("version", facts.version), arg("source", inComment(facts.source)),
                     arg("target", facts.target), arg("needs", needs), arg("compile", compileCommand(target, facts.stem)),
                     arg("declarations", wrapLines(runtimeDeclarations())), arg("runtime", wrapLines(runtimeSource())),
                     arg("prologue", kernels.front()), arg("kernels", wrapLines(fmt::format("{}", fmt::join(llvm::drop_begin(kernels), "")))),
                     arg("weights", weightsText(weights, options, facts.stem)), arg("driver", wrapLines(driver)),
                     arg("tables", wrapLines(tables(function, weights, options))), arg("entries", entries));
}

} // namespace mnv3::codegen
