// The tables that the header declares, and runtime/src/model.h's mnv3_model, field by field.
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

void emitDetect(llvm::Module &module, const EmitOptions &options, llvm::Constant *model) {
  llvm::IRBuilder<> builder(module.getContext());
  auto *pointer = llvm::PointerType::getUnqual(module.getContext());
  llvm::Type *i32 = builder.getInt32Ty();
  // frame, options, boxes, capacity, count, arena, hooks
  llvm::SmallVector<llvm::Type *> types = {pointer, pointer, pointer, i32, pointer, pointer, pointer};
  auto *detect = llvm::Function::Create(llvm::FunctionType::get(i32, types, false), llvm::Function::ExternalLinkage,
                                        options.name + "_detect", module);
  types.insert(types.begin(), pointer);
  llvm::FunctionCallee runtime = module.getOrInsertFunction("mnv3_detect", llvm::FunctionType::get(i32, types, false));
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", detect));
  llvm::SmallVector<llvm::Value *> arguments = {model};
  for (llvm::Argument &argument : detect->args())
    arguments.push_back(&argument);
  builder.CreateRet(builder.CreateCall(runtime, arguments));
}

} // namespace

void emitModelData(func::FuncOp function, llvm::Function *run, const EmitOptions &options, llvm::Module &module) {
  std::vector<Head> heads = headsOf(function);
  std::vector<std::string> classes = classNamesOf(function);
  auto arena = function->getAttrOfType<DictionaryAttr>("kern.arena");
  auto number = [&](const char *key) { return arena.getAs<IntegerAttr>(key).getInt(); };
  auto headsAt = arena.getAs<DenseI64ArrayAttr>("heads_at").asArrayRef();

  DataBuilder data(options, module);
  std::vector<uint32_t> shapes, rows;
  std::vector<float> strides, anchors;
  std::vector<uint64_t> offsets(headsAt.begin(), headsAt.end());
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
  llvm::Constant *offsetTable = data.table("_head_offsets", offsets, false);
  if (levels < heads.size())
    data.table("_head_row", rows, true);

  llvm::IRBuilder<> builder(module.getContext());
  auto image = cast<MemRefType>(function.getArgument(0).getType());
  auto i64 = [&](int64_t value) { return builder.getInt64(value); };
  auto i32 = [&](int64_t value) { return builder.getInt32(static_cast<uint32_t>(value)); };
  llvm::Constant *model = llvm::ConstantStruct::getAnon(
      module.getContext(),
      {shapeTable, strideTable, anchorTable, offsetTable, run, i64(number("image_at")), i64(number("candidates_at")),
       i64(number("candidates_bytes")), i32(image.getDimSize(2)), i32(image.getDimSize(1)), i32(classes.size()), i32(levels),
       i32(heads.size()), i32(0)});
  emitDetect(module, options, data.global("_model", model, false));
}

} // namespace mnv3::codegen
