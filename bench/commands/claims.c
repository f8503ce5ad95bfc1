/* claims.c - see claims.h. */
#include "commands/claims.h"

#include "commands/show/render.h"
#include "export/export.h"
#include "summary/summary_json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Of an ISO time, the day. */
#define DAY_CHARACTERS 10

const char *claims_count_text(uint64_t count, char out[CLAIMS_COUNT_BYTES])
{
	if (count < 10000)
		(void)snprintf(out, CLAIMS_COUNT_BYTES, "%" PRIu64, count);
	else if (count < 1000000)
		(void)snprintf(out, CLAIMS_COUNT_BYTES, "%.1f k", (double)count / 1e3);
	else
		(void)snprintf(out, CLAIMS_COUNT_BYTES, "%.2f M", (double)count / 1e6);
	return out;
}

void claims_read(const char *command, struct lfb_verdicts *out)
{
	char path[PATH_MAX], text[PATH_MAX + 200];
	int rc;

	memset(out, 0, sizeof(*out));
	if (!lfb_verdicts_path(path))
		return;
	rc = lfb_verdicts_read(path, out);
	if (rc == 0)
		return;
	(void)snprintf(text, sizeof(text), "%s: verdicts of lfbench check cannot be read (%s); claims are shown as declared", path, strerror(-rc));
	(void)render_error(command, text);
}

/* How good a verdict is: the worst of several stands for them all. */
static int rank_of(const struct lfb_kept_verdict *v)
{
	if (claims_are_bad(v))
		return 0;
	if (v == NULL || v->verdict == LFB_SUITE_INCONCLUSIVE)
		return 1;
	return v->verdict == LFB_SUITE_NOT_REFUTED ? 2 : 3;
}

const struct lfb_kept_verdict *claims_answers(const struct lfb_verdicts *verdicts, const char *build_id)
{
	return lfb_verdicts_find(verdicts, build_id, LFB_CLAIM_ANSWERS);
}

const struct lfb_kept_verdict *claims_progress(const struct lfb_verdicts *verdicts, const char *build_id)
{
	const struct lfb_kept_verdict *const push = lfb_verdicts_find(verdicts, build_id, LFB_CLAIM_PUSH),
				     *const pop = lfb_verdicts_find(verdicts, build_id, LFB_CLAIM_POP);

	return rank_of(push) <= rank_of(pop) ? push : pop;
}

const char *claims_state(const struct lfb_kept_verdict *v)
{
	return v == NULL || v->verdict == LFB_SUITE_INCONCLUSIVE ? "declared" : lfb_suite_verdict_names[v->verdict];
}

bool claims_are_bad(const struct lfb_kept_verdict *v)
{
	return v != NULL && (v->verdict == LFB_SUITE_REFUTED || v->verdict == LFB_SUITE_CRASHED || v->verdict == LFB_SUITE_HUNG);
}

/* "1.53 M operations" that were judged, or "813 stops" inside an operation. */
static const char *effort_text(const struct lfb_kept_verdict *v, char out[2 * CLAIMS_COUNT_BYTES])
{
	char count[CLAIMS_COUNT_BYTES];

	(void)snprintf(out, 2 * CLAIMS_COUNT_BYTES, "%s %s", claims_count_text(v->ops, count),
		       strcmp(v->claim, LFB_CLAIM_ANSWERS) == 0 ? "operations" : "stops");
	return out;
}

const char *claims_found_text(const struct lfb_kept_verdict *v, char out[CLAIMS_TEXT_BYTES])
{
	char effort[2 * CLAIMS_COUNT_BYTES];

	out[0] = '\0';
	if (v == NULL)
		return out;
	if (claims_are_bad(v))
		(void)snprintf(out, CLAIMS_TEXT_BYTES, "%.*s: %s", DAY_CHARACTERS, v->time_utc, v->why);
	else
		(void)snprintf(out, CLAIMS_TEXT_BYTES, "%.*s, %s", DAY_CHARACTERS, v->time_utc, effort_text(v, effort));
	return out;
}

/* Enough for every backend there is; a file with more is told of the first. */
#define BUILDS_MAX 256u

static bool is_listed(const struct lfb_row *const *list, size_t count, const struct lfb_row *row)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(lfb_row_get(list[i], LFB_COL_backend_build_id), lfb_row_get(row, LFB_COL_backend_build_id)) == 0 &&
		    strcmp(lfb_row_get(list[i], LFB_COL_backend), lfb_row_get(row, LFB_COL_backend)) == 0)
			return true;
	return false;
}

/* A row of each queue of the summary. The counting flavour is another object, and no one checks it. */
static size_t list_builds(const struct lfb_summary *summary, const struct lfb_row **list)
{
	size_t count = 0;

	for (size_t g = 0; g < summary->group_count; g++) {
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++) {
			const struct lfb_entry *const entry = summary->groups[g]->entries[e];

			if (!entry->reference && strcmp(lfb_row_get(&entry->row, LFB_COL_flavour), "timing") == 0 && count < BUILDS_MAX &&
			    !is_listed(list, count, &entry->row))
				list[count++] = &entry->row;
		}
	}
	return count;
}

/* A queue of the summary and how one of its claims stands. */
struct standing {
	const char *backend;
	const struct lfb_kept_verdict *verdict;
};

static void put_bad(FILE *out, const struct standing *s)
{
	char text[CLAIMS_TEXT_BYTES];

	(void)fputs("  ", out);
	render_safe(out, s->backend);
	(void)fprintf(out, ": claims %s, ", claims_state(s->verdict));
	render_safe(out, claims_found_text(s->verdict, text));
	(void)fputc('\n', out);
}

/* "  confirmed by lfbench check: a (1.5 M operations), b (...)": those in that state. */
static void put_good(FILE *out, const struct standing *list, size_t count, const char *state, const struct lfb_medium *medium)
{
	char *text = NULL, effort[2 * CLAIMS_COUNT_BYTES];
	size_t bytes = 0, named = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		if (claims_are_bad(list[i].verdict) || strcmp(claims_state(list[i].verdict), state) != 0)
			continue;
		if (named++ == 0)
			(void)fprintf(memory, "%s %s: ", state, strcmp(state, "declared") == 0 ? "only" : "by lfbench check");
		else
			(void)fputs(", ", memory);
		render_safe(memory, list[i].backend);
		if (list[i].verdict != NULL)
			(void)fprintf(memory, " (%s)", effort_text(list[i].verdict, effort));
	}
	if (fclose(memory) == 0 && named > 0) {
		(void)fputs("  ", out);
		lfb_text_write_wrapped(out, text, 2, 2, medium->width);
		(void)fputc('\n', out);
	}
	free(text);
}

static void put_standings(FILE *out, const char *title, const struct standing *list, size_t count, const struct lfb_medium *medium)
{
	static const char *const states[] = { "confirmed", "not refuted", "declared" };

	if (count > 0)
		(void)fputs(title, out);
	for (size_t i = 0; i < count; i++)
		if (claims_are_bad(list[i].verdict))
			put_bad(out, &list[i]);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		put_good(out, list, count, states[i], medium);
}

int claims_print(FILE *out, const struct lfb_summary *summary, const struct lfb_verdicts *verdicts, const struct lfb_medium *medium)
{
	const struct lfb_row **const rows = calloc(BUILDS_MAX, sizeof(rows[0]));
	struct standing *const answers = calloc(2 * BUILDS_MAX, sizeof(answers[0])), *const progress = answers + BUILDS_MAX;
	const size_t count = rows != NULL && answers != NULL ? list_builds(summary, rows) : 0;
	const int rc = rows != NULL && answers != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		const char *const backend = lfb_row_get(rows[i], LFB_COL_backend), *const build_id = lfb_row_get(rows[i], LFB_COL_backend_build_id);

		answers[i] = (struct standing){ backend, claims_answers(verdicts, build_id) };
		progress[i] = (struct standing){ backend, claims_progress(verdicts, build_id) };
	}
	if (rc == 0) {
		put_standings(out, "\nClaims of order, EMPTY, FULL and capacity:\n", answers, count, medium);
		put_standings(out, "\nClaims of progress, of push and pop the worse:\n", progress, count, medium);
	}
	free(rows);
	free(answers);
	return rc;
}

static void put_cell(FILE *out, const struct lfb_kept_verdict *v)
{
	char found[CLAIMS_TEXT_BYTES];

	(void)fprintf(out, " | %s", claims_state(v));
	if (claims_found_text(v, found)[0] != '\0') {
		(void)fputs(", ", out);
		export_markdown_text(out, found);
	}
}

int claims_print_markdown(FILE *out, const struct lfb_summary *summary, const struct lfb_verdicts *verdicts)
{
	const struct lfb_row **const rows = calloc(BUILDS_MAX, sizeof(rows[0]));
	const size_t count = rows != NULL ? list_builds(summary, rows) : 0;
	const int rc = rows != NULL ? 0 : -ENOMEM;

	if (count > 0)
		(void)fputs("\nClaims, as lfbench check found them:\n\n| backend | order, EMPTY, FULL, capacity | progress, of push and pop the worse |\n|---|---|---|\n", out);
	for (size_t i = 0; i < count; i++) {
		const char *const build_id = lfb_row_get(rows[i], LFB_COL_backend_build_id);

		(void)fputs("| ", out);
		export_markdown_text(out, lfb_row_get(rows[i], LFB_COL_backend));
		put_cell(out, claims_answers(verdicts, build_id));
		put_cell(out, claims_progress(verdicts, build_id));
		(void)fputs(" |\n", out);
	}
	free(rows);
	return ferror(out) ? -EIO : rc;
}

static json_t *verdict_json(const struct lfb_kept_verdict *v, const struct lfb_row *row)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:I, s:o}", "backend", lfb_json_text(lfb_row_get(row, LFB_COL_backend)), "backend_build_id",
			 lfb_json_text(v->build_id), "claim", lfb_json_text(v->claim), "verdict", lfb_suite_verdict_names[v->verdict], "time_utc",
			 lfb_json_text(v->time_utc), strcmp(v->claim, LFB_CLAIM_ANSWERS) == 0 ? "operations" : "stops",
			 (json_int_t)(v->ops < INT64_MAX ? v->ops : INT64_MAX), "why", lfb_json_text(v->why));
}

json_t *claims_json(const struct lfb_summary *summary, const struct lfb_verdicts *verdicts)
{
	static const char *const claims[] = { LFB_CLAIM_ANSWERS, LFB_CLAIM_PUSH, LFB_CLAIM_POP };
	const struct lfb_row **const rows = calloc(BUILDS_MAX, sizeof(rows[0]));
	const size_t count = rows != NULL ? list_builds(summary, rows) : 0;
	json_t *const json = json_array();
	int rc = rows == NULL || json == NULL;

	for (size_t i = 0; i < count * sizeof(claims) / sizeof(claims[0]); i++) {
		const struct lfb_row *const row = rows[i / 3];
		const struct lfb_kept_verdict *const v = lfb_verdicts_find(verdicts, lfb_row_get(row, LFB_COL_backend_build_id), claims[i % 3]);

		if (v != NULL)
			rc |= json_array_append_new(json, verdict_json(v, row));
	}
	free(rows);
	if (rc == 0)
		return json;
	json_decref(json);
	return NULL;
}
