// <name>_run as LLVM IR: one call a kern op, every pointer a constant distance from the arena, the weights, or a head.
#include "codegen/Emit/Driver.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/MathExtras.h"

#include <array>

using namespace mlir;

namespace mnv3::codegen {

WeightBlob layOutWeights(func::FuncOp function) {
  WeightBlob blob;
  function.walk([&](kern::WeightsOp op) {
    SmallVector<float> storage;
    ArrayRef<float> values = *nn::constantValues(op, storage);
    StringRef content(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
    blob.offsets[op] = static_cast<int64_t>(blob.bytes.size());
    blob.bytes.append(content);
    blob.bytes.append(llvm::alignTo(blob.bytes.size(), 64) - blob.bytes.size(), '\0');
  });
  return blob;
}

Place placeOf(const KernelOperand &operand, const WeightBlob &weights) {
  const int64_t bytes = operand.floats * static_cast<int64_t>(sizeof(float));
  if (auto constant = operand.value.getDefiningOp<kern::WeightsOp>())
    return {Place::weights, 0, weights.offsets.lookup(constant)};
  if (auto callers = dyn_cast<BlockArgument>(operand.value)) // the picture, then the heads
    return callers.getArgNumber() ? Place{Place::head, callers.getArgNumber() - 1, bytes} : Place{Place::image, 0, bytes};
  return {Place::arena, 0, static_cast<int64_t>(*kern::allocOf(operand.value).first.getAt()) + bytes};
}

namespace {

class RunBuilder {
public:
  RunBuilder(func::FuncOp source, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module)
      : source(source), weights(weights), options(options), module(module), builder(module.getContext()),
        pointer(llvm::PointerType::getUnqual(module.getContext())), i32(builder.getInt32Ty()) {}

  llvm::Function *build() {
    auto *type = llvm::FunctionType::get(i32, {pointer, pointer, pointer, pointer}, false);
    run = llvm::Function::Create(type, llvm::Function::ExternalLinkage, options.name + "_run", module);
    const char *names[] = {"image", "heads", "arena", "hooks"};
    for (auto [argument, name] : llvm::zip_equal(run->args(), names))
      argument.setName(name);
    builder.SetInsertPoint(block("entry"));
    checkArguments();
    frame = {run->getArg(0), run->getArg(1), run->getArg(2), findWeights()};
    shared = builder.CreateAlloca(runType);
    for (auto [field, value] : llvm::enumerate(frame))
      builder.CreateStore(value, builder.CreateStructGEP(runType, shared, field));
    int64_t kernel = 0;
    for (Operation &op : source.getBody().front()) {
      if (auto clear = dyn_cast<kern::ClearHaloOp>(op))
        callClearHalo(clear);
      if (auto call = dyn_cast<kern::KernelOpInterface>(op))
        runKernel(call, kernel++);
    }
    builder.CreateRet(builder.getInt32(0 /* MNV3_OK */));
    return run;
  }

private:
  // What the caller gave: picture, heads, arena, weights; as arguments of run, or as a strip finds them in struct mnv3_run.
  using Frame = std::array<llvm::Value *, 4>;

  llvm::BasicBlock *block(const char *name) { return llvm::BasicBlock::Create(module.getContext(), name, run); }

  // Leaves with `status` if `bad`, goes on in a new block otherwise.
  void leaveIf(llvm::Value *bad, int status) {
    llvm::BasicBlock *leave = block("bad"), *next = block("good");
    builder.CreateCondBr(bad, leave, next);
    builder.SetInsertPoint(leave);
    builder.CreateRet(builder.getInt32(status));
    builder.SetInsertPoint(next);
  }

  void checkArguments() {
    llvm::Value *image = run->getArg(0), *heads = run->getArg(1), *arena = run->getArg(2);
    leaveIf(builder.CreateOr(builder.CreateIsNull(image), builder.CreateOr(builder.CreateIsNull(heads), builder.CreateIsNull(arena))),
            1 /* MNV3_BAD_ARGUMENT */);
    llvm::Type *word = module.getDataLayout().getIntPtrType(module.getContext());
    llvm::Value *low = builder.CreateAnd(builder.CreatePtrToInt(arena, word), llvm::ConstantInt::get(word, 63));
    leaveIf(builder.CreateIsNotNull(low), 2 /* MNV3_BAD_ALIGNMENT */);
    llvm::Value *missing = builder.getFalse();
    for (size_t head = 0; head + 1 < source.getNumArguments(); ++head)
      missing = builder.CreateOr(missing, builder.CreateIsNull(loadHead(heads, head)));
    leaveIf(missing, 1 /* MNV3_BAD_ARGUMENT */);
  }

  // The object's own, or those of the hooks if they fit.
  llvm::Value *findWeights() {
    if (options.weights == WeightsIn::code)
      return module.getNamedGlobal(options.name + "_weights");
    llvm::FunctionCallee find = runtime("mnv3_hooks_weights", pointer, {pointer, builder.getInt64Ty()});
    llvm::Value *found = builder.CreateCall(find, {run->getArg(3), builder.getInt64(layoutHash(source, weights))});
    leaveIf(builder.CreateIsNull(found), 4 /* MNV3_BAD_WEIGHTS */);
    return found;
  }

  llvm::Value *at(llvm::Value *base, int64_t bytes) {
    return bytes ? builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, bytes) : base;
  }

  llvm::Value *loadHead(llvm::Value *heads, int64_t head) {
    return builder.CreateLoad(pointer, builder.CreateConstInBoundsGEP1_64(pointer, heads, head));
  }

  llvm::Value *pointerTo(const Place &place) {
    auto [image, heads, arena, blob] = frame;
    llvm::Value *base = place.base == Place::image  ? image
                        : place.base == Place::head ? loadHead(heads, place.head_number)
                                                    : (place.base == Place::arena ? arena : blob);
    return at(base, place.bytes);
  }

  llvm::FunctionCallee runtime(const char *name, llvm::Type *result, ArrayRef<llvm::Type *> parameters) {
    return module.getOrInsertFunction(name, llvm::FunctionType::get(result, parameters, false));
  }

  void callClearHalo(kern::ClearHaloOp op) {
    kern::BufferType type = op.getOutput().getType();
    llvm::FunctionCallee clear = runtime("mnv3_clear_halo", builder.getVoidTy(), {pointer, i32, i32, i32, i32, i32});
    llvm::Value *buffer = at(run->getArg(2), *kern::allocOf(op.getOutput()).first.getAt());
    builder.CreateCall(clear, {buffer, builder.getInt32(type.getHeight()), builder.getInt32(type.getWidth()),
                               builder.getInt32(type.getStride()), builder.getInt32(type.getHaloRows()),
                               builder.getInt32(type.getHaloColumns())});
  }

  // `scratch`: bytes behind the first strip's.
  void callKernel(kern::KernelOpInterface op, llvm::Value *firstRow, llvm::Value *rows, llvm::Value *scratch) {
    llvm::SmallVector<llvm::Value *> arguments = {firstRow, rows};
    for (const KernelOperand &operand : kernelOperandsOf(op))
      arguments.push_back(pointerTo(placeOf(operand, weights)));
    if (auto first = op->getAttrOfType<IntegerAttr>("scratch_at"))
      arguments.push_back(builder.CreateInBoundsGEP(builder.getInt8Ty(), at(frame[2], first.getInt()), scratch));
    llvm::SmallVector<llvm::Type *> types;
    for (llvm::Value *argument : arguments)
      types.push_back(argument->getType());
    StringRef symbol = op->getAttrOfType<StringAttr>("symbol").getValue();
    llvm::FunctionCallee kernel = module.getOrInsertFunction(symbol, llvm::FunctionType::get(i32, types, false));
    builder.CreateCall(kernel, arguments);
  }

  // void strip(mnv3_run *, int32_t strip): one of the strips of a kernel that threads share.
  llvm::Function *makeStrip(kern::KernelOpInterface op, int64_t index) {
    auto *type = llvm::FunctionType::get(builder.getVoidTy(), {pointer, i32}, false);
    auto *function = llvm::Function::Create(type, llvm::Function::InternalLinkage, options.name + "_strip_" + std::to_string(index), module);
    llvm::IRBuilderBase::InsertPointGuard guard(builder);
    const Frame outer = frame;
    builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
    auto field = [&](unsigned number) {
      return builder.CreateLoad(runType->getElementType(number), builder.CreateStructGEP(runType, function->getArg(0), number));
    };
    frame = {field(0), field(1), field(2), options.weights == WeightsIn::caller ? field(3) : outer[3]};
    // Each strip has as many steps of rows as the next, or one more; what is less than a step goes to the last.
    const int64_t height = rowsOf(op), step = op->getAttrOfType<IntegerAttr>("row_step").getInt();
    llvm::Value *shift = field(4), *strip = function->getArg(1), *next = builder.CreateAdd(strip, builder.getInt32(1));
    auto firstRow = [&](llvm::Value *number) {
      llvm::Value *steps = builder.CreateLShr(builder.CreateMul(number, builder.getInt32(height / step)), shift);
      return builder.CreateMul(steps, builder.getInt32(step));
    };
    llvm::Value *isLast = builder.CreateICmpEQ(builder.CreateLShr(next, shift), builder.getInt32(1));
    llvm::Value *end = builder.CreateSelect(isLast, builder.getInt32(height), firstRow(next)), *first = firstRow(strip);
    llvm::Value *scratch = builder.CreateMul(strip, builder.getInt32(op.getScratchBytes()));
    callKernel(op, first, builder.CreateSub(end, first), scratch);
    builder.CreateRetVoid();
    frame = outer;
    return function;
  }

  void runKernel(kern::KernelOpInterface op, int64_t index) {
    llvm::Value *before = nullptr;
    llvm::Type *i64 = builder.getInt64Ty();
    if (options.profile)
      before = builder.CreateCall(runtime("mnv3_read_clock", i64, {pointer}), {run->getArg(3)});
    if (int64_t strips = op.getStrips(); strips > 1)
      builder.CreateCall(runtime("mnv3_run_strips", builder.getVoidTy(), {pointer, pointer, i32, pointer}),
                         {run->getArg(3), shared, builder.getInt32(llvm::Log2_64(strips)), makeStrip(op, index)});
    else
      callKernel(op, builder.getInt32(0), builder.getInt32(rowsOf(op)), builder.getInt32(0));
    if (options.profile)
      builder.CreateCall(runtime("mnv3_add_ticks", builder.getVoidTy(), {pointer, i32, i64}),
                         {run->getArg(3), builder.getInt32(index), before});
  }

  func::FuncOp source;
  const WeightBlob &weights;
  const EmitOptions &options;
  llvm::Module &module;
  llvm::IRBuilder<> builder;
  llvm::PointerType *pointer;
  llvm::Type *i32;
  llvm::StructType *runType = llvm::StructType::get(module.getContext(), {pointer, pointer, pointer, pointer, i32}); // struct mnv3_run
  llvm::Function *run = nullptr;
  Frame frame{};
  llvm::Value *shared = nullptr; // of runType
};

} // namespace

llvm::Function *emitRun(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module) {
  if (options.weights == WeightsIn::caller)
    return RunBuilder(function, weights, options, module).build();
  auto *bytes = llvm::ConstantDataArray::getString(module.getContext(), weights.bytes, /*AddNull=*/false);
  auto *global = new llvm::GlobalVariable(module, bytes->getType(), /*isConstant=*/true, llvm::GlobalValue::InternalLinkage,
                                          bytes, options.name + "_weights");
  global->setAlignment(llvm::Align(64));
  return RunBuilder(function, weights, options, module).build();
}

} // namespace mnv3::codegen
