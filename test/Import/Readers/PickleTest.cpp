// The pickle machine: what it refuses, and that its values cannot be misused.
#include "compiler/Import/Pickle.h"
#include "test/Import/Readers/FileBuilder.h"

#include <gtest/gtest.h>

using namespace mnv3::import;
using namespace mnv3::test::pickle;

namespace {

const Location where{"small.pt", 0, 0, "data.pkl"};

std::string errorOf(const std::string &bytes) {
  try {
    Pickle pickle(std::as_bytes(std::span(bytes)), where);
  } catch (const ImportError &error) {
    return error.what();
  }
  return "no error";
}
#define EXPECT_PICKLE_ERROR(bytes, part) EXPECT_NE(errorOf(bytes).find(part), std::string::npos) << errorOf(bytes)

std::string describe(const std::string &bytes) {
  return Pickle(std::as_bytes(std::span(bytes)), where).root().describe();
}

} // namespace

TEST(Pickle, RunsNothing) {
  const std::string call = reduce(global("posix", "system"), tuple({text("rm -rf /")}));
  EXPECT_EQ(errorOf(program(call)), "asks for posix.system: refused; nothing was run");
  for (auto [module, name] : {std::pair("os", "system"),
                              {"os.path", "join"},
                              {"subprocess", "Popen"},
                              {"builtins", "eval"},
                              {"__builtin__", "exec"},
                              {"builtins", "getattr"},
                              {"builtins", "__import__"},
                              {"nt", "system"},
                              {"torch", "load"},
                              {"types", "CodeType"},
                              {"builtins", "eval.__call__"}})
    EXPECT_PICKLE_ERROR(program(global(module, name)), ": refused; nothing was run");
  // Protocol 4 takes module and name off the stack.
  EXPECT_PICKLE_ERROR(std::string("\x80\4\x8c\2os\x8c\6system\x93."), "asks for os.system: refused");
  EXPECT_EQ(describe(program(reduce(global("pathlib", "PosixPath"), tuple({text("runs")})))), "a pathlib.PosixPath");
  EXPECT_EQ(describe(program(global("models.common", "Conv"))), "the name models.common.Conv");
}

TEST(Pickle, RefusesWhatItDoesNotKnow) {
  EXPECT_PICKLE_ERROR("N.", "does not start with a protocol number");
  EXPECT_PICKLE_ERROR("\x80\6N.", "its protocol is 6, expected 2 to 5");
  EXPECT_PICKLE_ERROR("\x80\2P0\n.", "opcode 0x50 is not one of those allowed"); // PERSID
  EXPECT_PICKLE_ERROR("\x80\2ios\nsystem\n.", "opcode 0x69");                    // INST
  EXPECT_PICKLE_ERROR("\x80\2\x82\1.", "opcode 0x82");                           // EXT1
  EXPECT_PICKLE_ERROR(program(reduce(text("print"), tuple({}))), "calls a string with a tuple, expected a name");
  EXPECT_PICKLE_ERROR(program(text("\xff")), "not valid UTF-8");
  EXPECT_PICKLE_ERROR(program(text("\xc0\x80")), "not valid UTF-8"); // overlong
}

TEST(Pickle, KeepsItsStackInOrder) {
  EXPECT_PICKLE_ERROR("", "cut off");
  EXPECT_PICKLE_ERROR("\x80\2", "cut off");
  EXPECT_PICKLE_ERROR("\x80\2.", "ends with 0 values");
  EXPECT_PICKLE_ERROR("\x80\2NN.", "ends with 2 values");
  EXPECT_PICKLE_ERROR("\x80\2N0"
                      "0.",
                      "stack is empty");
  EXPECT_PICKLE_ERROR("\x80\2N(\x85.", "stack is empty"); // a mark hides what is below
  EXPECT_PICKLE_ERROR("\x80\2t.", "a mark is missing");
  EXPECT_PICKLE_ERROR("\x80\2h\5.", "its memo has nothing in slot 5");
  EXPECT_PICKLE_ERROR(std::string("\x80\2Nr\xff\xff\xff\xff.", 9), "its memo has no slot 4294967295");
  EXPECT_PICKLE_ERROR("\x80\2X\xff\xff\xff\xff.", "cut off");
  EXPECT_PICKLE_ERROR("\x80\2}(Nu.", "sets 1 halves of items");
  EXPECT_PICKLE_ERROR("\x80\2NNa.", "it appends to None");
  EXPECT_PICKLE_ERROR("\x80\2)Nb.", "sets attributes of a tuple"); // the empty tuple is shared
  EXPECT_PICKLE_ERROR(program(std::string(2'000'001, ']')), "over 2000000 values");
}

TEST(Pickle, ReadsNewerProtocols) {
  EXPECT_EQ(describe(std::string("\x80\4\x95\2\0\0\0\0\0\0\0\x8f.", 13)), "a set"); // a frame, EMPTY_SET
  EXPECT_EQ(describe("\x80\4\x8c\1m\x94\x8c\1C\x94\x93)\x81."), "a m.C");           // MEMOIZE, STACK_GLOBAL, NEWOBJ
  EXPECT_PICKLE_ERROR(std::string("\x80\4\x95\xff\0\0\0\0\0\0\0N.", 12), "a frame is cut off");
}

TEST(Pickle, ReadsIntegersOfAnyLength) {
  auto value = [](const std::string &bytes) {
    const std::string all = program(bytes);
    return Pickle(std::as_bytes(std::span(all)), where).root().integer;
  };
  EXPECT_EQ(value(std::string("\x8a\0", 2)), 0);
  EXPECT_EQ(value("\x8a\1\xff"), -1);
  EXPECT_EQ(value(std::string("\x8a\2\xff\0", 4)), 255);
  EXPECT_EQ(value("J\xfe\xff\xff\xff"), -2);
  EXPECT_EQ(value("M\xfe\xff"), 65534);
  EXPECT_EQ(describe(program("\x8a\x09"
                             "123456789")),
            "a value of another type");
}
