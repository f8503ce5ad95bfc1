/*
 * tickets.h - Vyukov's bounded queue once more, short, with two places where it can be made wrong:
 *
 *     PUBLISH(slot, ticket, v)   write the value and pass the slot on
 *     DRAW(tickets, next)        take ticket `next`; false: somebody else has it
 *
 * Claims strict order and weak answers, as the right one does.
 */
#include <errno.h>
#include <lfbench/backend.h>

#ifndef PUBLISH
#define PUBLISH(slot, ticket, v)                                                                                       \
	do {                                                                                                           \
		(slot)->value = (v);                                                                                   \
		__atomic_store_n(&(slot)->sequence, (ticket) + 1, __ATOMIC_RELEASE);                                   \
	} while (0)
#endif
#ifndef DRAW
#define DRAW(tickets, next) __sync_bool_compare_and_swap(tickets, next, (next) + 1)
#endif

/* An item has some words beside the value. */
#define WORDS 6u

struct slot {
	uint64_t sequence, value;
	uint64_t words[WORDS];
};

struct q {
	uint64_t push_ticket, pop_ticket, size;
	struct slot *slots;
};

struct q_handle {
	char unused;
};

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));

	if (q == NULL)
		return -ENOMEM;
	q->size = 2;
	while (q->size < cell->capacity)
		q->size *= 2;
	q->slots = (struct slot *)lfb_arena_alloc(cell->arena, q->size * sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	q->push_ticket = q->pop_ticket = 0;
	for (uint64_t i = 0; i < q->size; i++)
		q->slots[i] = (struct slot){ .sequence = i };
	cell->report->capacity_effective = q->size;
	*out = q;
	return 0;
}

static void q_destroy(struct q *q)
{
	(void)q;
}

static inline int q_attach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
	return 0;
}

static inline void q_detach(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

/* A slot whose sequence is `ahead` of the ticket drawn, or NULL: it is not there yet. */
static struct slot *draw(struct q *q, uint64_t *tickets, uint64_t ahead, uint64_t *ticket)
{
	for (;;) {
		const uint64_t next = __atomic_load_n(tickets, __ATOMIC_RELAXED);
		struct slot *const slot = &q->slots[next % q->size];
		/* Acquire: pairs with the release by which the slot's last user passed it on. */
		const int64_t late = (int64_t)(__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) - (next + ahead));

		if (late < 0)
			return NULL;
		if (late == 0 && DRAW(tickets, next)) {
			*ticket = next;
			return slot;
		}
	}
}

static inline bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	uint64_t ticket;
	struct slot *const slot = draw(q, &q->push_ticket, 0, &ticket);

	(void)h;
	if (slot == NULL)
		return false;
	PUBLISH(slot, ticket, value);
	return true;
}

static inline bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	uint64_t ticket;
	struct slot *const slot = draw(q, &q->pop_ticket, 1, &ticket);

	(void)h;
	if (slot == NULL)
		return false;
	*value = slot->value;
	/* Release: pairs with the acquire of the push one round later, which may overwrite the value. */
	__atomic_store_n(&slot->sequence, ticket + q->size, __ATOMIC_RELEASE);
	return true;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = MUTANT_NAME, .summary = "wrong on purpose, for the tests", .library = "tests", .version = LFB_LIBRARY_VERSION,
	    .claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO, .bounded = true, .empty = LFB_ANSWER_WEAK,
			.full = LFB_ANSWER_WEAK, .push = LFB_BLOCKING, .pop = LFB_BLOCKING, .reference = false },
	    .slot_bytes = sizeof(struct slot));
