#include "compiler/tools/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"

namespace mnv3 {

bool writeFiles(const std::vector<std::pair<std::string, std::string>> &files, std::string &error) {
  std::vector<llvm::sys::fs::TempFile> written;
  auto discardAll = [&] {
    for (llvm::sys::fs::TempFile &file : written)
      llvm::consumeError(file.discard());
    return false;
  };
  for (const auto &[path, bytes] : files) {
    // A rename would put a file in the place of a device or a pipe.
    if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
      error = "cannot write '" + path + "': it is not a regular file";
      return discardAll();
    }
    llvm::Expected<llvm::sys::fs::TempFile> file = llvm::sys::fs::TempFile::create(path + ".%%%%%%", llvm::sys::fs::all_read | llvm::sys::fs::all_write);
    if (!file) {
      error = "cannot write '" + path + "': " + llvm::toString(file.takeError());
      return discardAll();
    }
    written.push_back(std::move(*file));
    llvm::raw_fd_ostream stream(written.back().FD, /*shouldClose=*/false);
    stream << bytes;
    stream.flush();
    if (stream.has_error()) {
      error = "cannot write '" + path + "': " + stream.error().message();
      stream.clear_error();
      return discardAll();
    }
  }
  for (size_t i = 0; i < files.size(); ++i)
    if (llvm::Error failure = written[i].keep(files[i].first)) {
      error = "cannot write '" + files[i].first + "': " + llvm::toString(std::move(failure));
      for (size_t done = 0; done < i; ++done)
        llvm::sys::fs::remove(files[done].first);
      return discardAll();
    }
  return true;
}

} // namespace mnv3
