/* label.h - an instruction in words: the function it is in, or the one that led there. */
#ifndef LFBENCH_PROGRESS_LABEL_H
#define LFBENCH_PROGRESS_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a thread was stopped, as its stepper says. */
struct place {
	uintptr_t pc, own, entry;
};

/*
 * "lfb_try_push_poll+0x4c (spin_ring.so+0x12f4c)"; outside of the object "malloc (libc.so.6+0x9a3f1), called near lfb_try_push_poll+0x1f
 * (two_lock.so+0x1300)". Not async-signal-safe.
 */
void label_place(const struct place *place, char *out, size_t bytes);

/* Whether it is in malloc, free, or what they call. Takes no memory, so that it can be asked while a thread is stopped there. */
bool place_is_allocator(const struct place *place);

#endif
