/*
 * test_options.c - arguments: what is taken in which scope and stored where, and the defaults.
 * What is refused is in test_options_refused.c.
 */
#include "unit.h"

#include "plan/names.h"
#include "options_fixture.h"
#include "plan/workload.h"

static void is_list(const struct lfb_list *list, size_t count, uint64_t first)
{
	assert_int_equal(list->count, count);
	if (count > 0)
		assert_int_equal(list->values[0], first);
}

static void defaults(void **state)
{
	static const enum lfb_option_scope scopes[] = { LFB_SCOPE_BENCH, LFB_SCOPE_RUN };

	(void)state;
	for (size_t i = 0; i < COUNT(scopes); i++) {
		takes(scopes[i], "");
		is_list(&options.workloads, 0, 0);
		is_list(&options.producers, 1, 1);
		is_list(&options.consumers, 1, 1);
		is_list(&options.threads, 1, 2);
		assert_int_equal(options.capacities.count, 1);
		is_list(&options.batches, 1, 1);
		is_list(&options.waits, 1, LFB_WAIT_BACKOFF);
		for (int p = 0; p < LFB_PARAM_TOTAL; p++)
			is_list(&options.params[p], 0, 0); /* the workload's own */
		is_list(&options.allocs, 1, 0);
		assert_null(options.backends);
		assert_string_equal(options.pin, "compact");
		assert_int_equal(options.items, 0);
		assert_int_equal(options.duration_ns, 25000000);
		assert_int_equal(options.trials, 3);
		assert_int_equal(options.launches, 6);
		assert_int_equal(options.audit_items, 10000);
		assert_int_equal(options.timeout_ns, UINT64_C(10000000000));
		assert_int_equal(options.shard, 1);
		assert_int_equal(options.shards, 1);
		assert_int_equal(options.launch, 1);
		assert_int_equal(options.order, 1);
		assert_int_equal(options.progress, LFB_WHEN_AUTO);
		assert_int_equal(options.color, LFB_WHEN_AUTO);
		assert_false(options.producers_given || options.consumers_given || options.capacity_given || options.waits_given);
		assert_false(options.sides_given || options.threads_given || options.seed_given ||
			     options.items_given || options.duration_given || options.help || options.dry_run ||
			     options.force || options.version);
		assert_null(options.out);
		assert_null(options.csv);
		assert_null(options.resume);
		assert_null(options.detail);
		assert_null(options.run_id);
		assert_null(options.label);
		assert_null(options.cpus);
	}
}

static bool same_list(const struct lfb_list *a, const struct lfb_list *b)
{
	return a->count == b->count && memcmp(a->values, b->values, a->count * sizeof(a->values[0])) == 0;
}

/* Whether two sets of options ask for the same, however that was said. */
static bool same(const struct lfb_options *a, const struct lfb_options *b)
{
	return same_list(&a->producers, &b->producers) && same_list(&a->consumers, &b->consumers) &&
	       same_list(&a->threads, &b->threads) && same_list(&a->capacities, &b->capacities) &&
	       same_list(&a->batches, &b->batches) && same_list(&a->waits, &b->waits) &&
	       same_list(&a->allocs, &b->allocs) && strcmp(a->pin, b->pin) == 0 && a->items == b->items &&
	       a->duration_ns == b->duration_ns && a->trials == b->trials && a->launches == b->launches &&
	       a->audit_items == b->audit_items && a->timeout_ns == b->timeout_ns && a->shard == b->shard &&
	       a->shards == b->shards && a->progress == b->progress && a->color == b->color;
}

/* The parameter of that option, or LFB_PARAM_TOTAL. */
static enum lfb_param param_of(const char *option)
{
	enum lfb_param p = 0;

	while (p < LFB_PARAM_TOTAL && strcmp(lfb_params[p].option, option) != 0)
		p++;
	return p;
}

/* A parameter that is not given is at its preset, which lfb_shape_preset fills in and not the parser. */
static void preset_is(enum lfb_param p, const char *value)
{
	char line[128];

	if (p == LFB_PARAM_burst) /* 0 is none in producer_consumer, and 512 in burst */
		return;
	(void)snprintf(line, sizeof(line), "--%s %s", lfb_params[p].option, strcmp(value, "none") == 0 ? "0" : value);
	takes(LFB_SCOPE_RUN, line);
	is_list(&options.params[p], 1, lfb_params[p].preset);
}

/* "(default X)" in the help of an option: giving X changes nothing. */
static void help_says_the_defaults(void **state)
{
	unsigned checked = 0, presets = 0;

	(void)state;
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		const enum lfb_option_scope scope =
			(row->scopes & LFB_SCOPE_RUN) != 0 ? LFB_SCOPE_RUN : LFB_SCOPE_BENCH;
		const char *const note = strstr(row->help, "(default ");
		struct lfb_options before;
		char line[128], value[64];

		if (note == NULL)
			continue;
		(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(note + 9, ":;)"), note + 9);
		if (param_of(row->name) != LFB_PARAM_TOTAL) {
			preset_is(param_of(row->name), value);
			presets++;
			continue;
		}
		takes(scope, "");
		before = options;
		(void)snprintf(line, sizeof(line), "--%s %s", row->name, value);
		takes(scope, line);
		if (!same(&before, &options))
			fail_msg("'%s' is not the default", line);
		checked++;
	}
	assert_true(checked >= 10 && presets >= 15);
}

static void every_option_stores_its_value(void **state)
{
	(void)state;
	takes(LFB_SCOPE_RUN,
	      "--workload pairs,ping_pong --backend a,b --producers 1-3 --consumers 2,4 --capacity 64,128 --batch 8 "
	      "--wait yield,block");
	is_list(&options.workloads, 2, (uint64_t)lfb_name_find(lfb_workload_names, "pairs"));
	assert_string_equal(options.backends, "a,b");
	is_list(&options.producers, 3, 1);
	is_list(&options.consumers, 2, 2);
	is_list(&options.capacities, 2, 64);
	is_list(&options.batches, 1, 8);
	is_list(&options.waits, 2, LFB_WAIT_YIELD);
	assert_true(options.sides_given);
	assert_false(options.threads_given);
	takes(LFB_SCOPE_RUN,
	      "--threads 4 --alloc pool,malloc --pin cpus:0+2 --duration 2ms --trials 5 --launches 9 --seed 7");
	is_list(&options.threads, 1, 4);
	is_list(&options.allocs, 2, 1);
	assert_string_equal(options.pin, "cpus:0+2");
	assert_int_equal(options.duration_ns, 2000000);
	assert_int_equal(options.trials, 5);
	assert_int_equal(options.launches, 9);
	assert_int_equal(options.seed, 7);
	assert_true(options.threads_given && options.seed_given && options.duration_given);
	assert_false(options.sides_given || options.items_given);
	takes(LFB_SCOPE_RUN,
	      "--items 2e5 --audit-items 1k --timeout 3s --out x.csv --force --shard 2/4 --dry-run --progress never "
	      "--color always");
	assert_int_equal(options.items, 200000);
	assert_int_equal(options.audit_items, 1000);
	assert_int_equal(options.timeout_ns, UINT64_C(3000000000));
	assert_string_equal(options.out, "x.csv");
	assert_int_equal(options.shard, 2);
	assert_int_equal(options.shards, 4);
	assert_int_equal(options.progress, LFB_WHEN_NEVER);
	assert_int_equal(options.color, LFB_WHEN_ALWAYS);
	assert_true(options.force && options.dry_run && options.items_given);
	takes(LFB_SCOPE_RUN, "--resume old.csv");
	assert_string_equal(options.resume, "old.csv");
	takes(LFB_SCOPE_RUN, "--help");
	assert_true(options.help);
	takes(LFB_SCOPE_BENCH,
	      "--csv - --detail d.csv --run-id 12 --label mine --cpus 0+1 --launch 3 --order 44 --version");
	assert_string_equal(options.csv, "-");
	assert_string_equal(options.detail, "d.csv");
	assert_string_equal(options.run_id, "12");
	assert_string_equal(options.label, "mine");
	assert_string_equal(options.cpus, "0+1");
	assert_int_equal(options.launch, 3);
	assert_int_equal(options.order, 44);
	assert_true(options.version);
}

/* What was said, and what was only assumed: each flag by its own options and no other. */
static void flags_of_what_was_given(void **state)
{
	static const struct {
		const char *line;
		bool sides, threads, items, duration, seed;
	} cases[] = {
		{ "-p 1", true, false, false, false, false },	   { "-c 1", true, false, false, false, false },
		{ "-t 2", false, true, false, false, false },	   { "-n 5", false, false, true, false, false },
		{ "-d 25ms", false, false, false, true, false },   { "-s 0", false, false, false, false, true },
		{ "-w pairs", false, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		takes(LFB_SCOPE_RUN, cases[i].line);
		assert_int_equal(options.sides_given, cases[i].sides);
		assert_int_equal(options.threads_given, cases[i].threads);
		assert_int_equal(options.items_given, cases[i].items);
		assert_int_equal(options.duration_given, cases[i].duration);
		assert_int_equal(options.seed_given, cases[i].seed);
	}
}

/* Each parameter from its first to its last value, in lists, each in its own place. */
static void parameters(void **state)
{
	(void)state;
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		const struct lfb_param_info *const info = &lfb_params[p];
		char line[96], least[32], most[32];

		lfb_param_text(p, info->min, false, least, sizeof(least));
		lfb_param_text(p, info->max, false, most, sizeof(most));
		(void)snprintf(line, sizeof(line), "--%s %s,%s", info->option, info->kind == LFB_PARAM_TIME ? "0" : least, most);
		takes(LFB_SCOPE_RUN, line);
		is_list(&options.params[p], 2, info->min);
		assert_int_equal(options.params[p].values[1], info->max);
		assert_true(options.plan_given); /* a resumed run has it from its first part */
		for (enum lfb_param other = 0; other < LFB_PARAM_TOTAL; other++)
			assert_int_equal(options.params[other].count, other == p ? 2 : 0);
	}
	takes(LFB_SCOPE_RUN, "--work-pop 0,100ns,1us,1ms --payload 8,1k --work-dist bimodal,constant");
	assert_int_equal(options.params[LFB_PARAM_work_pop].count, 4);
	assert_int_equal(options.params[LFB_PARAM_work_pop].values[2], 1000);
	assert_int_equal(options.params[LFB_PARAM_work_pop].values[3], 1000000);
	assert_int_equal(options.params[LFB_PARAM_payload].values[1], 1000);
	assert_int_equal(options.params[LFB_PARAM_work_dist].values[0], LFB_WORK_BIMODAL);
	assert_int_equal(options.params[LFB_PARAM_work_dist].values[1], LFB_WORK_CONSTANT);
	/* --workers is --consumers by another name. */
	takes(LFB_SCOPE_BENCH, "--workers 3");
	is_list(&options.consumers, 1, 3);
	assert_true(options.consumers_given && options.sides_given);
}

static void every_workload(void **state)
{
	(void)state;
	takes(LFB_SCOPE_RUN, "-w all");
	for (size_t i = 0; lfb_workload_names[i] != NULL; i++)
		assert_int_equal(options.workloads.values[i], i);
	assert_null(lfb_workload_names[options.workloads.count]);
	refuses(LFB_SCOPE_RUN, "-w all,pairs", "'all'"); /* all is all, nothing can be added */
}

static void ways_of_writing_an_option(void **state)
{
	(void)state;
	takes(LFB_SCOPE_RUN, "-b a -p 2 -c 3 -n 5 -s 9 -l 4 -w pairs -o x -f");
	assert_string_equal(options.backends, "a");
	is_list(&options.producers, 1, 2);
	is_list(&options.consumers, 1, 3);
	assert_int_equal(options.items, 5);
	assert_int_equal(options.launches, 4);
	assert_true(options.force);
	takes(LFB_SCOPE_RUN, "-p2 --consumers=3 -fh");
	is_list(&options.producers, 1, 2);
	is_list(&options.consumers, 1, 3);
	assert_true(options.force && options.help);
	/* An abbreviation that only one option can mean. */
	takes(LFB_SCOPE_RUN, "--back a --cap 16");
	assert_string_equal(options.backends, "a");
	is_list(&options.capacities, 1, 16);
	takes(LFB_SCOPE_RUN, "--pin none --"); /* -- ends the options */
	/* Given twice: the last one counts. */
	takes(LFB_SCOPE_RUN, "-b first -b second -p 1 -p 2");
	assert_string_equal(options.backends, "second");
	is_list(&options.producers, 1, 2);
}

/* Nothing is left over from an earlier parse, whether it succeeded or not. */
static void parses_start_anew(void **state)
{
	(void)state;
	takes(LFB_SCOPE_RUN, "--backend a --producers 5 --items 7 --force --out x --shard 2/3 --progress always");
	refuses(LFB_SCOPE_RUN, "--backend b --items 7 --trials 0", "--trials");
	refuses(LFB_SCOPE_RUN, "-f -q", "'-q'");
	takes(LFB_SCOPE_RUN, "");
	assert_null(options.backends);
	is_list(&options.producers, 1, 1);
	assert_int_equal(options.items, 0);
	assert_null(options.out);
	assert_int_equal(options.shard, 1);
	assert_false(options.force || options.sides_given || options.items_given);
	for (int i = 0; i < 3; i++) {
		takes(LFB_SCOPE_BENCH, "-p 3");
		is_list(&options.producers, 1, 3);
	}
}

static void argv_stays_as_it_is(void **state)
{
	char words[][16] = { "program", "--items", "5", "--force", "left", "--help" };
	char *argv[] = { words[0], words[1], words[2], words[3], words[4], words[5], NULL };

	(void)state;
	assert_int_equal(lfb_options_parse(&options, LFB_SCOPE_RUN, 6, argv, &error), -EINVAL);
	unit_has(error.text, "'left' is not an option");
	for (size_t i = 0; i < COUNT(words); i++)
		assert_ptr_equal(argv[i], words[i]);
	assert_string_equal(words[2], "5");
}

static void scopes(void **state)
{
	static const char *const run_only[] = { "--workload pairs", "--launches 6", "--out x.csv",     "--resume x.csv",
						"--shard 1/2",	    "--dry-run",    "--progress auto", "--color auto",
						"-w pairs",	    "-l 6",	    "-o x.csv" };
	static const char *const bench_only[] = { "--csv -",	"--version", "-V",	 "--detail x",
						  "--run-id x", "--label x", "--cpus 0", "--order 1" };

	(void)state;
	for (size_t i = 0; i < COUNT(run_only); i++) {
		takes(LFB_SCOPE_RUN, run_only[i]);
		refuses(LFB_SCOPE_BENCH, run_only[i], "unknown option");
	}
	for (size_t i = 0; i < COUNT(bench_only); i++) {
		takes(LFB_SCOPE_BENCH, bench_only[i]);
		refuses(LFB_SCOPE_RUN, bench_only[i], "unknown option");
	}
}

/* The table is sound: every row can be parsed, no name or letter comes twice in a scope. */
static void table(void **state)
{
	(void)state;
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		assert_non_null(row->parse);
		assert_true(strlen(row->help) > 0);
		assert_true((row->scopes & (LFB_SCOPE_BENCH | LFB_SCOPE_RUN)) != 0);
		for (const struct lfb_option *other = row + 1; other->name != NULL; other++) {
			assert_string_not_equal(row->name, other->name);
			if (row->letter != 0)
				assert_int_not_equal(row->letter, other->letter);
		}
	}
}

static void help_shows_what_its_scope_takes(void **state)
{
	static const enum lfb_option_scope all[] = { LFB_SCOPE_BENCH, LFB_SCOPE_RUN };

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		char *text = NULL;
		size_t bytes = 0;
		FILE *const out = open_memstream(&text, &bytes);

		assert_non_null(out);
		lfb_options_print(out, all[i], NULL);
		assert_int_equal(fclose(out), 0);
		for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
			const bool shown = (row->scopes & all[i]) != 0 && (row->scopes & LFB_SCOPE_HIDDEN) == 0;
			char name[64];

			(void)snprintf(name, sizeof(name), " --%s ", row->name);
			assert_int_equal(strstr(text, name) != NULL, shown);
		}
		free(text);
	}
}

static void has_option(const char *text, const char *name, bool shown)
{
	if ((strstr(text, name) != NULL) != shown)
		fail_msg("'%s' is %s:\n%s", name, shown ? "missing" : "shown", text);
}

/* A binary shows what its workload takes; the list for all says which workloads take what. */
static void help_of_one_workload(void **state)
{
	static const struct {
		const char *workload; /* NULL: all */
		bool work_pop, stages, said;
	} cases[] = {
		{ NULL, true, true, true },
		{ "producer_consumer", true, false, false },
		{ "pipeline", true, true, false },
		{ "pairs", false, false, false },
		{ "producer", false, false, false }, /* not a word of the list, only the beginning of one */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = NULL;
		size_t bytes = 0;
		FILE *const out = open_memstream(&text, &bytes);

		assert_non_null(out);
		lfb_options_print(out, LFB_SCOPE_BENCH, cases[i].workload);
		assert_int_equal(fclose(out), 0);
		has_option(text, " --capacity ", true);
		has_option(text, " --work-pop ", cases[i].work_pop);
		has_option(text, " --stages ", cases[i].stages);
		has_option(text, "[pipeline]", cases[i].said);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(help_says_the_defaults),
		cmocka_unit_test(every_option_stores_its_value),
		cmocka_unit_test(flags_of_what_was_given),
		cmocka_unit_test(ways_of_writing_an_option),
		cmocka_unit_test(parses_start_anew),
		cmocka_unit_test(argv_stays_as_it_is),
		cmocka_unit_test(scopes),
		cmocka_unit_test(table),
		cmocka_unit_test(help_shows_what_its_scope_takes),
		cmocka_unit_test(help_of_one_workload),
		cmocka_unit_test(parameters),
		cmocka_unit_test(every_workload),
	};

	return cmocka_run_group_tests(tests, NULL, free_options);
}
