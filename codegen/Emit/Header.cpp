// The generated header: constants, tables and the two entry points, with the shared types in front so that it stands alone.
#include "codegen/Emit/Driver.h"
#include "runtime/RuntimeBitcode.h"
#include "runtime/include/mnv3/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

using namespace mlir;

namespace mnv3::codegen {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string inComment(std::string text) {
  for (size_t at; (at = text.find("*/")) != std::string::npos;)
    text.replace(at, 2, "* /");
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return text;
}

namespace {

constexpr const char *layout = R"(/* {stem}.h, made by mnv3c {version} from {source}, for {target}.
 * Self-contained: {made}. No heap, no libc, no global state; calls with different arenas may run
 * at the same time. */
#ifndef {macro}_H
#define {macro}_H

{types}
#ifdef __cplusplus
extern "C" {{
#endif

#define {macro}_WIDTH {width}
#define {macro}_HEIGHT {height}
#define {macro}_CLASSES {classes}
#define {macro}_LEVELS {levels} /* Detect levels: the first heads */
#define {macro}_HEADS {heads}
#define {macro}_ANCHORS {anchors}
#define {macro}_ARENA_BYTES {arena} /* for {prefix}_detect, and {prefix}_run; lower bound {bound} */
#define {macro}_RUN_ARENA_BYTES {run_arena} /* for {prefix}_run; lower bound {run_bound}, on one thread */
#define {macro}_ARENA_ALIGN 64
{costs}#define {macro}_WEIGHTS_BYTES {weights} /* {where} */
{extra}
extern const char *const {prefix}_class_names[{macro}_CLASSES];
/* anchors, rows, columns, 5 + classes: x, y, w, h, objectness, then a logit for each class */
extern const int32_t {prefix}_head_shape[{macro}_HEADS][4];
extern const float {prefix}_strides[{macro}_HEADS];                    /* pixels of the network's input a cell covers */
extern const float {prefix}_anchors[{macro}_HEADS][{macro}_ANCHORS][2]; /* width, height in those pixels */

/* One picture through the network, on the calling thread and those of hooks->parallel_for: the same bits on any number.
 * image: planar red, green, blue, {macro}_HEIGHT x {macro}_WIDTH each, values in [0, 1].
 * heads[i]: room for the floats of {prefix}_head_shape[i], dense in that order; receives logits, before any sigmoid.
 * arena: {macro}_RUN_ARENA_BYTES bytes aligned to {macro}_ARENA_ALIGN; what it holds before does not matter.
 * hooks: {hooks}
 * MNV3_BAD_ARGUMENT if a pointer is null, MNV3_BAD_ALIGNMENT for the arena{bad_weights}; nothing is written then. */
mnv3_status {prefix}_run(const float *image, float *const heads[{macro}_HEADS], void *arena, const mnv3_hooks *hooks);

/* Frame to boxes: scales the frame to fit and pads it with grey (letterbox), runs the network, decodes, suppresses
 * overlapping boxes, and scales back. Boxes are in pixels of the frame, best first; *count is at most capacity.
 * frame: as a camera gives it, in any mnv3_format; another number gives MNV3_BAD_FORMAT, as does any
 * frame if the network's input has not three channels.
 * options: null for confidence .25, iou .45, the best class of a box, classes apart. Box and classes are computed only of cells
 * whose objectness is above the confidence: near 0 this takes longer.
 * MNV3_BAD_ARGUMENT for a null pointer, an empty picture, rows shorter than the picture, a negative capacity, or a
 * threshold that is no probability. */
mnv3_status {prefix}_detect(const mnv3_image *frame, const mnv3_detect_options *options, mnv3_box *boxes,
{indent}int32_t capacity, int32_t *count, void *arena, const mnv3_hooks *hooks);
{check}
#ifdef __cplusplus
}}
#endif

#endif /* {macro}_H */
)";

constexpr const char *costsLayout = R"(#define {macro}_STACK_BYTES {stack} /* the deepest of the calls below; what your own hooks take comes on top */
#define {macro}_CODE_BYTES {code} /* code and tables of {stem}.o, without weights */
)";

constexpr const char *checkLayout = R"(
/* The weights are a file, {stem}.weights, made with this object; it may lie in flash or be read into memory, aligned to 64
 * bytes. Check it once by {prefix}_check_weights, then hand it to each call in hooks->weights; calls with different files may
 * run at the same time. A file made later from the same network with newly trained weights, at the same size and for the same
 * target, fits without linking again. Names of classes are neither in the file nor checked, their number is: they decide nothing
 * of how weights lie or what is computed, and a name spelled anew shall not make files in the field useless. So {prefix}_class_names
 * stay those of this object, and new weights must keep the classes' order.
 * bytes: how many lie at `weights`: {macro}_WEIGHTS_BYTES. MNV3_BAD_WEIGHTS for null, another alignment, another size, another
 * network's file, or one whose CRC-32 is wrong. {prefix}_run and {prefix}_detect look at its first 64 bytes only. */
mnv3_status {prefix}_check_weights(const void *weights, size_t bytes);
)";

} // namespace

int64_t weightsBytes(func::FuncOp function, const EmitOptions &options) {
  const int64_t head = options.weights == WeightsIn::code ? 0 : static_cast<int64_t>(MNV3_WEIGHTS_HEAD_BYTES);
  return static_cast<int64_t>(layOutWeights(function).bytes.size()) + head;
}

std::string emitHeader(func::FuncOp function, const EmitOptions &options, const HeaderFacts &facts, const ObjectFacts *object) {
  std::vector<Head> heads = headsOf(function);
  auto arena = function->getAttrOfType<DictionaryAttr>("kern.arena");
  auto number = [&](const char *key) { return arena.getAs<IntegerAttr>(key).getInt(); };
  auto image = cast<MemRefType>(function.getArgument(0).getType());
  std::string prefix = options.name, macro = upper(prefix), extra;
  size_t pairs = 0;
  int64_t levels = 0;
  for (const Head &head : heads) {
    pairs = std::max(pairs, head.anchors.size() / 2);
    levels += head.row < 0;
  }
  if (levels < static_cast<int64_t>(heads.size()))
    extra += fmt::format("extern const int32_t {}_head_row[{}_HEADS]; /* the yaml row whose result (rows x columns x channels) it is; -1: a "
                         "level */\n",
                         prefix, macro);
  if (options.profile)
    extra += fmt::format("#define {0}_KERNELS {1}\nextern const char *const {2}_kernel_names[{0}_KERNELS]; /* ticks[i] of the "
                         "hooks is the time of kernel i */\n",
                         macro, kernelNames(function).size(), prefix);
  using fmt::arg;
  const int64_t transformed = winogradBytes(function), weights = weightsBytes(function, options);
  const std::string file = facts.stem + ".weights", code = facts.stem + (object ? ".o" : ".cpp");
  std::string made = object ? "link " + code + ", nothing else" : "compile " + code + ", nothing else";
  std::string hooks = "may be null: one thread.", badWeights, check, costs, where = "in " + code;
  if (options.weights == WeightsIn::caller) {
    made += ", and hand over " + file;
    hooks = "carries the weights";
    check = fmt::format(fmt::runtime(checkLayout), arg("prefix", prefix), arg("macro", macro), arg("stem", facts.stem));
  }
  if (options.weights == WeightsIn::assembler)
    made = "compile " + code + ", which takes in " + file;
  if (options.weights != WeightsIn::code) {
    where = "of " + file;
    badWeights = ", MNV3_BAD_WEIGHTS";
  }
  if (transformed)
    where += fmt::format("; -O size: {}", weights - transformed);
  if (object)
    costs = fmt::format(fmt::runtime(costsLayout), arg("macro", macro), arg("stem", facts.stem), arg("stack", object->deepest()),
                        arg("code", object->code));
  return fmt::format(fmt::runtime(layout), arg("prefix", prefix), arg("macro", macro), arg("stem", facts.stem), arg("version", facts.version),
                     arg("source", inComment(facts.source)), arg("target", facts.target), arg("types", abiHeaderText()),
                     arg("width", image.getDimSize(2)), arg("height", image.getDimSize(1)),
                     arg("classes", classNamesOf(function).size()), arg("levels", levels), arg("heads", heads.size()),
                     arg("anchors", pairs), arg("arena", number("bytes")), arg("run_arena", number("run_bytes")),
                     arg("bound", number("lower_bound")), arg("run_bound", number("run_lower_bound")), arg("extra", extra),
                     arg("made", made), arg("hooks", hooks), arg("bad_weights", badWeights), arg("check", check), arg("costs", costs),
                     arg("weights", weights), arg("where", where),
                     arg("indent", std::string(sizeof("mnv3_status _detect(") - 1 + prefix.size(), ' ')));
}

} // namespace mnv3::codegen
