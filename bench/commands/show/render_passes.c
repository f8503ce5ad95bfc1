/*
 * render_passes.c - what stands below a table of results: latencies at given loads, why the queues are as
 * slow as they are, the same figures by the machine's regimes, and what is odd about launches. Each is there
 * only if there is something to say.
 */
#include "commands/show/render_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 256
/* Events of a line; what follows is small beside them. */
#define EVENTS_SHOWN 4

/* Columns that all these tables begin with, and where their texts go. */
enum { MARK, BACKEND, TEXT, TEXT_END, TEXT_COLUMNS };

/* A text that is to be wrapped under itself takes up a column and all to the right of it. */
static const struct lfb_table_column text_columns[TEXT_COLUMNS] = {
	[MARK] = { .title = "", .tight = true },
	[BACKEND] = { .title = "backend", .shrink = true },
	[TEXT] = { .title = "" },
	[TEXT_END] = { .title = "" },
};

static void add_text(struct lfb_table *table, const struct lfb_entry *entry, const char *text)
{
	lfb_table_add(table, entry->reference ? LFB_STYLE_DIM : LFB_STYLE_PLAIN,
		      (const char *const[]){ RENDER_NO_MARK, entry->label, text, NULL }, -1);
}

/* Write the table, if it has lines, under `heading`. */
static int write_section(FILE *out, struct lfb_table *table, size_t lines, const char *heading,
			 const struct lfb_medium *medium)
{
	int rc = 0;

	if (lines > 0) {
		(void)fputs("\n  ", out);
		lfb_text_write_wrapped(out, heading, 2, 2, medium->width);
		(void)fputc('\n', out);
		rc = lfb_table_write(table, out);
	}
	lfb_table_free(table);
	return rc;
}

/* Open loop. */

enum { LOAD = BACKEND + 1, OFFERED, P50, P99, P999, MAXIMUM, NOTE, LOAD_COLUMNS };

static const struct lfb_table_column load_columns[LOAD_COLUMNS] = {
	[MARK] = { .title = "", .tight = true },
	[BACKEND] = { .title = "backend", .shrink = true },
	[LOAD] = { .title = "load", .right = true },
	[OFFERED] = { .title = "items/s", .right = true, .rank = 2 },
	[P50] = { .title = "p50", .right = true },
	[P99] = { .title = "p99", .right = true },
	[P999] = { .title = "p99.9", .right = true },
	[MAXIMUM] = { .title = "max", .right = true, .rank = 1 },
	[NOTE] = { .title = "" },
};

static const char load_heading[] = "Latency at a given load (open loop), from the intended send to the pop; medians "
				   "over launches:";

void render_load(char out[RENDER_CELL_BYTES], const struct lfb_at_load *at)
{
	char rate[RENDER_CELL_BYTES] = "?";
	const bool silent = at->arrivals[0] == '\0' || strcmp(at->arrivals, "poisson") == 0;

	if (isinf(at->load_percent))
		(void)snprintf(rate, sizeof(rate), "max");
	else if (at->load_percent > 0)
		(void)snprintf(rate, sizeof(rate), "%.4g %%", at->load_percent);
	else if (at->rate_per_s > 0)
		render_rate(rate, at->rate_per_s);
	(void)snprintf(out, RENDER_CELL_BYTES, "%.24s%s%.32s", rate, silent ? "" : " ", silent ? "" : at->arrivals);
}

static bool is_saturation(const struct lfb_at_load *at)
{
	return isinf(at->load_percent);
}

/* No launch kept up, or none was meant to: there are no percentiles. */
bool render_load_lacks_figures(const struct lfb_at_load *at)
{
	return at->overloaded == at->launches || is_saturation(at);
}

void render_load_note(char *out, size_t bytes, const struct lfb_at_load *at)
{
	const double achieved = at->achieved_per_s / at->offered_per_s * 100;
	char most[RENDER_CELL_BYTES];

	out[0] = '\0';
	if (is_saturation(at)) {
		render_rate(most, at->achieved_per_s);
		(void)snprintf(out, bytes, "all due at once: %s items/s", most);
	} else if (at->overloaded > 0 && at->overloaded < at->launches)
		(void)snprintf(out, bytes, "OVERLOADED in %zu of %zu launches", at->overloaded, at->launches);
	else if (at->overloaded == at->launches && achieved >= 0)
		(void)snprintf(out, bytes, "OVERLOADED: achieved %.3g %%", achieved);
	else if (at->overloaded == at->launches)
		(void)snprintf(out, bytes, "OVERLOADED");
}

static void add_load(struct lfb_table *table, const struct lfb_entry *entry, const struct lfb_at_load *at,
		     const char *label, const struct lfb_medium *medium)
{
	char load[RENDER_CELL_BYTES], offered[RENDER_CELL_BYTES] = "", note[TEXT_BYTES];
	char ns[LFB_LAT_FIGURES][RENDER_CELL_BYTES];
	const enum lfb_style style = at->overloaded > 0 && !is_saturation(at) ? LFB_STYLE_BAD
				     : entry->reference			      ? LFB_STYLE_DIM
									      : LFB_STYLE_PLAIN;

	render_load(load, at);
	if (!is_saturation(at) && at->offered_per_s > 0)
		render_rate(offered, at->offered_per_s);
	for (unsigned i = 0; i < LFB_LAT_FIGURES; i++)
		render_time(ns[i], at->ns[i], medium->ascii);
	render_load_note(note, sizeof(note), at);
	lfb_table_add(table, style,
		      render_load_lacks_figures(at)
			      ? (const char *const[]){ RENDER_NO_MARK, label, load, offered, note, NULL }
			      : (const char *const[]){ RENDER_NO_MARK, label, load, offered, ns[LFB_LAT_P50], ns[LFB_LAT_P99],
						       ns[LFB_LAT_P999], ns[LFB_LAT_MAX], note },
		      -1);
}

int render_loads(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(load_columns, LOAD_COLUMNS, medium);
	size_t lines = 0;

	if (table == NULL)
		return -ENOMEM;
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];
		const char *label = entry->label;

		for (size_t i = 0; i < entry->load_count; i++) {
			if (!entry->loads[i].open)
				continue;
			add_load(table, entry, &entry->loads[i], label, medium);
			label = "";
			lines++;
		}
	}
	return write_section(out, table, lines, load_heading, medium);
}

/* Why. */

static const char why_heading[] = "Why: per operation, the likely dearest first (contention pass):";

static const char *const event_nouns[LFB_EVENTS] = {
	[LFB_EVENT_CAS_FAILURE] = "failed CAS",	 [LFB_EVENT_ATOMIC] = "atomics",
	[LFB_EVENT_LOCK_WAIT] = "lock waits",	 [LFB_EVENT_SWITCH] = "switches/s",
	[LFB_EVENT_MIGRATION] = "migrations",	 [LFB_EVENT_EMPTY] = "empty polls",
	[LFB_EVENT_FULL] = "full polls",	 [LFB_EVENT_FAULT] = "page faults",
	[LFB_EVENT_CACHE_MISS] = "cache misses",
};

/* "0.42 failed CAS", "0.31 lock waits (120 ns)", "12.1 k switches/s" */
static void write_event(FILE *out, const struct lfb_contention *contention, enum lfb_event event, bool ascii)
{
	char count[RENDER_CELL_BYTES], time[RENDER_CELL_BYTES];

	if (event == LFB_EVENT_SWITCH)
		render_rate(count, contention->switches_per_s);
	else
		render_count(count, contention->per_op[event]);
	(void)fprintf(out, "%s %s", count, event_nouns[event]);
	if (event == LFB_EVENT_CAS_FAILURE && contention->cas_attempts_per_op > 0) {
		render_count(count, contention->cas_attempts_per_op);
		(void)fprintf(out, " of %s", count);
	}
	if (event == LFB_EVENT_LOCK_WAIT && contention->lock_wait_ns_per_op > 0) {
		render_time(time, contention->lock_wait_ns_per_op, ascii);
		(void)fprintf(out, " (%s)", time);
	}
}

bool render_has_counts(const struct lfb_contention *contention)
{
	for (unsigned e = 0; e < LFB_EVENTS; e++)
		if (!isnan(contention->per_op[e]))
			return true;
	return false;
}

void render_why_text(FILE *out, const struct lfb_contention *contention, bool ascii)
{
	for (size_t i = 0; i < contention->leading_count && i < EVENTS_SHOWN; i++) {
		(void)fputs(i == 0 ? "" : ", ", out);
		write_event(out, contention, contention->leading[i], ascii);
	}
	if (contention->leading_count == 0)
		(void)fputs("nothing that was counted stands out", out);
}

static int add_why(struct lfb_table *table, const struct lfb_entry *entry, bool ascii)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	render_why_text(memory, &entry->contention, ascii);
	if (fclose(memory) == 0)
		add_text(table, entry, text);
	free(text);
	return 0;
}

int render_why(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(text_columns, TEXT_COLUMNS, medium);
	size_t lines = 0;
	int rc = 0;

	if (table == NULL)
		return -ENOMEM;
	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->reference || !render_has_counts(&entry->contention))
			continue;
		rc = add_why(table, entry, medium->ascii);
		lines++;
	}
	if (rc != 0) {
		lfb_table_free(table);
		return rc;
	}
	return write_section(out, table, lines, why_heading, medium);
}

/* Regimes. */

enum { REGIME = BACKEND + 1, REGIME_COLUMNS = REGIME + LFB_SUMMARY_REGIMES };

static const char regime_heading[] = "ns/op by regime (and launches in it), at a round trip core to core of:";

static void format_regime(char out[RENDER_CELL_BYTES], const struct lfb_entry *entry, unsigned regime)
{
	char ns[RENDER_CELL_BYTES];

	render_ns(ns, entry->regime_ns_per_op[regime]);
	(void)snprintf(out, RENDER_CELL_BYTES, "%.32s (%zu)", ns, entry->regime_launches[regime]);
}

int render_regimes(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium)
{
	char titles[LFB_SUMMARY_REGIMES][RENDER_CELL_BYTES], cells[LFB_SUMMARY_REGIMES][RENDER_CELL_BYTES];
	struct lfb_table_column regime_columns[REGIME_COLUMNS] = {
		[MARK] = { .title = "", .tight = true },
		[BACKEND] = { .title = "backend", .shrink = true },
	};
	struct lfb_table *table;
	size_t lines = 0;

	if (!group->regimes.found)
		return 0;
	for (unsigned r = 0; r < LFB_SUMMARY_REGIMES; r++) {
		render_time(titles[r], group->regimes.probe_ns[r], medium->ascii);
		regime_columns[REGIME + r] = (struct lfb_table_column){ .title = titles[r], .right = true };
	}
	table = lfb_table_new(regime_columns, REGIME_COLUMNS, medium);
	if (table == NULL)
		return -ENOMEM;
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->regime_launches[0] == 0 || entry->regime_launches[1] == 0)
			continue;
		for (unsigned r = 0; r < LFB_SUMMARY_REGIMES; r++)
			format_regime(cells[r], entry, r);
		lfb_table_add(table, entry->reference ? LFB_STYLE_DIM : LFB_STYLE_PLAIN,
			      (const char *const[]){ RENDER_NO_MARK, entry->label, cells[0], cells[1] }, -1);
		lines++;
	}
	return write_section(out, table, lines, regime_heading, medium);
}

void render_regimes_text(FILE *out, const struct lfb_regimes *regimes, bool ascii)
{
	char near[RENDER_CELL_BYTES], far[RENDER_CELL_BYTES];

	render_time(near, regimes->probe_ns[0], ascii);
	render_time(far, regimes->probe_ns[1], ascii);
	(void)fprintf(out, "Machine changed: %zu launch%s at %s core to core, %zu at %s; medians mix both.",
		      regimes->launches[0], regimes->launches[0] == 1 ? "" : "es", near, regimes->launches[1], far);
}

/* What is odd about launches. */

static void describe_outliers(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	const char *between = "Outlying launches, kept:";

	(void)summary;
	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];

		if (entry->outliers == 0)
			continue;
		(void)fprintf(out, "%s %s %zu of %zu", between, entry->label, entry->outliers, entry->launches);
		between = ",";
	}
	(void)fputc('.', out);
}

/* "first trial 12 % slower than the later ones in 6 of 6 launches: not warm" */
static void write_first(FILE *out, const char *who, const struct lfb_first_trials *first)
{
	const bool slower = first->slower > first->faster;

	if (!first->unlike)
		return;
	(void)fprintf(out, "%s: first trial %.2g %% %s than the later ones (median), %s in %zu of %zu launches: %s. ",
		      who, fabs(first->ratio - 1) * 100, first->ratio > 1 ? "slower" : "faster",
		      slower ? "slower" : "faster", slower ? first->slower : first->faster, first->launches,
		      slower ? "not warm" : "it slows down with use");
}

static void describe_first(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	(void)summary;
	write_first(out, "All backends", &group->first);
	for (size_t e = 0; e < group->entry_count; e++)
		write_first(out, group->entries[e]->label, &group->entries[e]->first);
}

int render_remarks(FILE *out, const struct lfb_group *group, const struct lfb_medium *medium)
{
	bool outliers = false, unlike = group->first.unlike;
	int rc = 0;

	for (size_t e = 0; e < group->entry_count; e++) {
		outliers |= group->entries[e]->outliers > 0;
		unlike |= group->entries[e]->first.unlike;
	}
	if (outliers || unlike)
		(void)fputc('\n', out);
	if (outliers)
		rc = render_paragraph(out, describe_outliers, NULL, group, 0, medium);
	if (unlike && rc == 0)
		rc = render_paragraph(out, describe_first, NULL, group, 0, medium);
	return rc;
}
