/* precision_coverage_populations.c - see precision_coverage.h. */
#include "precision_coverage.h"

#include "results/csv_file.h"
#include "statistics/precision.h"
#include "summary/summary.h"

#include <math.h>
#include <stdlib.h>

/* Spread of launches within one regime, and how much slower the far regime is. */
#define SIGMA 0.05
#define FAR 4.0
/* Share of launches in the near regime. */
#define NEAR_PART 0.7
/* Expected launches of a phase in the far regime. */
#define PHASE_LAUNCHES 5.0
/* ln of the near regime's median where 0.7 of all launches are in it: its quantile at 0.5/0.7, 0.5659 sigma. */
#define MIXTURE_LOG_MEDIAN (0.565948821932863 * SIGMA)

static double uniform(struct lfb_rng *rng)
{
	return ((double)(lfb_rng_next(rng) >> 11) + 0.5) * 0x1p-53;
}

/* Box and Muller 1958. */
static double normal(struct lfb_rng *rng)
{
	const double radius = sqrt(-2 * log(uniform(rng)));

	return radius * cos(2 * acos(-1) * uniform(rng));
}

static double draw_lognormal(struct population *population, struct lfb_rng *rng)
{
	(void)population;
	return exp(2 * SIGMA * normal(rng));
}

/* Logarithms as Student's t with 2 degrees of freedom, whose variance is infinite. */
static double draw_heavy(struct population *population, struct lfb_rng *rng)
{
	(void)population;
	return exp(SIGMA * normal(rng) / sqrt(-log(uniform(rng))));
}

static double draw_mixture(struct population *population, struct lfb_rng *rng)
{
	(void)population;
	return (uniform(rng) < NEAR_PART ? 1 : FAR) * exp(SIGMA * normal(rng));
}

static double draw_even(struct population *population, struct lfb_rng *rng)
{
	(void)population;
	return (uniform(rng) < 0.5 ? 1 : FAR) * exp(SIGMA * normal(rng));
}

/* The same mixture as above, but regimes last: what independence is worth. phase: 0 not begun, 1 near, 2 far. */
static double draw_phases(struct population *population, struct lfb_rng *rng)
{
	const double leave_far = 1 / PHASE_LAUNCHES, leave_near = leave_far * (1 - NEAR_PART) / NEAR_PART;

	if (population->phase == 0)
		population->phase = uniform(rng) < NEAR_PART ? 1 : 2;
	else if (uniform(rng) < (population->phase == 1 ? leave_near : leave_far))
		population->phase = 3 - population->phase;
	return (population->phase == 1 ? 1 : FAR) * exp(SIGMA * normal(rng));
}

/* `even` has its median anywhere between the regimes. */
const struct population populations[] = {
	{ .name = "lognormal, sigma 10 %", .median = 1, .draw = draw_lognormal },
	{ .name = "heavy tails (t, 2 df)", .median = 1, .draw = draw_heavy },
	{ .name = "two regimes, 70:30", .median = 1.02870201, .draw = draw_mixture },
	{ .name = "two regimes, 50:50", .median = 2, .draw = draw_even },
	{ .name = "70:30 in phases of 5", .median = 1.02870201, .draw = draw_phases },
	{ .name = NULL },
};

double population_resample(struct population *population, struct lfb_rng *rng)
{
	return population->values[lfb_rng_below(rng, population->value_count)];
}

static int add_row(const struct lfb_row *row, void *context)
{
	return lfb_summary_add(context, row);
}

/* Append the launches of an entry. `values` has room. */
static size_t add_entry(const struct lfb_entry *entry, double *values)
{
	if (entry->reference || entry->launches < LFB_PRECISION_LAUNCHES_MIN)
		return 0;
	for (size_t i = 0; i < entry->launches; i++)
		values[i] = entry->launch[i].ns_per_op / entry->ns_per_op.median;
	return entry->launches;
}

static int collect(const struct lfb_summary *summary, double **values, size_t *count)
{
	size_t launches = 0;

	for (size_t g = 0; g < summary->group_count; g++)
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++)
			launches += summary->groups[g]->entries[e]->launches;
	*values = reallocarray(NULL, launches + 1, sizeof(**values));
	if (*values == NULL)
		return -1;
	for (size_t g = 0; g < summary->group_count; g++)
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++)
			*count += add_entry(summary->groups[g]->entries[e], *values + *count);
	return *count > 0 ? 0 : -1;
}

int population_read(const char *path, double **values, size_t *count)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_csv_error error = { .text = "it cannot be opened" };
	FILE *const in = fopen(path, "re");
	int rc = in == NULL ? -1 : lfb_csv_read(in, NULL, add_row, &summary, &error);

	*values = NULL;
	*count = 0;
	if (in != NULL)
		(void)fclose(in);
	if (rc == 0)
		rc = lfb_summary_finish(&summary);
	if (rc == 0)
		rc = collect(&summary, values, count);
	if (rc != 0)
		(void)fprintf(stderr, "precision_coverage: that file is of no use: %s\n",
			      error.text[0] != '\0' ? error.text : "no queue in it has six launches");
	lfb_summary_free(&summary);
	return rc == 0 ? 0 : -1;
}
