/* gate_export.c - see gate_export.h. */
#include "commands/gate/gate_export.h"

#include "machine/clock.h"
#include "gate/cells.h"
#include "commands/gate/gate_print.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum export_verdict verdict_of(const struct gate_cell *cell)
{
	static const enum export_verdict of[GATE_VERDICTS] = {
		[GATE_REGRESSED] = EXPORT_REGRESSED, [GATE_IMPROVED] = EXPORT_IMPROVED, [GATE_PASS] = EXPORT_PASS,
		[GATE_INCONCLUSIVE] = EXPORT_INCONCLUSIVE, [GATE_INVALID] = EXPORT_FAILED,
	};

	return cell->unsupported ? EXPORT_UNSUPPORTED : of[cell->judgement.verdict];
}

static int fill_texts(struct export_result *result, const struct gate_run *run, const struct gate_cell *cell)
{
	char shape[GATE_SHAPE_TEXT_BYTES], sentence[GATE_SENTENCE_BYTES], metric[64];

	(void)snprintf(metric, sizeof(metric), "head/base %s", gate_metric_names[cell->metric]);
	result->workload = strdup(cell->shape.workload->name);
	result->backend = strdup(cell->label);
	result->shape = strdup(gate_shape_text(&cell->shape, shape, sizeof(shape)));
	result->metric = strdup(metric);
	result->message = strdup(gate_sentence(run, cell, sentence, sizeof(sentence)));
	result->base_unit = strdup(cell->metric == GATE_THROUGHPUT ? "ns/item" : "ns");
	return result->workload != NULL && result->backend != NULL && result->shape != NULL && result->metric != NULL && result->message != NULL &&
			       result->base_unit != NULL
		       ? 0
		       : -ENOMEM;
}

static int add(struct export_list *list, const struct gate_run *run, const struct gate_cell *cell)
{
	struct export_result *const result = export_add(list);
	const struct gate_judgement *const j = &cell->judgement;

	if (result == NULL || fill_texts(result, run, cell) != 0)
		return -ENOMEM;
	result->value = j->n > 0 ? exp(j->d) : NAN;
	result->low = j->has_interval ? exp(j->low) : NAN;
	result->high = j->has_interval ? exp(j->high) : NAN;
	result->n = j->confirmed_only ? cell->confirm.count : cell->screen.count;
	result->base_value = cell->launch_ns_count > 0 ? cell->ns[GATE_BASE] : NAN;
	result->head_value = cell->launch_ns_count > 0 ? cell->ns[GATE_HEAD] : NAN;
	result->verdict = verdict_of(cell);
	result->threads = lfb_workload_threads(cell->shape.workload, cell->shape.producers, cell->shape.consumers);
	return 0;
}

int gate_export_fill(struct export_list *list, const struct gate_run *run, struct lfb_error *error)
{
	char host[256] = "", time[LFB_CLOCK_TEXT_BYTES];
	int rc = 0;

	(void)gethostname(host, sizeof(host) - 1);
	lfb_clock_utc_text(time);
	list->producer = strdup("lfbench gate");
	list->host = strdup(host);
	list->commit = strdup("");
	list->time_utc = strdup(time);
	for (size_t i = 0; rc == 0 && i < run->count; i++)
		if (run->cells[i].control == GATE_NO_CONTROL)
			rc = add(list, run, &run->cells[i]);
	return rc == 0 ? 0 : lfb_fail(error, rc, "out of memory");
}
