/* history.c - see history.h. */
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct lfb_history *lfb_history_new(void)
{
	struct lfb_history *const history = calloc(1, sizeof(*history));

	if (history == NULL)
		return NULL;
	history->contract = (struct lfb_contract){ LFB_ORDER_FIFO, LFB_ANSWER_STRICT, LFB_ANSWER_STRICT, 0 };
	history->ticks_per_us = 1000;
	return history;
}

void lfb_history_free(struct lfb_history *history)
{
	if (history == NULL)
		return;
	for (unsigned t = 0; t < history->threads; t++)
		free(history->log[t].ops);
	free(history);
}

static int grow(struct lfb_history_log *log)
{
	const size_t room = log->room > 0 ? 2 * log->room : 16;
	struct lfb_history_op *grown;

	if (log->count < log->room)
		return 0;
	grown = reallocarray(log->ops, room, sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	log->ops = grown;
	log->room = room;
	return 0;
}

int lfb_history_add(struct lfb_history *history, unsigned thread, const struct lfb_history_op *op)
{
	int rc;

	if (thread >= LFB_HISTORY_THREADS_MAX)
		return -EINVAL;
	if (history->threads <= thread)
		history->threads = thread + 1;
	rc = grow(&history->log[thread]);
	if (rc == 0)
		history->log[thread].ops[history->log[thread].count++] = *op;
	return rc;
}

size_t lfb_history_count(const struct lfb_history *history)
{
	size_t count = 0;

	for (unsigned t = 0; t < history->threads; t++)
		count += history->log[t].count;
	return count;
}

bool lfb_history_op_valid(const struct lfb_history_op *op)
{
	if ((op->kind != LFB_HISTORY_PUSH && op->kind != LFB_HISTORY_POP) || op->call >= LFB_HISTORY_TICKS_MAX)
		return false;
	if (op->answer == LFB_HISTORY_PENDING)
		return op->ret == LFB_HISTORY_NEVER;
	return op->answer < LFB_HISTORY_ANSWERS && op->ret >= op->call && op->ret < LFB_HISTORY_TICKS_MAX;
}
