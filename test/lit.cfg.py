# How lit runs the tests of this folder. Settings that depend on the build come from lit.site.cfg.py.
import os
import shutil

import lit.formats

config.name = "mnv3"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]

tools = os.pathsep.join(config.mnv3_tools)
config.environment["PATH"] = os.pathsep.join([tools, os.environ.get("PATH", "")])

# Models and recorded answers that are not part of the project. The environment may point elsewhere than the build did.
shared = os.path.abspath(os.environ.get("MNV3_SHARED") or config.mnv3_shared)
config.environment["MNV3_SHARED"] = shared
config.substitutions.append(("%shared", shared))
config.substitutions.append(("%build", os.path.dirname(config.test_exec_root)))
config.substitutions.append(("%cxx", config.mnv3_cxx))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%root", os.path.dirname(config.test_source_root)))
if os.path.isdir(shared):
    config.available_features.add("shared")  # tests say: REQUIRES: shared

# Targets whose programs this machine can link and run, and a browser, each with what that takes.
clang = ["clang-22", "ld.lld-22"]
emulated = {
    "arm64": ["aarch64-linux-gnu-gcc", "qemu-aarch64"],
    "armv7": [*clang, "/usr/arm-linux-gnueabihf/lib/libc.a", "qemu-arm"],
    "riscv64": [*clang, "/usr/riscv64-linux-gnu/lib/libc.a", "qemu-riscv64"],
    "cortex-m": [*clang, "qemu-system-arm"],
    "cortex-m-cpp": [*clang, "qemu-system-arm", "arm-none-eabi-g++"],
    "chromium": ["chromium"],
    "wasm32": ["clang-22", "wasm-ld-22", "/usr/lib/wasm32-wasi/libc.a", "node"],
}
for target, needs in emulated.items():
    if all(shutil.which(need) for need in needs if "/" not in need) and all(os.path.exists(need) for need in needs if "/" in need):
        config.available_features.add(target)
