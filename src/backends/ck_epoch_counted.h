/*
 * ck_epoch_counted.h - counting flavour: ck_epoch_poll_deferred in source, because what the compiled
 * library does cannot be counted. Included after <ck_epoch.h>; empty in the timing flavour, which
 * calls the library.
 *
 * It takes the steps that the library's function takes (ConcurrencyKit 0.7; the algorithm is K. Fraser's,
 * "Practical lock-freedom", 2004) on the same public structures, with as many atomics. The entries of
 * the epoch before the last can be seen by nobody. If all threads that are inside a section entered it
 * in this epoch, the epoch may be advanced, and those of the last one are free as well; if nobody is
 * inside a section, all are. tests/counting compares it with the library, step by step.
 */
#ifndef LFBENCH_BACKENDS_CK_EPOCH_COUNTED_H
#define LFBENCH_BACKENDS_CK_EPOCH_COUNTED_H

#include <lfbench/counting.h>

#if LFB_COUNTING

CK_STACK_CONTAINER(ck_epoch_record_t, record_next, counted_epoch_record)

/* Move what was retired in `epoch` to `freed`. Returns how many. (Nobody here reads n_peak.) */
static unsigned counted_epoch_dispatch(ck_epoch_record_t *record, unsigned epoch, ck_stack_t *freed)
{
	ck_stack_entry_t *entry = ck_stack_batch_pop_upmc(&record->pending[epoch & (CK_EPOCH_LENGTH - 1)]), *next;
	unsigned count = 0;

	for (; entry != NULL; entry = next, count++) {
		next = CK_STACK_NEXT(entry);
		ck_stack_push_spnc(freed, entry);
	}
	if (count > 0) {
		ck_pr_add_uint(&record->n_dispatch, count);
		ck_pr_sub_uint(&record->n_pending, count);
	}
	return count;
}

/* Whether a thread is in a section that it entered before `epoch`; `*active`: whether one is in any. */
static bool counted_epoch_is_held(const ck_epoch_t *global, unsigned epoch, bool *active)
{
	ck_stack_entry_t *entry;

	*active = false;
	for (entry = global->records.head; entry != NULL; entry = CK_STACK_NEXT(entry)) {
		ck_epoch_record_t *const record = counted_epoch_record(entry);

		if (ck_pr_load_uint(&record->state) != 0) /* given up by its thread */
			continue;
		if (ck_pr_load_uint(&record->active) == 0)
			continue;
		*active = true;
		if (ck_pr_load_uint(&record->epoch) != epoch)
			return true;
	}
	return false;
}

static bool counted_epoch_poll_deferred(ck_epoch_record_t *record, ck_stack_t *freed)
{
	ck_epoch_t *const global = record->global;
	const unsigned epoch = ck_pr_load_uint(&global->epoch);
	unsigned count;
	bool active;

	/* The epoch is read before anybody's state is. */
	ck_pr_fence_memory();
	count = counted_epoch_dispatch(record, epoch - 2, freed);
	if (counted_epoch_is_held(global, epoch, &active))
		return count > 0;
	if (!active) {
		record->epoch = epoch;
		for (unsigned e = 0; e < CK_EPOCH_LENGTH; e++)
			(void)counted_epoch_dispatch(record, e, freed);
		return true;
	}
	(void)ck_pr_cas_uint(&global->epoch, epoch, epoch + 1); /* or somebody else has advanced it */
	(void)counted_epoch_dispatch(record, epoch - 1, freed);
	return true;
}

#define ck_epoch_poll_deferred(record, freed) counted_epoch_poll_deferred(record, freed)

#endif

#endif
