/*
 * worker_pool.h - what the parts of the workload worker_pool share: tasks, submitters, workers.
 *
 * DESIGN. A task is known by its value. Submitter p's nth task has the value lfb_app_value(p, n) and the
 * place n % window among that submitter's tasks, so that whoever pops the value finds the task, and memory does not grow with
 * the number of tasks: a submitter waits for its oldest future before it reuses the place. Behind a task are those that it
 * submits itself; their values are of a producer number beyond the submitters. A value that is no task's, or of a
 * task that is not pending, is the queue's error: it is counted, runs nothing, and ends the trial, since somebody would wait
 * for ever for the task that should have come instead.
 */
#ifndef LFBENCH_APPLICATIONS_WORKER_POOL_H
#define LFBENCH_APPLICATIONS_WORKER_POOL_H

#include "applications/application.h"
#include "trial/work.h"
#include "worker_pool_future.h"

#include <pthread.h>
#include <sched.h>

/* Tasks that one submitter has outstanding at most; fewer where they have many sub-tasks. */
#define LFB_POOL_WINDOW 64u
#define LFB_POOL_FUTURES_MAX 1024u
/* executor=spawn: threads at once, of all submitters. */
#define LFB_POOL_THREADS_MAX 512u

struct lfb_pool;

struct lfb_pool_task {
	struct lfb_future future;
	uint64_t submit_ticks, start_ticks, done_ticks; /* latency pass */
	struct lfb_pool *pool;
	pthread_t thread; /* executor=spawn */
	bool spawned;     /* there is one to be joined */
} __attribute__((aligned(LFB_LINE)));

/* How one task ended that should have ended otherwise. */
struct lfb_pool_wrong {
	uint64_t count;
	uint64_t value; /* of the first */
	enum lfb_future_state state;
};

struct lfb_pool_submitter {
	struct lfb_pool *pool;
	struct lfb_thread *order;
	struct lfb_pool_task *tasks; /* window times (1 + nested) */
	lfb_loop feed;
	uint32_t index;
	uint64_t items, submitted, collected;
	bool ended; /* has said that it submits no more */
	uint64_t done, failed, cancelled;
	struct lfb_pool_wrong wrong;
} __attribute__((aligned(LFB_LINE)));

struct lfb_pool_worker {
	struct lfb_pool *pool;
	struct lfb_thread *order;
	struct lfb_thread single; /* a copy of the order, for single tries with the same handle */
	lfb_loop serve, try_push, try_pop;
	unsigned depth; /* tasks that wait below the one that runs */
	uint64_t tasks, subtasks; /* run */
	uint64_t own_subtasks;    /* of these not through the queue: it was full, or the stack deep enough */
	uint64_t strays;          /* values that are no pending task's */
	uint64_t helped, helped_hash; /* values popped while waiting for sub-tasks */
	uint64_t nested_pushed, nested_hash;
	uint64_t push_full;
	uint64_t *log;            /* of the audit; taken over from the loop, since helping pops too */
	uint64_t log_slots, log_count;
	uint64_t busy_ns, duration_ns;
} __attribute__((aligned(LFB_LINE)));

struct lfb_pool {
	const struct lfb_app_setup *setup;
	struct lfb_work work;
	uint32_t producers, consumers, nested;
	uint64_t window, fail_every;
	bool spawns, cancels;
	struct lfb_pool_submitter *submitters;
	struct lfb_pool_worker *workers;
	struct lfb_pool_task *tasks;
	struct lfb_histogram *histograms; /* done, start; latency pass only */
	cpu_set_t *cpus; /* where spawned threads may run; NULL: where the submitter may */
	size_t cpus_bytes;
	uint32_t submitting __attribute__((aligned(LFB_LINE))); /* submitters that have not ended */
	uint32_t closed __attribute__((aligned(LFB_LINE)));     /* all that was pending is cancelled: no task starts any more */
	uint32_t given_up __attribute__((aligned(LFB_LINE)));   /* called off, or the queue has made an error: nobody waits any more */
	/* Written by several threads, where it matters little. */
	uint64_t late __attribute__((aligned(LFB_LINE))); /* tasks started although `closed` was seen */
	uint64_t spawned, not_spawned;
	int spawn_error;
};

static inline bool lfb_pool_given_up(const struct lfb_pool *pool)
{
	return __atomic_load_n(&pool->given_up, __ATOMIC_RELAXED) != 0;
}

static inline void lfb_pool_give_up(struct lfb_pool *pool)
{
	__atomic_store_n(&pool->given_up, 1, __ATOMIC_RELAXED);
}

static inline uint32_t lfb_pool_producer(uint64_t value)
{
	return (uint32_t)(value >> LFB_VALUE_SHIFT);
}

/* Of the values of that producer, from 0; of 0, which is no value, the largest number there is. */
static inline uint64_t lfb_pool_number(uint64_t value)
{
	return (value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1)) - 1;
}

/* The task of a value that came out of the queue, or NULL. */
struct lfb_pool_task *lfb_pool_find(const struct lfb_pool *pool, uint64_t value);

/* The value of the kth sub-task of a task. */
uint64_t lfb_pool_sub_value(const struct lfb_pool *pool, uint64_t task_value, uint32_t k);

/* Whether a task fails. Sub-tasks do not. */
bool lfb_pool_fails(const struct lfb_pool *pool, uint64_t value);

/* What a task by itself results in, what it fails with, and what it results in together with its sub-tasks. */
uint64_t lfb_pool_answer(uint64_t value);
uint64_t lfb_pool_error(uint64_t value);
uint64_t lfb_pool_full_answer(const struct lfb_pool *pool, uint64_t value);

/* Start a task unless it was cancelled. false: do not run it. */
bool lfb_pool_start(struct lfb_pool_task *task);

/* Run a task that was started. By `worker`, or by a thread of its own: NULL. */
void lfb_pool_run(struct lfb_pool_worker *worker, struct lfb_pool_task *task);

/* Run a sub-task that was only just submitted, in this thread. */
void lfb_pool_run_here(struct lfb_pool_worker *worker, struct lfb_pool_task *task);

/* executor=spawn: make a thread for a submitted task. false: it could not be made, which was counted. */
bool lfb_pool_spawn(struct lfb_pool_task *task);
void lfb_pool_join(struct lfb_pool_task *task);
/* Submit the sub-tasks of a task to threads of their own, and join these; their results added up. */
uint64_t lfb_pool_spawn_subtasks(struct lfb_pool_task *task);

/* LFB_SERVE's: what a worker does with a value. */
bool lfb_pool_serve(struct lfb_thread *thread, uint64_t value);
/* LFB_FEED's: the next value of a submitter. */
bool lfb_pool_feed(struct lfb_thread *thread, uint64_t *value);

/* Cancel all that is pending; once all submitters have ended. */
void lfb_pool_shut_down(struct lfb_pool *pool);

#endif
