// Work in a process of its own. Halide's lowering is not made for threads; what each process is given does not depend on timing, and so
// neither does what it makes.
#pragma once

#include <functional>
#include <queue>
#include <string>

#include <sys/types.h>

namespace mnv3::codegen {

class Worker {
public:
  using Send = std::function<void(const std::string &)>;

  // Starts `work`, which must be free of side effects but for what it sends; if no process can be had, it runs here and now.
  explicit Worker(const std::function<void(const Send &)> &work);
  ~Worker(); // ends the work, done or not
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  // Waits for the next of what `work` sends. Throws std::runtime_error with what `work` threw, or if its process died.
  std::string receive();

private:
  pid_t process = -1;
  int pipe = -1;                    // to read from
  std::queue<std::string> messages; // where there is no process
};

} // namespace mnv3::codegen
