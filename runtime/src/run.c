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
  struct mnv3_run run; // one by one: of braces with zeros in them g++ -Os makes a call of memset
  run.image = image;
  run.heads = heads;
  run.arena = arena;
  run.weights = mnv3_weights_of(model, hooks);
  run.feed = NULL;
  run.plane = model->width * model->height;
  if (!run.weights)
    return MNV3_BAD_WEIGHTS;
  model->network(&run, hooks);
  return MNV3_OK;
}
