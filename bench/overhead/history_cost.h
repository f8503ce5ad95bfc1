/*
 * history_cost.h - what the files of history_cost agree on: which ways of logging are held against the plain loops, and what one launch
 * measures.
 */
#ifndef OVERHEAD_HISTORY_COST_H
#define OVERHEAD_HISTORY_COST_H

#include "text/error.h"

#include <stdint.h>

enum history_way {
	WAY_SCRIPT, /* the loop of `lfbench check`: every operation */
	WAY_EVERY,  /* the loops of `--check history`, told to sample every value, as they do in a short trial */
	WAY_SAMPLE, /* the same, one value in 32, as in a trial of some 0.2 s */
	WAYS
};

/* Medians over the blocks of one launch. */
struct history_figures {
	double log_ratio; /* of the logged trial to the plain one */
	double logged_ns, plain_ns; /* per operation */
};

#define HISTORY_BLOCKS_MAX 64u

/* Measure the backend at `path` in this process. Returns 0, or -errno with the reason. */
int history_launch(const char *path, enum history_way way, uint64_t seed, unsigned blocks, struct history_figures *figures,
		   struct lfb_error *error);

#endif
