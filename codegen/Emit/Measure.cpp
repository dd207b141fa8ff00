// What an object takes of a machine: its sections and symbols, and the frames that code generation reports.
#include "codegen/Emit/Emit.h"
#include "codegen/Emit/Stack.h"

#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolSize.h"

using namespace mlir;

namespace mnv3::codegen {
namespace {

bool readObject(llvm::StringRef bytes, const std::string &name, ObjectFacts &facts, std::string &error) {
  auto object = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(bytes, name));
  if (!object) {
    error = "cannot read the object: " + llvm::toString(object.takeError());
    return false;
  }
  for (const llvm::object::SectionRef &section : (*object)->sections())
    if (section.isText() || section.isData() || section.isBSS())
      facts.code += static_cast<int64_t>(llvm::alignTo(section.getSize(), section.getAlignment()));
  for (auto [symbol, size] : llvm::object::computeSymbolSizes(**object)) {
    llvm::Expected<llvm::StringRef> symbolName = symbol.getName();
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!symbolName || !flags) {
      llvm::consumeError(symbolName.takeError());
      llvm::consumeError(flags.takeError());
      continue;
    }
    if (*symbolName == name + "_weights")
      facts.code -= static_cast<int64_t>(llvm::alignTo(facts.weights = static_cast<int64_t>(size), 64));
    facts.sizes[*symbolName] = static_cast<int64_t>(size);
    using llvm::object::SymbolRef;
    if (*flags & SymbolRef::SF_Undefined) {
      if (symbolName->empty() || ((*object)->isWasm() && symbolName->starts_with("__")))
        continue; // ELF's first symbol; WebAssembly asks its linker for a table and a stack
      error = "the object would need " + symbolName->str() + ", which nothing in it defines: a bug in mnv3c";
      return false;
    }
    if (*flags & SymbolRef::SF_Global)
      facts.symbols.push_back(symbolName->str());
  }
  llvm::sort(facts.symbols);
  return true;
}

} // namespace

bool emitObject(llvm::Module &module, const Target &target, const std::string &name, std::string &bytes, ObjectFacts &facts,
                std::string &error) {
  Frames frames;
  if (!generateCode(module, target, llvm::CodeGenFileType::ObjectFile, bytes, frames, error) || !readObject(bytes, name, facts, error))
    return false;
  for (const llvm::Function &function : module)
    if (!function.isDeclaration() && function.hasExternalLinkage())
      facts.stack.emplace_back(function.getName().str(), deepestStack(function, frames, target));
  llvm::sort(facts.stack);
  return true;
}

} // namespace mnv3::codegen
