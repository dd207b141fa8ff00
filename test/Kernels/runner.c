// Calls generated kernels on operands from a file. It stands alone, so that it runs natively and under qemu alike.
//
//     runner INPUT OUTPUT [REPEATS]
//
// INPUT:  int32 cases; for each case: int32 kernel, int32 plane (of a stem; 0: the kernel does not want it), int32 steps
//         (0: it is made by rows), int32 shift: threads would share each step in 1 << shift parts, int32 rows, int32 rows a
//         call, int32 operands; for each operand: int64 bytes, int64 first, bytes. The last rows and shares are made first: no call
//         may count on another.
// OUTPUT: the bytes of all operands after the calls, in the same order
//
// Every operand ends where an unreadable page begins; the kernel is handed the address of its byte `first`. With
// REPEATS the shortest time of a call is printed for each case, in nanoseconds.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef int (*Kernel)(int32_t, int32_t, void *, void *, void *, void *, void *, void *, void *, void *, void *, void *, void *, void *,
                      void *, void *, void *, void *);
typedef int (*Stem)(int32_t, int32_t, int32_t, void *, void *, void *, void *, void *);
typedef int (*InSteps)(int32_t, int32_t, int32_t, int32_t, int32_t, void *, void *, void *, void *, void *, void *);
extern const Kernel kernels[];

enum { maxOperands = 16 };

static void fail(const char *what) {
  fprintf(stderr, "runner: %s\n", what);
  exit(2);
}

static void readAll(void *to, size_t bytes, FILE *file) {
  if (fread(to, 1, bytes, file) != bytes)
    fail("the input is too short");
}

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(int count, char **arguments) {
  if (count < 3)
    fail("usage: runner INPUT OUTPUT [REPEATS]");
  FILE *input = fopen(arguments[1], "rb"), *output = fopen(arguments[2], "wb");
  const int repeats = count > 3 ? atoi(arguments[3]) : 0;
  if (!input || !output)
    fail("cannot open a file");
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int32_t cases;
  readAll(&cases, sizeof cases, input);
  for (int32_t i = 0; i < cases; ++i) {
    int32_t kernel, plane, steps, shift, rows, step, operands;
    readAll(&kernel, sizeof kernel, input);
    readAll(&plane, sizeof plane, input);
    readAll(&steps, sizeof steps, input);
    readAll(&shift, sizeof shift, input);
    readAll(&rows, sizeof rows, input);
    readAll(&step, sizeof step, input);
    readAll(&operands, sizeof operands, input);
    if (operands > maxOperands)
      fail("too many operands");
    char *mapped[maxOperands], *memory[maxOperands];
    void *pointers[maxOperands] = {0};
    size_t sizes[maxOperands], lengths[maxOperands];
    for (int32_t k = 0; k < operands; ++k) {
      int64_t bytes, first;
      readAll(&bytes, sizeof bytes, input);
      readAll(&first, sizeof first, input);
      sizes[k] = (size_t)bytes;
      const size_t body = (sizes[k] + page - 1) / page * page;
      lengths[k] = body + page;
      mapped[k] = mmap(NULL, lengths[k], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (mapped[k] == MAP_FAILED || mprotect(mapped[k] + body, page, PROT_NONE))
        fail("no memory");
      memory[k] = mapped[k] + body - sizes[k];
      pointers[k] = memory[k] + first;
      readAll(memory[k], sizes[k], input);
    }
    void **p = pointers;
    double best = 1e30;
    printf("%d", (int)i);
    fflush(stdout); // so that a crash shows where
    for (int call = 0; call <= repeats; ++call) {
      const double start = nanoseconds();
      for (int32_t first = (rows - 1) / step * step, end = rows; steps && end > 0; end = first, first -= step)
        for (int32_t part = 0; part < steps; ++part)
          for (int32_t share = (1 << shift) - 1; share >= 0; --share)
            ((InSteps)kernels[kernel])(first, end - first, part, share, shift, p[0], p[1], p[2], p[3], p[4], p[5]);
      for (int32_t end = rows, first = (rows / step - 1) * step; !steps && end > 0; end = first, first -= step)
        if (plane)
          ((Stem)kernels[kernel])(first, end - first, plane, p[0], p[1], p[2], p[3], p[4]);
        else
          kernels[kernel](first, end - first, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13],
                          p[14], p[15]);
      const double time = nanoseconds() - start;
      best = time < best ? time : best;
    }
    printf(repeats ? " %.0f\n" : "\n", best);
    for (int32_t k = 0; k < operands; ++k) {
      if (fwrite(memory[k], 1, sizes[k], output) != sizes[k])
        fail("cannot write");
      munmap(mapped[k], lengths[k]);
    }
  }
  return fclose(output) ? 2 : 0;
}
