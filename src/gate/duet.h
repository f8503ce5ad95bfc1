/*
 * duet.h - two builds of one backend in one process, taking turns: the measurement inside one launch of the gate.
 *
 * DESIGN. Both builds are loaded from private copies (object.h), and the same pinned threads run slices of
 * about a millisecond on one, then on the other, over one arena in which the queue is made anew for
 * each slice. What drifts (clock frequency, where the host puts the virtual CPUs) drifts for both; what
 * is shared (memory, threads) is the same for both. A block is ABBA or BAAB by a coin from a logged
 * seed, so a trend within it cancels. Every slice is verified: counts, and the sum of lfb_mix.
 *
 * A block is rejected only by what was seen outside its slices: the round trip of a cache line between two of the
 * stage's threads, before the block and after it. A slower or blocking head causes more context
 * switches inside its own slices; if these decided what is left out, the slow slices would go.
 * Whole blocks are left out, so both arms lose equally much.
 */
#ifndef LFBENCH_GATE_DUET_H
#define LFBENCH_GATE_DUET_H

#include "plan/cell.h"
#include "text/error.h"

#include <stdbool.h>
#include <stdint.h>

enum gate_arm { GATE_BASE, GATE_HEAD, GATE_ARMS };

/* What a slice measures. */
enum gate_metric {
	GATE_THROUGHPUT, /* the time of a slice: the throughput pass's loops */
	GATE_P50,        /* percentiles of push-to-pop, closed loop: the latency pass's loops */
	GATE_P99,
	GATE_METRICS
};
/* "throughput", "p50", "p99", NULL. */
extern const char *const gate_metric_names[];

/* Threads of a stage; shapes with more are refused. */
#define GATE_THREADS_MAX 256u
#define GATE_BLOCKS_MAX 4096u

struct gate_duet_plan {
	const char *paths[GATE_ARMS];
	struct lfb_shape shape; /* producer_consumer, pairs or ping_pong, values that do no work */
	enum gate_metric metric;
	enum gate_arm loaded_first;
	const unsigned *cpus; /* one per thread of the shape, or NULL: not pinned */
	unsigned cpu_count;
	uint64_t items;    /* of each slice of either arm; 0: calibrate, and run no block */
	uint64_t slice_ns; /* what a calibration aims at, on the slower arm */
	unsigned blocks;
	uint64_t seed;
	uint64_t timeout_ns; /* of the whole launch */
};

/* Two slices of each arm. */
struct gate_block {
	uint64_t ns[GATE_ARMS]; /* sum of the two slices */
	uint32_t first;         /* enum gate_arm that began and ended the block */
	uint32_t dropped;       /* 1: the probes around it disagree */
	double probe_ns;        /* round trip just before it; 0: one thread, nothing to probe */
};

/* What came of one launch. Plain data: it goes through a pipe. */
struct gate_duet_result {
	uint64_t items;
	uint32_t blocks, dropped;
	double d;                /* centre (signed_rank.h) of the blocks' ln(cost of head / cost of base): above 0, head is slower. NaN: calibration only, or all dropped */
	double ns[GATE_ARMS];    /* throughput: median over blocks, per item; p50, p99: the percentile over all slices that were kept */
	double probe_first_ns, probe_last_ns; /* 0: not measured */
	double block_variance;   /* of the blocks' own ln ratios, robust (1.4826 MAD squared); 0 with fewer than 4 */
	uint64_t setup_ns;       /* from the start of the process to the first block */
	uint64_t blocks_ns;      /* what the blocks took in all, probes included */
	uint64_t samples[GATE_ARMS]; /* latencies recorded */
};

#endif
