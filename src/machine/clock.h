/*
 * clock.h - the clock of the throughput pass, what reading it costs, and the time of day.
 *
 * DESIGN. A throughput trial takes two time stamps per thread, milliseconds apart, so
 * CLOCK_MONOTONIC_RAW through clock_gettime is exact enough; it cannot be miscalibrated,
 * and NTP does not bend it while a trial runs. All functions may be called by any thread.
 */
#ifndef LFBENCH_CLOCK_H
#define LFBENCH_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds since some fixed moment before the process started; never goes back. */
uint64_t lfb_clock_now_ns(void);

/* What one lfb_clock_now_ns costs, in nanoseconds: the least over several batches. Takes about 1 ms. */
double lfb_clock_cost_ns(void);

/*
 * Whether the processor says that its time stamp counter ticks at one rate in all power
 * states (on x86; arm64's counter does so by definition). false: it does not say so.
 */
bool lfb_clock_tsc_invariant(void);

/*
 * The kernel's clock source ("tsc", "kvm-clock" ...), read under `root` (see sysfile.h) and
 * cut to fit. Returns 0 or -errno.
 */
int lfb_clock_source(const char *root, char *out, size_t out_bytes);

#define LFB_CLOCK_TEXT_BYTES 32

/* Now as ISO 8601, UTC: "2026-11-22T20:45:00Z". */
void lfb_clock_utc_text(char out[LFB_CLOCK_TEXT_BYTES]);

/* The same without punctuation, for names of files: "20261122T204500Z". */
void lfb_clock_utc_compact(char out[LFB_CLOCK_TEXT_BYTES]);

#endif
