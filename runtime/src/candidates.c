/* A heap whose root is the worst key: the next to be thrown out, and the last in order. The heap is made when the
 * memory is full; a picture with few boxes never pays for it. */
#include "candidates.h"
#include "numbers.h"

static void sift_down(uint64_t *keys, int32_t count, int32_t parent) {
  uint64_t key = keys[parent];
  for (int32_t child = 2 * parent + 1; child < count; child = 2 * parent + 1) {
    if (child + 1 < count && keys[child + 1] > keys[child])
      ++child;
    if (keys[child] <= key)
      break;
    keys[parent] = keys[child];
    parent = child;
  }
  keys[parent] = key;
}

static void make_heap(uint64_t *keys, int32_t count) {
  for (int32_t parent = count / 2; parent-- > 0;)
    sift_down(keys, count, parent);
}

int32_t mnv3_candidates_begin(mnv3_candidates *all, uint64_t *keys, int32_t capacity, int64_t cells, int32_t classes) {
  all->keys = keys;
  all->count = 0;
  all->capacity = capacity;
  all->class_bits = 1; // never 0 nor 32, so that no shift is by the whole word
  while (all->class_bits < 31 && ((int64_t)1 << all->class_bits) < classes)
    ++all->class_bits;
  return cells <= (int64_t)1 << (32 - all->class_bits) && cells <= INT32_MAX;
}

void mnv3_candidates_add(mnv3_candidates *all, float score, int32_t index, int32_t class_id) {
  uint32_t place = (uint32_t)index << all->class_bits | (uint32_t)class_id;
  uint64_t key = (uint64_t)~mnv3_bits_of_float(score) << 32 | place;
  if (all->count < all->capacity) {
    all->keys[all->count++] = key;
    if (all->count == all->capacity)
      make_heap(all->keys, all->count);
  } else if (all->capacity > 0 && key < all->keys[0]) {
    all->keys[0] = key;
    sift_down(all->keys, all->count, 0);
  }
}

void mnv3_candidates_put_class_first(mnv3_candidates *all) {
  for (int32_t i = 0; i < all->count; ++i) {
    uint32_t place = (uint32_t)all->keys[i];
    uint32_t swapped = place >> all->class_bits | place << (32 - all->class_bits);
    all->keys[i] = (all->keys[i] >> 32 << 32) | swapped;
  }
}

void mnv3_candidates_sort(mnv3_candidates *all) {
  make_heap(all->keys, all->count);
  for (int32_t last = all->count - 1; last > 0; --last) {
    uint64_t worst = all->keys[0];
    all->keys[0] = all->keys[last];
    all->keys[last] = worst;
    sift_down(all->keys, last, 0);
  }
}

mnv3_candidate mnv3_candidate_of_key(const mnv3_candidates *all, uint64_t key, int32_t class_first) {
  uint32_t place = (uint32_t)key;
  if (class_first)
    place = place << all->class_bits | place >> (32 - all->class_bits);
  mnv3_candidate result = {mnv3_float_of_bits(~(uint32_t)(key >> 32)), (int32_t)(place >> all->class_bits),
                           (int32_t)(place & ((1u << all->class_bits) - 1))};
  return result;
}
