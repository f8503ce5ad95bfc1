/* run_histories.c - see run_parts.h: what the parent finds of the operations that its children have logged. */
#include "run/run_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The loops log one trial after the other; whatever is not so was written by the queue. */
static void disbelieve(struct lfb_recording_verdict *verdict)
{
	verdict->rc = -EBADMSG;
	(void)snprintf(verdict->reason, sizeof(verdict->reason), "history: the log is damaged: samples that are not of one trial after the other");
}

void lfb_run_histories_judge(struct lfb_run_state *s, const struct lfb_child_output *log)
{
	lfb_run_histories_free(s);
	if (!lfb_shape_records(&s->cell->shape) || log->size == 0)
		return;
	s->judged = (struct lfb_recording_verdict *)calloc(s->trials + 1, sizeof(s->judged[0]));
	if (s->judged == NULL)
		return;
	s->judged_count = lfb_recording_receive(log->bytes, log->size, &s->cell->object->inspection.info.claims, s->judged, s->trials + 1);
	for (size_t i = 1; i < s->judged_count; i++)
		if (s->judged[i].trial <= s->judged[i - 1].trial || s->judged_count > s->trials)
			disbelieve(&s->judged[i - 1]);
}

void lfb_run_histories_free(struct lfb_run_state *s)
{
	free(s->judged);
	s->judged = NULL;
	s->judged_count = 0;
}

static const struct lfb_recording_verdict *find(const struct lfb_run_state *s, uint64_t trial)
{
	for (size_t i = 0; i < s->judged_count; i++)
		if (s->judged[i].trial == trial)
			return &s->judged[i];
	return NULL;
}

bool lfb_run_is_refuted(const struct lfb_run_state *s, uint64_t trial)
{
	const struct lfb_recording_verdict *const verdict = find(s, trial);

	return verdict != NULL && verdict->rc != 0;
}

/* Of a trial in which the queue was wrong there are no figures. */
static void take_figures_away(struct lfb_row *row)
{
	static const char *const groups[] = { "Throughput", "Latency", "Contention" };
	static const enum lfb_column columns[] = { LFB_COL_ops_checked, LFB_COL_floor_ns, LFB_COL_probe_before_ns, LFB_COL_probe_after_ns };

	for (int c = 0; c < LFB_COLUMN_COUNT; c++)
		for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
			if (strcmp(lfb_columns[c].group, groups[g]) == 0)
				lfb_row_unset(row, (enum lfb_column)c);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		lfb_row_unset(row, columns[i]);
}

int lfb_run_apply_verdict(const struct lfb_run_state *s, const struct lfb_row *row, struct lfb_row *out)
{
	const struct lfb_recording_verdict *const verdict = find(s, lfb_row_get_u64(row, LFB_COL_trial, 0));

	if (lfb_row_copy(out, row) != 0)
		return -ENOMEM;
	if (verdict != NULL && verdict->rc != 0) {
		lfb_row_set(out, LFB_COL_status, lfb_status_names[LFB_STATUS_INVALID]);
		lfb_row_set(out, LFB_COL_reason, verdict->reason);
		take_figures_away(out);
	} else if (lfb_shape_records(&s->cell->shape) && strcmp(lfb_row_get(row, LFB_COL_status), lfb_status_names[LFB_STATUS_OK]) == 0) {
		/* What the child says of it is not asked. */
		lfb_row_set(out, LFB_COL_check_level, verdict != NULL && verdict->ops > 0 ? "sum+audit+history" : "sum+audit");
		if (verdict != NULL && verdict->ops > 0)
			lfb_row_set_u64(out, LFB_COL_ops_checked, verdict->ops);
	}
	return out->failed ? -ENOMEM : 0;
}
