/* claims.c - see claims.h. */
#include "commands/claims.h"

#include "commands/show/render.h"

#include <errno.h>
#include <inttypes.h>
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

const char *claims_state(const struct lfb_kept_verdict *v)
{
	return v == NULL || v->verdict == LFB_SUITE_INCONCLUSIVE ? "declared" : lfb_suite_verdict_names[v->verdict];
}

bool claims_are_bad(const struct lfb_kept_verdict *v)
{
	return v != NULL && v->verdict != LFB_SUITE_CONFIRMED && v->verdict != LFB_SUITE_INCONCLUSIVE;
}

const char *claims_found_text(const struct lfb_kept_verdict *v, char out[CLAIMS_TEXT_BYTES])
{
	char ops[CLAIMS_COUNT_BYTES];

	out[0] = '\0';
	if (v == NULL)
		return out;
	if (v->verdict == LFB_SUITE_CONFIRMED)
		(void)snprintf(out, CLAIMS_TEXT_BYTES, "%.*s, %s operations", DAY_CHARACTERS, v->time_utc, claims_count_text(v->ops, ops));
	else
		(void)snprintf(out, CLAIMS_TEXT_BYTES, "%.*s: %s", DAY_CHARACTERS, v->time_utc, v->why);
	return out;
}

/* A queue of the summary and how its claims stand. */
struct standing {
	const struct lfb_row *row;
	const struct lfb_kept_verdict *verdict;
};

static bool is_listed(const struct standing *list, size_t count, const struct lfb_row *row)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(lfb_row_get(list[i].row, LFB_COL_backend_build_id), lfb_row_get(row, LFB_COL_backend_build_id)) == 0 &&
		    strcmp(lfb_row_get(list[i].row, LFB_COL_backend), lfb_row_get(row, LFB_COL_backend)) == 0)
			return true;
	return false;
}

/* Enough for every backend there is; a file with more is told of the first. */
#define STANDINGS_MAX 256u

static size_t list_standings(const struct lfb_summary *summary, const struct lfb_verdicts *verdicts, struct standing *list)
{
	size_t count = 0;

	for (size_t g = 0; g < summary->group_count; g++) {
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++) {
			const struct lfb_entry *const entry = summary->groups[g]->entries[e];
			const char *const build_id = lfb_row_get(&entry->row, LFB_COL_backend_build_id);

			/* The counting flavour is another object, and no one checks it. */
			if (entry->reference || strcmp(lfb_row_get(&entry->row, LFB_COL_flavour), "timing") != 0 || count == STANDINGS_MAX ||
			    is_listed(list, count, &entry->row))
				continue;
			list[count++] = (struct standing){ &entry->row, lfb_verdicts_find(verdicts, build_id, LFB_CLAIM_ANSWERS) };
		}
	}
	return count;
}

static void put_bad(FILE *out, const struct standing *s)
{
	char text[CLAIMS_TEXT_BYTES];

	(void)fputs("  ", out);
	render_safe(out, lfb_row_get(s->row, LFB_COL_backend));
	(void)fprintf(out, ": claims %s, ", claims_state(s->verdict));
	render_safe(out, claims_found_text(s->verdict, text));
	(void)fputc('\n', out);
}

/* "  confirmed: a (1.5 M operations), b (...)" */
static void put_good(FILE *out, const struct standing *list, size_t count, bool confirmed, const struct lfb_medium *medium)
{
	char *text = NULL;
	size_t bytes = 0, named = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		char ops[CLAIMS_COUNT_BYTES];

		if (claims_are_bad(list[i].verdict) || (strcmp(claims_state(list[i].verdict), "confirmed") == 0) != confirmed)
			continue;
		(void)fputs(named++ > 0 ? ", " : confirmed ? "confirmed by lfbench check: " : "declared only: ", memory);
		render_safe(memory, lfb_row_get(list[i].row, LFB_COL_backend));
		if (confirmed)
			(void)fprintf(memory, " (%s operations)", claims_count_text(list[i].verdict->ops, ops));
	}
	if (fclose(memory) == 0 && named > 0) {
		(void)fputs("  ", out);
		lfb_text_write_wrapped(out, text, 2, 2, medium->width);
		(void)fputc('\n', out);
	}
	free(text);
}

int claims_print(FILE *out, const struct lfb_summary *summary, const struct lfb_verdicts *verdicts, const struct lfb_medium *medium)
{
	struct standing *const list = calloc(STANDINGS_MAX, sizeof(list[0]));
	size_t count;

	if (list == NULL)
		return -ENOMEM;
	count = list_standings(summary, verdicts, list);
	if (count > 0) {
		(void)fputs("\nClaims of order, EMPTY, FULL and capacity:\n", out);
		for (size_t i = 0; i < count; i++)
			if (claims_are_bad(list[i].verdict))
				put_bad(out, &list[i]);
		put_good(out, list, count, true, medium);
		put_good(out, list, count, false, medium);
	}
	free(list);
	return 0;
}
