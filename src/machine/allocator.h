/*
 * allocator.h - whose malloc serves this process: glibc's, or that of a library put before it with
 * LD_PRELOAD. Node-based queues are as fast as their malloc, so a row says which it was.
 *
 * DESIGN. Not what LD_PRELOAD says, which may name a file that is not there, but in which object the
 * malloc lies that the dynamic linker binds programs and backends to. That object is then asked for its version
 * by a function that only it has: a program may well link jemalloc's mallctl and not use its malloc.
 */
#ifndef LFBENCH_ALLOCATOR_H
#define LFBENCH_ALLOCATOR_H

#include <stdbool.h>

#define LFB_ALLOCATOR_BYTES 64

/*
 * "glibc 2.36", "jemalloc 5.3.0", "mimalloc 2.0.9", "tcmalloc 2.10"; of any other the name of its file, as
 * "libasan.so.8". The answer does not change while the process lives. Returns `out`. Any thread.
 */
const char *lfb_allocator_name(char out[LFB_ALLOCATOR_BYTES]);

/* Whether it is glibc's, whose mallinfo2 knows what it has given out; that of another says nothing. Any thread. */
bool lfb_allocator_is_glibc(void);

#endif
