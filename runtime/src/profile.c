#include "model.h"

uint64_t mnv3_read_clock(const mnv3_hooks *hooks) {
  return hooks && hooks->clock && hooks->ticks ? hooks->clock(hooks->user) : 0;
}

void mnv3_add_ticks(const mnv3_hooks *hooks, int32_t kernel, uint64_t before) {
  if (hooks && hooks->clock && hooks->ticks)
    hooks->ticks[kernel] += hooks->clock(hooks->user) - before;
}
