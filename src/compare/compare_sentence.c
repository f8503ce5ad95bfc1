/* compare_sentence.c - a verdict of a comparison in words. */
#include "compare/compare_judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A size on the scale of logarithms as a percentage: 0.00995 is 1 %. */
static double percent(double d)
{
	return 100 * expm1(d);
}

/* "head: crashed: signal 11 (3 of 24 rows)" */
static void say_problem(const struct compare_result *result, char *out, size_t out_bytes)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t arm = COMPARE_ARMS; arm-- > 0;) { /* the head first */
		const struct compare_half *const half = &result->cell->half[arm];

		if (half->problem != NULL && used < out_bytes)
			used += (size_t)snprintf(out + used, out_bytes - used, "%s%s: %.180s (%zu of %zu rows)", used > 0 ? "; " : "",
						 compare_arm_names[arm], half->problem, half->failed + half->unsupported + half->interrupted,
						 half->rows);
	}
}

static void say_nothing(const struct compare_result *result, char *out, size_t out_bytes)
{
	const enum compare_arm arm = result->n[COMPARE_HEAD] == 0 ? COMPARE_HEAD : COMPARE_BASE;
	const struct compare_half *const half = &result->cell->half[arm];

	(void)snprintf(out, out_bytes, "no %s in %s%s", compare_metric_names[result->metric], compare_arm_names[arm],
		       half->overloaded > 0			 ? ": overloaded, the rate was not achieved"
		       : half->pilot > 0 && half->ok == half->pilot	 ? ": only launches of a pilot"
								 : "");
}

static void say_doubt(const struct compare_result *result, const struct compare_rule *rule, char *out, size_t out_bytes)
{
	switch (result->doubt) {
	case COMPARE_DOUBT_NOT_OK:
		say_problem(result, out, out_bytes);
		break;
	case COMPARE_DOUBT_NOTHING:
		say_nothing(result, out, out_bytes);
		break;
	case COMPARE_DOUBT_FEW:
		(void)snprintf(out, out_bytes, "%zu and %zu launches are too few among as many cells; it takes about %zu on each side (lfbench run --launches %zu)",
			       result->n[COMPARE_BASE], result->n[COMPARE_HEAD], result->needed, result->needed);
		break;
	case COMPARE_DOUBT_REGIME:
		(void)snprintf(out, out_bytes, "measured in different regimes: a cache line took %.3g ns there and back in base, %.3g ns in head",
			       result->probe_ns[COMPARE_BASE], result->probe_ns[COMPARE_HEAD]);
		break;
	case COMPARE_DOUBT_FILES:
		(void)snprintf(out, out_bytes, "within what the %zu files of the base differ among themselves (%.4g to %.4g ns)", result->base_files,
			       result->files_low, result->files_high);
		break;
	case COMPARE_DOUBT_WIDE:
	case COMPARE_NO_DOUBT:
		(void)snprintf(out, out_bytes, "a slowdown of %.2g %% is not ruled out", percent(rule->fail_effect));
		if (result->needed > 0)
			(void)snprintf(out + strlen(out), out_bytes - strlen(out), "; about %zu launches on each side would settle it", result->needed);
		break;
	}
}

/* Beside a figure that was compared all the same. */
static void say_forced(const struct compare_result *result, const struct compare_rule *rule, char *out, size_t out_bytes)
{
	const double base = result->probe_ns[COMPARE_BASE], head = result->probe_ns[COMPARE_HEAD];
	const char *const unlike = compare_cell_unlike(result->cell);
	const size_t used = strlen(out);

	if (!rule->force || result->n[COMPARE_BASE] == 0 || result->n[COMPARE_HEAD] == 0)
		return;
	if (base > 0 && head > 0 && fabs(log(head / base)) > log(COMPARE_PROBE_FACTOR))
		(void)snprintf(out + used, out_bytes - used, "; forced: the round trip was %.3g ns, then %.3g ns", base, head);
	else if (unlike != NULL)
		(void)snprintf(out + used, out_bytes - used, "; forced: %s differs", unlike);
	else
		(void)snprintf(out + used, out_bytes - used, "; forced");
}

const char *compare_sentence(const struct compare_result *result, const struct compare_rule *rule, char out[COMPARE_SENTENCE_BYTES])
{
	const double shown = percent(rule->min_effect);

	switch (result->verdict) {
	case COMPARE_REGRESSED:
		(void)snprintf(out, COMPARE_SENTENCE_BYTES, "slower by %.2g %%, more than %.2g %% (p %.2g after Holm)", percent(result->shift), shown, result->p);
		break;
	case COMPARE_IMPROVED:
		(void)snprintf(out, COMPARE_SENTENCE_BYTES, "faster by %.2g %%, more than %.2g %% (p %.2g after Holm)", -percent(result->shift), shown,
			       result->p);
		break;
	case COMPARE_PASS:
		(void)snprintf(out, COMPARE_SENTENCE_BYTES, result->high > 0 ? "slower by less than %.2g %%" : "not slower (faster by at least %.2g %%)",
			       fabs(percent(result->high)));
		break;
	case COMPARE_ALONE:
		(void)snprintf(out, COMPARE_SENTENCE_BYTES, "only in %s", compare_arm_names[result->cell->half[COMPARE_BASE].rows == 0]);
		break;
	case COMPARE_FAILED:
	case COMPARE_UNSUPPORTED:
		say_problem(result, out, COMPARE_SENTENCE_BYTES);
		break;
	case COMPARE_INCONCLUSIVE:
	case COMPARE_VERDICTS:
		say_doubt(result, rule, out, COMPARE_SENTENCE_BYTES);
		break;
	}
	say_forced(result, rule, out, COMPARE_SENTENCE_BYTES);
	return out;
}
