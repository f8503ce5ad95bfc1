/* recording.c - see recording.h. What becomes of a sample is in recording_judge.c. */
#include "trial/recording.h"

#include "check/epsilon.h"
#include "machine/ticks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Values of a trial that are sampled, about: judged within some 20 ms. */
#define SAMPLES_ABOUT (UINT64_C(1) << 16)
/* EMPTY answers of a thread that are logged. */
#define EMPTIES 4096u
/* Values that are popped twice; more are missed, and the sums tell. */
#define SPARE 64u
/* Of what a popper gets if all get alike: that part of its log is faulted in. */
#define UNFAIR 2u

void lfb_recording_plan_init(struct lfb_recording_plan *plan)
{
	lfb_timebase_init(&plan->time);
	plan->epsilon_ticks = lfb_check_epsilon_ticks(&plan->time);
	plan->samples = SAMPLES_ABOUT;
}

void lfb_recording_plan_fit(struct lfb_recording_plan *plan, uint64_t trials, uint32_t threads)
{
	const uint64_t op_bytes = sizeof(struct lfb_history_op), each = LFB_RECORDING_STREAM_MAX / (trials > 0 ? trials : 1);
	const uint64_t empties = threads * (uint64_t)EMPTIES * op_bytes;
	/* A push and a pop of each; by chance there are more than were aimed at. */
	const uint64_t samples = each > empties ? (each - empties) / (3 * op_bytes) : 1;

	plan->samples = samples < plan->samples ? samples : plan->samples;
}

uint32_t lfb_recording_shift(uint64_t items, uint64_t samples)
{
	uint32_t shift = 0;

	while (items >> shift > samples)
		shift++;
	return shift;
}

enum lfb_loop_kind lfb_recording_loop(enum lfb_loop_kind kind)
{
	switch (kind) {
	case LFB_PRODUCE:
		return LFB_PRODUCE_RECORDED;
	case LFB_CONSUME:
		return LFB_CONSUME_RECORDED;
	case LFB_PAIRS:
		return LFB_PAIRS_RECORDED;
	default:
		return LFB_LOOP_KINDS;
	}
}

bool lfb_recording_has_loops(const struct lfb_ops *ops)
{
	return ops->loop_kinds > LFB_PAIRS_RECORDED;
}

/* Of the numbers 1..items, those that are sampled. */
static uint64_t count_sampled(const struct lfb_recording_sample *sample, uint64_t items)
{
	uint64_t count = 0;

	for (uint64_t number = 1; number <= items;) {
		const uint64_t next = (number / LFB_RECORDING_WINDOW + 1) * LFB_RECORDING_WINDOW;
		const uint64_t end = next <= items ? next : items + 1;

		count += lfb_recording_takes(sample, number) ? end - number : 0;
		number = end;
	}
	return count;
}

/* Room in the logs. */
struct room {
	uint64_t sampled; /* values, of all producers */
	uint32_t poppers;
};

static uint64_t slots_of(const struct lfb_recording_trial *trial, const struct lfb_recording_part *part, const struct room *room)
{
	return count_sampled(&trial->sample, part->items) + (part->pops ? room->sampled + SPARE + EMPTIES : 0);
}

/* As much of a log as will be written if no popper gets much more than the others. */
static void fault_in(struct lfb_recording *r, const struct lfb_recording_part *part, const struct room *room)
{
	const uint64_t others = room->poppers > 0 && part->pops ? room->sampled - room->sampled / room->poppers : 0;
	const uint64_t usual = r->slots > others ? r->slots - others : r->slots;
	const uint64_t unfair = UNFAIR * usual < r->slots ? UNFAIR * usual : r->slots;

	memset(r->ops, 0, unfair * sizeof(r->ops[0]));
}

static int map_logs(struct lfb_recording_trial *trial, const struct lfb_recording_part *parts, const struct room *room)
{
	struct lfb_history_op *at;
	uint64_t slots = 0;
	void *map;

	for (uint32_t t = 0; t < trial->threads; t++)
		slots += slots_of(trial, &parts[t], room);
	trial->ops_bytes = (slots + 1) * sizeof(*at);
	map = mmap(NULL, trial->ops_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return -ENOMEM;
	trial->ops = at = (struct lfb_history_op *)map;
	for (uint32_t t = 0; t < trial->threads; t++) {
		trial->thread[t].ops = at;
		trial->thread[t].slots = slots_of(trial, &parts[t], room);
		at += trial->thread[t].slots;
		fault_in(&trial->thread[t], &parts[t], room);
	}
	return 0;
}

int lfb_recording_prepare(struct lfb_recording_trial *trial, const struct lfb_recording_plan *plan, const struct lfb_claims *claims,
			  const struct lfb_recording_part *parts, uint32_t threads, uint64_t seed)
{
	struct room room = { 0, 0 };
	uint64_t items = 0;

	memset(trial, 0, sizeof(*trial));
	for (uint32_t t = 0; t < threads; t++)
		items += parts[t].items;
	trial->threads = threads;
	trial->claims = *claims;
	trial->epsilon_ticks = plan->epsilon_ticks;
	trial->sample = (struct lfb_recording_sample){ .seed = lfb_mix(seed | 1), .mask = (UINT64_C(1) << lfb_recording_shift(items, plan->samples)) - 1 };
	trial->thread = (struct lfb_recording *)aligned_alloc(LFB_LINE, threads * sizeof(trial->thread[0]));
	if (trial->thread == NULL)
		return -ENOMEM;
	memset(trial->thread, 0, threads * sizeof(trial->thread[0]));
	for (uint32_t t = 0; t < threads; t++) {
		room.sampled += count_sampled(&trial->sample, parts[t].items);
		room.poppers += parts[t].pops;
		trial->thread[t].sample = trial->sample;
		trial->thread[t].use_counter = plan->time.use_counter;
		trial->thread[t].empties = claims->empty == LFB_ANSWER_STRICT ? EMPTIES : 0;
	}
	return map_logs(trial, parts, &room);
}

int lfb_recording_prepare_shape(struct lfb_recording_trial *trial, const struct lfb_recording_plan *plan, const struct lfb_claims *claims,
				const struct lfb_shape *shape, const uint64_t *produced, uint64_t seed)
{
	const uint32_t threads = lfb_workload_threads(shape->workload, shape->producers, shape->consumers);
	struct lfb_recording_part *const parts = (struct lfb_recording_part *)calloc(threads, sizeof(parts[0]));
	uint32_t index = 0;
	int rc;

	if (parts == NULL)
		return -ENOMEM;
	for (unsigned r = 0; r < shape->workload->roles; r++) {
		const struct lfb_role *const role = &shape->workload->role[r];

		for (uint32_t nth = lfb_role_threads(role, shape->producers, shape->consumers); nth > 0; nth--, index++) {
			parts[index].pops = role->pops_from >= 0;
			parts[index].items = role->produces ? *produced++ : 0;
		}
	}
	rc = lfb_recording_prepare(trial, plan, claims, parts, threads, seed);
	free(parts);
	return rc;
}

void lfb_recording_free(struct lfb_recording_trial *trial)
{
	if (trial->ops != NULL)
		(void)munmap(trial->ops, trial->ops_bytes);
	free(trial->thread);
	memset(trial, 0, sizeof(*trial));
}

void lfb_recording_drained(struct lfb_recording_trial *trial, uint64_t call, uint64_t ret)
{
	trial->drained = (struct lfb_history_op){ .call = call, .ret = ret > call ? ret : call, .kind = LFB_HISTORY_POP, .answer = LFB_HISTORY_REFUSED };
}
