/* check_record.c - see check_record.h. */
#include "commands/check/check_record.h"

#include "check/verdicts.h"
#include "check_progress.h"
#include "commands/show/render.h"
#include "machine/clock.h"

#include <stdlib.h>
#include <string.h>

/* Answers, push and pop. */
#define CLAIMS 3

static struct lfb_kept_verdict new_verdict(const struct check_row *row, const char *claim)
{
	struct lfb_kept_verdict v = { .verdict = LFB_SUITE_INCONCLUSIVE };

	(void)snprintf(v.claim, sizeof(v.claim), "%s", claim);
	(void)snprintf(v.build_id, sizeof(v.build_id), "%s", row->info.build_id);
	(void)snprintf(v.backend, sizeof(v.backend), "%s", row->info.name);
	lfb_clock_utc_text(v.time_utc);
	return v;
}

/* What some of the shapes confirm is not confirmed. */
static struct lfb_kept_verdict of_answers(const struct check_row *row, bool all_shapes)
{
	const struct lfb_suite_result *const result = &row->result;
	const bool witnessed = result->verdict == LFB_SUITE_REFUTED && result->found.witness.pattern != LFB_PATTERN_NONE;
	struct lfb_kept_verdict v = new_verdict(row, LFB_CLAIM_ANSWERS);

	if (!row->checked || (result->verdict == LFB_SUITE_CONFIRMED && !all_shapes))
		return v;
	v.verdict = result->verdict;
	v.ops = result->ops;
	v.histories = result->histories;
	if (result->verdict != LFB_SUITE_CONFIRMED)
		(void)snprintf(v.why, sizeof(v.why), "%.100s", witnessed ? lfb_pattern_names[result->found.witness.pattern] : result->reason);
	return v;
}

static struct lfb_kept_verdict of_progress(const struct check_row *row, unsigned role)
{
	struct lfb_kept_verdict v = new_verdict(row, role == LFB_PROGRESS_PUSH ? LFB_CLAIM_PUSH : LFB_CLAIM_POP);

	if (row->probed)
		check_progress_keep(row, role, &v);
	return v;
}

/* Of a smaller bound than the usual one it says little that an operation is not done by then. */
static bool is_lasting(const struct lfb_kept_verdict *v, bool usual_bound)
{
	return v->verdict != LFB_SUITE_INCONCLUSIVE && (usual_bound || strstr(v->why, "not wait-free") == NULL);
}

void check_record(const struct check_row *rows, size_t count, bool all_shapes, bool usual_bound)
{
	struct lfb_kept_verdict *const list = calloc(CLAIMS * count + 1, sizeof(list[0]));
	char path[PATH_MAX];
	struct lfb_error error;
	size_t kept = 0;

	for (size_t i = 0; list != NULL && i < count; i++) {
		const struct lfb_kept_verdict found[CLAIMS] = { of_answers(&rows[i], all_shapes), of_progress(&rows[i], LFB_PROGRESS_PUSH),
							       of_progress(&rows[i], LFB_PROGRESS_POP) };

		for (size_t k = 0; k < CLAIMS; k++)
			if (is_lasting(&found[k], usual_bound))
				list[kept++] = found[k];
	}
	if (kept > 0 && lfb_verdicts_path(path) && lfb_verdicts_record(path, list, kept, &error) != 0)
		(void)render_error("check", error.text);
	free(list);
}
