/*
 * vyukov_mpmc - Dmitry Vyukov's bounded queue for many producers and consumers
 * (1024cores.net, "Bounded MPMC queue"), written from its description.
 *
 * Every slot carries a sequence number that says whose turn it is. Slot i starts at
 * i. The push with ticket t may write slot t mod size when it reads t there, and
 * leaves t + 1; the pop with ticket t may take the value when it reads t + 1, and
 * leaves t + size, the ticket of the slot's next push. Tickets are drawn by a
 * compare-and-swap, and only after the slot was seen to be ready.
 *
 * The claims: a push stopped between drawing its ticket and its store makes every
 * later pop answer EMPTY, though pushes behind it have returned; a pop stopped
 * there likewise makes pushes answer FULL one round later. So both are blocking and
 * both answers are weak.
 *
 * Neighbouring slots share a line, four to each 64 bytes: a line per slot would
 * take eight times the memory for one word of payload, and in a queue that is
 * neither full nor empty the two sides work far apart.
 */
#include <errno.h>
#include <lfbench/backend.h>
#include "slots.h"

/* With a single slot, "written" and "ready for the next push" would be the same number. */
#define SLOTS_MIN 2u

struct slot {
	uint64_t sequence;
	uint64_t value;
};

struct q {
	uint64_t push_ticket __attribute__((aligned(LFB_LINE)));
	uint64_t pop_ticket __attribute__((aligned(LFB_LINE)));
	/* Written once. */
	uint64_t mask __attribute__((aligned(LFB_LINE)));
	struct slot *slots;
};

struct q_handle {
	char unused;
};

LFB_STATIC_ASSERT(offsetof(struct q, pop_ticket) - offsetof(struct q, push_ticket) >= LFB_LINE, "false sharing");
LFB_STATIC_ASSERT(offsetof(struct q, mask) - offsetof(struct q, pop_ticket) >= LFB_LINE, "false sharing");
LFB_STATIC_ASSERT(LFB_LINE % sizeof(struct slot) == 0, "no slot lies across two lines");

static int q_create(const struct lfb_cell *cell, struct q **out)
{
	struct q *q = (struct q *)lfb_arena_alloc(cell->arena, sizeof(*q));
	uint64_t size;

	if (q == NULL || cell->capacity > cell->arena->size_bytes)
		return -ENOMEM;
	size = slots_power_of_two(cell->capacity > SLOTS_MIN ? cell->capacity : SLOTS_MIN);
	q->slots = (struct slot *)slots_alloc(cell->arena, size, sizeof(q->slots[0]));
	if (q->slots == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < size; i++)
		q->slots[i].sequence = i;
	q->mask = size - 1;
	q->push_ticket = q->pop_ticket = 0;
	cell->report->capacity_effective = size;
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

/*
 * Draw the next of `tickets` whose slot has reached ticket + `turn`. NULL: the slot is
 * still a round behind. A ticket orders nothing, so it is relaxed; the slot's sequence does.
 */
static inline struct slot *draw(struct q *q, uint64_t *tickets, uint64_t turn, uint64_t *ticket)
{
	uint64_t next = __atomic_load_n(tickets, __ATOMIC_RELAXED);

	for (;;) {
		struct slot *const slot = &q->slots[next & q->mask];
		/* Acquire: pairs with the release by which the slot's last user passed it on. */
		const uint64_t sequence = __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE);
		const int64_t ahead = (int64_t)(sequence - (next + turn));

		if (ahead < 0)
			return NULL;
		if (ahead > 0) /* somebody else has drawn this ticket */
			next = __atomic_load_n(tickets, __ATOMIC_RELAXED);
		else if (__atomic_compare_exchange_n(tickets, &next, next + 1, true, __ATOMIC_RELAXED,
						     __ATOMIC_RELAXED)) {
			*ticket = next;
			return slot;
		}
	}
}

LFB_TEMPLATE bool q_push(struct q *q, struct q_handle *h, uint64_t value)
{
	uint64_t ticket;
	struct slot *const slot = draw(q, &q->push_ticket, 0, &ticket);

	(void)h;
	if (slot == NULL)
		return false;
	slot->value = value;
	/* Release: pairs with the acquire of the pop with this ticket; publishes the value. */
	__atomic_store_n(&slot->sequence, ticket + 1, __ATOMIC_RELEASE);
	return true;
}

LFB_TEMPLATE bool q_pop(struct q *q, struct q_handle *h, uint64_t *value)
{
	uint64_t ticket;
	struct slot *const slot = draw(q, &q->pop_ticket, 1, &ticket);

	(void)h;
	if (slot == NULL)
		return false;
	*value = slot->value;
	/* Release: pairs with the acquire of the push one round later, which may overwrite the value. */
	__atomic_store_n(&slot->sequence, ticket + q->mask + 1, __ATOMIC_RELEASE);
	return true;
}

#include <lfbench/loops.h>

LFB_BACKEND(.name = "vyukov_mpmc", .summary = "Vyukov's bounded queue, a sequence number per slot", .library = "own",
	    .version = LFB_LIBRARY_VERSION,
	    .claims =
		    {
			    .producers = LFB_MANY,
			    .consumers = LFB_MANY,
			    .order = LFB_ORDER_FIFO,
			    .bounded = true,
			    .empty = LFB_ANSWER_WEAK,
			    .full = LFB_ANSWER_WEAK,
			    .push = LFB_BLOCKING,
			    .pop = LFB_BLOCKING,
			    .reference = false,
		    },
	    .slot_bytes = sizeof(struct slot));
