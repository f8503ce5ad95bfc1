/*
 * test_workload.c - the table of workloads is consistent in itself: what the harness relies on
 * when it divides items, checks sums per queue and chooses loops.
 */
#include "unit.h"

#include "plan/names.h"
#include "plan/params.h"
#include "plan/workload.h"
#include "trial/recording.h"

static const struct lfb_workload *find(const char *name)
{
	const int index = lfb_name_find(lfb_workload_names, name);

	assert_true(index >= 0);
	return &lfb_workloads[index];
}

static void names_are_the_table(void **state)
{
	size_t n = 0;

	(void)state;
	for (; lfb_workloads[n].name != NULL; n++) {
		assert_string_equal(lfb_workloads[n].name, lfb_workload_names[n]);
		assert_true(strlen(lfb_workloads[n].summary) > 0);
		assert_int_equal(lfb_name_find(lfb_workload_names, lfb_workloads[n].name), n);
	}
	assert_null(lfb_workload_names[n]);
	assert_true(n >= 3);
}

/* A workload that is an application always has no loops that only move values. */
static bool is_plain(const struct lfb_role *role)
{
	return role->loop != LFB_LOOP_KINDS;
}

static void check_plain_loops(const struct lfb_role *role)
{
	assert_true(role->loop < LFB_LOOP_KINDS && role->audit < LFB_LOOP_KINDS && role->closed < LFB_LOOP_KINDS);
	assert_true(role->batch <= LFB_LOOP_KINDS && role->batch_audit <= LFB_LOOP_KINDS);
	assert_int_equal(role->batch == LFB_LOOP_KINDS, role->batch_audit == LFB_LOOP_KINDS);
	assert_int_equal(role->batch == LFB_LOOP_KINDS, role->batch_closed == LFB_LOOP_KINDS);
	/* Who pops needs a loop that keeps the values; who does not has nothing to keep. */
	if (role->pops_from >= 0) {
		assert_true(role->audit >= LFB_CONSUME_AUDIT);
		assert_true(role->batch_audit == LFB_LOOP_KINDS || role->batch_audit >= LFB_CONSUME_AUDIT);
	} else {
		assert_int_equal(role->audit, role->loop);
		assert_int_equal(role->batch_audit, role->batch);
	}
	assert_true(role->loop < LFB_CONSUME_AUDIT);
}

/* Of a role without plain loops: all of them are missing, not some. */
static void check_no_plain_loops(const struct lfb_role *role)
{
	assert_true(role->audit == LFB_LOOP_KINDS && role->closed == LFB_LOOP_KINDS && role->open == LFB_LOOP_KINDS);
	assert_true(role->batch == LFB_LOOP_KINDS && role->batch_audit == LFB_LOOP_KINDS && role->batch_closed == LFB_LOOP_KINDS);
}

/* Where an application is in use a thread runs one of the loops that call it, or a function of it. */
static void check_fed(const struct lfb_role *role)
{
	if (role->program != NULL)
		assert_int_equal(role->fed, LFB_LOOP_KINDS);
	else
		assert_in_range(role->fed, LFB_FEED, LFB_SPLIT);
	/* FEED pushes what it makes, SERVE takes. */
	if (role->fed == LFB_FEED)
		assert_true(role->produces && role->pops_from < 0);
	if (role->fed == LFB_SERVE)
		assert_true(!role->produces && role->pops_from >= 0);
}

static void check_loops(const struct lfb_workload *workload, const struct lfb_role *role)
{
	if (is_plain(role))
		check_plain_loops(role);
	else
		check_no_plain_loops(role);
	if (workload->application != NULL)
		check_fed(role);
	else
		assert_true(is_plain(role) && role->program == NULL && role->fed == LFB_LOOP_KINDS);
	/* All roles are of one kind: a trial has an application or has none. */
	assert_int_equal(is_plain(role), is_plain(&workload->role[0]));
}

static void check_queues(const struct lfb_workload *workload, const struct lfb_role *role)
{
	const int queues = (int)workload->queues;

	assert_in_range(role->out, 0, queues - 1);
	assert_true(role->back >= -1 && role->back < queues && role->back != role->out);
	assert_true(role->pushes_to < queues && role->pops_from < queues);
	/* A thread can only use queues it was given, and one it was given is used. */
	if (role->pushes_to >= 0)
		assert_true(role->pushes_to == role->out || role->pushes_to == role->back);
	if (role->pops_from >= 0)
		assert_true(role->pops_from == role->out || role->pops_from == role->back);
	assert_true(role->pushes_to >= 0 || role->pops_from >= 0);
	if (role->produces)
		assert_true(role->pushes_to >= 0);
}

/* Each queue is pushed to and popped from, and somebody makes the values. */
static void roles_fit_together(void **state)
{
	(void)state;
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		unsigned pushed = 0, popped = 0, produces = 0;

		assert_in_range(w->roles, 1, LFB_ROLES_MAX);
		assert_int_equal(w->queues == 0, w->place != NULL); /* who has no fixed queues says where each thread stands */
		assert_in_range(w->queues, 0, LFB_QUEUES_MAX);
		for (unsigned r = 0; r < w->roles; r++) {
			const struct lfb_role *const role = &w->role[r];

			assert_true(strlen(role->name) > 0);
			check_loops(w, role);
			produces += role->produces;
			if (w->place != NULL)
				continue;
			check_queues(w, role);
			if (role->pushes_to >= 0)
				pushed |= 1u << role->pushes_to;
			if (role->pops_from >= 0)
				popped |= 1u << role->pops_from;
		}
		assert_int_equal(produces, 1);
		assert_int_equal(pushed, (1u << w->queues) - 1);
		assert_int_equal(popped, (1u << w->queues) - 1);
		if (w->by_threads)
			assert_true(w->threads_min >= 1 && w->threads_min <= w->threads_max);
	}
}

/* The thread may use only the queues of its workload, and what it pops and pushes is among its own. */
static void check_place(const struct lfb_place *place, int queues)
{
	assert_in_range(place->out, 0, queues - 1);
	assert_true(place->back >= -1 && place->back < queues && place->back != place->out);
	if (place->pushes_to >= 0)
		assert_true(place->pushes_to == place->out || place->pushes_to == place->back);
	if (place->pops_from >= 0)
		assert_true(place->pops_from == place->out || place->pops_from == place->back);
	assert_in_range(place->fed, LFB_FEED, LFB_SPLIT);
}

/* Threads at each end of each queue of a workload that places its threads. */
static void count_ends(const struct lfb_workload *w, uint32_t consumers, bool diamond, unsigned pushers[LFB_QUEUES_MAX],
		       unsigned poppers[LFB_QUEUES_MAX])
{
	const int queues = (int)lfb_workload_queues(w, consumers);

	for (unsigned r = 0; r < w->roles; r++) {
		for (uint32_t nth = 0; nth < lfb_role_threads(&w->role[r], 1, consumers); nth++) {
			const struct lfb_place place = w->place(r, nth, consumers, diamond);

			check_place(&place, queues);
			if (place.pops_from >= 0)
				poppers[place.pops_from]++;
			if (place.pushes_to >= 0) {
				pushers[place.pushes_to]++;
			} else if (w->role[r].produces) { /* one that splits pushes to both */
				assert_true(place.fed == LFB_SPLIT && place.back >= 0);
				pushers[place.out]++;
				pushers[place.back]++;
			}
		}
	}
}

/* Every queue between two stages has one thread at either end; the last of a diamond joins two branches. */
static void stages_fit_together(void **state)
{
	const struct lfb_workload *const w = find("pipeline");

	(void)state;
	for (uint32_t consumers = 1; consumers < LFB_QUEUES_MAX; consumers++) {
		unsigned pushers[LFB_QUEUES_MAX] = { 0 }, poppers[LFB_QUEUES_MAX] = { 0 };

		assert_int_equal(lfb_workload_queues(w, consumers), consumers);
		assert_int_equal(lfb_workload_threads(w, 1, consumers), consumers + 1);
		count_ends(w, consumers, false, pushers, poppers);
		for (uint32_t q = 0; q < consumers; q++) {
			assert_int_equal(pushers[q], 1);
			assert_int_equal(poppers[q], 1);
		}
	}
	{
		unsigned pushers[LFB_QUEUES_MAX] = { 0 }, poppers[LFB_QUEUES_MAX] = { 0 }, joined = 0;

		count_ends(w, 3, true, pushers, poppers);
		for (unsigned q = 0; q < 3; q++) {
			assert_int_equal(poppers[q], 1);
			assert_in_range(pushers[q], 1, 2);
			joined += pushers[q] == 2;
		}
		assert_int_equal(joined, 1);
	}
}

/* What a default sweep takes needs no application, so that a figure of it is the queue's alone. */
static void the_default_sweep(void **state)
{
	static const char *const swept[] = { "producer_consumer", "pairs", "ping_pong" };
	unsigned n = 0;

	(void)state;
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		if (!w->in_default_sweep)
			continue;
		assert_true(n < COUNT(swept));
		assert_string_equal(w->name, swept[n++]);
		assert_true(is_plain(&w->role[0]));
	}
	assert_int_equal(n, COUNT(swept));
}

static void threads_of_a_shape(void **state)
{
	const struct lfb_workload *const pc = find("producer_consumer"), *const pairs = find("pairs"),
					 *const ping = find("ping_pong");

	(void)state;
	assert_int_equal(lfb_workload_threads(pc, 3, 5), 8);
	assert_int_equal(lfb_role_threads(&pc->role[0], 3, 5), 3);
	assert_int_equal(lfb_role_threads(&pc->role[1], 3, 5), 5);
	assert_int_equal(lfb_workload_threads(pairs, 4, 4), 4); /* each pushes and pops: not 8 */
	assert_int_equal(lfb_workload_threads(ping, 1, 1), 2);
	assert_int_equal(lfb_workload_threads(pc, 4096, 4096), 8192);
	/* A workload that takes a fixed number of threads has as many. */
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++)
		if (w->by_threads && w->threads_min == w->threads_max)
			assert_int_equal(lfb_workload_threads(w, 1, 1), w->threads_min);
	/* The stages of a pipeline: a source, and the consumers, of which the last is the sink. */
	assert_int_equal(lfb_workload_threads(find("pipeline"), 1, 1), 2);
	assert_int_equal(lfb_workload_threads(find("pipeline"), 1, 15), 16);
	assert_int_equal(lfb_workload_threads(find("fan_in"), 20, 1), 21);
	assert_int_equal(lfb_workload_threads(find("worker_pool"), 1, 4), 5);
	/* The presets are numbers that the sides allow. */
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		assert_true(w->producers.max == 0 || w->producers.preset <= w->producers.max);
		assert_true(w->consumers.max == 0 || w->consumers.preset <= w->consumers.max);
	}
}

static void operations_per_item(void **state)
{
	(void)state;
	assert_int_equal(lfb_workload_ops_per_item(find("producer_consumer"), 3), 2);
	assert_int_equal(lfb_workload_ops_per_item(find("pairs"), 2), 2);
	assert_int_equal(lfb_workload_ops_per_item(find("ping_pong"), 1), 4);
	assert_int_equal(lfb_workload_ops_per_item(find("pipeline"), 1), 2);
	assert_int_equal(lfb_workload_ops_per_item(find("pipeline"), 15), 30);
}

/* Each parameter is of some workload, and says so in words that workloads are called. */
static void parameters_name_workloads(void **state)
{
	(void)state;
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		char words[256], *rest = NULL;
		unsigned taken = 0;

		(void)snprintf(words, sizeof(words), "%s", lfb_params[p].workloads);
		for (const char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
			if (lfb_name_find(lfb_workload_names, word) < 0)
				fail_msg("--%s is for '%s', which is no workload", lfb_params[p].option, word);
			assert_true(lfb_param_fits(p, word));
			/* Its application does what the parameter says; a sample is logged by loops of the backend, which need none. */
			if (p == LFB_PARAM_check)
				assert_true(lfb_recording_loop(find(word)->role[0].loop) != LFB_LOOP_KINDS);
			else
				assert_non_null(find(word)->application);
			taken++;
		}
		assert_true(taken > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_the_table),
		cmocka_unit_test(roles_fit_together),
		cmocka_unit_test(stages_fit_together),
		cmocka_unit_test(the_default_sweep),
		cmocka_unit_test(threads_of_a_shape),
		cmocka_unit_test(operations_per_item),
		cmocka_unit_test(parameters_name_workloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
