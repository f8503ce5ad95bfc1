/*
 * summary_launches.c - what the launches of the throughput pass say of each other and of the machine:
 * which lie far from the others, whether their first trials were like the later ones, and whether the
 * machine was in more than one state. None of it leaves anything out.
 */
#include "machine/regime.h"
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* What may be said wrongly of first trials, over the whole file. */
#define FIRST_TRIALS_ALPHA 0.05
/*
 * Two groups of launches count as regimes when being in one or the other explains this part of the
 * distances of all from their median (logarithms). Cutting an even spread in two explains 0.5, a normal one 0.4.
 * Distances, not their squares: a single bad probe would outweigh a regime.
 */
#define REGIME_EXPLAINED 0.7
/* A group with a smaller part of the launches is a disturbance, not a regime. */
#define REGIME_PART 0.05

/* Whether lfb_sign_test could find anything in that many launches. */
static bool is_testable(const struct lfb_first_trials *first)
{
	return lfb_sign_test(first->slower + first->faster, 0) <= FIRST_TRIALS_ALPHA;
}

static size_t count_outliers(const struct lfb_entry *entry, double *room)
{
	for (size_t i = 0; i < entry->launches; i++)
		room[i] = entry->launch[i].ns_per_op;
	return lfb_outliers_count(room, entry->launches);
}

/* Take the launches of an entry in. `room` holds `*count` ratios so far. */
static void add_first_trials(struct lfb_first_trials *first, const struct lfb_entry *entry, double *room, size_t *count)
{
	for (size_t i = 0; i < entry->launches; i++) {
		const double log_ratio = entry->launch[i].first_log;

		if (isnan(log_ratio))
			continue;
		first->slower += entry->launch[i].first_side > 0;
		first->faster += entry->launch[i].first_side < 0;
		room[(*count)++] = log_ratio;
	}
	first->launches = *count;
}

/* Sum of the distances from their median of the sorted values [first, end), of which sums has the running sums. */
static double distances(const double *sums, size_t first, size_t end)
{
	const size_t half = (end - first) / 2;

	return sums[end] - sums[end - half] - (sums[first + half] - sums[first]);
}

/*
 * Where to cut sorted values in two so that it explains most of their distances, and how much that is. `sums` is
 * room for n + 1.
 */
static size_t best_cut(const double *sorted, size_t n, double *sums, double *explained)
{
	double least = INFINITY;
	size_t cut = 0;

	sums[0] = 0;
	for (size_t i = 0; i < n; i++)
		sums[i + 1] = sums[i] + sorted[i];
	for (size_t i = 1; i < n; i++) {
		const double both = distances(sums, 0, i) + distances(sums, i, n);

		if (both < least) {
			least = both;
			cut = i;
		}
	}
	*explained = cut > 0 && distances(sums, 0, n) > 0 ? 1 - least / distances(sums, 0, n) : 0;
	return cut;
}

/* Two regimes, if the launches fall into two; *limit_ns is between them. `room` is for twice all launches and one more. */
static struct lfb_regimes find_regimes(const struct lfb_group *group, double *room, double *limit_ns)
{
	struct lfb_regimes regimes = { .found = false };
	double explained;
	size_t n = 0, cut;

	for (size_t e = 0; e < group->entry_count; e++)
		for (size_t i = 0; i < group->entries[e]->launches; i++)
			if (group->entries[e]->launch[i].probe_ns > 0)
				room[n++] = log(group->entries[e]->launch[i].probe_ns);
	lfb_sort(room, n);
	cut = best_cut(room, n, room + n, &explained);
	if (cut == 0)
		return regimes;
	*limit_ns = exp((room[cut - 1] + room[cut]) / 2);
	regimes.launches[0] = cut;
	regimes.launches[1] = n - cut;
	regimes.probe_ns[0] = exp(lfb_median(room, cut));
	regimes.probe_ns[1] = exp(lfb_median(room + cut, n - cut));
	regimes.found = explained >= REGIME_EXPLAINED && regimes.probe_ns[1] > LFB_REGIME_FACTOR * regimes.probe_ns[0] &&
			(double)(cut < n - cut ? cut : n - cut) >= REGIME_PART * (double)n;
	return regimes;
}

static void split_by_regime(struct lfb_entry *entry, double limit_ns, double *room)
{
	for (unsigned regime = 0; regime < LFB_SUMMARY_REGIMES; regime++) {
		size_t count = 0;

		for (size_t i = 0; i < entry->launches; i++) {
			const struct lfb_launch_figures *const launch = &entry->launch[i];

			if (launch->probe_ns > 0 && (launch->probe_ns > limit_ns) == (regime == 1))
				room[count++] = launch->ns_per_op;
		}
		entry->regime_launches[regime] = count;
		entry->regime_ns_per_op[regime] = lfb_median(room, count);
	}
}

static double ratio_of(double *log_ratios, size_t count)
{
	return exp(lfb_median(log_ratios, count)); /* NaN of none */
}

int lfb_group_finish_launches(struct lfb_group *group)
{
	size_t all = 0, launches = 0;
	double *room, limit_ns = NAN;

	for (size_t e = 0; e < group->entry_count; e++)
		launches += group->entries[e]->launches;
	room = reallocarray(NULL, launches + 1, 2 * sizeof(*room));
	if (room == NULL)
		return -ENOMEM;
	group->regimes = find_regimes(group, room, &limit_ns);
	for (size_t e = 0; e < group->entry_count; e++) {
		struct lfb_entry *const entry = group->entries[e];
		size_t count = 0;

		if (group->regimes.found)
			split_by_regime(entry, limit_ns, room);
		entry->outliers = count_outliers(entry, room);
		add_first_trials(&entry->first, entry, room, &count);
		entry->first.ratio = ratio_of(room, count);
	}
	for (size_t e = 0; e < group->entry_count; e++)
		add_first_trials(&group->first, group->entries[e], room, &all);
	group->first.ratio = ratio_of(room, all);
	free(room);
	return 0;
}

/* The tests of a group: one per entry, and one over all of them where there are several. */
static size_t count_tests(const struct lfb_group *group)
{
	size_t tests = 0;

	for (size_t e = 0; e < group->entry_count; e++)
		tests += is_testable(&group->entries[e]->first);
	return tests + (group->entry_count > 1 && is_testable(&group->first));
}

static void judge(struct lfb_first_trials *first, size_t tests)
{
	first->unlike = is_testable(first) &&
			lfb_sign_test(first->slower, first->faster) * (double)tests <= FIRST_TRIALS_ALPHA;
}

void lfb_first_trials_judge(const struct lfb_summary *summary)
{
	size_t tests = 0;

	for (size_t g = 0; g < summary->group_count; g++)
		tests += count_tests(summary->groups[g]);
	for (size_t g = 0; g < summary->group_count; g++) {
		struct lfb_group *const group = summary->groups[g];

		for (size_t e = 0; e < group->entry_count; e++)
			judge(&group->entries[e]->first, tests);
		if (group->entry_count > 1)
			judge(&group->first, tests);
	}
}
