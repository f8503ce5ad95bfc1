/* check.c - see check.h: which conditions a contract has, and the verdict. */
#include "check.h"

#include "exact.h"
#include "index.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *const lfb_check_verdict_names[LFB_CHECK_VERDICTS + 1] = { "confirmed", "refuted", "inconclusive", NULL };
const char *const lfb_pattern_names[LFB_PATTERNS + 1] = { "none",  "VFresh", "VRepet", "VOrd",  "VWit", "VProd",
							  "VLifo", "VOver",  "VFull",  "VBurst", NULL };

static bool is_fifo(const struct lfb_contract *contract)
{
	return contract->order == LFB_ORDER_FIFO;
}

static bool is_ordered(const struct lfb_contract *contract)
{
	return contract->order == LFB_ORDER_FIFO || contract->order == LFB_ORDER_PER_PRODUCER;
}

static bool is_lifo(const struct lfb_contract *contract)
{
	return contract->order == LFB_ORDER_LIFO;
}

static bool is_bounded(const struct lfb_contract *contract)
{
	return contract->capacity > 0;
}

static bool is_any(const struct lfb_contract *contract)
{
	(void)contract;
	return true;
}

/* In the order in which they are looked for: what is found first is shown, so the plainest come first. */
static const struct condition {
	bool (*applies)(const struct lfb_contract *contract);
	int (*check)(const struct check_index *index, struct lfb_witness *witness);
} conditions[] = {
	{ is_any, check_empty },     { is_ordered, check_producer_order }, { is_fifo, check_fifo_order },
	{ is_lifo, check_lifo },     { is_bounded, check_over },	   { is_bounded, check_full },
};

static int judge(const struct check_index *index, struct lfb_check_result *result)
{
	const struct lfb_contract *const contract = &index->history->contract;

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		const int rc = conditions[i].applies(contract) ? conditions[i].check(index, &result->witness) : 0;

		if (rc != 0 || result->witness.pattern != LFB_PATTERN_NONE)
			return rc;
	}
	return is_fifo(contract) && is_bounded(contract) ? check_bursts(index, &result->searched_ops, &result->witness) : 0;
}

int lfb_check(const struct lfb_history *history, struct lfb_check_result *result, struct lfb_error *error)
{
	struct lfb_check_result found;
	struct check_index index;
	int rc;

	memset(&found, 0, sizeof(found));
	rc = check_index_make(history, &index, &found.witness, error);
	if (rc == 0 && found.witness.pattern == LFB_PATTERN_NONE)
		rc = judge(&index, &found);
	if (rc == 0) {
		found.ops = lfb_history_count(history);
		if (found.witness.pattern != LFB_PATTERN_NONE) {
			found.verdict = LFB_CHECK_REFUTED;
		} else if (index.pending_pops > 0) {
			found.verdict = LFB_CHECK_INCONCLUSIVE;
			(void)snprintf(found.reason, sizeof(found.reason), "%zu pops never returned: what they took cannot be told", index.pending_pops);
		}
		*result = found;
	} else if (error != NULL && rc != -EINVAL) {
		(void)lfb_fail(error, rc, "not enough memory to judge %zu operations", lfb_history_count(history));
	}
	check_index_free(&index);
	return rc;
}
