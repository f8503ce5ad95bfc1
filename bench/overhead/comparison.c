/* comparison.c - see comparison.h. */
#include "comparison.h"

#include "duet_process.h"
#include "statistics/stats.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WITH_HASH "by hand, with the hash"
#define WITHOUT "by hand, without it"
#define IN_TURNS "the same, in turns"

/*
 * Where the variance is decides where the time goes (Kalibera and Jones, "Rigorous
 * benchmarking in reasonable time", ISMM 2013): the SPSC ring and the loops of one thread
 * differ between launches, so they get many short ones; the MPMC ring and the mutex
 * differ between slices, so they get fewer, longer ones.
 */
const struct comparison comparisons[COMPARISONS] = {
	{ "ck_ring_spsc", "ck_ring_spsc", "ck_ring_spsc_hash", WITH_HASH, MODE_PAIR, 0.98, 1.02, 64, 20 },
	{ "ck_ring_spsc", "ck_ring_spsc", "ck_ring_spsc_hash", IN_TURNS, MODE_IN_TURNS, 0, 0, 16, 8 },
	{ "ck_ring_spsc", "ck_ring_spsc", "ck_ring_spsc_plain", WITHOUT, MODE_PAIR, 0, 0, 12, 20 },
	{ "ck_ring_mpmc", "ck_ring_mpmc", "ck_ring_mpmc_hash", WITH_HASH, MODE_PAIR, 0.98, 1.02, 24, 56 },
	{ "ck_ring_mpmc", "ck_ring_mpmc", "ck_ring_mpmc_hash", IN_TURNS, MODE_IN_TURNS, 0, 0, 16, 8 },
	{ "ck_ring_mpmc", "ck_ring_mpmc", "ck_ring_mpmc_plain", WITHOUT, MODE_PAIR, 0, 0, 12, 20 },
	{ "mutex_ring", "mutex_ring", "mutex_ring_hash", WITH_HASH, MODE_PAIR, 0.98, 1.02, 24, 56 },
	{ "mutex_ring", "mutex_ring", "mutex_ring_hash", IN_TURNS, MODE_IN_TURNS, 0, 0, 16, 8 },
	{ "mutex_ring", "mutex_ring", "mutex_ring_plain", WITHOUT, MODE_PAIR, 0, 0, 12, 20 },
	{ "null", "null", "hash_hash", "the hash alone", MODE_CONSUME, 0, 1.3, 16, 20 },
};

const char *const comparison_names[] = { "ck_ring_spsc", "ck_ring_mpmc", "mutex_ring", "null", NULL };

/* Path of one layout of one side. false: too long. */
static bool object_path(char out[PATH_MAX], const char *folder, const char *side, const char *name, unsigned layout)
{
	const int n = snprintf(out, PATH_MAX, "%s/%s_%s.%u.so", folder, side, name, layout);

	return n > 0 && n < PATH_MAX;
}

void comparison_find(const struct comparison *comparison, const char *folder, struct outcome *outcome)
{
	char suite[PATH_MAX], hand[PATH_MAX];

	outcome->built = true;
	for (unsigned layout = 0; layout < LAYOUTS; layout++)
		if (!object_path(suite, folder, "suite", comparison->suite, layout) || access(suite, R_OK) != 0 ||
		    !object_path(hand, folder, "hand", comparison->hand, layout) || access(hand, R_OK) != 0)
			outcome->built = false;
}

/* One launch of the plan with these layouts. */
static int launch(const struct comparison *comparison, const char *folder, const unsigned layouts[ARM_KINDS],
		  struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error)
{
	char suite[PATH_MAX], hand[PATH_MAX];

	if (!object_path(suite, folder, "suite", comparison->suite, layouts[ARM_SUITE]) ||
	    !object_path(hand, folder, "hand", comparison->hand, layouts[ARM_HAND]))
		return lfb_fail(error, -ENAMETOOLONG, "the path of this program is too long");
	plan->stage.paths[ARM_SUITE] = suite;
	plan->stage.paths[ARM_HAND] = hand;
	plan->stage.mode = comparison->mode;
	return duet_process_run(plan, items, blocks, error);
}

int comparison_calibrate(const struct comparison *comparison, const char *folder, struct outcome *outcome,
			 struct lfb_error *error)
{
	static const unsigned layouts[ARM_KINDS] = { 0, 0 };
	struct duet_plan plan = { 0 };

	return launch(comparison, folder, layouts, &plan, &outcome->items, NULL, error);
}

void comparison_csv_header(FILE *csv)
{
	(void)fprintf(csv, "backend,hand,against,replicate,suite_layout,hand_layout,loaded_first,block,pattern,items,"
			   "suite_ns,hand_ns\n");
}

/* A line per block; the times are those of two slices of `items` items each. */
static void write_csv(FILE *csv, const struct comparison *comparison, unsigned replicate,
		      const unsigned layouts[ARM_KINDS], const struct duet_plan *plan, const struct duet_block *blocks)
{
	static const char *const arms[ARM_KINDS] = { "suite", "hand" };

	for (uint64_t i = 0; i < plan->blocks; i++)
		(void)fprintf(csv, "%s,%s,\"%s\",%u,%u,%u,%s,%" PRIu64 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
			      comparison->name, comparison->hand, comparison->against, replicate, layouts[ARM_SUITE],
			      layouts[ARM_HAND], arms[plan->stage.loaded_first], i,
			      blocks[i].first == ARM_SUITE ? "ABBA" : "BAAB", plan->items, blocks[i].ns[ARM_SUITE],
			      blocks[i].ns[ARM_HAND]);
}

/* Medians over the blocks of one launch. */
struct medians {
	double d, suite_ns, hand_ns;
};

static int take_medians(const struct duet_block *blocks, const struct duet_plan *plan, struct medians *out)
{
	const size_t n = (size_t)plan->blocks;
	const double items = 2 * (double)plan->items; /* two slices of each arm */
	double *const d = malloc(3 * n * sizeof(*d));
	double *const suite = d + n, *const hand = suite + n;

	if (d == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		suite[i] = (double)blocks[i].ns[ARM_SUITE] / items;
		hand[i] = (double)blocks[i].ns[ARM_HAND] / items;
		d[i] = lfb_log_ratio(suite[i], hand[i]);
	}
	out->d = lfb_median(d, n);
	out->suite_ns = lfb_median(suite, n);
	out->hand_ns = lfb_median(hand, n);
	free(d);
	return 0;
}

int comparison_replicate(const struct comparison *comparison, const char *folder, uint64_t seed, FILE *csv,
			 struct outcome *outcome, struct lfb_error *error)
{
	const unsigned nth = outcome->done;
	/* Both sides go through their layouts, one a step ahead in every round. */
	const unsigned layouts[ARM_KINDS] = { nth % LAYOUTS, (nth + nth / LAYOUTS) % LAYOUTS };
	struct duet_plan plan = { .items = outcome->items, .blocks = outcome->blocks, .seed = seed };
	struct duet_block *const blocks = calloc(outcome->blocks, sizeof(*blocks));
	struct medians medians[2] = { { 0 } };
	uint64_t items;
	int rc = 0;

	if (blocks == NULL)
		return lfb_fail(error, -ENOMEM, "no memory for %u blocks", outcome->blocks);
	for (unsigned i = 0; rc == 0 && i < 2; i++) {
		plan.stage.loaded_first = (nth + i) % 2 == 0 ? ARM_SUITE : ARM_HAND;
		plan.seed = seed + i;
		rc = launch(comparison, folder, layouts, &plan, &items, blocks, error);
		if (rc == 0)
			rc = take_medians(blocks, &plan, &medians[i]);
		if (rc == 0 && csv != NULL)
			write_csv(csv, comparison, nth, layouts, &plan, blocks);
	}
	free(blocks);
	if (rc != 0)
		return rc;
	outcome->d[nth] = (medians[0].d + medians[1].d) / 2;
	outcome->suite_ns[nth] = (medians[0].suite_ns + medians[1].suite_ns) / 2;
	outcome->hand_ns[nth] = (medians[0].hand_ns + medians[1].hand_ns) / 2;
	outcome->done++;
	return 0;
}

void comparison_summarise(struct outcome *outcome, struct summary *summary)
{
	double low, high, achieved;

	summary->ratio = exp(lfb_median(outcome->d, outcome->done)); /* sorts */
	summary->suite_ns = lfb_median(outcome->suite_ns, outcome->done);
	summary->hand_ns = lfb_median(outcome->hand_ns, outcome->done);
	summary->has_interval = lfb_median_interval(outcome->d, outcome->done, CONFIDENCE, &low, &high, &achieved);
	summary->low = summary->has_interval ? exp(low) : NAN;
	summary->high = summary->has_interval ? exp(high) : NAN;
}

enum verdict comparison_judge(const struct comparison *comparison, const struct summary *summary)
{
	if (comparison->high == 0)
		return VERDICT_NO_TARGET;
	if (!summary->has_interval)
		return VERDICT_UNRESOLVED;
	if (summary->low >= comparison->low && summary->high <= comparison->high)
		return VERDICT_MET;
	if (summary->low > comparison->high || summary->high < comparison->low)
		return VERDICT_MISSED;
	return VERDICT_UNRESOLVED;
}
