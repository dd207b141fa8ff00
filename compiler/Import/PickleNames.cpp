#include "compiler/Import/Pickle.h"

#include <algorithm>
#include <array>

namespace mnv3::import {

// Everything in these modules, and in modules inside them.
static constexpr std::array modules = {
    std::string_view("os"), std::string_view("posix"), std::string_view("nt"), std::string_view("subprocess"),
    std::string_view("sys"), std::string_view("shutil"), std::string_view("socket"), std::string_view("pty"),
    std::string_view("commands"), std::string_view("popen2"), std::string_view("importlib"), std::string_view("imp"),
    std::string_view("runpy"), std::string_view("code"), std::string_view("codeop"), std::string_view("pdb"),
    std::string_view("bdb"), std::string_view("cProfile"), std::string_view("profile"), std::string_view("timeit"),
    std::string_view("trace"), std::string_view("ctypes"), std::string_view("marshal"), std::string_view("pickle"),
    std::string_view("_pickle"), std::string_view("webbrowser"), std::string_view("asyncio"),
    std::string_view("multiprocessing"), std::string_view("threading"), std::string_view("signal"),
    std::string_view("urllib"), std::string_view("http"), std::string_view("requests"), std::string_view("ftplib"),
    std::string_view("smtplib"), std::string_view("tempfile"), std::string_view("platform"), std::string_view("pip"),
};

static constexpr std::array builtins = {
    std::string_view("eval"), std::string_view("exec"), std::string_view("execfile"), std::string_view("compile"),
    std::string_view("__import__"), std::string_view("open"), std::string_view("file"), std::string_view("input"),
    std::string_view("raw_input"), std::string_view("breakpoint"), std::string_view("getattr"),
    std::string_view("setattr"), std::string_view("delattr"), std::string_view("globals"), std::string_view("locals"),
    std::string_view("vars"), std::string_view("apply"), std::string_view("map"), std::string_view("filter"),
};

static constexpr std::array elsewhere = {
    std::string_view("operator.attrgetter"), std::string_view("operator.methodcaller"),
    std::string_view("operator.itemgetter"), std::string_view("types.FunctionType"), std::string_view("types.CodeType"),
    std::string_view("torch.load"), std::string_view("torch.hub.load"), std::string_view("torch.jit.load"),
    std::string_view("torch.serialization.load"), std::string_view("numpy.load"),
    std::string_view("numpy.testing._private.utils.runstring"),
};

template <class List> static bool contains(const List &list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
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
