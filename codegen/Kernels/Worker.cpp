#include "codegen/Kernels/Worker.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mnv3::codegen {
namespace {

// What a message says is its first byte: that the work goes on, or why it ended.
constexpr char result = 'r', failure = 'f';

// By read or write, which may do a part only.
template <typename Transfer, typename Byte>
bool transferAll(Transfer transfer, int file, Byte *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    const ssize_t now = transfer(file, bytes + done, count - done);
    if (now < 0 && errno == EINTR)
      continue;
    if (now <= 0)
      return false;
    done += static_cast<size_t>(now);
  }
  return true;
}

void workAndSend(const std::function<void(const Worker::Send &)> &work, const std::function<void(const std::string &)> &deliver) {
  try {
    work([&](const std::string &bytes) { deliver(result + bytes); });
  } catch (const std::exception &thrown) {
    deliver(failure + std::string(thrown.what()));
  }
}

} // namespace

Worker::Worker(const std::function<void(const Send &)> &work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == 0) {
    process = fork();
    if (process < 0) {
      close(ends[0]);
      close(ends[1]);
    }
  }
  if (process < 0) {
    workAndSend(work, [&](const std::string &message) { messages.push(message); });
    return;
  }
  if (process == 0) { // leaves without destructors: everything but the pipe belongs to the parent
    close(ends[0]);
    bool sent = true;
    workAndSend(work, [&](const std::string &message) {
      const uint64_t size = message.size();
      sent = sent && transferAll(write, ends[1], reinterpret_cast<const char *>(&size), sizeof size) &&
             transferAll(write, ends[1], message.data(), size);
    });
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);
  pipe = ends[0];
}

Worker::~Worker() {
  if (process < 0)
    return;
  close(pipe);
  kill(process, SIGKILL);
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR)
    continue;
}

std::string Worker::receive() {
  std::string message;
  if (process < 0 && !messages.empty()) {
    message = messages.front();
    messages.pop();
  } else if (process > 0) {
    uint64_t size = 0;
    if (transferAll(read, pipe, reinterpret_cast<char *>(&size), sizeof size)) {
      message.resize(size);
      if (!transferAll(read, pipe, message.data(), size))
        message.clear();
    }
  }
  if (message.empty())
    throw std::runtime_error("the second process died while making kernels");
  if (message[0] == failure)
    throw std::runtime_error(message.substr(1));
  return message.substr(1);
}

} // namespace mnv3::codegen
