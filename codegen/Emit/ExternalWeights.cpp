// --external-weights: the file, and the function that checks one. What binds the two is the layout hash.
#include "codegen/Emit/Driver.h"

#include "codegen/Emit/KernelSpecOf.h"
#include "runtime/include/mnv3/weights.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace mnv3::codegen {

// One more whenever the same shape and schedule come to have their weights in another order.
constexpr int orderOfWeights = 1;

uint64_t layoutHash(func::FuncOp function, const WeightBlob &weights) {
  llvm::SHA256 hash;
  auto add = [&](auto number) {
    uint8_t bytes[8];
    llvm::support::endian::write64le(bytes, static_cast<uint64_t>(number));
    hash.update(bytes);
  };
  add(orderOfWeights);
  function.walk([&](kern::KernelOpInterface kernel) {
    hash.update(kernelSymbol(kernelSpecOf(kernel))); // the family, shape and schedule decide the order of weights
    for (const KernelOperand &operand : kernelOperandsOf(kernel))
      if (auto constant = operand.value.getDefiningOp<kern::WeightsOp>()) {
        add(weights.offsets.lookup(constant));
        add(constant.getType().getNumElements());
      }
  });
  // Not the names of classes: they are in the object alone, and decide nothing about weights.
  // A checkpoint brings anchors of its own, but the object decodes with those it was made with.
  for (const Head &head : headsOf(function)) {
    add(llvm::bit_cast<uint32_t>(head.stride));
    for (float side : head.anchors)
      add(llvm::bit_cast<uint32_t>(side));
  }
  return llvm::support::endian::read64le(hash.final().data());
}

std::string emitWeightsFile(func::FuncOp function) {
  WeightBlob weights = layOutWeights(function);
  mnv3_weights_head head = {MNV3_WEIGHTS_MAGIC, MNV3_WEIGHTS_VERSION, 0, layoutHash(function, weights), weights.bytes.size(), {}};
  std::string file(reinterpret_cast<const char *>(&head), sizeof head);
  file += weights.bytes;
  auto checked = llvm::ArrayRef(reinterpret_cast<const uint8_t *>(file.data()), file.size()).drop_front(MNV3_WEIGHTS_CHECKED_FROM);
  llvm::support::endian::write32le(file.data() + offsetof(mnv3_weights_head, crc), llvm::crc32(checked));
  return file;
}

void emitCheckWeights(func::FuncOp function, const WeightBlob &weights, const EmitOptions &options, llvm::Module &module) {
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy(), *size = module.getDataLayout().getIntPtrType(module.getContext()), *i64 = builder.getInt64Ty();
  auto *check = llvm::Function::Create(llvm::FunctionType::get(builder.getInt32Ty(), {pointer, size}, false),
                                       llvm::Function::ExternalLinkage, options.name + "_check_weights", module);
  llvm::FunctionCallee runtime = module.getOrInsertFunction(
      "mnv3_check_weights", llvm::FunctionType::get(builder.getInt32Ty(), {pointer, size, i64, i64}, false));
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", check));
  builder.CreateRet(builder.CreateCall(runtime, {check->getArg(0), check->getArg(1), builder.getInt64(layoutHash(function, weights)),
                                                 builder.getInt64(weights.bytes.size())}));
}

} // namespace mnv3::codegen
