/*
 * perf_events.h - counters of perf_event_open(2) for the calling thread, each one by itself.
 *
 * The kernel may have to share the CPU's few counters among all who count (multiplexing). A counter
 * that did not run for the whole of the time is then refused rather than scaled up: scaling assumes
 * that the loop did the same all the time, which is what the measurement is to find out.
 *
 * A struct lfb_perf_events belongs to the thread that opened it.
 */
#ifndef LFB_PERF_EVENTS_H
#define LFB_PERF_EVENTS_H

#include <stddef.h>
#include <stdint.h>

enum lfb_perf_event {
	LFB_PERF_MIGRATIONS,
	LFB_PERF_CYCLES,
	LFB_PERF_INSTRUCTIONS,
	LFB_PERF_CACHE_MISSES,
	LFB_PERF_HITM,
	LFB_PERF_EVENTS
};

/* One file descriptor per event, or a negative errno that says why there is none. */
struct lfb_perf_events {
	int fd[LFB_PERF_EVENTS];
};

/* Open all events for the calling thread, stopped and at zero. What cannot be opened is left out. */
void lfb_perf_open(struct lfb_perf_events *events);

/* No event: as if all had been refused with `error`, a positive errno. */
void lfb_perf_none(struct lfb_perf_events *events, int error);

void lfb_perf_start(struct lfb_perf_events *events);
void lfb_perf_stop(struct lfb_perf_events *events);

/*
 * What `event` counted between start and stop. Returns 0; -EAGAIN if it did not count all the time;
 * or the errno, negative, of opening or reading it.
 */
int lfb_perf_read(const struct lfb_perf_events *events, enum lfb_perf_event event, uint64_t *out);

void lfb_perf_close(struct lfb_perf_events *events);

/* One sentence for an error (negative, as above) of `event` into `out`, cut to `size` bytes. */
void lfb_perf_explain(enum lfb_perf_event event, int error, char *out, size_t size);

#endif
