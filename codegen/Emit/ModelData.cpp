// The tables that the header declares, runtime/src/model.h's mnv3_model, field by field, and the entries that hand it on.
#include "codegen/Emit/Driver.h"

#include "llvm/IR/IRBuilder.h"

using namespace mlir;

namespace mnv3::codegen {
namespace {

class DataBuilder {
public:
  DataBuilder(const EmitOptions &options, llvm::Module &module) : options(options), module(module), context(module.getContext()) {}

  // A constant array; public under <name>_<suffix>, or internal.
  template <typename Element>
  llvm::GlobalVariable *table(const char *suffix, const std::vector<Element> &values, bool isPublic) {
    return global(suffix, llvm::ConstantDataArray::get(context, llvm::ArrayRef<Element>(values)), isPublic);
  }

  llvm::GlobalVariable *global(const std::string &suffix, llvm::Constant *value, bool isPublic) {
    auto *variable = new llvm::GlobalVariable(
        module, value->getType(), /*isConstant=*/true,
        isPublic ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage, value, options.name + suffix);
    variable->setAlignment(llvm::Align(8));
    return variable;
  }

  // A public array of C strings.
  void strings(const std::string &suffix, const std::vector<std::string> &names) {
    llvm::SmallVector<llvm::Constant *> pointers;
    auto *pointer = llvm::PointerType::getUnqual(context);
    for (const std::string &name : names)
      pointers.push_back(global(suffix + "_text", llvm::ConstantDataArray::getString(context, name), false));
    global(suffix, llvm::ConstantArray::get(llvm::ArrayType::get(pointer, pointers.size()), pointers), true);
  }

private:
  const EmitOptions &options;
  llvm::Module &module;
  llvm::LLVMContext &context;
};

// <name>_run or <name>_detect: the runtime's function of the same arguments behind the model.
void emitEntry(const std::string &name, const char *runtimeName, unsigned arguments, llvm::ArrayRef<unsigned> integers, llvm::Constant *model,
               llvm::Module &module) {
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *i32 = builder.getInt32Ty();
  llvm::SmallVector<llvm::Type *> types(arguments, builder.getPtrTy());
  for (unsigned number : integers)
    types[number] = i32;
  auto *entry = llvm::Function::Create(llvm::FunctionType::get(i32, types, false), llvm::Function::ExternalLinkage, name, module);
  types.insert(types.begin(), builder.getPtrTy());
  llvm::FunctionCallee runtime = module.getOrInsertFunction(runtimeName, llvm::FunctionType::get(i32, types, false));
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", entry));
  llvm::SmallVector<llvm::Value *> values = {model};
  for (llvm::Argument &argument : entry->args())
    values.push_back(&argument);
  builder.CreateRet(builder.CreateCall(runtime, values));
}

llvm::Constant *levelTable(llvm::ArrayRef<Level> levels, llvm::LLVMContext &context) {
  llvm::IRBuilder<> builder(context);
  llvm::SmallVector<llvm::Constant *> table;
  for (const Level &level : levels) {
    llvm::SmallVector<llvm::Constant *> fields;
    for (int64_t offset : {level.input, level.weights, level.bias})
      fields.push_back(builder.getInt64(offset));
    for (int32_t number : {level.channels, level.pixelStride, level.rowStride, level.tile, level.tiled, 0})
      fields.push_back(builder.getInt32(number));
    table.push_back(llvm::ConstantStruct::getAnon(context, fields));
  }
  return llvm::ConstantArray::get(llvm::ArrayType::get(table.front()->getType(), table.size()), table);
}

} // namespace

void emitModel(func::FuncOp function, const WeightBlob &weights, llvm::Function *network, const EmitOptions &options,
               llvm::Module &module) {
  std::vector<Head> heads = headsOf(function);
  std::vector<std::string> classes = classNamesOf(function);
  auto arena = function->getAttrOfType<DictionaryAttr>("kern.arena");
  auto number = [&](const char *key) { return arena.getAs<IntegerAttr>(key).getInt(); };

  DataBuilder data(options, module);
  std::vector<uint32_t> shapes, rows;
  std::vector<float> strides, anchors;
  size_t pairs = 0, levels = 0;
  for (const Head &head : heads) {
    pairs = std::max(pairs, head.anchors.size());
    levels += head.row < 0;
  }
  for (const Head &head : heads) {
    shapes.insert(shapes.end(), head.shape.begin(), head.shape.end());
    rows.push_back(static_cast<uint32_t>(head.row));
    strides.push_back(head.stride);
    anchors.insert(anchors.end(), head.anchors.begin(), head.anchors.end());
    anchors.resize(strides.size() * pairs); // a kept row has none: zeros
  }
  data.strings("_class_names", classes);
  if (options.profile)
    data.strings("_kernel_names", kernelNames(function));
  llvm::Constant *shapeTable = data.table("_head_shape", shapes, true);
  llvm::Constant *strideTable = data.table("_strides", strides, true);
  llvm::Constant *anchorTable = data.table("_anchors", anchors, true);
  llvm::Constant *levelsFrom = data.global("_levels", levelTable(levelsOf(function, weights), module.getContext()), false);
  if (levels < heads.size())
    data.table("_head_row", rows, true);

  llvm::IRBuilder<> builder(module.getContext());
  auto image = cast<MemRefType>(function.getArgument(0).getType());
  auto i64 = [&](int64_t value) { return builder.getInt64(value); };
  auto i32 = [&](int64_t value) { return builder.getInt32(static_cast<uint32_t>(value)); };
  llvm::Constant *bare = module.getNamedGlobal(options.name + "_weights");
  llvm::Constant *model = llvm::ConstantStruct::getAnon(
      module.getContext(),
      {shapeTable, strideTable, anchorTable, levelsFrom, network, bare ? bare : llvm::ConstantPointerNull::get(builder.getPtrTy()),
       i64(bare ? 0 : layoutHash(function, weights)), i64(number("band_at")), i64(number("lines_at")), i64(number("candidates_at")),
       i64(number("candidates_bytes")), i32(image.getDimSize(2)), i32(image.getDimSize(1)), i32(classes.size()), i32(levels),
       i32(heads.size()), i32(number("band_rows"))});
  model = data.global("_model", model, false);
  emitEntry(options.name + "_run", "mnv3_run_network", 4, {}, model, module);        // image, heads, arena, hooks
  emitEntry(options.name + "_detect", "mnv3_detect", 7, {3}, model, module); // frame, options, boxes, capacity, count, arena, hooks
}

} // namespace mnv3::codegen
