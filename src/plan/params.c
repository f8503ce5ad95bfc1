/* params.c - see params.h. */
#include "plan/params.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const lfb_work_dist_names[] = { "constant", "exponential", "bimodal", NULL };
const char *const lfb_payload_by_names[] = { "value", "pointer", NULL };
const char *const lfb_stop_names[] = { "count", "time", "sentinel", NULL };
const char *const lfb_no_yes_names[] = { "no", "yes", NULL };
const char *const lfb_creation_names[] = { "untimed", "timed", NULL };
const char *const lfb_stages_names[] = { "line", "diamond", NULL };
const char *const lfb_executor_names[] = { "pool", "spawn", NULL };
const char *const lfb_shutdown_names[] = { "wait", "cancel", NULL };
const char *const lfb_overflow_names[] = { "wait", "drop", "overwrite", NULL };
const char *const lfb_family_names[] = { "ipv4", "ipv6", NULL };
const char *const lfb_clients_names[] = { "good", "slow", "reset", "half_close", "silent", "mixed", NULL };
const char *const lfb_sink_names[] = { "null", "file", "terminal", NULL };
const char *const lfb_workers_are_names[] = { "idle", "busy", NULL };
const char *const lfb_check_by_names[] = { "sum", "history", NULL };

const struct lfb_param_info lfb_params[LFB_PARAM_TOTAL] = {
#define LFB_PARAM_INFO(id, option, value, kind, words, preset, min, max, workloads, column, help) \
	{ option, value, kind, words, preset, min, max, workloads, column, help },
	LFB_PARAMS(LFB_PARAM_INFO)
#undef LFB_PARAM_INFO
};

bool lfb_word_in(const char *words, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

bool lfb_param_fits(enum lfb_param param, const char *workload)
{
	return lfb_word_in(lfb_params[param].workloads, workload);
}

const char *lfb_param_text(enum lfb_param param, uint64_t value, bool in_column, char *out, size_t out_bytes)
{
	const struct lfb_param_info *const info = &lfb_params[param];

	if (info->kind == LFB_PARAM_WORD)
		(void)snprintf(out, out_bytes, "%s", info->words[value]);
	else
		(void)snprintf(out, out_bytes, "%" PRIu64 "%s", value, info->kind == LFB_PARAM_TIME && !in_column ? "ns" : "");
	return out;
}
