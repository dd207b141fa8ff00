// The bitcode that mnv3c carries, compiled for its targets: no object may ask for a symbol of anybody else.
#include "runtime/RuntimeBitcode.h"
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace {

// What a command prints, errors included; the status is checked.
std::string output(const std::string &command) {
  std::string text;
  FILE *pipe = popen((command + " 2>&1").c_str(), "r");
  if (!pipe) {
    ADD_FAILURE() << "cannot run " << command;
    return text;
  }
  char buffer[4096];
  while (size_t got = fread(buffer, 1, sizeof(buffer), pipe))
    text.append(buffer, got);
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << text;
  return text;
}

struct Bitcode : testing::Test {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("mnv3-runtime-bitcode." + std::to_string(getpid()));
  Bitcode() { std::filesystem::create_directories(folder); }
  ~Bitcode() override { std::filesystem::remove_all(folder); }

  std::string write(const char *name, std::string_view bytes) {
    std::string path = (folder / name).string();
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }
};

TEST_F(Bitcode, NeedsNothing) {
  struct {
    int bits;
    const char *target;
  } const targets[] = {{64, "--target=x86_64-linux-gnu -march=x86-64-v3"},
                       {64, "--target=x86_64-linux-gnu -march=x86-64-v4"},
                       {64, "--target=aarch64-linux-gnu"},
                       {64, "--target=aarch64-none-elf -mcpu=cortex-a76"},
                       {64, "--target=riscv64-none-elf -march=rv64gcv -mabi=lp64d"},
                       {32, "--target=thumbv7em-none-eabihf -mcpu=cortex-m4"},
                       {32, "--target=thumbv7em-none-eabihf -mcpu=cortex-m7"},
                       {32, "--target=thumbv8.1m.main-none-eabihf -mcpu=cortex-m55"},
                       {32, "--target=armv7a-linux-gnueabihf -mcpu=cortex-a9 -mfpu=neon"}};
  const std::string bitcode64 = write("runtime64.bc", mnv3::runtimeBitcode64());
  const std::string bitcode32 = write("runtime32.bc", mnv3::runtimeBitcode32());
  for (const auto &target : targets)
    for (const char *level : {"-O0", "-O3"}) {
      SCOPED_TRACE(std::string(target.target) + " " + level);
      const std::string object = (folder / "runtime.o").string();
      // The module names no target, so clang must say nothing but that it fills one in.
      output(std::string(MNV3_CLANG) + " " + target.target + " " + level + " -Werror -Wno-override-module -c " +
             (target.bits == 64 ? bitcode64 : bitcode32) + " -o " + object);
      EXPECT_EQ(output(std::string(MNV3_LLVM_BIN) + "/llvm-nm --undefined-only " + object), "");
      const std::string defined = output(std::string(MNV3_LLVM_BIN) + "/llvm-nm --defined-only " + object);
      EXPECT_NE(defined.find(" T mnv3_detect\n"), std::string::npos) << defined;
      EXPECT_NE(defined.find(" T mnv3_clear_halo\n"), std::string::npos) << defined;
      for (const char *writable : {" D ", " B ", " d ", " b ", " C "})
        EXPECT_EQ(defined.find(writable), std::string::npos) << "a variable:\n" << defined;
    }
}

// The IR without declarations and without the functions of src/level.c, whose sums may be fused and are of vectors.
std::string withoutSums(const std::string &ir) {
  std::stringstream lines(ir);
  std::string line, rest;
  for (bool skipping = false; std::getline(lines, line);) {
    if (line.rfind("define ", 0) == 0)
      skipping = line.find("@mnv3_objectness(") != std::string::npos || line.find("@mnv3_logits(") != std::string::npos ||
                 line.find("@sum_") != std::string::npos;
    if (!skipping && line.rfind("declare ", 0) != 0)
      rest += line + "\n";
    skipping = skipping && line != "}";
  }
  return rest;
}

TEST_F(Bitcode, NamesNoTargetAndNoMemoryFunction) {
  for (std::string_view bitcode : {mnv3::runtimeBitcode64(), mnv3::runtimeBitcode32()}) {
    const std::string text = output(std::string(MNV3_LLVM_BIN) + "/llvm-dis -o - " + write("runtime.bc", bitcode));
    for (const char *word : {"target triple", "target datalayout", "target-cpu", "target-features", "!tbaa", "llvm.mem",
                             "llvm.aarch64", "llvm.arm", "double", "wchar_size"})
      EXPECT_EQ(text.find(word), std::string::npos) << word << " in the runtime's IR";
    EXPECT_NE(text.find("fmuladd"), std::string::npos);
    for (const char *word : {"fmuladd", " contract ", "<4 x"})
      EXPECT_EQ(withoutSums(text).find(word), std::string::npos) << word << " beyond the sums of Detect";
    EXPECT_NE(text.find("\"no-builtins\""), std::string::npos);
  }
}

TEST(AbiHeader, IsTheHeader) {
  std::ifstream file(MNV3_ABI, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty());
  EXPECT_EQ(mnv3::abiHeaderText(), text.str());
}

} // namespace
