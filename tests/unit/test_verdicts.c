/* test_verdicts.c - what lfbench check has found, kept in a file: read back, added up, and read from files that are wrong. */
#include "unit.h"

#include "check/verdicts.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_A "aa00000000000000000000000000000000000001"
#define ID_B "bb00000000000000000000000000000000000002"

static char path[PATH_MAX];

static struct lfb_kept_verdict verdict(const char *id, enum lfb_suite_verdict said, uint64_t ops, const char *why)
{
	struct lfb_kept_verdict v = { .claim = LFB_CLAIM_ANSWERS, .verdict = said, .time_utc = "2026-11-29T07:05:52Z", .ops = ops, .histories = 1 };

	(void)snprintf(v.build_id, sizeof(v.build_id), "%s", id);
	(void)snprintf(v.backend, sizeof(v.backend), "queue");
	(void)snprintf(v.why, sizeof(v.why), "%s", why);
	return v;
}

static void record(struct lfb_kept_verdict v)
{
	struct lfb_error error = { "" };

	assert_int_equal(lfb_verdicts_record(path, &v, 1, &error), 0);
}

/* What is kept of a build now. */
static struct lfb_kept_verdict kept(const char *id)
{
	struct lfb_kept_verdict none = { .claim = "none" };
	struct lfb_verdicts all;
	const struct lfb_kept_verdict *v;

	assert_int_equal(lfb_verdicts_read(path, &all), 0);
	v = lfb_verdicts_find(&all, id, LFB_CLAIM_ANSWERS);
	if (v != NULL)
		none = *v;
	lfb_verdicts_free(&all);
	return none;
}

static void write_file(const char *text)
{
	FILE *const out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static void a_missing_file_has_none(void **state)
{
	struct lfb_verdicts all;

	(void)state;
	assert_int_equal(lfb_verdicts_read(path, &all), 0);
	assert_int_equal(all.count, 0);
	assert_null(lfb_verdicts_find(&all, ID_A, LFB_CLAIM_ANSWERS));
	lfb_verdicts_free(&all);
}

static void what_is_recorded_is_read_back(void **state)
{
	(void)state;
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, 1000, ""));
	record(verdict(ID_B, LFB_SUITE_REFUTED, 20, "VWit\tand\nmore"));
	assert_int_equal(kept(ID_A).verdict, LFB_SUITE_CONFIRMED);
	assert_int_equal(kept(ID_A).ops, 1000);
	assert_string_equal(kept(ID_A).time_utc, "2026-11-29T07:05:52Z");
	assert_int_equal(kept(ID_B).verdict, LFB_SUITE_REFUTED);
	assert_string_equal(kept(ID_B).why, "VWit and more");
	assert_string_equal(kept("cc").claim, "none"); /* another build: nothing is known */
	assert_string_equal(kept("").claim, "none");
}

static void confirmations_add_up(void **state)
{
	(void)state;
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, 1000, ""));
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, 500, ""));
	assert_int_equal(kept(ID_A).ops, 1500);
	assert_int_equal(kept(ID_A).histories, 2);
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, UINT64_MAX, ""));
	assert_true(kept(ID_A).ops == UINT64_MAX);
	record(verdict(ID_A, LFB_SUITE_INCONCLUSIVE, 3, "interrupted"));
	assert_int_equal(kept(ID_A).verdict, LFB_SUITE_CONFIRMED);
}

static void what_is_refuted_stays_refuted(void **state)
{
	(void)state;
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, 1000, ""));
	record(verdict(ID_A, LFB_SUITE_REFUTED, 20, "VOrd"));
	record(verdict(ID_A, LFB_SUITE_CONFIRMED, 1000000, ""));
	assert_int_equal(kept(ID_A).verdict, LFB_SUITE_REFUTED);
	assert_string_equal(kept(ID_A).why, "VOrd");
	/* A hang may have been a machine that was busy. */
	record(verdict(ID_B, LFB_SUITE_HUNG, 20, "a thread"));
	record(verdict(ID_B, LFB_SUITE_CONFIRMED, 1000, ""));
	assert_int_equal(kept(ID_B).verdict, LFB_SUITE_CONFIRMED);
}

static void lines_that_are_none_are_passed_over(void **state)
{
	static const char good[] = ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\n";
	static const char *const bad[] = {
		"\n",
		"x\n",
		ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\n",		  /* a field less */
		ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\tmore\n",	  /* one more */
		ID_A "\tanswers\tqueue\tperfect\t2026-11-29T07:05:52Z\t7\t1\t\n",
		ID_A "\tanswers\tqueue\tconfirmed\tyesterday\t7\t1\t\n",
		ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t-7\t1\t\n",
		ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t99999999999999999999\t1\t\n",
		"../../etc\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\n",
		ID_A "aa\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\n",
		ID_A "\ta claim that is far too long\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\n",
	};
	char text[4096];
	struct lfb_verdicts all;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(text, sizeof(text), "lfbench-verdicts 1\n%s%s", bad[i], good);
		write_file(text);
		assert_int_equal(lfb_verdicts_read(path, &all), 0);
		assert_int_equal(all.count, 1);
		assert_int_equal(all.passed_over, 1);
		assert_int_equal(all.list[0].ops, 7);
		lfb_verdicts_free(&all);
	}
}

static void other_files_are_none(void **state)
{
	struct lfb_verdicts all;

	(void)state;
	write_file("something else\n" ID_A "\tanswers\tqueue\tconfirmed\t2026-11-29T07:05:52Z\t7\t1\t\n");
	assert_int_equal(lfb_verdicts_read(path, &all), 0);
	assert_int_equal(all.count, 0);
	assert_int_equal(all.passed_over, 1);
	lfb_verdicts_free(&all);
	write_file("");
	assert_int_equal(lfb_verdicts_read(path, &all), 0);
	assert_int_equal(all.count, 0);
	lfb_verdicts_free(&all);
	assert_int_equal(truncate(path, (off_t)1 << 30), 0);
	assert_int_equal(lfb_verdicts_read(path, &all), -EFBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(lfb_verdicts_read("/dev/null", &all), -EINVAL);
}

static void no_more_are_kept_than_said(void **state)
{
	struct lfb_kept_verdict *const many = calloc(LFB_VERDICTS_MAX + 10, sizeof(*many));
	struct lfb_error error = { "" };
	struct lfb_verdicts all;

	(void)state;
	assert_non_null(many);
	for (unsigned i = 0; i < LFB_VERDICTS_MAX + 10; i++) {
		char id[41];

		(void)snprintf(id, sizeof(id), "%040x", i);
		many[i] = verdict(id, LFB_SUITE_CONFIRMED, i, "");
	}
	assert_int_equal(lfb_verdicts_record(path, many, LFB_VERDICTS_MAX + 10, &error), 0);
	assert_int_equal(lfb_verdicts_read(path, &all), 0);
	assert_int_equal(all.count, LFB_VERDICTS_MAX);
	assert_int_equal(all.list[LFB_VERDICTS_MAX - 1].ops, LFB_VERDICTS_MAX + 9);
	lfb_verdicts_free(&all);
	free(many);
}

static void the_place_follows_the_environment(void **state)
{
	char found[PATH_MAX];

	(void)state;
	assert_int_equal(setenv("LFBENCH_VERDICTS", "", 1), 0);
	assert_false(lfb_verdicts_path(found));
	assert_int_equal(setenv("LFBENCH_VERDICTS", "/x/y", 1), 0);
	assert_true(lfb_verdicts_path(found));
	assert_string_equal(found, "/x/y");
	assert_int_equal(unsetenv("LFBENCH_VERDICTS"), 0);
	assert_int_equal(setenv("XDG_STATE_HOME", "/state", 1), 0);
	assert_true(lfb_verdicts_path(found));
	assert_string_equal(found, "/state/lfbench/verdicts.tsv");
	assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	assert_true(lfb_verdicts_path(found));
	assert_string_equal(found, "/home/me/.local/state/lfbench/verdicts.tsv");
	assert_int_equal(unsetenv("HOME"), 0);
	assert_false(lfb_verdicts_path(found));
}

static char folder[] = "/tmp/lfbench-verdicts-XXXXXX";

static int begin(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/lfbench-verdicts-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/new/folder/verdicts.tsv", folder);
	return 0;
}

static int end(void **state)
{
	char text[PATH_MAX];

	(void)state;
	(void)unlink(path);
	(void)snprintf(text, sizeof(text), "%s/new/folder", folder);
	(void)rmdir(text);
	(void)snprintf(text, sizeof(text), "%s/new", folder);
	(void)rmdir(text);
	return rmdir(folder);
}

static int begin_with_folder(void **state)
{
	if (begin(state) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/verdicts.tsv", folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_missing_file_has_none, begin, end),
		cmocka_unit_test_setup_teardown(what_is_recorded_is_read_back, begin, end),
		cmocka_unit_test_setup_teardown(confirmations_add_up, begin, end),
		cmocka_unit_test_setup_teardown(what_is_refuted_stays_refuted, begin, end),
		cmocka_unit_test_setup_teardown(no_more_are_kept_than_said, begin, end),
		cmocka_unit_test_setup_teardown(lines_that_are_none_are_passed_over, begin_with_folder, end),
		cmocka_unit_test_setup_teardown(other_files_are_none, begin_with_folder, end),
		cmocka_unit_test(the_place_follows_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
