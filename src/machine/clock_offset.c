/* clock_offset.c - see clock_offset.h. */
#include "machine/clock_offset.h"

#include "machine/cpu_set.h"
#include "machine/two_cpus.h"

#include <errno.h>
#include <math.h>

/* Enough that one of them is as fast as a round trip gets; one after the other they take 0.1 ms. */
#define ROUNDS 250u
#define LIMIT_NS UINT64_C(20000000)

struct game {
	const struct lfb_timebase *timebase;
	struct lfb_offset_rounds rounds; /* the leader's */
};

void lfb_offset_rounds_start(struct lfb_offset_rounds *rounds)
{
	rounds->low_ticks = INT64_MIN;
	rounds->high_ticks = INT64_MAX;
}

void lfb_offset_round(struct lfb_offset_rounds *rounds, uint64_t a, uint64_t b, uint64_t c)
{
	/* Differences of counters are right also where a counter has just started again at 0. */
	const int64_t low = (int64_t)(b - c), high = (int64_t)(b - a);

	if (low > rounds->low_ticks)
		rounds->low_ticks = low;
	if (high < rounds->high_ticks)
		rounds->high_ticks = high;
}

static double signed_ns(const struct lfb_timebase *timebase, int64_t ticks)
{
	const double ns = (double)lfb_ticks_ns(timebase, ticks < 0 ? -(uint64_t)ticks : (uint64_t)ticks);

	return ticks < 0 ? -ns : ns;
}

int lfb_offset_result(const struct lfb_offset_rounds *rounds, const struct lfb_timebase *timebase,
		      struct lfb_clock_offset *out)
{
	if (rounds->low_ticks > rounds->high_ticks)
		return -ERANGE;
	out->low_ns = signed_ns(timebase, rounds->low_ticks);
	out->high_ns = signed_ns(timebase, rounds->high_ticks);
	return 0;
}

static int lead(struct lfb_two_cpus *two, void *context)
{
	struct game *const game = context;
	const struct lfb_timebase *const timebase = game->timebase;

	for (uint64_t number = 1; number <= 2 * ROUNDS; number += 2) {
		/* The stamp is taken before the ball is thrown: nothing after it starts before. */
		const uint64_t a = lfb_ticks_before(timebase);

		lfb_ball_throw(two, number);
		if (!lfb_ball_catch(two, number + 1))
			return -ETIMEDOUT;
		lfb_offset_round(&game->rounds, a, two->note, lfb_ticks_after(timebase));
	}
	return 0;
}

static int follow(struct lfb_two_cpus *two, void *context)
{
	const struct lfb_timebase *const timebase = ((const struct game *)context)->timebase;

	for (uint64_t number = 1; lfb_ball_catch(two, number); number += 2) {
		/* After the catch, and before the throw, which the stamp has to be read for. */
		two->note = lfb_ticks_after(timebase);
		lfb_ball_throw(two, number + 1);
	}
	return 0;
}

int lfb_clock_offset_measure(const struct lfb_timebase *timebase, unsigned cpu_a, unsigned cpu_b,
			     struct lfb_clock_offset *out)
{
	struct game game = { .timebase = timebase };
	int rc;

	lfb_offset_rounds_start(&game.rounds);
	rc = lfb_two_cpus_run(cpu_a, cpu_b, lead, follow, &game, LIMIT_NS);
	return rc != 0 ? rc : lfb_offset_result(&game.rounds, timebase, out);
}

double lfb_clock_offset_bound(const struct lfb_clock_offset *offset)
{
	return fmax(fabs(offset->low_ns), fabs(offset->high_ns));
}

void lfb_clock_offset_add(struct lfb_clock_offset *all, const struct lfb_clock_offset *one)
{
	all->low_ns = fmin(all->low_ns, one->low_ns);
	all->high_ns = fmax(all->high_ns, one->high_ns);
}

double lfb_clock_offset_width(const struct lfb_clock_offset *all)
{
	return all->high_ns - all->low_ns;
}

double lfb_clock_offset_among(const struct lfb_timebase *timebase, const unsigned *cpus, unsigned count)
{
	struct lfb_clock_offset all = { 0, 0 };
	struct lfb_cpu_set seen;
	unsigned measured = 0;

	lfb_cpu_set_clear(&seen);
	for (unsigned i = 0; i < count; i++) {
		struct lfb_clock_offset offset;

		if (!lfb_cpu_set_add(&seen, cpus[i]) || i == 0)
			continue;
		if (lfb_clock_offset_measure(timebase, cpus[0], cpus[i], &offset) != 0)
			return NAN;
		lfb_clock_offset_add(&all, &offset);
		measured++;
	}
	return measured > 0 ? lfb_clock_offset_width(&all) : NAN;
}
