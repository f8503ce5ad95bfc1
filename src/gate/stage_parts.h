/* stage_parts.h - between stage.c (threads) and side.c (the queues of an arm, and what its loops are told). Not for others. */
#ifndef LFBENCH_GATE_STAGE_PARTS_H
#define LFBENCH_GATE_STAGE_PARTS_H

#include "stage.h"

#include "trial/arena.h"
#include "trial/latency.h"
#include "plugin/plugin.h"
#include "trial/trial.h"

#include <pthread.h>

enum gate_turn { GATE_TURN_SLICE, GATE_TURN_PROBE, GATE_TURN_END };

/* One thread: only itself writes here while a slice runs. */
struct gate_member {
	struct lfb_thread order; /* first: it is aligned to LFB_LINE, and so is the member */
	struct gate_stage *stage;
	const struct lfb_role *role;
	lfb_loop loop;
	pthread_t thread;
	uint32_t index;
	unsigned attached; /* queues */
	int cpu;           /* -1: not pinned */
	uint64_t start_ns, end_ns;
};

/* One build. */
struct gate_side {
	struct lfb_plugin plugin;
	bool open;
	uint64_t capacity; /* effective, once a queue was made */
	bool made;
};

#define GATE_QUEUES_MAX 2u

struct gate_stage {
	struct lfb_shared shared[GATE_QUEUES_MAX];
	struct lfb_queue_events events[GATE_QUEUES_MAX];
	uint32_t arrived __attribute__((aligned(LFB_LINE)));
	uint32_t phase __attribute__((aligned(LFB_LINE)));
	uint32_t ball __attribute__((aligned(LFB_LINE)));
	/* Written by the first thread only, between meetings. */
	enum gate_turn turn __attribute__((aligned(LFB_LINE)));
	enum gate_arm arm;
	uint32_t count, attach_failed, pin_failed;
	unsigned spins;
	bool started, can_probe;
	double probe_ns;
	const struct gate_duet_plan *plan;
	struct gate_member *members;
	struct gate_side sides[GATE_ARMS];
	struct lfb_arena whole, arena; /* as mapped, and as the queues see it */
	size_t shift_bytes;
	void *queues[GATE_QUEUES_MAX];
	uint64_t items;
	uint32_t producing;
	uint64_t produced[GATE_THREADS_MAX]; /* values of each producing thread */
	uint64_t hash;                       /* sum of lfb_mix over all of them */
	unsigned char *handles;
	size_t handle_stride;
	struct lfb_timebase timebase;
	struct lfb_latency_trial latency; /* of the slice */
};

/* Load both arms. Returns as gate_stage_open does. */
int gate_sides_open(struct gate_stage *stage, struct lfb_error *error);
void gate_sides_close(struct gate_stage *stage);

/* Divide the items over the threads that produce, and sum up what they will be. */
void gate_side_share_items(struct gate_stage *stage, uint64_t items);

/* Make the queues of stage->arm and give the threads their orders; destroy them and check what went through. */
int gate_side_start(struct gate_stage *stage, bool latencies, struct lfb_error *error);
int gate_side_finish(struct gate_stage *stage, struct lfb_histogram *latencies, struct lfb_error *error);

#endif
