/* ticks.c - see ticks.h. */
#include "machine/ticks.h"

#include "machine/clock.h"

#include <time.h>

/* Comparisons of counter and clock of which the closest is kept. */
#define COMPARISONS 64
/* Half of the interval that is measured. An error of 40 ns at each end is 1 part in 10^5 of the whole. */
#define HALF_NS 2000000L
/* The halves' rates must agree to 1 part in this; else all is done again, so many times. */
#define AGREE 1000
#define ATTEMPTS 3

#define COST_BATCHES 64
#define COST_STAMPS 256
/* Differences of which the step is the greatest common divisor: by chance it is too large with 2^-n of them. */
#define STEP_STAMPS 4096

/* With it, mult of a counter of 1 MHz to 100 GHz has 26 bits and more, and fits by far. */
#define SHIFT 32u
#define HZ_MIN 1e6
#define HZ_MAX 1e11

/* The same moment by both. */
struct moment {
	uint64_t ticks, ns;
};

static struct moment now_by_both(void)
{
	struct moment closest = { 0, 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < COMPARISONS; i++) {
		const uint64_t before = lfb_ticks_counter();
		const uint64_t ns = lfb_clock_now_ns();
		const uint64_t apart = lfb_ticks_counter() - before;

		if (apart >= least)
			continue;
		least = apart;
		closest = (struct moment){ before + apart / 2, ns };
	}
	return closest;
}

/* Asleep, not spinning: others may need this CPU. To be woken late does not matter. */
static void pass_time(void)
{
	const struct timespec half = { .tv_nsec = HALF_NS };

	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &half, NULL);
}

static bool rates_agree(const struct moment *start, const struct moment *middle, const struct moment *end)
{
	const double first = (double)(middle->ticks - start->ticks) / (double)(middle->ns - start->ns);
	const double second = (double)(end->ticks - middle->ticks) / (double)(end->ns - middle->ns);

	/* Written so that NaN, from a clock that stood still, is no agreement. */
	return first < second * (1 + 1.0 / AGREE) && second < first * (1 + 1.0 / AGREE);
}

static bool calibrate(struct lfb_timebase *timebase)
{
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct moment start, middle, end;

		start = now_by_both();
		pass_time();
		middle = now_by_both();
		pass_time();
		end = now_by_both();
		if (rates_agree(&start, &middle, &end))
			return lfb_timebase_use_counter(end.ticks - start.ticks, end.ns - start.ns, timebase);
	}
	return false;
}

void lfb_timebase_use_clock(struct lfb_timebase *timebase)
{
	*timebase = (struct lfb_timebase){ .use_counter = 0, .shift = 0, .mult = 1 };
}

bool lfb_timebase_use_counter(uint64_t ticks, uint64_t ns, struct lfb_timebase *timebase)
{
	const double hz = (double)ticks * 1e9 / (double)ns;

	/* Written so that NaN is out of range. */
	if (!LFB_TICKS_COUNTER || !(hz >= HZ_MIN && hz <= HZ_MAX))
		return false;
	*timebase = (struct lfb_timebase){
		.use_counter = 1,
		.shift = SHIFT,
		.mult = (uint64_t)(1e9 / hz * (double)(UINT64_C(1) << SHIFT) + 0.5),
	};
	return true;
}

void lfb_timebase_init(struct lfb_timebase *timebase)
{
	if (!LFB_TICKS_COUNTER || !lfb_clock_tsc_invariant() || !calibrate(timebase))
		lfb_timebase_use_clock(timebase);
}

double lfb_ticks_cost_ns(const struct lfb_timebase *timebase)
{
	uint64_t least = UINT64_MAX;

	/* The least, not the mean: an interrupt can only ever make a batch longer. */
	for (int batch = 0; batch < COST_BATCHES; batch++) {
		const uint64_t start = lfb_ticks_before(timebase);
		uint64_t now = start;

		for (int i = 0; i < COST_STAMPS; i++)
			now = lfb_ticks_after(timebase);
		if (now - start < least)
			least = now - start;
	}
	return (double)lfb_ticks_ns(timebase, least) / COST_STAMPS;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		const uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

double lfb_ticks_step_ns(const struct lfb_timebase *timebase)
{
	const uint64_t start = lfb_ticks_before(timebase);
	uint64_t step = 0;

	/* From one start: a step back, on another CPU, is then no difference of 2^64 less something. */
	for (int i = 0; i < STEP_STAMPS; i++) {
		const uint64_t now = lfb_ticks_after(timebase);

		if (now > start)
			step = common_divisor(step, now - start);
	}
	return (double)step * (double)timebase->mult / (double)(UINT64_C(1) << timebase->shift);
}
