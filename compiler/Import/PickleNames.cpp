#include "compiler/Import/Pickle.h"

#include <algorithm>

namespace mnv3::import {

// Everything in these modules, and in modules inside them.
static constexpr std::string_view modules[] = {
    "os",        "posix",    "nt",     "subprocess", "sys",        "shutil",  "socket",
    "pty",       "commands", "popen2", "importlib",  "imp",        "runpy",   "code",
    "codeop",    "pdb",      "bdb",    "cProfile",   "profile",    "timeit",  "trace",
    "ctypes",    "marshal",  "pickle", "_pickle",    "webbrowser", "asyncio", "multiprocessing",
    "threading", "signal",   "urllib", "http",       "requests",   "ftplib",  "smtplib",
    "tempfile",  "platform", "pip",
};

static constexpr std::string_view builtins[] = {
    "eval",    "exec",    "execfile", "compile", "__import__", "open", "file",  "input", "raw_input", "breakpoint",
    "getattr", "setattr", "delattr",  "globals", "locals",     "vars", "apply", "map",   "filter",
};

static constexpr std::string_view elsewhere[] = {
    "operator.attrgetter",
    "operator.methodcaller",
    "operator.itemgetter",
    "types.FunctionType",
    "types.CodeType",
    "torch.load",
    "torch.hub.load",
    "torch.jit.load",
    "torch.serialization.load",
    "numpy.load",
    "numpy.testing._private.utils.runstring",
};

template <class List> static bool contains(const List &list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool isDangerousName(std::string_view module, std::string_view name) {
  if (module == "builtins" || module == "__builtin__" || module == "__builtins__")
    // Protocol 4 allows dotted names, which reach into what they name.
    return contains(builtins, name.substr(0, name.find('.')));
  if (contains(modules, module.substr(0, module.find('.'))))
    return true;
  return contains(elsewhere, std::string(module) + "." + std::string(name));
}

} // namespace mnv3::import
