/*
 * precision_coverage.h - populations of launches to try --precision on, with a median that is known.
 * Part of precision_coverage.c.
 */
#ifndef LFBENCH_PRECISION_COVERAGE_H
#define LFBENCH_PRECISION_COVERAGE_H

#include "statistics/stats.h"

#include <stdio.h>

/* Launches of one kind. Set up per sequence: `phase` is the state of populations that have one. */
struct population {
	const char *name;
	double median; /* the true one */
	double (*draw)(struct population *population, struct lfb_rng *rng);
	const double *values; /* to resample; NULL: a distribution */
	size_t value_count;
	unsigned phase;
};

/* Distributions, ended by one without a name. */
extern const struct population populations[];

/* Draw one of `values`, each equally likely. */
double population_resample(struct population *population, struct lfb_rng *rng);

/*
 * The launches of a results file as one population: each launch's median by the median of its cell and backend,
 * over all queues in it that have at least six launches. Returns 0 and *values (to be freed) and *count, or -1
 * after a message on standard error.
 */
int population_read(const char *path, double **values, size_t *count);

#endif
