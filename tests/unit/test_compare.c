/* test_compare.c - compare.h: which rows are one cell, trials into launches, what makes two files incomparable. */
#include "compare_fixture.h"

#include "plan/cell.h"

#include <errno.h>

/* The cell's key is that of lfb_cell_id, but for the flavour: whoever changes one has to look at the other. */
static void key_is_that_of_cell_id(void **state)
{
	(void)state;
	for (enum lfb_column column = 0; column < LFB_COLUMN_COUNT; column++) {
		struct compare compare = { .backends = NULL };
		struct lfb_row row = make_row("r", 1, 100);
		char id[LFB_CELL_ID_BYTES], other[LFB_CELL_ID_BYTES];

		lfb_cell_id(&row, id);
		assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
		assert_int_equal(compare_add_row(&compare, &row), 0);
		lfb_row_set(&row, column, "other");
		lfb_cell_id(&row, other);
		assert_int_equal(compare_add_row(&compare, &row), 0);
		if (column != LFB_COL_flavour && (compare.cell_count == 2) != (strcmp(id, other) != 0))
			fail_msg("column %s is in one of the keys only", lfb_columns[column].name);
		if (column == LFB_COL_flavour)
			assert_int_equal(compare.cell_count, 1);
		lfb_row_clear(&row);
		compare_free(&compare);
	}
}

static void trials_become_launches(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_launch *launches;
	size_t count;

	(void)state;
	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
	add(&compare, "r", 1, 100);
	add(&compare, "r", 2, 500);
	add(&compare, "r", 1, 900); /* trials of one launch: 100, 120, 900 */
	add(&compare, "r", 1, 120);
	add(&compare, "s", 1, 700); /* launch 1 of another run is another */
	add(&compare, "r", 3, NAN); /* has no figure */
	add(&compare, "r", 7, 0);   /* nor have these: a time is above 0 */
	add(&compare, "r", 8, -5);
	add_with(&compare, "r", 4, 1, LFB_COL_flags, "pilot");
	add_with(&compare, "r", 5, 1, LFB_COL_flavour, "counting");
	add_with(&compare, "r", 6, 1, LFB_COL_status, "crashed");
	assert_int_equal(compare.cell_count, 1);
	assert_int_equal(compare_launches(&compare.cells[0]->half[COMPARE_BASE], COMPARE_NS_PER_OP, &launches, &count), 0);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		assert_true(launches[i].value == 120 || launches[i].value == 500 || launches[i].value == 700);
	assert_true(launches[0].value + launches[1].value + launches[2].value == 1320);
	assert_true(launches[0].probe_ns == 100);
	assert_int_equal(compare.cells[0]->half[COMPARE_BASE].failed, 1);
	assert_int_equal(compare.cells[0]->half[COMPARE_BASE].pilot, 1);
	assert_string_equal(compare.cells[0]->half[COMPARE_BASE].problem, "crashed");
	free(launches);
	/* The same rows again, as of a file that was merged with its part: no more launches than before. */
	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "again.csv"), 0);
	add(&compare, "r", 1, 120);
	add(&compare, "r", 2, 500);
	assert_int_equal(compare_launches(&compare.cells[0]->half[COMPARE_BASE], COMPARE_NS_PER_OP, &launches, &count), 0);
	assert_int_equal(count, 3);
	free(launches);
	assert_true(compare_share_run(&compare.files[0], &compare.files[1]));
	compare_free(&compare);
}

static void filters(void **state)
{
	const char *const backends[] = { "other", NULL };
	struct compare compare = { .backends = backends };

	(void)state;
	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
	add(&compare, "r", 1, 100);
	assert_int_equal(compare.cell_count, 0);
	add_with(&compare, "r", 1, 100, LFB_COL_backend, "other");
	assert_int_equal(compare.cell_count, 1);
	compare_free(&compare);
}

/* Whether a finding begins with `text`; refuses must agree. */
static bool is_found(const struct compare_findings *findings, const char *text, bool refuses)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strncmp(findings->items[i].text, text, strlen(text)) == 0)
			return findings->items[i].refuses == refuses;
	return false;
}

static void same_machine_is_comparable(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_findings findings = { .items = NULL };

	(void)state;
	two_arms(&compare, 4, 1.2, 0.01);
	assert_int_equal(compare_check(&compare, &findings), 0);
	assert_int_equal(findings.refusing, 0);
	compare_findings_free(&findings);
	compare_free(&compare);
}

static void unlike_rows_are_refused(void **state)
{
	static const struct {
		enum lfb_column column;
		const char *base, *head, *finding;
		bool refuses;
	} unlikes[] = {
		{ LFB_COL_host, "vm", "laptop", "host: vm in base, laptop in head", true },
		{ LFB_COL_loops_rev, "2", "3", "loops_rev of 1 cell", true },
		{ LFB_COL_built_with, "gcc 12.2.0", "clang 17", "compiler (built_with)", true },
		{ LFB_COL_allocator, "glibc 2.36", "jemalloc", "allocator", true },
		{ LFB_COL_cpus, "0+1", "2+3", "CPUs pinned to", true },
		{ LFB_COL_probe_before_ns, "130", "600", "regime: the round trip", true },
		{ LFB_COL_probe_before_ns, "130", "", "regime: no round trips", false },
		{ LFB_COL_backend_build_id, "abc", "abc", "all 1 common cells", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(unlikes); i++) {
		struct compare compare = { .backends = NULL };
		struct compare_findings findings = { .items = NULL };

		assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "base.csv"), 0);
		add_launches(&compare, "base", 4, 100, 0.01, unlikes[i].column, unlikes[i].base);
		assert_int_equal(compare_add_file(&compare, COMPARE_HEAD, "head.csv"), 0);
		add_launches(&compare, "head", 4, 100, 0.01, unlikes[i].column, unlikes[i].head);
		assert_int_equal(compare_check(&compare, &findings), 0);
		if (!is_found(&findings, unlikes[i].finding, unlikes[i].refuses) || (findings.refusing > 0) != unlikes[i].refuses)
			fail_msg("%s: not found as it should be", unlikes[i].finding);
		compare_findings_free(&findings);
		compare_free(&compare);
	}
}

/* A row of the contention pass, which has counts and no speed. */
static void add_counting(struct compare *compare, const char *compiler)
{
	struct lfb_row row = make_row("r", 1, NAN);

	lfb_row_set(&row, LFB_COL_pass, "contention");
	lfb_row_set(&row, LFB_COL_flavour, "counting");
	lfb_row_set(&row, LFB_COL_built_with, compiler);
	assert_int_equal(compare_add_row(compare, &row), 0);
	lfb_row_clear(&row);
}

/* What differs only where the cells are not common is no reason; probes within 1.25 are one regime. */
static void only_common_cells_count(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_findings findings = { .items = NULL };

	(void)state;
	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "base.csv"), 0);
	add_launches(&compare, "base", 4, 100, 0.01, LFB_COL_probe_before_ns, "100");
	add_with(&compare, "base", 9, 100, LFB_COL_backend, "only_here");
	add_counting(&compare, "gcc 12.2.0"); /* a cell of both, but without figures */
	assert_int_equal(compare_add_file(&compare, COMPARE_HEAD, "head.csv"), 0);
	add_counting(&compare, "clang 17");
	add_launches(&compare, "head", 4, 100, 0.01, LFB_COL_probe_before_ns, "124");
	assert_int_equal(compare_check(&compare, &findings), 0);
	assert_int_equal(findings.refusing, 0);
	compare_findings_free(&findings);
	compare_free(&compare);
}

static void mixed_hosts_are_refused(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_findings findings = { .items = NULL };

	(void)state;
	for (enum compare_arm arm = 0; arm < COMPARE_ARMS; arm++) {
		assert_int_equal(compare_add_file(&compare, arm, "x.csv"), 0);
		add(&compare, "r", 1, 100);
		add_with(&compare, "r", 2, 100, LFB_COL_host, "laptop");
	}
	assert_int_equal(compare_check(&compare, &findings), 0);
	assert_true(is_found(&findings, "both hold rows of several hosts", true));
	compare_findings_free(&findings);
	compare_free(&compare);
}

#define MACHINE(model, kernel) "{\"facts\":{\"cpu_model\":{\"value\":\"" model "\"},\"kernel\":{\"value\":\"" kernel "\"},\"cpus_online\":{\"value\":\"2 (0+1)\"},\"turbo\":{\"value\":\"unknown\"}}}"

static int take_facts(struct compare_file *file, const char *json)
{
	return compare_take_facts(file, json, strlen(json));
}

static void facts_are_compared(void **state)
{
	struct compare compare = { .backends = NULL };
	struct compare_findings findings = { .items = NULL };

	(void)state;
	two_arms(&compare, 4, 1, 0.01);
	assert_int_equal(take_facts(&compare.files[0], MACHINE("AMD EPYC", "Linux 6.1.2")), 0);
	assert_int_equal(take_facts(&compare.files[1], MACHINE("AMD EPYC", "Linux 6.18.0")), 0);
	assert_string_equal(compare.files[0].fact[COMPARE_KERNEL_MAJOR], "Linux 6");
	assert_string_equal(compare.files[0].fact[COMPARE_CPUS_ONLINE], "2");
	assert_null(compare.files[0].fact[COMPARE_TURBO]);
	assert_int_equal(compare_check(&compare, &findings), 0);
	assert_int_equal(findings.refusing, 0);
	assert_true(is_found(&findings, "kernel: Linux 6.1.2 in base", false)); /* said, and not refused */
	compare_findings_free(&findings);

	free(compare.files[1].fact[COMPARE_CPU_MODEL]);
	compare.files[1].fact[COMPARE_CPU_MODEL] = strdup("Intel Xeon");
	free(compare.files[1].fact[COMPARE_KERNEL_MAJOR]);
	compare.files[1].fact[COMPARE_KERNEL_MAJOR] = strdup("Linux 7");
	assert_int_equal(compare_check(&compare, &findings), 0);
	assert_int_equal(findings.refusing, 2);
	assert_true(is_found(&findings, "CPU model: AMD EPYC in base, Intel Xeon in head", true));
	assert_true(is_found(&findings, "kernel's major version", true));
	compare_findings_free(&findings);
	compare_free(&compare);
}

static void facts_of_merged_and_of_bad_files(void **state)
{
	static const char *const bad[] = { "", "{", "[]", "7", "{\"facts\":[1,2]}", "{\"facts\":{\"cpu_model\":{\"value\":3}}}", "{\"merged\":[3,\"x\",null,[]]}", "\"\xff\xfe\"" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct compare compare = { .backends = NULL };

		assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
		assert_int_equal(take_facts(&compare.files[0], bad[i]), 0);
		assert_true(compare.files[0].no_facts[0] != '\0');
		compare_free(&compare);
	}
	struct compare compare = { .backends = NULL };

	assert_int_equal(compare_add_file(&compare, COMPARE_BASE, "x.csv"), 0);
	assert_int_equal(take_facts(&compare.files[0], "{\"merged\":[" MACHINE("A", "Linux 61.1") "," MACHINE("B\\u001b[2J", "Linux 6.1") "," MACHINE("A", "Linux 6.2") "]}"), 0);
	assert_string_equal(compare.files[0].fact[COMPARE_KERNEL_MAJOR], "Linux 61 | Linux 6");
	assert_null(strchr(compare.files[0].fact[COMPARE_CPU_MODEL], '\033'));
	assert_int_equal(strncmp(compare.files[0].fact[COMPARE_CPU_MODEL], "A | B", 5), 0);
	compare_free(&compare);
}

static void files_that_cannot_be_read(void **state)
{
	struct compare compare = { .backends = NULL };
	struct lfb_error error = { "" };

	(void)state;
	assert_int_equal(compare_read(&compare, COMPARE_BASE, "/nonexistent/x.csv", NULL, &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nonexistent/x.csv"));
	compare_free(&compare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_is_that_of_cell_id),
		cmocka_unit_test(trials_become_launches),
		cmocka_unit_test(filters),
		cmocka_unit_test(same_machine_is_comparable),
		cmocka_unit_test(unlike_rows_are_refused),
		cmocka_unit_test(only_common_cells_count),
		cmocka_unit_test(mixed_hosts_are_refused),
		cmocka_unit_test(facts_are_compared),
		cmocka_unit_test(facts_of_merged_and_of_bad_files),
		cmocka_unit_test(files_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
