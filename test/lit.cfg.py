# How lit runs the tests of this folder. Settings that depend on the build come from lit.site.cfg.py.
import os

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
config.substitutions.append(("%cxx", config.mnv3_cxx))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%root", os.path.dirname(config.test_source_root)))
if os.path.isdir(shared):
    config.available_features.add("shared")  # tests say: REQUIRES: shared
if config.mnv3_arm64:
    config.available_features.add("arm64")
