#include "model.h"

/* Not inlined: a driver calls it a hundred times. */
__attribute__((noinline)) void mnv3_run_strips(const mnv3_hooks *hooks, struct mnv3_run *run, int32_t shift, void (*body)(void *run, int32_t strip)) {
  const int shared = hooks && hooks->parallel_for;
  run->shift = shared ? shift : 0;
  if (shared)
    hooks->parallel_for(hooks->user, 1 << shift, body, run);
  else
    body(run, 0);
}
