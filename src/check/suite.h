/*
 * suite.h - one backend through all shapes: what `lfbench check` says of it.
 */
#ifndef LFBENCH_CHECK_SUITE_H
#define LFBENCH_CHECK_SUITE_H

#include "check.h"
#include "launch.h"

/* What is said of a backend. */
enum lfb_suite_verdict {
	LFB_SUITE_CONFIRMED,    /* every history was one that its claims allow */
	LFB_SUITE_REFUTED,      /* one was not */
	LFB_SUITE_INCONCLUSIVE, /* no history, or not of all shapes */
	LFB_SUITE_CRASHED,
	LFB_SUITE_HUNG,
	LFB_SUITE_NOT_REFUTED, /* of a claim of progress (verdicts.h): to go on wherever others are stopped is nothing that trying confirms */
	LFB_SUITE_VERDICTS
};

extern const char *const lfb_suite_verdict_names[LFB_SUITE_VERDICTS + 1];

struct lfb_suite {
	const char *path;
	const struct lfb_backend_info *info;
	uint64_t seed;
	uint64_t rounds;    /* histories of each shape; 0: as many as the budget allows */
	uint64_t budget_ns;
	const bool *shapes; /* by number: which to run; NULL: all */
	uint64_t schedules; /* instead of all that: so many schedules (scheduler.h) */
	unsigned depth;
	bool single_step;   /* them by instruction, also where there is the scheduling flavour */
	const volatile sig_atomic_t *interrupted;
	void (*on_shape)(const char *shape, void *context); /* before each; may be NULL */
	void *context;
};

struct lfb_suite_result {
	enum lfb_suite_verdict verdict;
	char reason[512];
	uint64_t histories, ops, searched_ops;
	uint64_t steps;       /* of schedules */
	bool by_instruction;  /* they were */
	uint64_t last_seed;   /* of the latest history */
	unsigned shapes; /* that were run */
	bool interrupted;
	struct lfb_history *history; /* what refuted it, or in which it hung; may be NULL */
	struct lfb_check_result found; /* with a refuting history: its witness */
};

/* Returns 0, or -errno where no process can be started. Fills `result` in any case; free it with lfb_suite_result_free. */
int lfb_suite_run(const struct lfb_suite *suite, struct lfb_suite_result *result, struct lfb_error *error);
void lfb_suite_result_free(struct lfb_suite_result *result);

#endif
