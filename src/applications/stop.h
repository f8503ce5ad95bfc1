/* stop.h - the workload stop: what its threads share. stop.c has the design. */
#ifndef LFBENCH_APPLICATIONS_STOP_H
#define LFBENCH_APPLICATIONS_STOP_H

#include "applications/applications.h"
#include "statistics/histogram.h"
#include "trial/parking.h"
#include "trial/work.h"

/* Only the worker writes here. */
struct stop_worker {
	struct stop *app;
	uint64_t served; /* items, in all rounds; the stopper reads it */
	uint64_t left_ns; /* when it left, in this round */
	/* The stopper's: */
	uint64_t served_at_request;
} __attribute__((aligned(LFB_LINE)));

struct stop {
	const struct lfb_app_setup *setup;
	const lfb_loop *loops;
	struct lfb_thread *stopper; /* the first one's order */
	uint32_t workers;
	bool busy, blocks;
	uint64_t items_per_round;
	struct lfb_work work;
	struct stop_worker *worker;
	/* Of the stopper. */
	uint64_t pushed;            /* items so far */
	uint32_t producer;          /* whose values are pushed */
	uint64_t producer_pushed;   /* of them so far */
	uint64_t sentinels, sentinels_hash;
	uint64_t stops, sum_ns, sum_after, worst_after, sum_left;
	struct lfb_histogram *times;
	struct lfb_shared feeding;  /* so that a loop takes no push for the last one */
	/* Between all. */
	struct lfb_shared serving;  /* producers_running 0: leave when the queue is empty */
	uint32_t stop __attribute__((aligned(LFB_LINE))); /* the request */
	uint32_t off __attribute__((aligned(LFB_LINE)));  /* the trial was called off */
	bool over;                  /* no round will begin any more */
	/* Slept on: */
	uint32_t rounds_begun __attribute__((aligned(LFB_LINE)));
	uint32_t here __attribute__((aligned(LFB_LINE))); /* workers that have begun, in all rounds */
	uint32_t left __attribute__((aligned(LFB_LINE))); /* workers that have left, in all rounds */
};

/* The workers' loops call it for each value. */
bool lfb_stop_serve(struct lfb_thread *call, uint64_t value);

/* Sleep until the word has come to `target`; they go round. false: called off. Acquire: pairs with the release in lfb_stop_advance. */
static inline bool lfb_stop_await(const struct stop *app, uint32_t *word, uint32_t target)
{
	uint32_t seen;

	while ((int32_t)((seen = __atomic_load_n(word, __ATOMIC_ACQUIRE)) - target) < 0 &&
	       !__atomic_load_n(&app->off, __ATOMIC_RELAXED))
		lfb_futex_parking.sleep(word, seen);
	return !__atomic_load_n(&app->off, __ATOMIC_RELAXED);
}

static inline void lfb_stop_advance(uint32_t *word)
{
	(void)__atomic_fetch_add(word, 1, __ATOMIC_RELEASE);
	lfb_futex_parking.wake(word, UINT32_MAX);
}

#endif
