// Small pieces of wording shared by the readers of weight files.
#pragma once

#include "compiler/Import/Diagnostic.h"

#include <string>
#include <string_view>

namespace mnv3::import {

[[noreturn]] void fail(const Location &where, std::string message);

// A name out of an input file, fit for a terminal: control bytes and broken UTF-8 as \x1b, and no longer than a line.
std::string printable(std::string_view name);

bool isUtf8(std::string_view text);

} // namespace mnv3::import
