/*
 * compare_judge.h - from the launches of two arms to a verdict per cell and metric.
 *
 * DESIGN. The samples are logarithms of the launches' medians, the shift between them (rank_sum.h) is the logarithm of the ratio.
 * A test for "slower by more than min_effect" and its mirror are made of every cell, each with Holm's step-down over all
 * cells and metrics compared ("A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statist. 6, 1979):
 * the chance of any false REGRESSED is at most alpha, were the launches of both arms drawn from one machine. In this order:
 *
 *   the head crashed, hung or failed verification, and the base did not -> FAILED
 *   either arm has rows that were not ok, too few launches, or was measured in another regime -> INCONCLUSIVE
 *   slower by more than min_effect -> REGRESSED; faster by more than it -> IMPROVED
 *	(with several files as base only where the head is beyond every one of them; else INCONCLUSIVE)
 *   the interval's upper end below fail_effect -> PASS
 *   else INCONCLUSIVE: no evidence of harm is not evidence of no harm
 */
#ifndef LFBENCH_COMPARE_JUDGE_H
#define LFBENCH_COMPARE_JUDGE_H

#include "compare/compare.h"

/* Sizes are logarithms: ln(1 + 0.005) for 0.5 %. */
struct compare_rule {
	double min_effect, fail_effect, alpha;
	bool force; /* judge what was measured in another regime, too */
};
/* 0.5 %, 5 %, 0.05, false */
extern const struct compare_rule compare_rule_preset;

enum compare_verdict {
	COMPARE_FAILED,
	COMPARE_REGRESSED,
	COMPARE_INCONCLUSIVE,
	COMPARE_PASS,
	COMPARE_IMPROVED,
	COMPARE_ALONE,	     /* in one arm only */
	COMPARE_UNSUPPORTED, /* the backend cannot run it, in either */
	COMPARE_VERDICTS
};
/* "FAILED", "REGRESSED" ..., NULL */
extern const char *const compare_verdict_names[];

/* Why it is INCONCLUSIVE. */
enum compare_doubt {
	COMPARE_NO_DOUBT,
	COMPARE_DOUBT_NOT_OK,	/* rows that were not ok */
	COMPARE_DOUBT_NOTHING,	/* no launch has that figure */
	COMPARE_DOUBT_FEW,	/* too few launches for a test at alpha, or for an interval */
	COMPARE_DOUBT_REGIME,	/* round trips unlike */
	COMPARE_DOUBT_FILES,	/* within what the files of the base differ among themselves */
	COMPARE_DOUBT_WIDE,	/* the interval reaches beyond fail_effect */
};

struct compare_result {
	const struct compare_cell *cell;
	enum compare_metric metric; /* COMPARE_METRICS: of a pass that has none that was asked for */
	enum compare_verdict verdict;
	enum compare_doubt doubt;
	size_t n[COMPARE_ARMS];	      /* launches */
	double median[COMPARE_ARMS];  /* over launches, ns; NaN: none */
	double probe_ns[COMPARE_ARMS];
	double shift;		      /* ln(head / base); NaN: not measured on both sides */
	bool has_interval;
	double low, high, confidence; /* of the shift */
	double p_above, p_below;      /* one-sided, against min_effect; before Holm */
	double p;		      /* the smaller of the two after Holm; NaN: not tested */
	bool can_show;		      /* samples of that size can reach alpha at all, after Holm */
	size_t needed;		      /* launches on each side that would settle it; 0: not known */
	size_t base_files;	      /* that have launches of this cell */
	double files_low, files_high; /* median of the lowest and of the highest of these, ns */
};

struct compare_results {
	struct compare_result *items; /* the worst first */
	size_t count;
	size_t family;				/* cells and metrics tested */
	size_t tally[COMPARE_VERDICTS];		/* references apart */
	size_t references_moved;		/* of the references, REGRESSED or IMPROVED */
	size_t other_pass;			/* cells that have none of the metrics, and were ok */
};

/* Judge all cells by these metrics. Returns 0 or -ENOMEM. Free with compare_results_free. */
int compare_judge(const struct compare *compare, const bool metrics[COMPARE_METRICS], const struct compare_rule *rule,
		  struct compare_results *out);
void compare_results_free(struct compare_results *results);

/* Why, in one sentence without a full stop: the bound that was established, or what is missing. Returns out. */
#define COMPARE_SENTENCE_BYTES 512
const char *compare_sentence(const struct compare_result *result, const struct compare_rule *rule,
			     char out[COMPARE_SENTENCE_BYTES]);

#endif
