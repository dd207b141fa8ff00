/* A network is one or two hundred short rounds of work, one behind the other. So whoever waits for a round spins for a while, as long
 * as the pauses between rounds of one network last, before it goes to sleep. Each thread begins with a share of the indices that
 * is the same in all rounds: rows of a picture are then read by the thread that wrote them, out of its own cache. They are taken
 * one by one, and a thread that is done goes on with the others' shares, so that one that was disturbed takes fewer. */
#include "mnv3_threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { cache_line = 64 };

struct member {
  _Alignas(cache_line) atomic_int next; /* of its share of the round's indices, which ends before `end` */
  int32_t end;
  mnv3_threads *pool;
  pthread_t thread; /* not of the first, who is the caller */
};

struct mnv3_threads {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_uint round;   /* counts calls of parallel_for; its last change ends the pool */
  atomic_int sleepers; /* threads in, or about to be in, pthread_cond_wait */
  atomic_int busy;     /* threads that may still take an index */
  atomic_int ending;
  /* Of the round, written before `round` changes. */
  void (*body)(void *context, int32_t index);
  void *context;
  int32_t members;
  struct member member[];
};

enum { spins = 4000 }; /* some 50 microseconds */

static void pause_a_little(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/* The member's own indices, then those of the others that are left. */
static void take_indices(struct member *self) {
  mnv3_threads *pool = self->pool;
  struct member *const end = pool->member + pool->members;
  struct member *of = self;
  do {
    for (int32_t index; (index = atomic_fetch_add(&of->next, 1)) < of->end;)
      pool->body(pool->context, index);
    if (++of == end)
      of = pool->member;
  } while (of != self);
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

static void begin_round(mnv3_threads *pool, int32_t count) {
  for (int32_t i = 0; i < pool->members; ++i) {
    atomic_store(&pool->member[i].next, (int32_t)((int64_t)count * i / pool->members));
    pool->member[i].end = (int32_t)((int64_t)count * (i + 1) / pool->members);
  }
  atomic_store(&pool->busy, pool->members - 1);
  atomic_fetch_add(&pool->round, 1);
  if (atomic_load(&pool->sleepers)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
}

static void *help(void *argument) {
  struct member *self = argument;
  mnv3_threads *pool = self->pool;
  for (unsigned seen = 0;; ++seen) {
    wait_for_round_after(pool, seen);
    if (atomic_load(&pool->ending))
      return NULL;
    take_indices(self);
    atomic_fetch_sub(&pool->busy, 1);
  }
}

mnv3_threads *mnv3_threads_create(int32_t threads) {
  if (threads < 1)
    return NULL;
  const size_t bytes = sizeof(mnv3_threads) + (size_t)threads * sizeof(struct member);
  mnv3_threads *pool = aligned_alloc(cache_line, bytes);
  if (!pool)
    return NULL;
  memset(pool, 0, bytes);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  for (; pool->members < threads; ++pool->members) {
    struct member *member = &pool->member[pool->members];
    member->pool = pool;
    if (pool->members && pthread_create(&member->thread, NULL, help, member)) {
      mnv3_threads_destroy(pool);
      return NULL;
    }
  }
  return pool;
}

void mnv3_threads_destroy(mnv3_threads *pool) {
  if (!pool)
    return;
  atomic_store(&pool->ending, 1);
  begin_round(pool, 0);
  for (int32_t i = 1; i < pool->members; ++i)
    pthread_join(pool->member[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

void mnv3_threads_parallel_for(void *threads, int32_t count, void (*body)(void *context, int32_t index), void *context) {
  mnv3_threads *pool = threads;
  pool->body = body;
  pool->context = context;
  begin_round(pool, count);
  take_indices(pool->member);
  for (int spin = 0; atomic_load(&pool->busy); ++spin) /* not before the last helper is out of the round */
    spin < spins ? pause_a_little() : (void)sched_yield();
}
