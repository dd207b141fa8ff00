/* A parallel_for for mnv3_hooks: the caller and its helper threads take indices until none is left.
 *
 * What is left is one word: a round in the high half, the indices to go in the low half. Taking an index is a
 * compare-and-swap of that word, so a helper that comes late from an earlier round takes nothing, and nobody waits for a helper
 * that sleeps. A helper without work spins for a fraction of a millisecond, for the next kernel is microseconds away, then
 * sleeps. */
#ifndef THREAD_POOL_H
#define THREAD_POOL_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

typedef void (*thread_pool_body)(void *context, int32_t index);

typedef struct {
  _Atomic uint64_t left;
  _Atomic(thread_pool_body) body; /* changes only while nothing is left */
  _Atomic(void *) context;
  _Atomic int32_t done, sleepers;
  pthread_mutex_t lock;
  pthread_cond_t wake;
} thread_pool;

enum { THREAD_POOL_SPINS = 10000 };

static void thread_pool_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

/* Runs one index; false: there is none. */
static int thread_pool_take(thread_pool *pool) {
  uint64_t left = atomic_load(&pool->left);
  while ((uint32_t)left) {
    thread_pool_body body = atomic_load(&pool->body);
    void *context = atomic_load(&pool->context);
    if (!atomic_compare_exchange_weak(&pool->left, &left, left - 1))
      continue;
    body(context, (int32_t)((uint32_t)left - 1));
    atomic_fetch_add(&pool->done, 1);
    return 1;
  }
  return 0;
}

static void *thread_pool_help(void *user) {
  thread_pool *pool = user;
  for (int spins = 0;;) {
    if (thread_pool_take(pool)) {
      spins = 0;
    } else if (++spins < THREAD_POOL_SPINS) {
      thread_pool_pause();
    } else {
      pthread_mutex_lock(&pool->lock);
      atomic_fetch_add(&pool->sleepers, 1);
      while (!(uint32_t)atomic_load(&pool->left))
        pthread_cond_wait(&pool->wake, &pool->lock);
      atomic_fetch_sub(&pool->sleepers, 1);
      pthread_mutex_unlock(&pool->lock);
      spins = 0;
    }
  }
  return NULL;
}

/* mnv3_hooks.parallel_for; user: the pool. One caller at a time. */
static void thread_pool_parallel_for(void *user, int32_t count, thread_pool_body body, void *context) {
  thread_pool *pool = user;
  if (count <= 0)
    return;
  atomic_store(&pool->body, body);
  atomic_store(&pool->context, context);
  atomic_store(&pool->done, 0);
  atomic_store(&pool->left, ((atomic_load(&pool->left) >> 32) + 1) << 32 | (uint32_t)count);
  if (atomic_load(&pool->sleepers)) {
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
  }
  while (thread_pool_take(pool))
    ;
  for (int spins = 0; atomic_load(&pool->done) != count; ++spins) {
    if (spins < THREAD_POOL_SPINS)
      thread_pool_pause();
    else
      sched_yield(); /* the one we wait for may want this core */
  }
}

/* Helpers beside the caller; they live as long as the process. 0: fine. */
static int thread_pool_start(thread_pool *pool, int helpers) {
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  for (int i = 0; i < helpers; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, thread_pool_help, pool) || pthread_detach(thread))
      return 1;
  }
  return 0;
}

#endif /* THREAD_POOL_H */
