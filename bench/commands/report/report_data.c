/*
 * report_data.c - the same as JSON, for the charts of the web front end. docs/report.md describes the members.
 *
 * jansson's functions that take over a reference release it also when they fail, and take NULL. The text stands in a <script> element,
 * whose end an HTML parser looks for without knowing JSON: so <, > and & are written as \u003c and so on, which only occur in strings.
 */
#include "commands/report/report_parts.h"

#include "machine/clock.h"
#include "results/flags.h"
#include "statistics/histogram.h"
#include "commands/show/render_table.h"
#include "summary/summary_json.h"
#include "version.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 7

/* Where the percentile plot has points, as far as there are samples for them. */
static const double points[] = { 0.01,  0.05,  0.1,   0.25,  0.5,   0.6,	0.7,	0.75,  0.8,   0.85,   0.9,    0.925,
				 0.95,  0.965, 0.98,  0.985, 0.99,  0.993,	0.995,	0.997, 0.998, 0.9985, 0.999,  0.9993,
				 0.9995, 0.9997, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999 };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A copy of `json` whose texts are made safe; keys, too. NULL: out of memory, or deeper than any file of ours. */
static json_t *safe_copy(json_t *json, unsigned depth)
{
	const char *key;
	json_t *member, *copy = NULL;
	size_t i;
	int rc = 0;

	if (depth == 0)
		return NULL;
	if (json_is_string(json))
		return lfb_json_text(json_string_value(json));
	if (json_is_object(json)) {
		copy = json_object();
		json_object_foreach(json, key, member) {
			json_t *const name = lfb_json_text(key);

			rc |= name == NULL ? -1 : json_object_set_new(copy, json_string_value(name), safe_copy(member, depth - 1));
			json_decref(name);
		}
	} else if (json_is_array(json)) {
		copy = json_array();
		json_array_foreach(json, i, member)
			rc |= json_array_append_new(copy, safe_copy(member, depth - 1));
	} else {
		return json_incref(json);
	}
	if (rc == 0)
		return copy;
	json_decref(copy);
	return NULL;
}

static json_t *file_json(const struct report_file *file)
{
	json_t *const env = file->env != NULL ? safe_copy(file->env, 8) : NULL;

	return json_pack("{s:o, s:I, s:o, s:o, s:b}", "name", lfb_json_text(report_base_name(file->path)), "rows", (json_int_t)file->rows, "env",
			 env != NULL ? env : json_null(), "no_env", lfb_json_text(file->env != NULL ? "" : file->no_env), "histograms",
			 (int)file->histograms);
}

/* `count` values made by `make` of their number, as an array. */
static json_t *list(const void *context, size_t count, json_t *(*make)(const void *context, size_t i))
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc |= json_array_append_new(all, make(context, i));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *make_file(const void *context, size_t i)
{
	return file_json(&((const struct report *)context)->file[i]);
}

static json_t *make_need(const void *context, size_t i)
{
	(void)context;
	return json_pack("{s:s, s:s}", "name", lfb_need_names[i], "meaning", lfb_need_meanings[i]);
}

static json_t *make_word(const void *context, size_t i)
{
	const struct lfb_word *const word = (const struct lfb_word *)context + i;

	return json_pack("{s:s, s:s, s:s?}", "word", word->word, "meaning", word->meaning, "advice", word->advice);
}

static json_t *words_json(const struct lfb_word *words)
{
	size_t count = 0;

	while (words[count].word != NULL)
		count++;
	return list(words, count, make_word);
}

/* What the terminal says of why it costs that. */
static json_t *why_json(const struct lfb_entry *entry)
{
	char *text = NULL;
	size_t bytes = 0;
	json_t *result = NULL;
	FILE *memory;

	if (entry->reference || !render_has_counts(&entry->contention))
		return json_null();
	memory = open_memstream(&text, &bytes);
	if (memory == NULL)
		return NULL;
	render_why_text(memory, &entry->contention, false);
	if (fclose(memory) == 0)
		result = lfb_json_text(text);
	free(text);
	return result;
}

/* To the summary's own members: headings, needs and causes in words, so that the page says them as the tables do. */
static int add_words(json_t *summary, const struct report *report)
{
	json_t *const groups = json_object_get(summary, "groups");
	int rc = 0;

	for (size_t g = 0; g < report->summary.group_count && rc == 0; g++) {
		const struct lfb_group *const group = report->summary.groups[g];
		json_t *const json = json_array_get(groups, g), *const entries = json_object_get(json, "entries");
		char *const title = report_title(report, group);

		rc |= title == NULL ? -1 : json_object_set_new(json, "title", lfb_json_text(title));
		free(title);
		for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
			json_t *const entry = json_array_get(entries, e);

			rc |= json_object_set_new(entry, "need", json_integer(lfb_need_of(&group->entries[e]->row)));
			rc |= json_object_set_new(entry, "why", why_json(group->entries[e]));
		}
	}
	return rc;
}

static json_t *summary_json(const struct report *report)
{
	json_t *const json = lfb_summary_json(&report->summary, true);

	if (json != NULL && add_words(json, report) == 0)
		return json;
	json_decref(json);
	return NULL;
}

static json_t *points_json(const struct lfb_histogram *histogram)
{
	json_t *const all = json_array();
	uint64_t ns;
	int rc = all == NULL;

	for (size_t i = 0; i < COUNT(points); i++)
		if (lfb_histogram_quantile(histogram, points[i], &ns))
			rc |= json_array_append_new(all, json_pack("[f, I]", points[i], (json_int_t)ns));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

/* The histograms of cells that are in the summary and have samples. */
static json_t *histograms_json(const struct report *report)
{
	json_t *const all = json_array();
	int rc = all == NULL;

	for (size_t i = 0; i < report->latency.count && rc == 0; i++) {
		const struct latency_cell *const cell = &report->latency.cells[i];
		const uint64_t samples = lfb_histogram_count(cell->histogram);
		struct lfb_summary_place at;

		if (samples == 0 || cell->row == NULL || !lfb_summary_find(&report->summary, cell->row, &at))
			continue;
		rc |= json_array_append_new(
			all, json_pack("{s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:o}", "group", (json_int_t)at.group, "entry", (json_int_t)at.entry, "load",
				       (json_int_t)at.load, "role", lfb_json_text(cell->role), "cell_id", lfb_json_text(cell->cell_id), "samples",
				       (json_int_t)samples, "max_ns", (json_int_t)cell->histogram->max, "points", points_json(cell->histogram)));
	}
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *make_finding(const void *context, size_t i)
{
	const struct compare_finding *const finding = (const struct compare_finding *)context + i;

	return json_pack("{s:o, s:b}", "text", lfb_json_text(finding->text), "refuses", (int)finding->refuses);
}

static json_t *make_result(const void *context, size_t i)
{
	const struct report_pair *const pair = context;
	const struct compare_result *const result = &pair->results.items[i];
	char shape[COMPARE_SHAPE_BYTES], sentence[COMPARE_SENTENCE_BYTES];

	return json_pack("{s:s, s:o, s:o, s:o, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}", "verdict", compare_verdict_names[result->verdict], "backend",
			 lfb_json_text(lfb_row_get(&result->cell->row, LFB_COL_backend)), "workload",
			 lfb_json_text(lfb_row_get(&result->cell->row, LFB_COL_workload)), "shape", lfb_json_text(compare_shape_text(result->cell, shape)),
			 "metric", result->metric < COMPARE_METRICS ? compare_metric_names[result->metric] : "", "reference", (int)result->cell->reference,
			 "ratio", lfb_json_figure(exp(result->shift)), "low", lfb_json_figure(result->has_interval ? exp(result->low) : NAN), "high",
			 lfb_json_figure(result->has_interval ? exp(result->high) : NAN), "base_ns", lfb_json_figure(result->median[COMPARE_BASE]), "head_ns",
			 lfb_json_figure(result->median[COMPARE_HEAD]), "base_launches", (json_int_t)result->n[COMPARE_BASE], "head_launches",
			 (json_int_t)result->n[COMPARE_HEAD], "sentence", lfb_json_text(compare_sentence(result, &pair->rule, sentence)));
}

static json_t *make_pair(const void *context, size_t i)
{
	const struct report_pair *const pair = &((const struct report *)context)->pair[i];

	return json_pack("{s:I, s:b, s:b, s:I, s:o, s:o}", "file", (json_int_t)i + 1, "forced", (int)pair->rule.force, "same_run", (int)pair->same_run,
			 "common", (json_int_t)pair->common, "findings", list(pair->findings.items, pair->findings.count, make_finding), "results",
			 list(pair, pair->results.count, make_result));
}

static json_t *make_verdicts(const void *context, size_t i)
{
	return report_verdicts_json(&((const struct report *)context)->verdicts[i]);
}

static json_t *data_json(const struct report *report)
{
	char now[LFB_CLOCK_TEXT_BYTES];

	lfb_clock_utc_text(now);
	return json_pack("{s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", LFB_SUMMARY_JSON_SCHEMA, "version", LFB_VERSION, "commit",
			 LFB_COMMIT, "made_utc", now, "files", list(report, report->file_count, make_file), "needs",
			 list(NULL, LFB_NEEDS, make_need), "flag_words", words_json(lfb_flag_words), "status_words", words_json(lfb_status_words), "summary",
			 summary_json(report), "histograms", histograms_json(report), "compare", list(report, report->file_count > 0 ? report->file_count - 1 : 0, make_pair), "verdicts",
			 list(report, report->verdicts_count, make_verdicts), "history", report_history_json(report));
}

/* json_dump_callback_t */
static int put_escaped(const char *text, size_t bytes, void *context)
{
	FILE *const out = context;

	for (size_t i = 0; i < bytes; i++) {
		const char c = text[i];

		if (c == '<' || c == '>' || c == '&')
			(void)fprintf(out, "\\u%04x", (unsigned)c);
		else
			(void)fputc(c, out);
	}
	return ferror(out) ? -1 : 0;
}

int report_put_data(FILE *out, const struct report *report)
{
	json_t *const json = data_json(report);
	int rc;

	if (json == NULL)
		return -ENOMEM;
	rc = json_dump_callback(json, put_escaped, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(DIGITS)) == 0 ? 0 : -EIO;
	json_decref(json);
	return rc;
}
