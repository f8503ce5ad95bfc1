/* run_output.c - see run_parts.h: what a launch's process wrote, checked line by line. */
#include "run/run_parts.h"

#include "results/csv_file.h"
#include "plan/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What the parent adds: that a launch was of the pilot. */
static int deliver_pilot(struct lfb_run_state *s, const struct lfb_row *row)
{
	const char *const flags = lfb_row_get(row, LFB_COL_flags);
	struct lfb_row copy = { .failed = false };
	char text[256];
	int rc = lfb_row_copy(&copy, row);

	(void)snprintf(text, sizeof(text), "%.200s%spilot", flags, flags[0] != '\0' ? ";" : "");
	lfb_row_set(&copy, LFB_COL_flags, text);
	rc = rc != 0 || copy.failed ? -ENOMEM : lfb_run_deliver(s, &copy);
	lfb_row_clear(&copy);
	return rc;
}

static int keep_row(struct lfb_run_state *s, const struct lfb_row *row)
{
	const int rc = lfb_run_rates_add(s, (size_t)(s->cell - s->run->plan->cells), row);

	if (rc != 0)
		return rc;
	return s->pilot ? deliver_pilot(s, row) : lfb_run_deliver(s, row);
}

/* With what its sample, if there is one, says of the trial. */
static int keep_judged(struct lfb_run_state *s, const struct lfb_row *row)
{
	struct lfb_row judged = { .failed = false };
	int rc = lfb_run_apply_verdict(s, row, &judged);

	if (rc == 0) {
		s->rows_of_launch++;
		s->child_row_bad |= strcmp(lfb_row_get(&judged, LFB_COL_status), "ok") != 0;
		rc = keep_row(s, &judged);
	}
	lfb_row_clear(&judged);
	return rc;
}

/*
 * A row from the child. It ran somebody's plug-in, which may have written to the pipe: a row
 * that is not of this very launch is not believed.
 */
static int take_row(const struct lfb_row *row, void *context)
{
	struct lfb_run_state *const s = (struct lfb_run_state *)context;

	if (strcmp(lfb_row_get(row, LFB_COL_run_id), s->run->run_id) != 0 || strcmp(lfb_row_get(row, LFB_COL_cell_id), s->cell->id) != 0 ||
	    lfb_row_get_u64(row, LFB_COL_launch, 0) != s->launch || lfb_name_find(lfb_status_names, lfb_row_get(row, LFB_COL_status)) < 0)
		return -EBADMSG;
	return keep_judged(s, row);
}

static bool is_ours(const struct lfb_run_state *s, const char *run_id, const char *cell_id, uint64_t launch)
{
	return strcmp(run_id, s->run->run_id) == 0 && strcmp(cell_id, s->cell->id) == 0 && launch == s->launch;
}

static int take_detail(struct lfb_run_state *s, char *line)
{
	struct lfb_detail detail;
	const int rc = lfb_detail_parse(line, &detail);

	if (rc != 0 || !is_ours(s, detail.run_id, detail.cell_id, detail.launch))
		return -EBADMSG;
	if (lfb_run_is_refuted(s, detail.trial))
		return 0;
	if (s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_detail(&detail, s->run->sink.context);
	return s->outcome->sink_error;
}

static int take_hist(struct lfb_run_state *s, char *text)
{
	struct lfb_hist_line line;
	const int rc = lfb_hist_parse(text, &line);

	if (rc != 0 || !is_ours(s, line.run_id, line.cell_id, line.launch))
		return -EBADMSG;
	if (s->outcome->sink_error == 0)
		s->outcome->sink_error = s->run->sink.on_hist(&line, s->run->sink.context);
	return s->outcome->sink_error;
}

/* The lines of one stream, behind their header; an unfinished last one is left out. */
static int take_lines(struct lfb_run_state *s, const struct lfb_child_output *output, int (*take)(struct lfb_run_state *s, char *line))
{
	char *line = output->bytes;
	int rc = 0;

	for (bool header = true; rc == 0 && line != NULL; header = false) {
		char *const end = strchr(line, '\n');

		if (end == NULL)
			break;
		*end = '\0';
		if (!header)
			rc = take(s, line);
		line = end + 1;
	}
	return rc;
}

/* Parse what the child wrote. Returns 0, or -EBADMSG when it is not rows of this launch. */
int lfb_run_take_output(struct lfb_run_state *s, const struct lfb_child_result *child)
{
	const struct lfb_csv_limits limits = { .torn_end = true };
	const struct lfb_child_output *const rows = &child->stream[LFB_CHILD_ROWS];
	struct lfb_csv_error csv_error;
	FILE *in;
	int rc = 0;

	lfb_run_histories_judge(s, &child->stream[LFB_CHILD_LOG]);
	if (rows->size > 0) {
		in = fmemopen(rows->bytes, rows->size, "r");
		if (in == NULL)
			return -ENOMEM;
		rc = lfb_csv_read(in, &limits, take_row, s, &csv_error);
		(void)fclose(in);
	}
	if (rc == 0)
		rc = take_lines(s, &child->stream[LFB_CHILD_DETAIL], take_detail);
	return rc != 0 ? rc : take_lines(s, &child->stream[LFB_CHILD_HIST], take_hist);
}
