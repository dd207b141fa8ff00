/* det_run: what the caller handed over, then the network. */
#include "model.h"

mnv3_status mnv3_run_network(const struct mnv3_model *model, const float *image, float *const *heads, void *arena,
                             const mnv3_hooks *hooks) {
  if (!image || !heads || !arena)
    return MNV3_BAD_ARGUMENT;
  if ((uintptr_t)arena % 64)
    return MNV3_BAD_ALIGNMENT;
  for (int32_t head = 0; head < model->heads; ++head)
    if (!heads[head])
      return MNV3_BAD_ARGUMENT;
  struct mnv3_run run = {image, heads, arena, mnv3_weights_of(model, hooks), NULL, model->width * model->height, 0, 0, 0};
  if (!run.weights)
    return MNV3_BAD_WEIGHTS;
  model->network(&run, hooks);
  return MNV3_OK;
}
