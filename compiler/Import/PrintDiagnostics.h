// Diagnostics on stderr: place, severity, message, and the line of the yaml with a caret under it.
#pragma once

#include "compiler/Import/Diagnostic.h"

namespace mnv3::import {

void printDiagnostics(const std::vector<Diagnostic> &diagnostics);

} // namespace mnv3::import
