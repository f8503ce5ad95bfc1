/* compare_export.c - see compare_export.h. */
#include "commands/compare/compare_export.h"

#include "plan/names.h"
#include "plan/workload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum export_verdict verdict_of(const struct compare_result *result)
{
	static const enum export_verdict of[COMPARE_VERDICTS] = {
		[COMPARE_FAILED] = EXPORT_FAILED,	  [COMPARE_REGRESSED] = EXPORT_REGRESSED, [COMPARE_INCONCLUSIVE] = EXPORT_INCONCLUSIVE,
		[COMPARE_PASS] = EXPORT_PASS,		  [COMPARE_IMPROVED] = EXPORT_IMPROVED,	  [COMPARE_ALONE] = EXPORT_UNSUPPORTED,
		[COMPARE_UNSUPPORTED] = EXPORT_UNSUPPORTED,
	};

	/* A reference that moved is no regression of a queue, and nothing to be relied on. */
	if (result->cell->reference && (result->verdict == COMPARE_REGRESSED || result->verdict == COMPARE_IMPROVED))
		return EXPORT_INCONCLUSIVE;
	return of[result->verdict];
}

static int fill_texts(struct export_result *out, const struct compare_result *result, const struct compare_rule *rule)
{
	const struct lfb_row *const row = &result->cell->row;
	char shape[COMPARE_SHAPE_BYTES], sentence[COMPARE_SENTENCE_BYTES];

	out->workload = strdup(lfb_row_get(row, LFB_COL_workload));
	out->backend = strdup(lfb_row_get(row, LFB_COL_backend));
	out->shape = strdup(compare_shape_text(result->cell, shape));
	out->message = strdup(compare_sentence(result, rule, sentence));
	out->base_unit = strdup(result->metric == COMPARE_NS_PER_OP ? "ns/op" : result->metric == COMPARE_NS_PER_ITEM ? "ns/item" : "ns");
	if (asprintf(&out->metric, "head/base %s", result->metric < COMPARE_METRICS ? compare_metric_names[result->metric] : lfb_row_get(row, LFB_COL_pass)) < 0)
		out->metric = NULL;
	return out->workload != NULL && out->backend != NULL && out->shape != NULL && out->message != NULL && out->base_unit != NULL && out->metric != NULL
		       ? 0
		       : -ENOMEM;
}

static uint32_t threads_of(const struct lfb_row *row)
{
	const int found = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));
	const uint32_t producers = (uint32_t)lfb_row_get_u64(row, LFB_COL_producers, 0);
	const uint32_t consumers = (uint32_t)lfb_row_get_u64(row, LFB_COL_consumers, 0);

	return found >= 0 ? lfb_workload_threads(&lfb_workloads[found], producers, consumers) : producers + consumers;
}

static int add(struct export_list *list, const struct compare_result *result, const struct compare_rule *rule)
{
	struct export_result *const out = export_add(list);

	if (out == NULL)
		return -ENOMEM;
	out->value = out->low = out->high = NAN;
	if (!isnan(result->shift) && result->verdict != COMPARE_FAILED)
		out->value = exp(result->shift);
	if (result->has_interval && result->verdict != COMPARE_FAILED) {
		out->low = exp(result->low);
		out->high = exp(result->high);
	}
	out->n = result->n[COMPARE_BASE] < result->n[COMPARE_HEAD] ? result->n[COMPARE_BASE] : result->n[COMPARE_HEAD];
	out->base_value = result->median[COMPARE_BASE];
	out->head_value = result->median[COMPARE_HEAD];
	out->verdict = verdict_of(result);
	out->threads = threads_of(&result->cell->row);
	return fill_texts(out, result, rule);
}

/* A copy of `text`, which may be NULL. */
static int copy(char **out, const char *text)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL ? 0 : -ENOMEM;
}

/* Where and when: of the head. */
static int fill_head(struct export_list *list, const struct compare *compare)
{
	int rc = copy(&list->producer, "lfbench compare");

	for (size_t i = 0; i < compare->file_count && rc == 0; i++) {
		const struct compare_file *const file = &compare->files[i];

		if (file->arm != COMPARE_HEAD)
			continue;
		rc = copy(&list->host, file->hosts.count > 0 ? file->hosts.word[0] : NULL);
		if (rc == 0)
			rc = copy(&list->commit, file->commits.count > 0 ? file->commits.word[0] : NULL);
		if (rc == 0)
			rc = copy(&list->time_utc, file->last_time);
		if (rc == 0)
			rc = copy(&list->cpu_model, file->fact[COMPARE_CPU_MODEL]);
		break;
	}
	return rc;
}

int compare_export_fill(struct export_list *list, const struct compare *compare, const struct compare_results *results,
			const struct compare_rule *rule)
{
	int rc = fill_head(list, compare);

	for (size_t i = 0; i < results->count && rc == 0; i++)
		if (results->items[i].verdict != COMPARE_ALONE)
			rc = add(list, &results->items[i], rule);
	return rc;
}
