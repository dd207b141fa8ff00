/* A network is some eighty short rounds of work, one behind the other. So whoever waits for a round spins for a while, as long
 * as the pauses between rounds of one network last, before it goes to sleep; and indices are taken one by one, so that a
 * thread that was disturbed takes fewer. */
#include "mnv3_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

struct mnv3_threads {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_uint round;     /* counts calls of parallel_for; its last change ends the pool */
  atomic_int sleepers;   /* threads in, or about to be in, pthread_cond_wait */
  atomic_int next, busy; /* the next index; threads that may still take one */
  atomic_int ending;
  /* Of the round, written before `round` changes. */
  int32_t count;
  void (*body)(void *context, int32_t index);
  void *context;
  int32_t helpers; /* threads beside the caller's */
  pthread_t helper[];
};

enum { spins = 4000 }; /* some 50 microseconds */

static void pause_a_little(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

static void take_indices(mnv3_threads *pool) {
  const int32_t count = pool->count;
  for (int32_t index; (index = atomic_fetch_add(&pool->next, 1)) < count;)
    pool->body(pool->context, index);
}

static void wait_for_round_after(mnv3_threads *pool, unsigned seen) {
  for (int spin = 0; spin < spins; ++spin, pause_a_little())
    if (atomic_load(&pool->round) != seen)
      return;
  /* begin_round() changes `round` before it looks at `sleepers`, this the other way round: one of the two notices. */
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (atomic_load(&pool->round) == seen)
    pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void begin_round(mnv3_threads *pool) {
  atomic_store(&pool->busy, pool->helpers);
  atomic_store(&pool->next, 0);
  atomic_fetch_add(&pool->round, 1);
  if (atomic_load(&pool->sleepers)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
}

static void *help(void *argument) {
  mnv3_threads *pool = argument;
  for (unsigned seen = 0;; ++seen) {
    wait_for_round_after(pool, seen);
    if (atomic_load(&pool->ending))
      return NULL;
    take_indices(pool);
    atomic_fetch_sub(&pool->busy, 1);
  }
}

mnv3_threads *mnv3_threads_create(int32_t threads) {
  if (threads < 1)
    return NULL;
  mnv3_threads *pool = calloc(1, sizeof *pool + (size_t)(threads - 1) * sizeof(pthread_t));
  if (!pool)
    return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  while (pool->helpers < threads - 1) {
    if (pthread_create(&pool->helper[pool->helpers], NULL, help, pool)) {
      mnv3_threads_destroy(pool);
      return NULL;
    }
    ++pool->helpers;
  }
  return pool;
}

void mnv3_threads_destroy(mnv3_threads *pool) {
  if (!pool)
    return;
  atomic_store(&pool->ending, 1);
  begin_round(pool);
  for (int32_t i = 0; i < pool->helpers; ++i)
    pthread_join(pool->helper[i], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

void mnv3_threads_parallel_for(void *threads, int32_t count, void (*body)(void *context, int32_t index), void *context) {
  mnv3_threads *pool = threads;
  pool->count = count;
  pool->body = body;
  pool->context = context;
  begin_round(pool);
  take_indices(pool);
  for (int spin = 0; atomic_load(&pool->busy); ++spin) /* not before the last helper is out of the round */
    spin < spins ? pause_a_little() : (void)sched_yield();
}
