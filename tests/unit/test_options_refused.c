/*
 * test_options_refused.c - arguments that are refused: values out of range, words that are not
 * known, options that contradict each other. Every refusal names the option as the user wrote it.
 */
#include "unit.h"

#include "options_fixture.h"

static void values_out_of_range(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "--producers 0", "--producers: '0' is outside 1 to 4096");
	refuses(LFB_SCOPE_RUN, "--producers 4097", "--producers:");
	refuses(LFB_SCOPE_RUN, "--consumers 1-5000", "--consumers:");
	refuses(LFB_SCOPE_RUN, "--threads -1", "--threads:");
	refuses(LFB_SCOPE_RUN, "--capacity 1073741825", "--capacity:");
	takes(LFB_SCOPE_RUN, "--capacity 1073741824");
	refuses(LFB_SCOPE_RUN, "--batch 257", "outside 1 to 256");
	refuses(LFB_SCOPE_RUN, "--items 0", "--items:");
	refuses(LFB_SCOPE_RUN, "--items 1099511627777", "--items:");
	takes(LFB_SCOPE_RUN, "--items 1099511627776");
	refuses(LFB_SCOPE_RUN, "--duration 0s", "--duration:");
	refuses(LFB_SCOPE_RUN, "--duration 86401s", "24h");
	refuses(LFB_SCOPE_RUN, "--timeout 10", "not a duration");
	refuses(LFB_SCOPE_RUN, "--trials 1000001", "--trials:");
	refuses(LFB_SCOPE_RUN, "--launches 1e7", "--launches:");
	refuses(LFB_SCOPE_RUN, "--audit-items 0", "--audit-items:");
	refuses(LFB_SCOPE_RUN, "--audit-items 5G", "--audit-items:");
	refuses(LFB_SCOPE_RUN, "--seed -1", "--seed:");
	takes(LFB_SCOPE_RUN, "--seed 18446744073709551615");
	assert_true(options.seed == UINT64_MAX);
	takes(LFB_SCOPE_RUN, "--seed 0");
	assert_true(options.seed_given);
	refuses(LFB_SCOPE_BENCH, "--launch 0", "--launch:");
	refuses(LFB_SCOPE_BENCH, "--order 0", "--order:");
}

static void words_that_are_not_known(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "--workload pears", "did you mean 'pairs'");
	refuses(LFB_SCOPE_RUN, "--wait spinn", "did you mean 'spin'");
	refuses(LFB_SCOPE_RUN, "--alloc mallocc", "did you mean 'malloc'");
	refuses(LFB_SCOPE_RUN, "--alloc none", "known: malloc, pool");
	refuses(LFB_SCOPE_RUN, "--pin nowhere", "--pin:");
	refuses(LFB_SCOPE_RUN, "--pin cpus:", "--pin:");
	refuses(LFB_SCOPE_RUN, "--progress maybe", "auto, always, never");
	refuses(LFB_SCOPE_RUN, "--color ''", "auto, always, never");
}

/* Every parameter refuses what is outside its range, and says which option it is about. */
static void parameters(void **state)
{
	(void)state;
	for (enum lfb_param p = 0; p < LFB_PARAM_TOTAL; p++) {
		static const char *const bad[] = { "-1", "''", "nonsense", "1,,2", "18446744073709551616", "0x10" };
		const struct lfb_param_info *const info = &lfb_params[p];
		const char *const unit = info->kind == LFB_PARAM_TIME ? "ns" : "";
		char line[128];

		for (size_t i = 0; i < COUNT(bad); i++) {
			(void)snprintf(line, sizeof(line), "--%s %s", info->option, bad[i]);
			refuses(LFB_SCOPE_RUN, line, info->option);
			refuses(LFB_SCOPE_BENCH, line, info->option);
		}
		(void)snprintf(line, sizeof(line), "--%s %llu%s", info->option, (unsigned long long)info->max + 1, unit);
		refuses(LFB_SCOPE_RUN, line, info->option);
		if (info->min > 0) {
			(void)snprintf(line, sizeof(line), "--%s %llu", info->option, (unsigned long long)info->min - 1);
			refuses(LFB_SCOPE_RUN, line, info->option);
		}
	}
	refuses(LFB_SCOPE_RUN, "--work-pop 100", "not a duration");
	refuses(LFB_SCOPE_RUN, "--work-pop 100ns,2s", "--work-pop: '2s' is more than 1000000000 ns");
	refuses(LFB_SCOPE_RUN, "--work-dist gauss", "known: constant, exponential, bimodal");
	refuses(LFB_SCOPE_RUN, "--by valeu", "did you mean 'value'");
}

static void empty_values(void **state)
{
	static const char *const names[] = {
		"--backend", "--producers", "--items", "--duration", "--wait",	   "--pin",
		"--out",     "--resume",    "--shard", "--workload", "--capacity", "--seed"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "%s ''", names[i]);
		refuses(LFB_SCOPE_RUN, line, names[i]);
	}
	refuses(LFB_SCOPE_BENCH, "--csv ''", "--csv");
	refuses(LFB_SCOPE_RUN, "--backend a,,b", "empty item");
	refuses(LFB_SCOPE_RUN, "--backend a,", "empty item");
	refuses(LFB_SCOPE_RUN, "--backend ,a", "empty item");
}

static void shards(void **state)
{
	(void)state;
	takes(LFB_SCOPE_RUN, "--shard 1/1");
	takes(LFB_SCOPE_RUN, "--shard 7/7");
	refuses(LFB_SCOPE_RUN, "--shard 0/2", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 3/2", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 1/0", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 2", "I/N");
	refuses(LFB_SCOPE_RUN, "--shard /2", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 1/", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 1/2/3", "--shard:");
	refuses(LFB_SCOPE_RUN, "--shard 00000000000000000000000000000000000000001/2", "I/N");
}

static void contradictions(void **state)
{
	/* What an interrupted run is made of comes from its companion file; nothing of it can be changed. */
	static const char *const with_resume[] = {
		"--workload pairs", "--backend a",   "--producers 1",	"--consumers 1", "--threads 2",
		"--capacity 64",    "--batch 2",     "--wait yield",	"--alloc pool",	 "--pin none",
		"--items 5",	    "--duration 1s", "--trials 2",	"--launches 2",	 "--seed 1",
		"--out y.csv",	    "--timeout 1s",  "--audit-items 5", "--shard 1/2",
		"--work-pop 1us",   "--stages 3",    "--by pointer",
	};
	char line[128];

	(void)state;
	refuses(LFB_SCOPE_RUN, "--items 5 --duration 1ms", "--items and --duration");
	refuses(LFB_SCOPE_BENCH, "--duration 1ms --items 5", "--items and --duration");
	for (size_t i = 0; i < COUNT(with_resume); i++) {
		(void)snprintf(line, sizeof(line), "--resume x.csv %s", with_resume[i]);
		refuses(LFB_SCOPE_RUN, line, "--resume");
		(void)snprintf(line, sizeof(line), "%s --resume x.csv", with_resume[i]);
		refuses(LFB_SCOPE_RUN, line, "--resume");
	}
	takes(LFB_SCOPE_RUN, "--resume x.csv --progress never --color never");
}

static void unknown_options(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "--itmes 5", "unknown option '--itmes'; did you mean '--items'?");
	refuses(LFB_SCOPE_RUN, "--frobnicate", "unknown option '--frobnicate'; --help");
	refuses(LFB_SCOPE_RUN, "-Z", "unknown option '-Z'");
	refuses(LFB_SCOPE_RUN, "--items", "option '--items' needs a value");
	refuses(LFB_SCOPE_RUN, "-n", "option '-n' needs a value");
	refuses(LFB_SCOPE_RUN, "extra", "'extra' is not an option");
	refuses(LFB_SCOPE_RUN, "--force extra", "'extra' is not an option");
	refuses(LFB_SCOPE_RUN, "-", "'-' is not an option");
	refuses(LFB_SCOPE_RUN, "-- extra", "'extra' is not an option");
}

/* In a cluster of letters the one that is not known is named, not the argument before. */
static void unknown_letters_in_a_cluster(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "-Zf", "'-Z'");
	refuses(LFB_SCOPE_RUN, "--force -fZh", "'-Z'");
}

/* The value is not part of the name when a name is looked for. */
static void a_misspelt_name_with_its_value(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "--itmes=200000", "did you mean '--items'?");
}

/* Options between lfbench run and the binaries it starts are nothing to suggest to a user. */
static void hidden_options_are_not_suggested(void **state)
{
	(void)state;
	assert_int_equal(parse(LFB_SCOPE_BENCH, "--launches 6"), -EINVAL);
	if (strstr(error.text, "'--launch'") != NULL)
		fail_msg("%s", error.text);
}

static void an_ambiguous_abbreviation(void **state)
{
	(void)state;
	refuses(LFB_SCOPE_RUN, "--pro never", "--pro"); /* producers, progress */
	refuses(LFB_SCOPE_RUN, "--force=yes", "--force");
}

/* A list that runs out of memory, or any parser that fails: the text is always there. */
static void long_values(void **state)
{
	char value[400], *argv[] = { "program", "--pin", value, NULL };

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(lfb_options_parse(&options, LFB_SCOPE_RUN, 3, argv, &error), -EINVAL);
	unit_has(error.text, "--pin: 'xxxx");
	argv[1] = "--items";
	assert_int_equal(lfb_options_parse(&options, LFB_SCOPE_RUN, 3, argv, &error), -EINVAL);
	unit_has(error.text, "--items: 'xxxx");
	assert_int_equal(lfb_options_parse(&options, LFB_SCOPE_RUN, 3, argv, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_out_of_range),
		cmocka_unit_test(words_that_are_not_known),
		cmocka_unit_test(parameters),
		cmocka_unit_test(empty_values),
		cmocka_unit_test(shards),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(unknown_options),
		cmocka_unit_test(unknown_letters_in_a_cluster),
		cmocka_unit_test(a_misspelt_name_with_its_value),
		cmocka_unit_test(hidden_options_are_not_suggested),
		cmocka_unit_test(an_ambiguous_abbreviation),
		cmocka_unit_test(long_values),
	};

	return cmocka_run_group_tests(tests, NULL, free_options);
}
