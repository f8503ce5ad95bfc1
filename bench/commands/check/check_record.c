/* check_record.c - see check_record.h. */
#include "commands/check/check_record.h"

#include "check/verdicts.h"
#include "machine/clock.h"
#include "commands/show/render.h"

#include <stdlib.h>

/* A row as it is kept for `list` and others. What some of the shapes confirm is not confirmed. */
static bool is_worth_keeping(const struct check_row *row, bool all_shapes)
{
	return row->checked && row->result.verdict != LFB_SUITE_INCONCLUSIVE &&
	       (row->result.verdict != LFB_SUITE_CONFIRMED || all_shapes);
}

static struct lfb_kept_verdict verdict_of(const struct check_row *row)
{
	const struct lfb_suite_result *const result = &row->result;
	const bool witnessed = result->verdict == LFB_SUITE_REFUTED && result->found.witness.pattern != LFB_PATTERN_NONE;
	struct lfb_kept_verdict v = { .claim = LFB_CLAIM_ANSWERS, .verdict = result->verdict, .ops = result->ops, .histories = result->histories };

	(void)snprintf(v.build_id, sizeof(v.build_id), "%s", row->info.build_id);
	(void)snprintf(v.backend, sizeof(v.backend), "%s", row->info.name);
	if (result->verdict != LFB_SUITE_CONFIRMED)
		(void)snprintf(v.why, sizeof(v.why), "%.100s", witnessed ? lfb_pattern_names[result->found.witness.pattern] : result->reason);
	lfb_clock_utc_text(v.time_utc);
	return v;
}

void check_record(const struct check_row *rows, size_t count, bool all_shapes)
{
	struct lfb_kept_verdict *const list = calloc(count + 1, sizeof(list[0]));
	char path[PATH_MAX];
	struct lfb_error error;
	size_t kept = 0;

	for (size_t i = 0; list != NULL && i < count; i++)
		if (is_worth_keeping(&rows[i], all_shapes))
			list[kept++] = verdict_of(&rows[i]);
	if (kept > 0 && lfb_verdicts_path(path) && lfb_verdicts_record(path, list, kept, &error) != 0)
		(void)render_error("check", error.text);
	free(list);
}
