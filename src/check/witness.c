/* witness.c - the witness of a violation, see index.h: operations are looked up in the logs again, since that is done once. */
#include "index.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *check_value_text(uint64_t value, char out[CHECK_VALUE_BYTES])
{
	(void)snprintf(out, CHECK_VALUE_BYTES, "%" PRIu64 ":%" PRIu64, value >> LFB_VALUE_SHIFT,
		       value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1));
	return out;
}

void check_witness_start(struct lfb_witness *witness, enum lfb_pattern pattern, const char *format, ...)
{
	va_list arguments;

	memset(witness, 0, sizeof(*witness));
	witness->pattern = pattern;
	va_start(arguments, format);
	(void)vsnprintf(witness->why, sizeof(witness->why), format, arguments);
	va_end(arguments);
}

void check_witness_add(struct lfb_witness *witness, const struct lfb_history *history, unsigned thread, size_t at)
{
	if (witness->count == LFB_WITNESS_MAX) {
		witness->more++;
		return;
	}
	witness->op[witness->count++] = (struct lfb_witness_op){ thread, history->log[thread].ops[at] };
}

static void add_all(struct lfb_witness *witness, const struct lfb_history *history, enum lfb_history_kind kind, uint64_t value)
{
	for (unsigned t = 0; t < history->threads; t++)
		for (size_t i = 0; i < history->log[t].count; i++) {
			const struct lfb_history_op *const op = &history->log[t].ops[i];

			if (op->kind == kind && op->answer != LFB_HISTORY_REFUSED && op->value == value &&
			    (kind == LFB_HISTORY_PUSH || op->answer == LFB_HISTORY_OK))
				check_witness_add(witness, history, t, i);
		}
}

void check_witness_add_push(struct lfb_witness *witness, const struct lfb_history *history, uint64_t value)
{
	add_all(witness, history, LFB_HISTORY_PUSH, value);
}

void check_witness_add_pops(struct lfb_witness *witness, const struct lfb_history *history, uint64_t value)
{
	add_all(witness, history, LFB_HISTORY_POP, value);
}
