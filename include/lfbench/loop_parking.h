/*
 * loop_parking.h - part of loops.h: sleeping in the kernel while the queue is empty or full, for any
 * queue, on top of its non-blocking operations.
 *
 * DESIGN. An event count (Reed & Kanodia, "Synchronization with eventcounts and sequencers", CACM 1979;
 * ConcurrencyKit's ck_ec and folly's EventCount are of this kind), one per queue and reason to wait. Who
 * finds nothing after a few pauses counts itself as a sleeper, reads the sequence, and tries once more;
 * only then it sleeps, on the sequence being what it read. Who has pushed or popped looks whether there
 * are sleepers; if so it advances the sequence and wakes one. While nobody sleeps, that look is all.
 *
 * No wake-up is lost, for two reasons. One: between the store that publishes a value and the load of
 * `sleepers` stands a full fence, and another between counting oneself and the last try; so of the two at
 * least one sees the other (Dekker). Two: a queue whose answer EMPTY is weak can hide a value behind an
 * unfinished push. A consumer that was woken for that value finds EMPTY and sleeps again, and its wake-up is used
 * up. So who has slept and then got something wakes another: when the unfinished push completes, its own wake-up
 * starts a chain that ends only when nothing is left or nobody sleeps. FULL likewise. Who is counted but not yet asleep
 * needs no chain: the wake-up it drew went to a sleeper as well, if there was one in the kernel.
 *
 * That all is produced, and that the trial is called off, is looked at between the last try and the sleep, and said
 * before the sequence is advanced. An unbounded queue's push never sleeps: no pop would wake it.
 *
 * The argument wants a failed pop to leave the queue as it was. A failing pop of moodycamel can for a moment hide a
 * value from others; it does no harm in the loops, which try again before they sleep, but can after LFB_TRY_POP.
 *
 * The fence costs about 20 cycles in every push and, of a bounded queue, in every pop.
 */
#ifndef LFBENCH_LOOP_PARKING_H
#define LFBENCH_LOOP_PARKING_H

#include <lfbench/backend.h>

#ifndef LFB_HAS_SLEEP
static inline void q_sleep(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}

static inline void q_awake(struct q *q, struct q_handle *h)
{
	(void)q;
	(void)h;
}
#endif

/* Of a queue of this thread. */
LFB_TEMPLATE struct lfb_queue_events *lfb_events_of(struct lfb_thread *t, const struct q *q)
{
	return t->events[q == (const struct q *)t->queue[1]];
}

/*
 * Release: pairs with the acquire in lfb_event_prepare, so that who reads the new sequence finds what was pushed.
 * In parentheses the counting flavour does not count it: it is not the queue's.
 */
LFB_SLOW void lfb_event_wake(struct lfb_thread *t, struct lfb_waiters *event, uint32_t sleepers)
{
	(void)(__atomic_fetch_add)(&event->sequence, 1, __ATOMIC_RELEASE);
	t->wakes++;
	t->parking->wake(&event->sequence, sleepers);
}

/* Something has been published that up to `n` sleepers wait for. The fence pairs with the one in lfb_event_prepare. */
LFB_TEMPLATE void lfb_event_signal(struct lfb_thread *t, struct lfb_waiters *event, uint32_t n)
{
	lfb_full_fence();
	if (LFB_UNLIKELY(__atomic_load_n(&event->sleepers, __ATOMIC_RELAXED) != 0))
		lfb_event_wake(t, event, n);
}

/*
 * Count as a sleeper. What is waited for must be looked for once more before lfb_event_sleep is called with what
 * this returns. The fence pairs with the one in lfb_event_signal, the acquire with the release in lfb_event_wake.
 */
LFB_TEMPLATE uint32_t lfb_event_prepare(struct lfb_waiters *event)
{
	(void)(__atomic_fetch_add)(&event->sleepers, 1, __ATOMIC_RELAXED);
	lfb_full_fence();
	return __atomic_load_n(&event->sequence, __ATOMIC_ACQUIRE);
}

/* No sleeper any more. Relaxed: at worst somebody is woken for nothing. */
LFB_TEMPLATE void lfb_event_cancel(struct lfb_waiters *event)
{
	(void)(__atomic_fetch_sub)(&event->sleepers, 1, __ATOMIC_RELAXED);
}

LFB_TEMPLATE void lfb_event_sleep(struct lfb_thread *t, struct q *q, struct q_handle *h, struct lfb_waiters *event, uint32_t seen)
{
	q_sleep(q, h);
	t->parks++;
	t->parking->sleep(&event->sequence, seen);
	q_awake(q, h);
	lfb_event_cancel(event);
}

#endif
