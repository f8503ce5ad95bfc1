/*
 * recording.h - `--check history`: what the host prepares for the loops that log a sample of a timed trial (lfbench/recording.h), and the
 * judgement of that sample when the trial is over.
 *
 * DESIGN. Logs are made and faulted in before the threads start. There is room for every sampled value in the log of every thread that pops, as
 * one of them may get them all: a log that ended early would say of values that were popped that they never were. How many are sampled follows
 * from the number of items, so that a trial of any length has logs of a few MiB, and the longer it is the less it is slowed.
 *
 * The sample is judged as that of a queue without a bound, of which FULL is not known.
 */
#ifndef LFBENCH_RECORDING_HOST_H
#define LFBENCH_RECORDING_HOST_H

#include "plan/cell.h"
#include "check/check.h"

#include <lfbench/recording.h>

#include <stdio.h>

struct lfb_recording_trial {
	struct lfb_recording *thread; /* of each */
	struct lfb_history_op *ops;   /* of all threads */
	size_t ops_bytes;
	uint32_t threads;
	struct lfb_recording_sample sample;
	struct lfb_claims claims;
	uint64_t epsilon_ticks;
	struct lfb_history_op drained; /* the EMPTY that the host was given after all had left */
};

/* What stays the same over the trials of a process. */
struct lfb_recording_plan {
	struct lfb_timebase time;
	uint64_t epsilon_ticks;
	uint64_t samples; /* values of a trial that are sampled, about */
};

/* Of so many trials in one stream (lfb_recording_send) all samples are to fit. */
void lfb_recording_plan_fit(struct lfb_recording_plan *plan, uint64_t trials, uint32_t threads);

/* Choose the clock, and measure how far those of two CPUs are apart. Takes about a millisecond per CPU. */
void lfb_recording_plan_init(struct lfb_recording_plan *plan);

/* What each thread does. */
struct lfb_recording_part {
	bool pops;
	uint64_t items; /* values it pushes */
};

/* Make ready for one trial. Returns 0 or -ENOMEM; free with lfb_recording_free, also then. */
int lfb_recording_prepare(struct lfb_recording_trial *trial, const struct lfb_recording_plan *plan, const struct lfb_claims *claims,
			  const struct lfb_recording_part *parts, uint32_t threads, uint64_t seed);
/* The same for the threads of a shape, where `produced` are the values of each that produces. */
int lfb_recording_prepare_shape(struct lfb_recording_trial *trial, const struct lfb_recording_plan *plan, const struct lfb_claims *claims,
				const struct lfb_shape *shape, const uint64_t *produced, uint64_t seed);
void lfb_recording_free(struct lfb_recording_trial *trial);

/* The loop that logs what `kind` does; LFB_LOOP_KINDS: there is none. */
enum lfb_loop_kind lfb_recording_loop(enum lfb_loop_kind kind);

/* Whether the object has these loops: those made before there were any have not. */
bool lfb_recording_has_loops(const struct lfb_ops *ops);

/* Around the host's own pop that found the queue empty at the end. */
void lfb_recording_drained(struct lfb_recording_trial *trial, uint64_t call, uint64_t ret);

/*
 * Judge it. Returns 0, and in *judged how many operations were: 0 where nothing can be said, for lack of memory, or because more was popped than
 * there is. Or -EBADMSG, with the pattern and what shows it in `reason`.
 */
int lfb_recording_judge(const struct lfb_recording_trial *trial, uint64_t *judged, char *reason, size_t reason_bytes);

/*
 * Instead of judging it: to a process that the queue cannot write over. What it gets is not to be trusted: it comes from where foreign code ran.
 * A stream takes LFB_RECORDING_STREAM_MAX bytes; samples of later trials are left out, and nothing is said of them.
 */
#define LFB_RECORDING_STREAM_MAX ((size_t)48 << 20)

struct lfb_recording_sink {
	FILE *out;
	uint64_t trial;
	size_t written;
};

void lfb_recording_send(struct lfb_recording_sink *sink, const struct lfb_recording_trial *trial);

/* What was found of one trial. */
struct lfb_recording_verdict {
	uint64_t trial;
	int rc;      /* 0, or -EBADMSG with the reason */
	uint64_t ops; /* judged; 0: nothing can be said */
	char reason[256];
};

/*
 * The other end, in a program of the same build: judge all samples in `bytes` by what the backend claims. Returns how many verdicts there are, `room` at
 * most; it ends at what is no sample, or is cut off.
 */
size_t lfb_recording_receive(const char *bytes, size_t size, const struct lfb_claims *claims, struct lfb_recording_verdict *verdicts, size_t room);

/* Of all windows one in 2^n is sampled: that n, for so many items of which about `samples` are wanted. */
uint32_t lfb_recording_shift(uint64_t items, uint64_t samples);

/* Threads that a history has room for, beside the host. */
#define LFB_RECORDING_THREADS_MAX (LFB_HISTORY_THREADS_MAX - 1)

#endif
