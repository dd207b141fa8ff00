#include "test/Import/Readers/FileBuilder.h"
#include "test/Import/Readers/Read.h"

#include <gtest/gtest.h>

using namespace mnv3::test;

static std::string header(const std::string &type, const std::string &shape, const char *fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}
static std::string npz(const std::string &content) { return zip({{"w.npy", content}}); }

TEST(Npz, ReadsBothOrdersAndAllVersions) {
  const std::string six = floats({0, 1, 2, 3, 4, 5});
  for (int version : {1, 2, 3}) {
    auto file = read(npz(npy(header("<f4", "(2, 3)"), six, version)));
    EXPECT_EQ(file.weights.find("w")->values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(file.weights.find("w")->shape, (std::vector<int64_t>{2, 3}));
  }
  EXPECT_EQ(read(npz(npy(header("<f4", "(2, 3)", "True"), six))).weights.find("w")->values,
            (std::vector<float>{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(read(npz(npy(header("<f2", "()"), words({0x3c00})))).weights.find("w")->values, (std::vector<float>{1}));
  EXPECT_EQ(read(npz(npy(header("<f4", "(6,)"), six))).weights.find("w")->shape, (std::vector<int64_t>{6}));
  EXPECT_TRUE(read(npz(npy(header("<i8", "()"), std::string(8, 1)))).weights.find("w")->isInteger);
}

TEST(Npz, RefusesOtherArrays) {
  const std::string six = floats({0, 1, 2, 3, 4, 5});
  EXPECT_ERROR(npz(npy(header("|O", "(6,)"), six)), "small.pt: w.npy: is an array of Python objects");
  EXPECT_ERROR(npz(npy(header(">f4", "(6,)"), six)), "has elements of type '>f4', expected little-endian");
  EXPECT_ERROR(npz(npy(header("<c8", "(3,)"), six)), "has elements of type '<c8'");
  EXPECT_ERROR(npz(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", six)),
               "is an array of records");
  EXPECT_ERROR(npz(npy(header("<f4", "(7,)"), six)), "has 24 bytes of data, and 7 elements of 4 bytes in shape [7]");
  EXPECT_ERROR(npz(npy(header("<f4", "(4294967296, 4294967296)"), six)), "more elements than any file can hold");
  EXPECT_ERROR(npz(npy(header("<f4", "(-6,)"), six)), "expected no negative dimension");
  EXPECT_ERROR(npz(npy(header("<f4", "(99999999999999999999,)"), six)), "expected descr, fortran_order and shape");
  EXPECT_ERROR(npz(npy("{'descr': '<f4', 'shape': (6,)}", six)), "expected descr, fortran_order and shape");
  EXPECT_ERROR(npz(npy("{'shape': (6,), 'shape': (6,)}", six)), "expected descr, fortran_order and shape");
  EXPECT_ERROR(npz(npy(header("<f4", "(6,)"), six, 9)), "has .npy version 9");
  EXPECT_ERROR(npz("\x93NUMPY\1"), "does not start as a .npy array does");
  EXPECT_ERROR(npz(npy(header("<f4", "(6,)"), six).replace(8, 2, "\xff\xff")), "a .npy header of 65535 bytes");
  const std::string cut = npy(header("<f4", "(6,)"), six);
  for (size_t size = 0; size < cut.size(); ++size)
    EXPECT_NE(errorOf(npz(cut.substr(0, size))), "no error") << size;
}
