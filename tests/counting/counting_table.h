/*
 * counting_table.h - what one thread counts with each backend, worked out by hand from the algorithms.
 * docs/contention.md has the same table per operation, with the reasons.
 */
#ifndef LFBENCH_TESTS_COUNTING_TABLE_H
#define LFBENCH_TESTS_COUNTING_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Values that each loop transfers: 100 magazines of nodes, 25 quotas of moodycamel's consumers. */
#define ITEMS UINT64_C(6400)

/* What one loop counts in all. No compare-and-swap fails, and no lock is waited for. */
struct counts {
	uint64_t rmw, cas, locks, wakes, hidden;
};

struct counted_backend {
	const char *file; /* NAME, or NAME.pool */
	bool x86;         /* worked out for x86-64's instructions */
	struct counts produce, consume, pairs; /* ITEMS pushed; ITEMS popped and EMPTY twice; ITEMS of both */
};

extern const struct counted_backend counted_backends[];
extern const unsigned counted_backend_count;

#endif
