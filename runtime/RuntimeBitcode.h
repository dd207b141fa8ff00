// The runtime as mnv3c carries it: LLVM bitcode to link into an object, and the text of abi.h for its header.
#pragma once

#include <string_view>

namespace mnv3 {

/// The whole runtime as one module of neutral IR (no triple, no data layout, no processor) for targets with pointers of
/// 64 or of 32 bits. Defines mnv3_detect and mnv3_clear_halo of runtime/src/model.h and a few functions of its own, all
/// to be internalised; declares nothing. The zero byte that LLVM's memory buffers expect follows the last byte.
std::string_view runtimeBitcode64();
std::string_view runtimeBitcode32();

/// The whole runtime as text, C++ behind abi.h: its headers, and behind them its sources, which declare nothing else. It includes
/// nothing.
std::string_view runtimeDeclarations();
std::string_view runtimeSource();

/// runtime/include/mnv3/abi.h, which every generated header carries.
std::string_view abiHeaderText();

} // namespace mnv3
