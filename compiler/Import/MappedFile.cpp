#include "compiler/Import/MappedFile.h"

#include "compiler/Import/Text.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mnv3::import {

MappedFile::MappedFile(const std::string &path) {
  const Location where{path, 0, 0, ""};
  // Without O_NONBLOCK a named pipe would hang here before it could be refused.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    fail(where, std::string("cannot be opened: ") + std::strerror(errno));
  struct Closer {
    int file;
    ~Closer() { ::close(file); }
  } closer{file};

  struct stat status;
  if (::fstat(file, &status) != 0)
    fail(where, std::string("cannot be read: ") + std::strerror(errno));
  if (S_ISDIR(status.st_mode))
    fail(where, "is a directory, expected a weight file");
  if (!S_ISREG(status.st_mode))
    fail(where, "is not a regular file, expected a weight file");
  if (status.st_size == 0)
    return; // an empty mapping is an error to mmap
  void *mapping = ::mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  if (mapping == MAP_FAILED)
    fail(where, std::string("cannot be mapped into memory: ") + std::strerror(errno));
  data = static_cast<const std::byte *>(mapping);
  size = static_cast<size_t>(status.st_size);
}

MappedFile::~MappedFile() {
  if (data)
    ::munmap(const_cast<std::byte *>(data), size);
}

} // namespace mnv3::import
