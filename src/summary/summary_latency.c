/* summary_latency.c - the latency pass of an entry: at each load, medians over launches. */
#include "statistics/stats.h"
#include "summary/summary_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More loads of one queue than anyone would read. */
#define LOADS_MAX 1000u

/* NaN where the field is empty or no figure. */
static double figure(const struct lfb_row *row, enum lfb_column column)
{
	return lfb_row_get_f64(row, column, NAN);
}

static double param(const struct lfb_row *row, const char *key)
{
	char text[LFB_F64_TEXT_BYTES];
	double value;

	lfb_params_get(lfb_row_get(row, LFB_COL_params), key, text, sizeof(text));
	if (strcmp(text, "saturation") == 0)
		return INFINITY;
	return lfb_f64_parse(text, &value) ? value : NAN;
}

/* Whether two figures are the same, or neither was said. */
static bool is_same(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a >= b && a <= b);
}

/* At what load a row ran. */
struct load_key {
	bool open;
	double load_percent, rate_per_s;
	char arrivals[32];
};

static struct load_key key_of(const struct lfb_row *row)
{
	const bool open = strcmp(lfb_row_get(row, LFB_COL_lat_mode), "open") == 0;
	struct load_key key = { .open = open, .load_percent = open ? param(row, "load") : NAN, .rate_per_s = open ? param(row, "rate") : NAN };

	if (open)
		lfb_params_get(lfb_row_get(row, LFB_COL_params), "arrivals", key.arrivals, sizeof(key.arrivals));
	return key;
}

/* Its place among those of the entry, or how many there are. */
static size_t find_key(const struct lfb_entry *entry, const struct load_key *key)
{
	size_t i = 0;

	for (; i < entry->load_count; i++) {
		const struct lfb_at_load *const known = &entry->loads[i];

		if (known->open == key->open && is_same(known->load_percent, key->load_percent) &&
		    is_same(known->rate_per_s, key->rate_per_s) && strcmp(known->arrivals, key->arrivals) == 0)
			break;
	}
	return i;
}

size_t lfb_entry_find_load(const struct lfb_entry *entry, const struct lfb_row *row)
{
	const struct load_key key = key_of(row);

	return find_key(entry, &key);
}

/* The latencies at the load of `row`, made if it is the first. Returns 0, -ENOMEM or -E2BIG. */
static int find_load(struct lfb_entry *entry, const struct lfb_row *row, struct lfb_at_load **out)
{
	const struct load_key key = key_of(row);
	const size_t at = find_key(entry, &key);
	struct lfb_at_load *more;

	if (at < entry->load_count) {
		*out = &entry->loads[at];
		return 0;
	}
	if (entry->load_count == LOADS_MAX)
		return -E2BIG;
	more = lfb_summary_grow(entry->loads, entry->load_count, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	entry->loads = more;
	*out = &more[entry->load_count];
	**out = (struct lfb_at_load){ .open = key.open, .load_percent = key.load_percent, .rate_per_s = key.rate_per_s };
	(*out)->arrivals = strdup(key.arrivals);
	if ((*out)->arrivals == NULL)
		return -ENOMEM;
	entry->load_count++;
	return 0;
}

int lfb_entry_add_latency(struct lfb_entry *entry, const struct lfb_row *row, uint64_t launch)
{
	const struct lfb_latency_sample sample = {
		.launch = launch,
		.ns = {
			[LFB_LAT_P50] = figure(row, LFB_COL_lat_p50_ns),
			[LFB_LAT_P99] = figure(row, LFB_COL_lat_p99_ns),
			[LFB_LAT_P999] = figure(row, LFB_COL_lat_p999_ns),
			[LFB_LAT_MAX] = figure(row, LFB_COL_lat_max_ns),
		},
		.offered_per_s = figure(row, LFB_COL_rate_offered_per_s),
		.achieved_per_s = figure(row, LFB_COL_rate_achieved_per_s),
		.overloaded = lfb_summary_row_has_flag(row, "overloaded"),
	};
	struct lfb_latency_sample *more;
	struct lfb_at_load *latency;
	const int rc = find_load(entry, row, &latency);

	if (rc != 0)
		return rc;
	more = lfb_summary_grow(latency->samples, latency->sample_count, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	latency->samples = more;
	latency->samples[latency->sample_count++] = sample;
	return 0;
}

static int by_launch(const void *left, const void *right)
{
	const struct lfb_latency_sample *const a = left;
	const struct lfb_latency_sample *const b = right;

	return (a->launch > b->launch) - (a->launch < b->launch);
}

/* What is not said comes first. */
static int compare_figures(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(b) - isnan(a);
	return (a > b) - (a < b);
}

static int by_load(const void *left, const void *right)
{
	const struct lfb_at_load *const a = left;
	const struct lfb_at_load *const b = right;
	int order = a->open - b->open;

	if (order == 0)
		order = compare_figures(a->load_percent, b->load_percent);
	if (order == 0)
		order = compare_figures(a->rate_per_s, b->rate_per_s);
	return order != 0 ? order : strcmp(a->arrivals, b->arrivals);
}

/* One of the figures of a sample. */
typedef double (*pick_fn)(const struct lfb_latency_sample *sample, unsigned which);

static double pick_ns(const struct lfb_latency_sample *sample, unsigned which)
{
	return sample->overloaded ? NAN : sample->ns[which];
}

static double pick_rate(const struct lfb_latency_sample *sample, unsigned which)
{
	return which == 0 ? sample->offered_per_s : sample->achieved_per_s;
}

/* End of the samples of the launch that begins at `first`. */
static size_t end_of_launch(const struct lfb_at_load *latency, size_t first)
{
	size_t end = first + 1;

	while (end < latency->sample_count && latency->samples[end].launch == latency->samples[first].launch)
		end++;
	return end;
}

/* Median over launches of their trials' medians. `room` is for two figures per sample. */
static double median_of(const struct lfb_at_load *latency, pick_fn pick, unsigned which, double *room)
{
	double *const launches = room, *const trials = room + latency->sample_count;
	size_t count = 0;

	for (size_t first = 0, end; first < latency->sample_count; first = end) {
		end = end_of_launch(latency, first);
		for (size_t i = first; i < end; i++)
			trials[i - first] = pick(&latency->samples[i], which);
		launches[count++] = lfb_median_of_measured(trials, end - first);
	}
	return lfb_median_of_measured(launches, count);
}

static void count_launches(struct lfb_at_load *latency)
{
	for (size_t first = 0, end; first < latency->sample_count; first = end) {
		bool overloaded = false;

		end = end_of_launch(latency, first);
		for (size_t i = first; i < end; i++)
			overloaded |= latency->samples[i].overloaded;
		latency->launches++;
		latency->overloaded += overloaded;
	}
}

static int finish_latency(struct lfb_at_load *latency)
{
	double *const room = reallocarray(NULL, latency->sample_count + 1, 2 * sizeof(*room));

	if (room == NULL)
		return -ENOMEM;
	if (latency->sample_count > 1)
		qsort(latency->samples, latency->sample_count, sizeof(latency->samples[0]), by_launch);
	count_launches(latency);
	for (unsigned which = 0; which < LFB_LAT_FIGURES; which++)
		latency->ns[which] = median_of(latency, pick_ns, which, room);
	latency->offered_per_s = median_of(latency, pick_rate, 0, room);
	latency->achieved_per_s = median_of(latency, pick_rate, 1, room);
	free(room);
	return 0;
}

int lfb_entry_finish_latencies(struct lfb_entry *entry)
{
	int rc = 0;

	if (entry->load_count > 1)
		qsort(entry->loads, entry->load_count, sizeof(entry->loads[0]), by_load);
	for (size_t i = 0; i < entry->load_count && rc == 0; i++)
		rc = finish_latency(&entry->loads[i]);
	return rc;
}

void lfb_entry_free_latencies(struct lfb_entry *entry)
{
	for (size_t i = 0; i < entry->load_count; i++) {
		free(entry->loads[i].arrivals);
		free(entry->loads[i].samples);
	}
	free(entry->loads);
}
