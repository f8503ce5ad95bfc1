/* render_markdown.c - the tables of `lfbench show --markdown`: for a README, an issue or the summary of a CI run. */
#include "export/export.h"
#include "commands/show/render.h"
#include "commands/show/render_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put(FILE *out, const char *text)
{
	export_markdown_text(out, text);
}

/* What `describe` writes, made safe. Returns 0 or -ENOMEM. */
static int put_described(FILE *out, render_describe_fn describe, const struct lfb_summary *summary, const struct lfb_group *group)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	describe(memory, summary, group);
	if (fclose(memory) != 0 || text == NULL) {
		free(text);
		return -ENOMEM;
	}
	put(out, text + strspn(text, " "));
	free(text);
	return 0;
}

static void describe_machine(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	(void)summary;
	render_regimes_text(out, &group->regimes, true);
}

static int put_heading(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	int rc;

	(void)fputs("### ", out);
	put(out, lfb_row_get(&group->row, LFB_COL_workload));
	(void)fputs(": ", out);
	rc = put_described(out, render_describe_shape, summary, group);
	(void)fputs("\n\n", out);
	if (rc != 0 || group->launches_max == 0)
		return rc;
	rc = put_described(out, render_describe_lines, summary, group);
	if (rc == 0 && group->regimes.found) {
		(void)fputc(' ', out);
		rc = put_described(out, describe_machine, summary, group);
	}
	(void)fputs("\n\n", out);
	return rc;
}

/* A bar says nothing in Markdown. */
static bool is_shown(enum render_column column)
{
	return column != RENDER_BAR;
}

static void put_titles(FILE *out, const struct render_view *view)
{
	(void)fputs("| |", out);
	for (size_t i = 0; i < view->count; i++)
		if (is_shown(view->column[i]))
			(void)fprintf(out, " %s |", render_columns[view->column[i]].title);
	(void)fputs("\n|---|", out);
	for (size_t i = 0; i < view->count; i++)
		if (is_shown(view->column[i]))
			(void)fputs(render_columns[view->column[i]].right ? "---:|" : "---|", out);
	(void)fputc('\n', out);
}

/* The columns behind the backend, empty, but for the first, which has a text. */
static void put_spanning(FILE *out, const char *label, const char *text, const struct render_view *view)
{
	(void)fputs("| | ", out);
	put(out, label);
	(void)fputs(" |", out);
	for (size_t i = 1; i < view->count; i++) {
		if (!is_shown(view->column[i]))
			continue;
		(void)fputc(' ', out);
		put(out, text);
		(void)fputs(" |", out);
		text = "";
	}
	if (text[0] != '\0') { /* no column but the backend */
		(void)fputc(' ', out);
		put(out, text);
		(void)fputs(" |", out);
	}
	(void)fputc('\n', out);
}

static void put_figures(FILE *out, const struct lfb_entry *entry, uint32_t common_flags, const struct render_view *view)
{
	const bool tied = entry->unresolved && render_view_is_ranking(view);
	char text[RENDER_CELL_BYTES];

	(void)fprintf(out, "| %s%s |", tied ? "=" : "", entry->incomplete ? "!" : "");
	for (size_t i = 0; i < view->count; i++) {
		if (!is_shown(view->column[i]))
			continue;
		(void)fputc(' ', out);
		put(out, render_cell(entry, view->column[i], common_flags, false, text));
		(void)fputs(" |", out);
	}
	(void)fputc('\n', out);
}

static int put_entry(FILE *out, const struct lfb_group *group, const struct lfb_entry *entry, const struct render_view *view)
{
	if (render_has_figures(entry))
		put_figures(out, entry, group->common_flags, view);
	else if (entry->problem_count == 0)
		put_spanning(out, entry->label, render_absence(entry), view);
	for (size_t p = 0; p < entry->problem_count; p++) {
		char *const text = render_problem(&entry->problems[p]);

		if (text == NULL)
			return -ENOMEM;
		put_spanning(out, p == 0 && !render_has_figures(entry) ? entry->label : "", text, view);
		free(text);
	}
	return 0;
}

static int put_table(FILE *out, const struct lfb_group *group, const struct render_view *view)
{
	const struct lfb_entry **const order = render_order(group, view);
	int rc = order == NULL ? -ENOMEM : 0;

	put_titles(out, view);
	for (size_t e = 0; e < group->entry_count && rc == 0; e++)
		rc = put_entry(out, group, order[e], view);
	free((void *)order);
	(void)fputc('\n', out);
	return rc;
}

static void put_load(FILE *out, const char *label, const struct lfb_at_load *at)
{
	char load[RENDER_CELL_BYTES], offered[RENDER_CELL_BYTES] = "", note[256], ns[RENDER_CELL_BYTES];

	render_load(load, at);
	if (isfinite(at->offered_per_s) && !isinf(at->load_percent))
		render_rate(offered, at->offered_per_s);
	render_load_note(note, sizeof(note), at);
	(void)fputs("| ", out);
	put(out, label);
	(void)fputs(" | ", out);
	put(out, load);
	(void)fprintf(out, " | %s |", offered);
	for (unsigned i = 0; i < LFB_LAT_FIGURES; i++) {
		render_time(ns, render_load_lacks_figures(at) ? NAN : at->ns[i], false);
		(void)fprintf(out, " %s |", ns);
	}
	(void)fprintf(out, " %s |\n", note);
}

static void put_loads(FILE *out, const struct lfb_group *group)
{
	size_t lines = 0;

	for (size_t e = 0; e < group->entry_count; e++) {
		const char *label = group->entries[e]->label;

		for (size_t i = 0; i < group->entries[e]->load_count; i++) {
			if (!group->entries[e]->loads[i].open)
				continue;
			if (lines++ == 0)
				(void)fputs("Latency at a given load (open loop), from the intended send to the pop; medians over launches:\n\n"
					    "| backend | load | items/s | p50 | p99 | p99.9 | max | |\n|---|---:|---:|---:|---:|---:|---:|---|\n",
					    out);
			put_load(out, label, &group->entries[e]->loads[i]);
			label = "";
		}
	}
	if (lines > 0)
		(void)fputc('\n', out);
}

static int put_why(FILE *out, const struct lfb_group *group)
{
	size_t lines = 0;

	for (size_t e = 0; e < group->entry_count; e++) {
		const struct lfb_entry *const entry = group->entries[e];
		char *text = NULL;
		size_t bytes = 0;
		FILE *memory;

		if (entry->reference || !render_has_counts(&entry->contention))
			continue;
		memory = open_memstream(&text, &bytes);
		if (memory == NULL)
			return -ENOMEM;
		render_why_text(memory, &entry->contention, false);
		if (lines++ == 0)
			(void)fputs("Why: per operation, the likely dearest first (contention pass):\n\n| backend | |\n|---|---|\n", out);
		(void)fputs("| ", out);
		put(out, entry->label);
		(void)fprintf(out, " | %s |\n", fclose(memory) == 0 ? text : ""); /* figures and our own words */
		free(text);
	}
	if (lines > 0)
		(void)fputc('\n', out);
	return 0;
}

static void put_flags(FILE *out, const struct lfb_summary *summary)
{
	for (size_t i = 0; i < summary->flag_count; i++) {
		(void)fprintf(out, "%c: ", render_flag_letter(i));
		put(out, summary->flags[i].word);
		(void)fprintf(out, " (%zu of %zu rows).  \n", summary->flags[i].rows, summary->rows);
	}
}

int render_summary_markdown(FILE *out, const struct lfb_summary *summary, const struct render_view *view)
{
	int rc = 0;

	for (size_t g = 0; g < summary->group_count && rc == 0; g++) {
		rc = put_heading(out, summary, summary->groups[g]);
		if (rc == 0)
			rc = put_table(out, summary->groups[g], view);
		put_loads(out, summary->groups[g]);
		if (rc == 0)
			rc = put_why(out, summary->groups[g]);
	}
	if (rc != 0)
		return rc;
	(void)fputs("Medians over launches; the interval holds the true median with a probability of at least 95 %. "
		    "`=`: not resolved from the line above. `!`: some of its rows were not ok. "
		    "null and faa are references, not queues.  \n",
		    out);
	put_flags(out, summary);
	(void)fprintf(out, "%zu rows, %zu ok.\n", summary->rows, summary->rows_ok);
	return ferror(out) ? -EIO : 0;
}
