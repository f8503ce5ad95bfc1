/*
 * doctor_print_measured.c - see doctor_print.h: round trips as a triangle, offsets and gaps CPU by CPU.
 * 80 columns hold the triangle of 16 CPUs, which is as many as are measured in pairs.
 */
#include "commands/doctor/doctor_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Below the labels of other lines while that leaves room, else from the left edge. */
#define INDENT 11
#define NARROW 13u
/* CPUs whose gaps are shown; of more those with the most. */
#define GAPS_SHOWN 16u

/* Up to four characters: "424", "12k", or "-" for what was not measured. */
static const char *short_ns(double ns, char out[16])
{
	if (isnan(ns))
		(void)snprintf(out, 16, "-");
	else if (ns < 9999.5)
		(void)snprintf(out, 16, "%.0f", ns);
	else if (ns < 999.5e3)
		(void)snprintf(out, 16, "%.0fk", ns / 1e3);
	else
		(void)snprintf(out, 16, "%.0fM", ns / 1e6);
	return out;
}

/* A row for each CPU but the first, a column for each but the last. */
static void print_triangle(const struct doctor_measured *measured)
{
	const size_t count = measured->cpus.count;
	const unsigned *const cpus = measured->cpus.cpus;
	const int indent = count <= NARROW ? INDENT : 0;
	char text[16];

	(void)printf("%*s    ", indent, "");
	for (size_t b = 0; b + 1 < count; b++)
		(void)printf(" %4u", cpus[b]);
	(void)printf("\n");
	for (size_t a = 1; a < count; a++) {
		(void)printf("%*s%4u", indent, "", cpus[a]);
		for (size_t b = 0; b < a; b++)
			(void)printf(" %4s", short_ns(measured->round_trip[a][b].median_ns, text));
		(void)printf("\n");
	}
}

static void print_round_trips(const struct doctor_measured *measured, const struct lfb_medium *medium)
{
	if (measured->cpus.count < 2)
		return;
	if (measured->cpus.count < measured->watched.count)
		doctor_print_text("", "A sample of 16 CPUs: eight pairs of neighbours, spread over the machine.",
				  medium);
	doctor_print_text("", "CPU to CPU, median in ns:", medium);
	print_triangle(measured);
}

static void print_offsets(const struct doctor_measured *measured)
{
	for (size_t i = 1; i < measured->cpus.count; i++) {
		const struct lfb_clock_offset *const offset = &measured->offset[i];

		(void)printf("%*sCPU %u against CPU %u: ", INDENT, "", measured->cpus.cpus[i], measured->cpus.cpus[0]);
		if (isnan(offset->low_ns))
			(void)printf("not measured\n");
		else
			(void)printf("%+.0f to %+.0f ns\n", offset->low_ns, offset->high_ns);
	}
}

/* For qsort_r: places of CPUs, the one that lost most first, those not measured last. */
static int by_share(const void *a, const void *b, void *gaps)
{
	const double left = ((const struct lfb_gaps *)gaps)[*(const size_t *)a].share;
	const double right = ((const struct lfb_gaps *)gaps)[*(const size_t *)b].share;

	if (isnan(left) || isnan(right))
		return (int)isnan(left) - (int)isnan(right);
	return (left < right) - (left > right);
}

static void print_gaps_of(unsigned cpu, const struct lfb_gaps *gaps)
{
	(void)printf("%*sCPU %u: ", INDENT, "", cpu);
	if (isnan(gaps->share))
		(void)printf("not measured\n");
	else
		(void)printf("%.0f gaps a second, %.3f %% of the time, largest %.3f ms\n", gaps->per_s,
			     100 * gaps->share, gaps->largest_ns / 1e6);
}

static void print_gaps(const struct doctor_measured *measured)
{
	const size_t count = measured->watched.count;
	size_t *const order = calloc(count, sizeof(order[0]));

	if (order == NULL)
		return; /* the worst CPU is in the line above all the same */
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	if (count > GAPS_SHOWN)
		qsort_r(order, count, sizeof(order[0]), by_share, measured->gaps);
	for (size_t i = 0; i < count && i < GAPS_SHOWN; i++)
		print_gaps_of(measured->watched.cpus[order[i]], &measured->gaps[order[i]]);
	if (count > GAPS_SHOWN)
		(void)printf("%*sand %zu CPUs with less; --json has them all\n", INDENT, "", count - GAPS_SHOWN);
	free(order);
}

void doctor_print_measured(const struct doctor_measured *measured, const struct doctor_finding *findings,
			   const struct lfb_medium *medium)
{
	(void)printf("\nMeasured just now\n");
	for (int i = 0; i < DOCTOR_FINDINGS; i++) {
		doctor_print_line(findings[i].verdict, findings[i].label, findings[i].value, medium);
		doctor_print_text("", findings[i].meaning, medium);
		doctor_print_text("-> ", findings[i].advice, medium);
		if (i == DOCTOR_ROUND_TRIP)
			print_round_trips(measured, medium);
		else if (i == DOCTOR_OFFSET)
			print_offsets(measured);
		else if (i == DOCTOR_GAPS)
			print_gaps(measured);
	}
}
