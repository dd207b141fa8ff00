/* Threads for mnv3_hooks.parallel_for, by POSIX: a pool that waits between calls.
 *
 *     mnv3_threads *threads = mnv3_threads_create(4);
 *     mnv3_hooks hooks = {.user = threads, .parallel_for = mnv3_threads_parallel_for};
 *     det_run(image, heads, arena, &hooks);        the same bits as without hooks, whatever the number of threads
 *     mnv3_threads_destroy(threads);
 *
 * Compile mnv3_threads.c along (C11, -pthread). One call at a time: two threads that run networks need a pool each. */
#ifndef MNV3_THREADS_H
#define MNV3_THREADS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mnv3_threads mnv3_threads;

/* A pool of `threads` threads, the caller's among them: at least 1, best one for each core that is free. Null if there is
 * no memory or the system gives no more threads. */
mnv3_threads *mnv3_threads_create(int32_t threads);
void mnv3_threads_destroy(mnv3_threads *threads); /* null: nothing */

/* body(context, index) for each index in 0 .. count - 1, then returns. `threads` is an mnv3_threads. */
void mnv3_threads_parallel_for(void *threads, int32_t count, void (*body)(void *context, int32_t index), void *context);

#ifdef __cplusplus
}
#endif

#endif /* MNV3_THREADS_H */
