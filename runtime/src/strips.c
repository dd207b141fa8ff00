#include "model.h"

/* Not inlined: a driver calls it a hundred times. */
__attribute__((noinline)) void mnv3_run_strips(const mnv3_hooks *hooks, struct mnv3_run *run, int32_t shift, void (*body)(void *run, int32_t strip)) {
  const int shared = shift && hooks && hooks->parallel_for;
  run->shift = shared ? shift : 0;
  if (shared)
    hooks->parallel_for(hooks->user, 1 << shift, body, run);
  else
    body(run, 0);
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* Fewer rows are not worth a thread: each strip begins with rows that the one before has, too. */
enum { least_rows = 4 };

void mnv3_run_stem(const mnv3_hooks *hooks, struct mnv3_run *run, const struct mnv3_stem *stem, void (*body)(void *run, int32_t strip)) {
  const int32_t last = stem->first_row + stem->rows, band = run->feed ? stem->band : stem->rows;
  for (int32_t row = stem->first_row; row < last; row += band) {
    run->first_row = row;
    run->rows = least(band, last - row);
    int32_t shift = stem->shift;
    if (run->feed) {
      const int32_t from = stem->stride * row - stem->pad;
      run->feed(run, from, from + stem->stride * (run->rows - 1) + stem->extent);
      while (shift > 0 && run->rows >> shift < least_rows)
        --shift;
    }
    mnv3_run_strips(hooks, run, shift, body);
  }
}

void mnv3_run_steps(const mnv3_hooks *hooks, struct mnv3_run *run, const struct mnv3_steps *steps, void (*body)(void *run, int32_t share)) {
  for (int32_t row = 0; row < steps->rows; row += steps->band) {
    run->first_row = row;
    run->rows = least(steps->band, steps->rows - row);
    for (run->step = 0; run->step < steps->steps; ++run->step)
      mnv3_run_strips(hooks, run, steps->shift, body);
  }
}
