#include "test/Kernels/Run.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace mnv3::codegen::test {
namespace {

namespace fs = std::filesystem;

// A folder that goes away with its owner.
class Folder {
public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "mnv3-kernels-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a temporary folder");
    path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    if (!std::getenv("MNV3_KEEP"))
      fs::remove_all(path, ignored);
    else
      std::fprintf(stderr, "kept: %s\n", path.c_str());
  }
  std::string operator/(const std::string &name) const { return path / name; }

private:
  fs::path path;
};

void shell(const std::string &command, const std::string &log) {
  if (std::system((command + " > " + log + " 2>&1").c_str()) == 0)
    return;
  std::ifstream file(log);
  std::string text(std::istreambuf_iterator<char>(file), {});
  throw std::runtime_error(command + "\n" + text.substr(text.size() > 2000 ? text.size() - 2000 : 0));
}

template <typename T> void write(std::ofstream &file, T number) {
  file.write(reinterpret_cast<const char *>(&number), sizeof number);
}

void writeOperand(std::ofstream &file, const Memory &memory) {
  write(file, int64_t(memory.floats.size() * sizeof(float)));
  write(file, int64_t(memory.first * sizeof(float)));
  file.write(reinterpret_cast<const char *>(memory.floats.data()), memory.floats.size() * sizeof(float));
}

// A call of a case's kernel, on memory of its own.
struct Trial {
  size_t number; // of the case
  bool inStrips;
  int rowsACall, shift; // what is in steps is made in 1 << shift shares
  std::vector<Memory> operands;
};

// Makes folder/program and folder/input. Each case is tried in one call and, `inStrips`, in as many as its kernel allows.
std::vector<Trial> build(const std::vector<Case> &cases, const TestTarget &target, const Folder &folder, const std::string &cpu,
                         bool inStrips) {
  std::vector<KernelSpec> specs;
  for (const Case &oneCase : cases)
    specs.push_back(oneCase.spec);
  std::vector<KernelInfo> infos;
  KernelCode bitcode;
  std::string error;
  if (!generateKernels(specs, target.kernels, KernelForm::bitcode, infos, bitcode, error))
    throw std::runtime_error(error);
  std::string modules;
  const std::vector<std::string> *pieces = bitcode.pieces(error);
  if (!pieces)
    throw std::runtime_error(error);
  for (const std::string &piece : *pieces) {
    std::string name = folder / ("kernels" + std::to_string(modules.size()) + ".bc");
    std::ofstream(name, std::ios::binary) << piece;
    modules += " " + name;
  }
  shell(MNV3_LLVM_TOOLS "/llvm-link" + modules + " -o " + (folder / "kernels.bc"), folder / "log-link");

  // Only the attributes that Halide puts on functions name a CPU; a measurement wants the machine's own, and neutral code any.
  std::string source = "kernels.bc", edit;
  if (!cpu.empty())
    edit = "s/\"target-cpu\"=\"[^\"]*\"/\"target-cpu\"=\"" + cpu + "\"/; s/\"tune-cpu\"=\"[^\"]*\"//";
  else if (!target.llc.empty())
    edit = "/^target /d; s/\"\\(target-cpu\\|tune-cpu\\|target-features\\)\"=\"[^\"]*\"//g";
  if (!edit.empty()) {
    shell(MNV3_LLVM_TOOLS "/llvm-dis " + (folder / "kernels.bc") + " -o " + (folder / "kernels.ll"), folder / "log-dis");
    shell("sed -i '" + edit + "' " + (folder / "kernels.ll"), folder / "log-sed");
    source = "kernels.ll";
  }
  shell(MNV3_LLVM_TOOLS "/llc -O3 -relocation-model=pic -filetype=obj " + target.llc + " " + (folder / source) + " -o " +
            (folder / "kernels.o"),
        folder / "log-llc");

  std::ofstream table(folder / "table.c");
  for (size_t i = 0; i < infos.size(); ++i)
    table << "int " << infos[i].symbol << "();\n";
  table << "int (*const kernels[])() = {";
  for (const KernelInfo &info : infos)
    table << info.symbol << ", ";
  table << "0};\n";
  table.close();
  shell(target.compiler + " -O1 -x c " MNV3_KERNEL_RUNNER " -x c " + (folder / "table.c") + " -x none " +
            (folder / "kernels.o") + " -o " + (folder / "program"),
        folder / "log-link");

  std::ofstream input(folder / "input", std::ios::binary);
  std::vector<Trial> trials;
  for (size_t i = 0; i < cases.size(); ++i) {
    const int height = cases[i].spec.height, band = infos[i].bandRows, step = infos[i].rowStep;
    trials.push_back({i, false, band ? std::min(band, height) : height, 0, {}});
    if (inStrips && (band || (step && height >= 2 * step)))
      trials.push_back({i, true, std::max(step, 1), band ? 2 : 0, {}});
  }
  write(input, int32_t(trials.size()));
  for (Trial &trial : trials) {
    const Case &tried = cases[trial.number];
    std::vector<Memory> &all = trial.operands = tried.operands;
    all.push_back(tried.makeOutput(target.kernels));
    if (int64_t scratch = infos[trial.number].scratchFor(trial.rowsACall))
      all.push_back(placeDense(std::vector<float>(scratch / sizeof(float), 0.0f / 0.0f)));
    write(input, int32_t(trial.number));
    write(input, int32_t(tried.spec.family == Family::stem ? tried.spec.inputHeight * tried.spec.inputWidth : 0));
    write(input, int32_t(infos[trial.number].steps));
    write(input, int32_t(trial.shift));
    write(input, int32_t(tried.spec.height));
    write(input, int32_t(trial.rowsACall));
    write(input, int32_t(all.size()));
    for (const Memory &memory : all)
      writeOperand(input, memory);
  }
  return trials;
}

} // namespace

std::vector<TestTarget> testTargets() {
  return {
      {{"x86-64-v4", 16, 32}, "avx512", MNV3_CXX_NATIVE, ""},
      {{"x86-64", 8, 16}, "avx2", MNV3_CXX_NATIVE, ""},
      {{"arm64", 4, 32}, "neon", std::string(MNV3_CXX_ARM64) + " -static", MNV3_QEMU_ARM64},
      {{"armv7", 4, 16}, "neon32", MNV3_CC_ARM, MNV3_QEMU_ARM, "-mtriple=armv7-linux-gnueabihf -mattr=+neon"},
      // What a Cortex-M7 has, on a processor that an emulator of programs knows.
      {{"cortex-m7", 4, 8}, "thumb", MNV3_CC_ARM, MNV3_QEMU_ARM, "-mtriple=thumbv7-linux-gnueabihf -mattr=+vfp4d16,-neon"},
      {{"riscv64-v", 4, 32}, "riscv", MNV3_CC_RISCV64, std::string(MNV3_QEMU_RISCV64) + " -cpu rv64,v=true",
       "-mtriple=riscv64-linux-gnu -mattr=+m,+a,+f,+d,+c,+v -target-abi=lp64d"},
  };
}

std::string whyNot(const TestTarget &target) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (target.kernels.name == "x86-64-v4" && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                                              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")))
    return "this CPU has no AVX-512";
  if (target.kernels.name == "x86-64" && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
    return "this CPU has no AVX2";
#else
  if (target.emulator.empty())
    return "this is not an x86-64 machine";
#endif
  if (target.kernels.name == "arm64" && (target.emulator.empty() || target.compiler == " -static"))
    return "no qemu-aarch64 or no aarch64-linux-gnu-g++ here";
  if (target.compiler.empty() || target.emulator.starts_with(" ") || (!target.llc.empty() && target.emulator.empty()))
    return "no C library or no emulator for it here";
  return "";
}

std::string run(const std::vector<Case> &cases, const TestTarget &target) {
  try {
    Folder folder;
    std::vector<Trial> trials = build(cases, target, folder, "", true);
    try {
      shell(target.emulator + " " + (folder / "program") + " " + (folder / "input") + " " + (folder / "output"), folder / "log");
    } catch (const std::exception &failure) {
      std::ifstream log(folder / "log");
      int last = -1;
      for (int number; log >> number;)
        last = number;
      return (last >= 0 ? cases[trials[last].number].name + ": " : std::string()) + failure.what();
    }
    std::ifstream output(folder / "output", std::ios::binary);
    std::string wrong;
    const Memory *whole = nullptr; // the output of the case made in one call
    for (Trial &trial : trials) {
      for (Memory &memory : trial.operands)
        output.read(reinterpret_cast<char *>(memory.floats.data()), memory.floats.size() * sizeof(float));
      const Case &tried = cases[trial.number];
      const Memory &made = trial.operands[tried.operands.size()];
      if (!trial.inStrips) {
        whole = &made;
        if (std::string message = tried.check(made, target.kernels); !message.empty())
          wrong += message + "\n";
      } else if (std::memcmp(made.floats.data(), whole->floats.data(), made.floats.size() * sizeof(float)) != 0) {
        wrong += tried.name + ": other bits in strips of " + std::to_string(trial.rowsACall) + " rows\n";
      }
    }
    return output ? wrong : wrong + "the program's output is too short";
  } catch (const std::exception &failure) {
    return failure.what();
  }
}

std::vector<double> measure(const std::vector<Case> &cases, const TestTarget &target, int repeats, const std::string &cpu) {
  Folder folder;
  build(cases, target, folder, cpu, false);
  shell(target.emulator + " " + (folder / "program") + " " + (folder / "input") + " " + (folder / "output") + " " +
            std::to_string(repeats),
        folder / "log");
  std::ifstream log(folder / "log");
  std::vector<double> times;
  int number;
  for (double time; log >> number >> time;)
    times.push_back(time);
  return times;
}

} // namespace mnv3::codegen::test
