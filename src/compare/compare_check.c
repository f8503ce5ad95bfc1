/*
 * compare_check.c - whether the two arms can be compared: their machines, what their builds were made with, and the round trip of
 * a cache line around their trials, which tells regimes of a virtual machine apart that nothing else shows.
 */
#include "compare/compare_parts.h"

#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What a fact is called in a sentence, and whether a difference in it makes figures incomparable. */
static const struct {
	const char *noun;
	bool refuses;
} facts[COMPARE_FACTS] = {
	[COMPARE_CPU_MODEL] = { "CPU model", true },
	[COMPARE_ARCHITECTURE] = { "architecture", true },
	[COMPARE_CPUS_ONLINE] = { "CPU count", true },
	[COMPARE_CPUS_USABLE] = { "usable CPUs", true },
	[COMPARE_KERNEL_MAJOR] = { "kernel's major version", true },
	[COMPARE_DEBUG_BUILD] = { "lfbench built for debugging", true },
	[COMPARE_SANITIZER] = { "sanitizer", true },
	[COMPARE_HYPERVISOR] = { "hypervisor", false },
	[COMPARE_KERNEL] = { "kernel", false },
	[COMPARE_GOVERNOR] = { "governor", false },
	[COMPARE_TURBO] = { "turbo", false },
	[COMPARE_SMT] = { "SMT", false },
	[COMPARE_MITIGATIONS] = { "mitigations", false },
};

static const char *const unlike_nouns[COMPARE_UNLIKES] = {
	[COMPARE_BUILT_WITH] = "compiler (built_with)", [COMPARE_LOOPS_REV] = "loops_rev", [COMPARE_ALLOCATOR] = "allocator",
	[COMPARE_FLAVOUR] = "flavour",			[COMPARE_CPUS] = "CPUs pinned to", [COMPARE_BUILD_ID] = "build",
};

static int find(struct compare_findings *out, bool refuses, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int find(struct compare_findings *out, bool refuses, const char *format, ...)
{
	struct compare_finding *const longer =
		(struct compare_finding *)lfb_summary_grow(out->items, out->count, sizeof(*longer));
	struct compare_finding finding = { .refuses = refuses };
	va_list arguments;
	int bytes;

	if (longer == NULL)
		return -ENOMEM;
	out->items = longer;
	va_start(arguments, format);
	bytes = vasprintf(&finding.text, format, arguments);
	va_end(arguments);
	if (bytes < 0)
		return -ENOMEM;
	longer[out->count++] = finding;
	out->refusing += refuses;
	return 0;
}

void compare_findings_free(struct compare_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		free(findings->items[i].text);
	free(findings->items);
	memset(findings, 0, sizeof(*findings));
}

/* The distinct values of a fact in one arm; those of no file are none. */
static int gather_fact(const struct compare *compare, enum compare_arm arm, enum compare_fact fact, struct compare_words *out)
{
	int rc = 0;

	for (size_t i = 0; i < compare->file_count && rc == 0; i++)
		if (compare->files[i].arm == arm && compare->files[i].fact[fact] != NULL)
			rc = compare_words_add(out, compare->files[i].fact[fact]);
	return rc;
}

static int gather_hosts(const struct compare *compare, enum compare_arm arm, struct compare_words *out)
{
	int rc = 0;

	for (size_t i = 0; i < compare->file_count; i++)
		for (size_t w = 0; compare->files[i].arm == arm && w < compare->files[i].hosts.count && rc == 0; w++)
			rc = compare_words_add(out, compare->files[i].hosts.word[w]);
	return rc;
}

static int say_difference(const struct compare_words words[COMPARE_ARMS], const char *noun, bool refuses, struct compare_findings *out)
{
	char base[300], head[300];

	return find(out, refuses, "%s: %s in base, %s in head", noun, compare_words_join(&words[COMPARE_BASE], base, sizeof(base)),
		    compare_words_join(&words[COMPARE_HEAD], head, sizeof(head)));
}

static int check_hosts(const struct compare *compare, struct compare_findings *out)
{
	struct compare_words words[COMPARE_ARMS] = { 0 };
	char names[300];
	int rc = gather_hosts(compare, COMPARE_BASE, &words[COMPARE_BASE]);

	if (rc == 0)
		rc = gather_hosts(compare, COMPARE_HEAD, &words[COMPARE_HEAD]);
	if (rc == 0 && compare_words_differ(&words[COMPARE_BASE], &words[COMPARE_HEAD]))
		rc = say_difference(words, "host", true, out);
	else if (rc == 0 && words[COMPARE_BASE].count > 1)
		rc = find(out, true, "both hold rows of several hosts (%s), whose launches are no one sample; compare those of each by themselves",
			  compare_words_join(&words[COMPARE_BASE], names, sizeof(names)));
	compare_words_free(&words[COMPARE_BASE]);
	compare_words_free(&words[COMPARE_HEAD]);
	return rc;
}

static int check_fact(const struct compare *compare, enum compare_fact fact, struct compare_findings *out)
{
	struct compare_words words[COMPARE_ARMS] = { 0 };
	int rc = gather_fact(compare, COMPARE_BASE, fact, &words[COMPARE_BASE]);

	if (rc == 0)
		rc = gather_fact(compare, COMPARE_HEAD, fact, &words[COMPARE_HEAD]);
	if (rc == 0 && compare_words_differ(&words[COMPARE_BASE], &words[COMPARE_HEAD]))
		rc = say_difference(words, facts[fact].noun, facts[fact].refuses, out);
	compare_words_free(&words[COMPARE_BASE]);
	compare_words_free(&words[COMPARE_HEAD]);
	return rc;
}

/* What could not be compared is said, too. */
static int check_unknown(const struct compare *compare, struct compare_findings *out)
{
	int rc = 0;

	for (size_t i = 0; i < compare->file_count && rc == 0; i++)
		if (compare->files[i].no_facts[0] != '\0')
			rc = find(out, false, "%.200s: %s, so CPU model, CPU count and kernel were not compared", compare->files[i].path,
				  compare->files[i].no_facts);
	return rc;
}

static bool is_common(const struct compare_cell *cell)
{
	return cell->half[COMPARE_BASE].sample_count > 0 && cell->half[COMPARE_HEAD].sample_count > 0;
}

/* One finding per column, with the first cell it is true of. */
static int check_unlike(const struct compare *compare, enum compare_unlike unlike, struct compare_findings *out)
{
	const struct compare_cell *first = NULL;
	struct compare_words words[COMPARE_ARMS];
	char noun[200], shape[COMPARE_SHAPE_BYTES];
	size_t cells = 0;

	for (size_t i = 0; i < compare->cell_count; i++) {
		const struct compare_cell *const cell = compare->cells[i];

		if (!is_common(cell) || !compare_words_differ(&cell->half[COMPARE_BASE].words[unlike], &cell->half[COMPARE_HEAD].words[unlike]))
			continue;
		first = first != NULL ? first : cell;
		cells++;
	}
	if (first == NULL)
		return 0;
	for (size_t arm = 0; arm < COMPARE_ARMS; arm++)
		words[arm] = first->half[arm].words[unlike];
	(void)snprintf(noun, sizeof(noun), "%s of %zu cell%s, as %.40s %.40s %.60s", unlike_nouns[unlike], cells, cells > 1 ? "s" : "",
		       lfb_row_get(&first->row, LFB_COL_workload), lfb_row_get(&first->row, LFB_COL_backend), compare_shape_text(first, shape));
	return say_difference(words, noun, true, out);
}

/* Whether all common cells have the same builds: then nothing can have become slower but the machine. */
static int check_same_builds(const struct compare *compare, struct compare_findings *out)
{
	size_t common = 0, same = 0;

	for (size_t i = 0; i < compare->cell_count; i++) {
		const struct compare_words *const base = &compare->cells[i]->half[COMPARE_BASE].words[COMPARE_BUILD_ID];
		const struct compare_words *const head = &compare->cells[i]->half[COMPARE_HEAD].words[COMPARE_BUILD_ID];

		common += is_common(compare->cells[i]);
		same += is_common(compare->cells[i]) && base->count > 0 && head->count > 0 && !compare_words_differ(base, head);
	}
	if (common == 0 || same < common)
		return 0;
	return find(out, false, "all %zu common cells are of the same builds in base and head, so a difference is the machine's", common);
}

static int check_runs(const struct compare *compare, struct compare_findings *out)
{
	for (size_t i = 0; i < compare->file_count; i++)
		for (size_t k = 0; k < compare->file_count; k++)
			if (compare->files[i].arm == COMPARE_BASE && compare->files[k].arm == COMPARE_HEAD &&
			    compare_share_run(&compare->files[i], &compare->files[k]))
				return find(out, false, "%.200s and %.200s hold rows of the same run, which is here compared with itself",
					    compare->files[i].path, compare->files[k].path);
	return 0;
}

/* Median over the launches of common cells; NaN: none was probed. */
static int probe_of(const struct compare *compare, enum compare_arm arm, double *out)
{
	double *values;
	size_t room = 1, count = 0;
	int rc = 0;

	for (size_t i = 0; i < compare->cell_count; i++)
		room += compare->cells[i]->half[arm].sample_count;
	values = (double *)reallocarray(NULL, room, sizeof(*values));
	if (values == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < compare->cell_count && rc == 0; i++) {
		struct compare_launch *launches = NULL;
		size_t n = 0;

		if (is_common(compare->cells[i]))
			rc = compare_launches(&compare->cells[i]->half[arm], COMPARE_METRICS, &launches, &n);
		for (size_t k = 0; k < n; k++)
			if (launches[k].probe_ns > 0)
				values[count++] = launches[k].probe_ns;
		free(launches);
	}
	*out = lfb_median(values, count);
	free(values);
	return rc;
}

static int check_regime(const struct compare *compare, struct compare_findings *out)
{
	double base, head;
	int rc = probe_of(compare, COMPARE_BASE, &base);

	if (rc == 0)
		rc = probe_of(compare, COMPARE_HEAD, &head);
	if (rc != 0)
		return rc;
	if (isnan(base) || isnan(head))
		return find(out, false, "regime: no round trips of a cache line were measured in %s, so whether the machine was in the same state is not known",
			    isnan(base) ? "base" : "head");
	if (fabs(log(head / base)) <= log(COMPARE_PROBE_FACTOR))
		return 0;
	return find(out, true, "regime: the round trip of a cache line between two CPUs had a median of %.3g ns in base and %.3g ns in head; "
			       "the host moved them, and whatever crosses CPUs moves with it",
		    base, head);
}

int compare_check(const struct compare *compare, struct compare_findings *out)
{
	int rc = check_hosts(compare, out);

	for (enum compare_fact fact = 0; fact < COMPARE_FACTS && rc == 0; fact++)
		rc = check_fact(compare, fact, out);
	for (enum compare_unlike unlike = 0; unlike < COMPARE_BUILD_ID && rc == 0; unlike++)
		rc = check_unlike(compare, unlike, out);
	if (rc == 0)
		rc = check_regime(compare, out);
	if (rc == 0)
		rc = check_runs(compare, out);
	if (rc == 0)
		rc = check_same_builds(compare, out);
	return rc == 0 ? check_unknown(compare, out) : rc;
}

const char *compare_cell_unlike(const struct compare_cell *cell)
{
	for (size_t i = 0; i < COMPARE_BUILD_ID; i++)
		if (compare_words_differ(&cell->half[COMPARE_BASE].words[i], &cell->half[COMPARE_HEAD].words[i]))
			return lfb_columns[compare_unlike_columns[i]].name;
	return NULL;
}
