// <name>_network as LLVM IR: one call a kern op, every pointer a constant distance from the arena, the weights, or a head.
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
    ArrayRef<float> values = *nn::valuesOf(op.getValue(), storage);
    StringRef content(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float));
    blob.offsets[op] = static_cast<int64_t>(blob.bytes.size());
    blob.bytes.append(content);
    blob.bytes.append(llvm::alignTo(blob.bytes.size(), 64) - blob.bytes.size(), '\0');
  });
  return blob;
}

StemFacts stemFactsOf(kern::StemOp stem) {
  return {firstRowOf(stem), rowsOf(stem), stem->getAttrOfType<IntegerAttr>("band").getInt(), stem.getStrides()[0], stem.getPads()[0],
          stem.getKernel()[0], llvm::Log2_64(stem.getStrips())};
}

std::optional<StepFacts> stepFactsOf(kern::KernelOpInterface kernel) {
  auto steps = kernel->getAttrOfType<IntegerAttr>("steps");
  if (!steps)
    return std::nullopt;
  return {{rowsOf(kernel), kernel->getAttrOfType<IntegerAttr>("band").getInt(), steps.getInt(), llvm::Log2_64(kernel.getStrips())}};
}

bool isShared(kern::KernelOpInterface kernel) {
  const std::optional<StepFacts> facts = stepFactsOf(kernel);
  const bool isOneCall = !facts || ((*facts)[0] <= (*facts)[1] && (*facts)[2] == 1); // one band, one step
  return isa<kern::StemOp>(*kernel) || kernel.getStrips() > 1 || !isOneCall;
}

SmallVector<int64_t> numbersOfWhole(kern::KernelOpInterface kernel) {
  SmallVector<int64_t> numbers = {0, rowsOf(kernel)};
  if (stepFactsOf(kernel))
    numbers.append({0, 0, 0}); // step, share, shift
  return numbers;
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

class NetworkBuilder {
public:
  NetworkBuilder(func::FuncOp source, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module)
      : source(source), weights(weights), options(options), module(module), builder(module.getContext()),
        pointer(llvm::PointerType::getUnqual(module.getContext())), i32(builder.getInt32Ty()) {}

  llvm::Function *build() {
    auto *type = llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer}, false);
    network = llvm::Function::Create(type, llvm::Function::InternalLinkage, options.name + "_network", module);
    network->getArg(0)->setName("run");
    network->getArg(1)->setName("hooks");
    builder.SetInsertPoint(block("entry"));
    frame = loadFrame(network->getArg(0));
    llvm::Value *hasHeads = builder.CreateIsNotNull(frame[1]);
    int64_t kernel = 0;
    for (Operation &op : source.getBody().front()) {
      if (auto clear = dyn_cast<kern::ClearHaloOp>(op))
        callClearHalo(clear);
      auto call = dyn_cast<kern::KernelOpInterface>(op);
      if (!call)
        continue;
      llvm::BasicBlock *next = nullptr;
      if (isa<MemRefType>(call.getOutput().getType())) { // a head
        llvm::BasicBlock *wanted = block("head");
        builder.CreateCondBr(hasHeads, wanted, next = block("next"));
        builder.SetInsertPoint(wanted);
      }
      runKernel(call, kernel++);
      if (next) {
        builder.CreateBr(next);
        builder.SetInsertPoint(next);
      }
    }
    builder.CreateRetVoid();
    return network;
  }

private:
  // The picture, heads, arena and weights of a struct mnv3_run.
  using Frame = std::array<llvm::Value *, 4>;

  Frame loadFrame(llvm::Value *run) {
    Frame loaded;
    for (auto [number, value] : llvm::enumerate(loaded))
      value = loadField(run, number);
    if (options.weights == WeightsIn::code)
      loaded[3] = module.getNamedGlobal(options.name + "_weights");
    return loaded;
  }

  llvm::Value *loadField(llvm::Value *run, unsigned number) {
    return builder.CreateLoad(runType->getElementType(number), builder.CreateStructGEP(runType, run, number));
  }

  llvm::BasicBlock *block(const char *name) { return llvm::BasicBlock::Create(module.getContext(), name, network); }

  llvm::Value *at(llvm::Value *base, int64_t bytes) {
    if (bytes < 0) // a stem's strip counts from the whole picture's first row, which is nowhere
      return builder.CreateConstGEP1_64(builder.getInt8Ty(), base, static_cast<uint64_t>(bytes));
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
    llvm::Value *buffer = at(frame[2], *kern::allocOf(op.getOutput()).first.getAt());
    builder.CreateCall(clear, {buffer, builder.getInt32(type.getHeight()), builder.getInt32(type.getWidth()),
                               builder.getInt32(type.getStride()), builder.getInt32(type.getHaloRows()),
                               builder.getInt32(type.getHaloColumns())});
  }

  // `numbers`: first row, rows, and those of a stem or of a step. `scratch`: bytes behind the first strip's.
  void callKernel(kern::KernelOpInterface op, ArrayRef<llvm::Value *> numbers, llvm::Value *scratch) {
    llvm::SmallVector<llvm::Value *> arguments(numbers);
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

  // void strip(mnv3_run *, int32_t strip): a strip of the rows of a kernel that threads share, or of a step.
  llvm::Function *makeStrip(kern::KernelOpInterface op, int64_t index) {
    auto *type = llvm::FunctionType::get(builder.getVoidTy(), {pointer, i32}, false);
    auto *function = llvm::Function::Create(type, llvm::Function::InternalLinkage, options.name + "_strip_" + std::to_string(index), module);
    llvm::IRBuilderBase::InsertPointGuard guard(builder);
    const Frame outer = frame;
    builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
    frame = loadFrame(function->getArg(0));
    llvm::Value *run = function->getArg(0), *strip = function->getArg(1), *shift = loadField(run, shiftField);
    llvm::Value *next = builder.CreateAdd(strip, builder.getInt32(1));
    llvm::Value *scratch = builder.CreateMul(strip, builder.getInt32(op.getScratchBytes(op.getStrips())));
    if (isa<kern::StemOp>(op)) { // of the rows of a band
      llvm::Value *bandRows = loadField(run, rowsField);
      auto rowsBefore = [&](llvm::Value *number) { return builder.CreateLShr(builder.CreateMul(number, bandRows), shift); };
      llvm::Value *before = rowsBefore(strip), *rows = builder.CreateSub(rowsBefore(next), before);
      callKernel(op, {builder.CreateAdd(loadField(run, firstRowField), before), rows, loadField(run, planeField)}, scratch);
    } else if (stepFactsOf(op)) { // a share of the step
      llvm::Value *firstRow = loadField(run, firstRowField), *rows = loadField(run, rowsField);
      callKernel(op, {firstRow, rows, loadField(run, stepField), strip, shift}, builder.getInt32(0));
    } else { // each has as many steps of rows as the next, or one more; what is less than a step goes to the last
      const int64_t height = rowsOf(op), step = op->getAttrOfType<IntegerAttr>("row_step").getInt();
      auto firstRow = [&](llvm::Value *number) {
        llvm::Value *steps = builder.CreateLShr(builder.CreateMul(number, builder.getInt32(height / step)), shift);
        return builder.CreateMul(steps, builder.getInt32(step));
      };
      llvm::Value *isLast = builder.CreateICmpEQ(builder.CreateLShr(next, shift), builder.getInt32(1));
      llvm::Value *end = builder.CreateSelect(isLast, builder.getInt32(height), firstRow(next)), *first = firstRow(strip);
      callKernel(op, {first, builder.CreateSub(end, first)}, scratch);
    }
    builder.CreateRetVoid();
    frame = outer;
    return function;
  }

  // A struct mnv3_stem or mnv3_steps.
  llvm::Constant *describe(ArrayRef<int64_t> facts, const char *what, int64_t index) {
    llvm::SmallVector<llvm::Constant *> fields;
    for (int64_t number : facts)
      fields.push_back(builder.getInt32(number));
    llvm::Constant *value = llvm::ConstantStruct::getAnon(fields);
    return new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true, llvm::GlobalValue::InternalLinkage, value,
                                    options.name + what + std::to_string(index));
  }

  void runKernel(kern::KernelOpInterface op, int64_t index) {
    llvm::Value *before = nullptr;
    llvm::Type *i64 = builder.getInt64Ty();
    if (options.profile)
      before = builder.CreateCall(runtime("mnv3_read_clock", i64, {pointer}), {network->getArg(1)});
    if (!isShared(op)) {
      llvm::SmallVector<llvm::Value *> numbers;
      for (int64_t number : numbersOfWhole(op))
        numbers.push_back(builder.getInt32(number));
      callKernel(op, numbers, builder.getInt32(0));
    } else if (auto stem = dyn_cast<kern::StemOp>(*op))
      builder.CreateCall(runtime("mnv3_run_stem", builder.getVoidTy(), {pointer, pointer, pointer, pointer}),
                         {network->getArg(1), network->getArg(0), describe(stemFactsOf(stem), "_stem_", index), makeStrip(op, index)});
    else if (std::optional<StepFacts> facts = stepFactsOf(op))
      builder.CreateCall(runtime("mnv3_run_steps", builder.getVoidTy(), {pointer, pointer, pointer, pointer}),
                         {network->getArg(1), network->getArg(0), describe(*facts, "_steps_", index), makeStrip(op, index)});
    else
      builder.CreateCall(runtime("mnv3_run_strips", builder.getVoidTy(), {pointer, pointer, i32, pointer}),
                         {network->getArg(1), network->getArg(0), builder.getInt32(llvm::Log2_64(op.getStrips())), makeStrip(op, index)});
    if (options.profile)
      builder.CreateCall(runtime("mnv3_add_ticks", builder.getVoidTy(), {pointer, i32, i64}),
                         {network->getArg(1), builder.getInt32(index), before});
  }

  func::FuncOp source;
  const WeightBlob &weights;
  const EmitOptions &options;
  llvm::Module &module;
  llvm::IRBuilder<> builder;
  llvm::PointerType *pointer;
  llvm::Type *i32;
  llvm::StructType *runType = // struct mnv3_run
      llvm::StructType::get(module.getContext(), {pointer, pointer, pointer, pointer, pointer, i32, i32, i32, i32, i32});
  static constexpr unsigned planeField = 5, shiftField = 6, firstRowField = 7, rowsField = 8, stepField = 9;
  llvm::Function *network = nullptr;
  Frame frame{};
};

} // namespace

llvm::Function *emitNetwork(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module) {
  if (options.weights == WeightsIn::code) {
    auto *bytes = llvm::ConstantDataArray::getString(module.getContext(), weights.bytes, /*AddNull=*/false);
    auto *global = new llvm::GlobalVariable(module, bytes->getType(), /*isConstant=*/true, llvm::GlobalValue::InternalLinkage, bytes,
                                            options.name + "_weights");
    global->setAlignment(llvm::Align(64));
  }
  return NetworkBuilder(function, weights, options, module).build();
}

} // namespace mnv3::codegen
