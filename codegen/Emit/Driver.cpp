// <name>_run as LLVM IR: one call a kern op, every pointer a constant distance from the arena, the weights, or a head.
#include "codegen/Emit/Driver.h"

#include "codegen/Emit/KernelSpecOf.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"

#include <cstring>

using namespace mlir;

namespace mnv3::codegen {

WeightBlob layOutWeights(func::FuncOp function) {
  WeightBlob blob;
  llvm::StringMap<int64_t> seen; // by content
  function.walk([&](kern::WeightsOp op) {
    SmallVector<float> storage;
    ArrayRef<float> values = *nn::constantValues(op, storage);
    StringRef content(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
    auto [place, isNew] = seen.try_emplace(content, static_cast<int64_t>(blob.bytes.size()));
    if (isNew) {
      blob.bytes.append(content);
      blob.bytes.append(llvm::alignTo(blob.bytes.size(), 64) - blob.bytes.size(), '\0');
    }
    blob.offsets[op] = place->second;
  });
  return blob;
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
    int64_t kernel = 0;
    for (Operation &op : source.getBody().front()) {
      if (auto clear = dyn_cast<kern::ClearHaloOp>(op))
        callClearHalo(clear);
      if (auto call = dyn_cast<kern::KernelOpInterface>(op))
        callKernel(call, kernel++);
    }
    builder.CreateRet(builder.getInt32(0 /* MNV3_OK */));
    return run;
  }

private:
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
    places[source.getArgument(0)] = image;
    llvm::Value *missing = builder.getFalse();
    for (auto [index, head] : llvm::enumerate(source.getArguments().drop_front())) {
      places[head] = builder.CreateLoad(pointer, builder.CreateConstInBoundsGEP1_64(pointer, heads, index));
      missing = builder.CreateOr(missing, builder.CreateIsNull(places[head]));
    }
    leaveIf(missing, 1 /* MNV3_BAD_ARGUMENT */);
  }

  llvm::Value *at(llvm::Value *base, int64_t bytes) {
    return bytes ? builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, bytes) : base;
  }

  llvm::Value *pointerTo(const KernelOperand &operand) {
    if (auto constant = operand.value.getDefiningOp<kern::WeightsOp>())
      return at(module.getNamedGlobal(options.name + "_weights"), weights.offsets.lookup(constant));
    if (llvm::Value *callers = places.lookup(operand.value))
      return at(callers, operand.floats * 4);
    return at(run->getArg(2), *kern::allocOf(operand.value).first.getAt() + operand.floats * 4);
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

  void callKernel(kern::KernelOpInterface op, int64_t index) {
    llvm::SmallVector<llvm::Value *> arguments = {builder.getInt32(0), builder.getInt32(kernelSpecOf(op).height)};
    for (const KernelOperand &operand : kernelOperandsOf(op))
      arguments.push_back(pointerTo(operand));
    if (auto scratch = op->getAttrOfType<IntegerAttr>("scratch_at"))
      arguments.push_back(at(run->getArg(2), scratch.getInt()));
    llvm::SmallVector<llvm::Type *> types;
    for (llvm::Value *argument : arguments)
      types.push_back(argument->getType());
    StringRef symbol = op->getAttrOfType<StringAttr>("symbol").getValue();
    llvm::FunctionCallee kernel = module.getOrInsertFunction(symbol, llvm::FunctionType::get(i32, types, false));
    llvm::Value *before = nullptr;
    llvm::Type *i64 = builder.getInt64Ty();
    if (options.profile)
      before = builder.CreateCall(runtime("mnv3_read_clock", i64, {pointer}), {run->getArg(3)});
    builder.CreateCall(kernel, arguments);
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
  llvm::Function *run = nullptr;
  llvm::DenseMap<Value, llvm::Value *> places; // the caller's picture and heads
};

} // namespace

llvm::Function *emitRun(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module) {
  auto *bytes = llvm::ConstantDataArray::getString(module.getContext(), weights.bytes, /*AddNull=*/false);
  auto *global = new llvm::GlobalVariable(module, bytes->getType(), /*isConstant=*/true, llvm::GlobalValue::InternalLinkage,
                                          bytes, options.name + "_weights");
  global->setAlignment(llvm::Align(64));
  return RunBuilder(function, weights, options, module).build();
}

} // namespace mnv3::codegen
