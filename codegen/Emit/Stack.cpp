#include "codegen/Emit/Stack.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Metadata.h"
#include "llvm/TargetParser/Triple.h"

namespace mnv3::codegen {
namespace {

constexpr const char *stacks = "mnv3.stacks";

class DepthFinder {
public:
  DepthFinder(const llvm::Module &module, const Frames &frames, const Target &target)
      : module(module), frames(frames), noted(notedStacks(module)), isX86(llvm::Triple(target.triple).isX86()),
        vectorBytes(target.kernels.vectorWidth * 4) {}

  int64_t depthOf(const llvm::Function &function) {
    auto [known, isNew] = depths.try_emplace(&function, 0); // 0 while it is being found: nothing here recurses
    if (!isNew)
      return known->second;
    if (auto inAssembly = noted.find(function.getName()); inAssembly != noted.end())
      return depths[&function] = inAssembly->second;
    int64_t deepest = 0;
    for (const llvm::BasicBlock &block : function)
      for (const llvm::Instruction &instruction : block)
        if (auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction))
          deepest = std::max(deepest, deepestCalleeOf(*call));
    return depths[&function] = frameOf(function) + deepest;
  }

  // A function that calls nothing may use so many bytes below its frame (System V's red zone).
  int64_t redZone() const { return isX86 ? 128 : 0; }

private:
  int64_t deepestCalleeOf(const llvm::CallBase &call) {
    if (const llvm::Function *callee = call.getCalledFunction())
      return isElsewhere(*callee) ? 0 : depthOf(*callee);
    int64_t deepest = 0;
    for (const llvm::Function &function : module)
      if (!isElsewhere(function) && function.getFunctionType() == call.getFunctionType() && function.hasAddressTaken())
        deepest = std::max(deepest, depthOf(function));
    return deepest;
  }

  // An intrinsic.
  bool isElsewhere(const llvm::Function &function) const { return function.isDeclaration() && !noted.contains(function.getName()); }

  // LLVM counts saved registers, but neither what x86's call pushes nor what aligning the frame to a vector may lose.
  int64_t frameOf(const llvm::Function &function) const {
    const int64_t frame = static_cast<int64_t>(frames.lookup(function.getName()));
    return frame + (frame ? vectorBytes : 0) + (isX86 ? 8 : 0);
  }

  const llvm::Module &module;
  const Frames &frames;
  const llvm::StringMap<int64_t> noted;
  const bool isX86;
  const int64_t vectorBytes;
  llvm::DenseMap<const llvm::Function *, int64_t> depths;
};

} // namespace

int64_t deepestStack(const llvm::Function &entry, const Frames &frames, const Target &target) {
  DepthFinder finder(*entry.getParent(), frames, target);
  return finder.depthOf(entry) + finder.redZone();
}

void noteStacks(const llvm::Module &compiled, const Frames &frames, const Target &target, llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  DepthFinder finder(compiled, frames, target);
  for (const llvm::Function &function : compiled) {
    if (function.isDeclaration())
      continue;
    llvm::Constant *bytes = llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context), finder.depthOf(function));
    llvm::Metadata *note[] = {llvm::MDString::get(context, function.getName()), llvm::ConstantAsMetadata::get(bytes)};
    module.getOrInsertNamedMetadata(stacks)->addOperand(llvm::MDNode::get(context, note));
  }
}

llvm::StringMap<int64_t> notedStacks(const llvm::Module &module) {
  llvm::StringMap<int64_t> noted;
  if (const llvm::NamedMDNode *notes = module.getNamedMetadata(stacks))
    for (const llvm::MDNode *note : notes->operands())
      noted[llvm::cast<llvm::MDString>(note->getOperand(0))->getString()] =
          llvm::mdconst::extract<llvm::ConstantInt>(note->getOperand(1))->getSExtValue();
  return noted;
}

} // namespace mnv3::codegen
