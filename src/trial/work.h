/*
 * work.h - work that a thread does beside the queue: a chain of multiplications whose length was measured
 * once, so that it takes the time asked for and depends on no clock while it runs.
 *
 * DESIGN. The lengths come from a table made from a seed that depends on nothing but the distribution and the
 * mean: item n has the same work under every backend. The table's mean is exact. Bimodal: 1 in 10 takes 91 times
 * as long as the others (9 of 10 take a tenth of the mean, one 9.1 times of it), as tasks that mostly hit a cache do.
 */
#ifndef LFBENCH_WORK_H
#define LFBENCH_WORK_H

#include "plan/params.h"

/* Lengths before the table starts again; a power of two. */
#define LFB_WORK_ITEMS 4096u

struct lfb_work {
	uint64_t mean_ns;  /* 0: none */
	uint32_t *rounds;  /* LFB_WORK_ITEMS of them; NULL: none */
};

/* Rounds per nanosecond on this machine, measured once per process (about 2 ms). */
double lfb_work_rounds_per_ns(void);

/* Returns 0 or -ENOMEM; free with lfb_work_free. */
int lfb_work_make(struct lfb_work *work, uint64_t mean_ns, enum lfb_work_dist dist);
void lfb_work_free(struct lfb_work *work);

/* Do so many rounds. */
static inline void lfb_work_rounds(uint32_t rounds)
{
	uint64_t x = rounds;

	for (uint32_t i = 0; i < rounds; i++) {
		x *= UINT64_C(0x9E3779B97F4A7C15);
		__asm__ volatile("" : "+r"(x)); /* or the compiler would see that nobody wants it */
	}
}

/* The work of item `n`. */
static inline void lfb_work_do(const struct lfb_work *work, uint64_t n)
{
	if (work->rounds != NULL)
		lfb_work_rounds(work->rounds[n % LFB_WORK_ITEMS]);
}

/* The time it is meant to take. */
double lfb_work_ns(const struct lfb_work *work, uint64_t n);

#endif
