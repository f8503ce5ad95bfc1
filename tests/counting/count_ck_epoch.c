/*
 * count_ck_epoch.c - src/backends/ck_epoch_counted.h against the library it stands in for: two epochs
 * go through the same random steps, one polled by each, and must agree after every step.
 */
#include "expect.h"

#include <lfbench/counting_ck.h>

#include <ck_epoch.h>

/* What the library does, before the name is redefined. */
static bool poll_by_library(ck_epoch_record_t *record, ck_stack_t *freed)
{
	return ck_epoch_poll_deferred(record, freed);
}

#include "../../src/backends/ck_epoch_counted.h"

enum { RECORDS = 3, STEPS = 20000, ENTRIES = 64 };

struct world {
	ck_epoch_t epoch;
	ck_epoch_record_t record[RECORDS];
	ck_epoch_entry_t entries[ENTRIES];
	bool (*poll)(ck_epoch_record_t *record, ck_stack_t *freed);
	bool free[ENTRIES];
};

static struct world worlds[2];

static void world_start(struct world *w, bool (*poll)(ck_epoch_record_t *record, ck_stack_t *freed))
{
	ck_epoch_init(&w->epoch);
	for (int i = 0; i < RECORDS; i++)
		ck_epoch_register(&w->epoch, &w->record[i], NULL);
	for (int i = 0; i < ENTRIES; i++)
		w->free[i] = true;
	w->poll = poll;
}

static void retire(struct world *w, int r)
{
	for (int i = 0; i < ENTRIES; i++)
		if (w->free[i]) {
			w->free[i] = false;
			ck_epoch_call(&w->record[r], &w->entries[i], NULL);
			return;
		}
}

static bool poll_and_free(struct world *w, int r)
{
	ck_stack_t freed;
	ck_stack_entry_t *entry;
	bool progress;

	ck_stack_init(&freed);
	progress = w->poll(&w->record[r], &freed);
	for (entry = CK_STACK_FIRST(&freed); entry != NULL; entry = CK_STACK_NEXT(entry)) {
		const size_t offset = offsetof(ck_epoch_entry_t, stack_entry);
		const ck_epoch_entry_t *const e = (ck_epoch_entry_t *)(void *)((unsigned char *)entry - offset);

		w->free[e - w->entries] = true;
	}
	return progress;
}

/* One step of a world. Returns what the poll said, or false. */
static bool take_step(struct world *w, unsigned random)
{
	const int r = (int)(random / 8 % RECORDS);

	switch (random % 8) {
	case 0:
	case 1:
		if (w->record[r].active == 0)
			ck_epoch_begin(&w->record[r], NULL);
		break;
	case 2:
	case 3:
		if (w->record[r].active != 0)
			ck_epoch_end(&w->record[r], NULL);
		break;
	case 4:
	case 5:
		retire(w, r);
		break;
	default:
		return poll_and_free(w, r);
	}
	return false;
}

static void require_same(const struct world *a, const struct world *b)
{
	REQUIRE(a->epoch.epoch == b->epoch.epoch);
	for (int i = 0; i < RECORDS; i++) {
		REQUIRE(a->record[i].epoch == b->record[i].epoch && a->record[i].active == b->record[i].active);
		REQUIRE(a->record[i].n_pending == b->record[i].n_pending);
		REQUIRE(a->record[i].n_dispatch == b->record[i].n_dispatch);
	}
	for (int i = 0; i < ENTRIES; i++)
		REQUIRE(a->free[i] == b->free[i]);
}

/* The atomics of each way through it, in the library's machine code as well. */
static void expect_atomics(void)
{
	struct world *const w = &worlds[1];
	ck_stack_t freed = CK_STACK_INITIALIZER;

	world_start(w, counted_epoch_poll_deferred);
	/* Nobody is in a section: the list of the last epoch but one, then all four. */
	COUNTED(5, 0, 0, REQUIRE(w->poll(&w->record[0], &freed)));
	COUNTED(0, 0, 0, ck_epoch_call(&w->record[0], &w->entries[0], NULL));
	COUNTED(7, 0, 0, REQUIRE(w->poll(&w->record[0], &freed))); /* and two sums, for what there was */
	/* Somebody is, since this epoch began: it is advanced. Then that section holds up the next. */
	ck_epoch_begin(&w->record[1], NULL);
	COUNTED(3, 1, 0, REQUIRE(w->poll(&w->record[0], &freed)));
	COUNTED(1, 0, 0, REQUIRE(!w->poll(&w->record[0], &freed)));
}

void expect_ck_epoch(void)
{
	uint64_t state = 42;
	unsigned polls = 0;

	expect_atomics();
	world_start(&worlds[0], poll_by_library);
	world_start(&worlds[1], counted_epoch_poll_deferred);
	for (int i = 0; i < STEPS; i++) {
		bool said;

		state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		said = take_step(&worlds[0], (unsigned)(state >> 33));
		REQUIRE(said == take_step(&worlds[1], (unsigned)(state >> 33)));
		require_same(&worlds[0], &worlds[1]);
		polls += said;
	}
	/* All of it was reached: the epoch went on, and things were freed. */
	REQUIRE(polls > 100 && worlds[0].epoch.epoch > 10 && worlds[0].record[0].n_dispatch > 100);
}
