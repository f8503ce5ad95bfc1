/*
 * loop_depth.h - part of loops.h: how many items are in the queue, in the counting flavour only.
 *
 * DESIGN. Each thread keeps what it has pushed and popped on a cache line of its own, where others
 * may look. Now and then a producer adds them all up, the pushes first: what is popped meanwhile makes
 * the difference smaller, never larger, so the most that was ever seen is a lower bound of the most
 * that was in the queue. It looks the less often the more threads there are, so that looking costs
 * each operation the same.
 */
#ifndef LFBENCH_LOOP_DEPTH_H
#define LFBENCH_LOOP_DEPTH_H

#include <lfbench/counting.h>

/* Pushes between two looks at least. */
#define LFB_DEPTH_PUSHES 64u

#if LFB_COUNTING
/* Relaxed throughout: a count that is a little old is as good. */
static __attribute__((unused)) void lfb_look_at_depth(struct lfb_thread *t)
{
	uint64_t pushed = 0, popped = 0;

	for (uint32_t i = 0; i < t->tally_count; i++)
		pushed += __atomic_load_n(&t->tallies[i].pushed, __ATOMIC_RELAXED);
	for (uint32_t i = 0; i < t->tally_count; i++)
		popped += __atomic_load_n(&t->tallies[i].popped, __ATOMIC_RELAXED);
	if (pushed > popped && pushed - popped > t->counters.depth_max)
		t->counters.depth_max = pushed - popped;
}

LFB_TEMPLATE bool lfb_tally_pushed(struct lfb_thread *t, unsigned n)
{
	const uint64_t interval = t->tally_count > LFB_DEPTH_PUSHES ? t->tally_count : LFB_DEPTH_PUSHES;
	struct lfb_tally *const own = t->tallies != NULL ? &t->tallies[t->index] : NULL;

	if (own == NULL || n == 0)
		return n > 0;
	__atomic_store_n(&own->pushed, own->pushed + n, __ATOMIC_RELAXED);
	if (own->pushed % interval < n)
		lfb_look_at_depth(t);
	return true;
}

LFB_TEMPLATE bool lfb_tally_popped(struct lfb_thread *t, unsigned n)
{
	if (t->tallies != NULL)
		__atomic_store_n(&t->tallies[t->index].popped, t->tallies[t->index].popped + n, __ATOMIC_RELAXED);
	return n > 0;
}
#else
LFB_TEMPLATE bool lfb_tally_pushed(struct lfb_thread *t, unsigned n)
{
	(void)t;
	return n > 0;
}

LFB_TEMPLATE bool lfb_tally_popped(struct lfb_thread *t, unsigned n)
{
	(void)t;
	return n > 0;
}
#endif

#endif
