/* two_cpus.c - see two_cpus.h. */
#include "machine/two_cpus.h"

#include "machine/clock.h"
#include "machine/quiet_threads.h"
#include "machine/topology.h"

#include <errno.h>

LFB_STATIC_ASSERT(offsetof(struct lfb_two_cpus, over) - offsetof(struct lfb_two_cpus, ball) >= LFB_LINE,
		  "the flag that both look at would travel with the ball");

/* One of the two threads. */
struct player {
	struct lfb_two_cpus *two;
	unsigned cpu;
	lfb_two_cpus_part part;
	void *context;
	bool leads;
	int pin_error, rc;
};

static void call_off(struct lfb_two_cpus *two)
{
	/* The results are published by the end of the thread that has them, not by this flag. */
	__atomic_store_n(&two->over, 1, __ATOMIC_RELAXED);
}

bool lfb_two_cpus_over(struct lfb_two_cpus *two)
{
	if (__atomic_load_n(&two->over, __ATOMIC_RELAXED) != 0)
		return true;
	if (lfb_clock_now_ns() < two->until_ns)
		return false;
	call_off(two);
	return true;
}

/* Wait until both have their CPUs. */
static bool meet(struct lfb_two_cpus *two)
{
	/* Only a count: what the game needs was there before the threads were created. */
	(void)__atomic_add_fetch(&two->arrived, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&two->arrived, __ATOMIC_RELAXED) < 2) {
		if (lfb_two_cpus_over(two))
			return false;
		lfb_pause();
	}
	return true;
}

static void *play(void *argument)
{
	struct player *const player = argument;

	player->pin_error = lfb_thread_pin(player->cpu);
	if (player->pin_error != 0)
		call_off(player->two);
	else
		player->rc = meet(player->two) ? player->part(player->two, player->context) : -ETIMEDOUT;
	if (player->leads)
		call_off(player->two);
	return NULL;
}

int lfb_two_cpus_run(unsigned cpu_a, unsigned cpu_b, lfb_two_cpus_part leader, lfb_two_cpus_part follower,
		     void *context, uint64_t limit_ns)
{
	const uint64_t now_ns = lfb_clock_now_ns();
	struct lfb_two_cpus two = { .until_ns = limit_ns < UINT64_MAX - now_ns ? now_ns + limit_ns : UINT64_MAX };
	struct player players[2] = {
		{ .two = &two, .cpu = cpu_a, .part = leader, .context = context, .leads = true },
		{ .two = &two, .cpu = cpu_b, .part = follower, .context = context },
	};
	pthread_t threads[2];
	unsigned created;

	if (cpu_a == cpu_b)
		return -EINVAL;
	for (created = 0; created < 2; created++)
		if (lfb_quiet_thread(&threads[created], play, &players[created]) != 0)
			break;
	if (created < 2)
		call_off(&two);
	for (unsigned i = 0; i < created; i++)
		(void)pthread_join(threads[i], NULL);
	if (created < 2)
		return -EAGAIN;
	for (unsigned i = 0; i < 2; i++)
		if (players[i].pin_error != 0)
			return players[i].pin_error;
	return players[0].rc != 0 ? players[0].rc : players[1].rc;
}
