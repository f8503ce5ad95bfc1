/* suite.c - see suite.h. */
#include "suite.h"

#include "machine/clock.h"
#include "plugin/paths.h"
#include "schedule_script.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_suite_verdict_names[LFB_SUITE_VERDICTS + 1] = { "confirmed", "refuted", "inconclusive", "crashed", "hung", "not refuted", NULL };

/* Of what is left of the budget, a shape's equal part; of what is left of that, half is for recording and half for judging: one process after the other. */
#define JUDGING_SHARE 2u
/* When this part of it is left, another process is not worth its start. */
#define REST_SHARE 8u
/* Where the number of histories is given, and not the time. */
#define ROUNDS_SLICE_NS UINT64_C(300000000000)
/* Schedules of one process. */
#define PORTION_FIRST 125u
#define PORTION_MOST 4000u

static void say(struct lfb_suite_result *result, enum lfb_suite_verdict verdict, const char *shape, const char *why)
{
	result->verdict = verdict;
	(void)snprintf(result->reason, sizeof(result->reason), "%.400s (shape %s)", why, shape);
}

/* A copy of its own: the one that is judged lies in what came through the pipe. */
static struct lfb_history *copy(const struct lfb_history *history)
{
	struct lfb_history *const out = lfb_history_new();

	if (out == NULL)
		return NULL;
	*out = *history;
	memset(out->log, 0, sizeof(out->log));
	for (unsigned t = 0; t < history->threads; t++) {
		const size_t bytes = history->log[t].count * sizeof(out->log[t].ops[0]);

		out->log[t].ops = malloc(bytes > 0 ? bytes : 1);
		if (out->log[t].ops == NULL) {
			lfb_history_free(out);
			return NULL;
		}
		memcpy(out->log[t].ops, history->log[t].ops, bytes);
		out->log[t].count = out->log[t].room = history->log[t].count;
	}
	return out;
}

static bool is_unfinished(const struct lfb_history *history)
{
	for (unsigned t = 0; t < history->threads; t++)
		for (size_t i = 0; i < history->log[t].count; i++)
			if (history->log[t].ops[i].answer == LFB_HISTORY_PENDING)
				return true;
	return false;
}

/* The first that is wrong is kept. Until then the latest in which something never returned: the queue may hang in it. */
static bool judge(const struct lfb_history *history, void *context)
{
	struct lfb_suite_result *const result = context;
	struct lfb_check_result found;
	struct lfb_error error = { "" };
	const int rc = lfb_check(history, &found, &error);

	result->histories++;
	result->last_seed = history->seed;
	if (rc == -ENOMEM) {
		say(result, LFB_SUITE_INCONCLUSIVE, history->shape, error.text);
	} else if (rc != 0) {
		char why[400];

		(void)snprintf(why, sizeof(why), "the log of its operations is damaged, as by a write to memory that is not the queue's: %.250s", error.text);
		say(result, LFB_SUITE_REFUTED, history->shape, why);
		return false;
	} else {
		result->ops += found.ops;
		result->searched_ops += found.searched_ops;
	}
	if (rc != 0 || (found.verdict == LFB_CHECK_CONFIRMED && !is_unfinished(history)))
		return true;
	lfb_history_free(result->history);
	result->history = copy(history);
	result->found = found;
	if (found.verdict == LFB_CHECK_REFUTED)
		say(result, LFB_SUITE_REFUTED, history->shape, found.witness.why);
	else if (found.verdict == LFB_CHECK_INCONCLUSIVE)
		say(result, LFB_SUITE_INCONCLUSIVE, history->shape, found.reason);
	return found.verdict != LFB_CHECK_REFUTED;
}

/* What the end of a process adds. What was refuted stays so. */
static void take_end(struct lfb_suite_result *result, enum lfb_check_end end, const char *shape, const char *why, bool *unsupported)
{
	if (result->verdict == LFB_SUITE_REFUTED)
		return;
	switch (end) {
	case LFB_CHECK_END_DONE:
		break;
	case LFB_CHECK_END_UNSUPPORTED:
		*unsupported = true;
		(void)snprintf(result->reason, sizeof(result->reason), "%.500s", why);
		break;
	case LFB_CHECK_END_RESOURCE:
		say(result, LFB_SUITE_INCONCLUSIVE, shape, why);
		break;
	case LFB_CHECK_END_HUNG:
		say(result, LFB_SUITE_HUNG, shape, why);
		break;
	case LFB_CHECK_END_CRASHED:
		say(result, LFB_SUITE_CRASHED, shape, why);
		break;
	case LFB_CHECK_END_INTERRUPTED:
		result->interrupted = true;
		break;
	}
}

static bool is_selected(const struct lfb_suite *suite, unsigned shape)
{
	return (suite->shapes == NULL || suite->shapes[shape]) &&
	       lfb_check_shape_fits(&lfb_check_shapes[shape], &suite->info->claims, suite->info->has_block);
}

static unsigned selected_from(const struct lfb_suite *suite, unsigned first)
{
	unsigned count = 0;

	for (unsigned s = first; lfb_check_shapes[s].name != NULL; s++)
		count += is_selected(suite, s);
	return count;
}

static bool is_decided(const struct lfb_suite_result *result)
{
	return result->interrupted || (result->verdict != LFB_SUITE_CONFIRMED && result->verdict != LFB_SUITE_INCONCLUSIVE);
}

/* One process; it ends early where it has written as much as is read at once. */
static int run_process(const struct lfb_suite *suite, struct lfb_check_launch *launch, struct lfb_suite_result *result, bool *unsupported,
		       struct lfb_error *error)
{
	const uint64_t before = result->histories;
	enum lfb_check_end end;
	const int rc = lfb_check_launch(launch, judge, result, suite->interrupted, &end, error);

	if (rc != 0)
		return rc;
	take_end(result, end, launch->shape->name, error->text, unsupported);
	launch->seed += result->histories - before;
	launch->histories -= result->histories - before;
	if (end != LFB_CHECK_END_DONE || result->histories == before)
		launch->histories = 0;
	return 0;
}

static int run_shape(const struct lfb_suite *suite, unsigned shape, uint64_t until_ns, struct lfb_suite_result *result, struct lfb_error *error)
{
	const uint64_t start_ns = lfb_clock_now_ns(), left_ns = until_ns > start_ns ? until_ns - start_ns : 0, part_ns = left_ns / selected_from(suite, shape);
	struct lfb_check_launch launch = {
		.path = suite->path,
		.info = suite->info,
		.shape = &lfb_check_shapes[shape],
		.seed = suite->seed,
		.histories = suite->rounds > 0 ? suite->rounds : UINT64_MAX,
		.slice_ns = suite->rounds > 0 ? ROUNDS_SLICE_NS : part_ns / JUDGING_SHARE,
	};
	bool unsupported = false, going_on;
	int rc;

	if (suite->on_shape != NULL)
		suite->on_shape(launch.shape->name, suite->context);
	do {
		rc = run_process(suite, &launch, result, &unsupported, error);
		going_on = rc == 0 && launch.histories > 0 && !is_decided(result);
		if (suite->rounds == 0) {
			const uint64_t used_ns = lfb_clock_now_ns() - start_ns, rest_ns = used_ns < part_ns ? part_ns - used_ns : 0;

			going_on = going_on && rest_ns > part_ns / REST_SHARE;
			launch.slice_ns = rest_ns / JUDGING_SHARE;
		}
	} while (going_on);
	result->shapes += rc == 0 && !unsupported && !result->interrupted;
	return rc;
}

/* In portions, each a process that is judged when it is gone: small ones first, since most faults show soon. */
static int run_schedules(const struct lfb_suite *suite, struct lfb_suite_result *result, struct lfb_error *error)
{
	char path[PATH_MAX];
	struct lfb_check_launch launch = {
		.info = suite->info,
		.shape = &lfb_schedule_shape,
		.seed = suite->seed,
		.slice_ns = ROUNDS_SLICE_NS,
		.depth = suite->depth,
		.steps = &result->steps,
	};
	uint64_t left = suite->schedules, portion = PORTION_FIRST;
	bool unsupported = false;
	int rc = 0;

	result->by_instruction = launch.single_step = suite->single_step || !lfb_scheduling_path(suite->path, path);
	launch.path = launch.single_step ? suite->path : path;
	for (; rc == 0 && left > 0 && !unsupported && !is_decided(result); portion = portion < PORTION_MOST ? 2 * portion : portion) {
		const uint64_t before = result->histories;

		if (suite->on_shape != NULL)
			suite->on_shape(launch.shape->name, suite->context);
		launch.histories = left < portion ? left : portion;
		rc = run_process(suite, &launch, result, &unsupported, error);
		if (result->histories == before)
			break;
		left -= result->histories - before;
	}
	if (unsupported && result->verdict == LFB_SUITE_CONFIRMED)
		result->verdict = LFB_SUITE_INCONCLUSIVE;
	return rc;
}

static int run_shapes(const struct lfb_suite *suite, struct lfb_suite_result *result, struct lfb_error *error)
{
	const uint64_t until_ns = lfb_clock_now_ns() + suite->budget_ns;
	int rc = 0;

	for (unsigned s = 0; rc == 0 && !is_decided(result) && lfb_check_shapes[s].name != NULL; s++)
		if (is_selected(suite, s))
			rc = run_shape(suite, s, until_ns, result, error);
	return rc;
}

int lfb_suite_run(const struct lfb_suite *suite, struct lfb_suite_result *result, struct lfb_error *error)
{
	int rc;

	memset(result, 0, sizeof(*result));
	rc = suite->schedules > 0 ? run_schedules(suite, result, error) : run_shapes(suite, result, error);
	if (result->verdict == LFB_SUITE_CONFIRMED && (rc != 0 || result->histories == 0 || result->interrupted)) {
		result->verdict = LFB_SUITE_INCONCLUSIVE;
		if (rc != 0)
			(void)snprintf(result->reason, sizeof(result->reason), "%.500s", error->text);
		else if (result->interrupted)
			(void)snprintf(result->reason, sizeof(result->reason), "interrupted");
		else if (result->reason[0] == '\0')
			(void)snprintf(result->reason, sizeof(result->reason), "none of the shapes asked for fits what it claims");
	}
	return rc;
}

void lfb_suite_result_free(struct lfb_suite_result *result)
{
	lfb_history_free(result->history);
	result->history = NULL;
}
