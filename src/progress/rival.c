/* rival.c - see rival.h. */
#include "rival.h"

#include "machine/clock.h"

#include <sched.h>

/* Looks at the word before sleeping: on two CPUs the answer is there sooner than a sleep would take. */
#define SPINS 200u

static void wait_for(uint32_t *word, uint32_t value, uint64_t until_ns)
{
	uint32_t seen;

	for (unsigned i = 0; i < SPINS && __atomic_load_n(word, __ATOMIC_RELAXED) != value; i++)
		lfb_pause();
	/* Acquire: pairs with the release of whoever has set it; the other's operation, or instructions, are over. */
	while ((seen = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != value) {
		const uint64_t now_ns = lfb_clock_now_ns();

		if (now_ns >= until_ns)
			return;
		lfb_futex_wait(word, seen, until_ns - now_ns);
	}
}

static void set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	lfb_futex_wake(word);
}

/* In the victim's signal handler. */
static void give_turn(struct lfb_stepper *stepper)
{
	struct rival *const rival = (struct rival *)stepper->context;
	const uint32_t turn = rival->turn;

	if (__atomic_load_n(&rival->served, __ATOMIC_ACQUIRE) != turn)
		return; /* it is still stuck */
	rival->turns++;
	set(&rival->turn, turn + 1);
	wait_for(&rival->served, turn + 1, lfb_clock_now_ns() + rival->patience_ns);
	if (__atomic_load_n(&rival->served, __ATOMIC_RELAXED) != turn + 1)
		rival->stuck = true;
}

static void job_rival(struct hand *hand)
{
	struct rival *const rival = (struct rival *)(uintptr_t)hand->count;

	for (uint32_t turn = 1;; turn++) {
		while (__atomic_load_n(&rival->turn, __ATOMIC_ACQUIRE) != turn)
			wait_for(&rival->turn, turn, UINT64_MAX - 1);
		if (rival->over)
			return;
		for (unsigned i = 0; i < rival->count; i++) {
			hand->role = rival->now = rival->roles[i];
			hand->count = 1;
			job_operate(hand);
			rival->done[rival->roles[i]] += hand->result;
		}
		set(&rival->served, turn);
	}
}

void rival_start(struct rival *rival, struct hand *hand, struct lfb_stepper *stepper)
{
	rival->hand = hand;
	rival->turns = rival->done[LFB_ROLE_PUSH] = rival->done[LFB_ROLE_POP] = 0;
	rival->stuck = false;
	rival->turn = rival->served = rival->over = 0;
	stepper->context = rival;
	stepper->on_step = give_turn;
	hand_ask(hand, job_rival, LFB_ROLE_PUSH, (uint64_t)(uintptr_t)rival);
}

bool rival_returns(struct rival *rival, uint64_t ns)
{
	wait_for(&rival->served, rival->turn, lfb_clock_now_ns() + ns);
	return __atomic_load_n(&rival->served, __ATOMIC_ACQUIRE) == rival->turn;
}

int rival_stop(struct rival *rival, struct lfb_stepper *stepper)
{
	stepper->on_step = NULL;
	stepper->context = NULL;
	rival->over = 1;
	set(&rival->turn, rival->turn + 1);
	return hand_wait(rival->hand, CREW_HANG_NS);
}
