/* recording_judge.c - see recording.h: a sample judged where it was taken, or sent to another process and judged there. */
#include "trial/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Before each sample of a stream; the logs follow, thread by thread, as they are in memory: both ends are of one build. */
struct head {
	uint32_t head_bytes, op_bytes; /* what is of another build is not believed */
	uint64_t trial;
	uint64_t epsilon_ticks;
	uint32_t threads;
	uint32_t whole;
	uint64_t counts[LFB_HISTORY_THREADS_MAX];
};

static void begin(struct lfb_history *history, const struct lfb_claims *claims, uint64_t epsilon_ticks)
{
	memset(history, 0, sizeof(*history));
	history->contract = (struct lfb_contract){ claims->order, claims->empty, LFB_ANSWER_NEVER, 0 };
	history->epsilon_ticks = epsilon_ticks;
}

/* All logs as one history, which owns none of them. false: one of them is not whole. */
static bool gather(const struct lfb_recording_trial *trial, struct lfb_history *history)
{
	bool whole = true;

	begin(history, &trial->claims, trial->epsilon_ticks);
	history->threads = trial->threads;
	for (uint32_t t = 0; t < trial->threads; t++) {
		const struct lfb_recording *const r = &trial->thread[t];
		const uint64_t used = r->used <= r->slots ? r->used : r->slots;

		whole = whole && r->missed == 0 && r->used == used;
		history->log[t] = (struct lfb_history_log){ r->ops, used, r->slots };
	}
	if (trial->drained.kind == LFB_HISTORY_POP)
		history->log[history->threads++] = (struct lfb_history_log){ (struct lfb_history_op *)(uintptr_t)&trial->drained, 1, 1 };
	return whole;
}

/* Returns 0 or -EBADMSG, as lfb_recording_judge does. */
static int judge(const struct lfb_history *history, uint64_t *judged, char *reason, size_t reason_bytes)
{
	struct lfb_check_result *const found = (struct lfb_check_result *)malloc(sizeof(*found));
	struct lfb_error error = { "" };
	const int rc = found != NULL ? lfb_check(history, found, &error) : -ENOMEM;
	const bool refuted = rc == 0 && found->verdict == LFB_CHECK_REFUTED;

	*judged = rc == 0 && !refuted ? found->ops : 0;
	if (rc == -EINVAL)
		(void)snprintf(reason, reason_bytes, "history: the log is damaged, as by a write to memory that is not the queue's: %s", error.text);
	else if (refuted)
		(void)snprintf(reason, reason_bytes, "history: %s: %s", lfb_pattern_names[found->witness.pattern], found->witness.why);
	free(found);
	return rc == -EINVAL || refuted ? -EBADMSG : 0;
}

int lfb_recording_judge(const struct lfb_recording_trial *trial, uint64_t *judged, char *reason, size_t reason_bytes)
{
	struct lfb_history *const history = (struct lfb_history *)malloc(sizeof(*history));
	int rc = 0;

	*judged = 0;
	if (history != NULL && gather(trial, history))
		rc = judge(history, judged, reason, reason_bytes);
	free(history);
	return rc;
}

static void send_history(struct lfb_recording_sink *sink, const struct lfb_history *history, bool whole)
{
	struct head head = {
		.head_bytes = sizeof(head),
		.op_bytes = sizeof(history->log[0].ops[0]),
		.trial = sink->trial,
		.epsilon_ticks = history->epsilon_ticks,
		.threads = history->threads,
		.whole = whole,
	};
	size_t bytes = sizeof(head);

	for (unsigned t = 0; t < history->threads; t++) {
		head.counts[t] = history->log[t].count;
		bytes += history->log[t].count * sizeof(history->log[t].ops[0]);
	}
	if (bytes > LFB_RECORDING_STREAM_MAX - sink->written)
		return;
	sink->written += bytes;
	(void)fwrite(&head, sizeof(head), 1, sink->out);
	for (unsigned t = 0; t < history->threads; t++)
		(void)fwrite(history->log[t].ops, sizeof(history->log[t].ops[0]), history->log[t].count, sink->out);
	(void)fflush(sink->out); /* what cannot be written is cut off, and not judged */
}

void lfb_recording_send(struct lfb_recording_sink *sink, const struct lfb_recording_trial *trial)
{
	struct lfb_history *const history = (struct lfb_history *)malloc(sizeof(*history));

	if (history != NULL) {
		const bool whole = gather(trial, history);

		send_history(sink, history, whole);
	}
	free(history);
}

/* What is left of a stream. */
struct stream {
	const char *at;
	size_t left;
};

static const void *take(struct stream *s, size_t bytes)
{
	const void *const taken = s->at;

	if (bytes > s->left)
		return NULL;
	s->at += bytes;
	s->left -= bytes;
	return taken;
}

static bool take_head(struct stream *s, struct head *head)
{
	const void *const bytes = take(s, sizeof(*head));

	if (bytes == NULL)
		return false;
	memcpy(head, bytes, sizeof(*head));
	return head->head_bytes == sizeof(*head) && head->op_bytes == sizeof(struct lfb_history_op) && head->threads <= LFB_HISTORY_THREADS_MAX &&
	       head->epsilon_ticks < LFB_HISTORY_TICKS_MAX;
}

/* The logs stay where they are, in the stream, where every head and every entry is as long as makes the next one aligned. */
static bool take_logs(struct stream *s, const struct head *head, struct lfb_history *history)
{
	_Static_assert(sizeof(struct head) % _Alignof(struct lfb_history_op) == 0, "an entry behind a head is aligned");
	history->threads = head->threads;
	for (uint32_t t = 0; t < head->threads; t++) {
		const size_t op_bytes = sizeof(struct lfb_history_op);
		const void *const ops = head->counts[t] <= s->left / op_bytes ? take(s, (size_t)head->counts[t] * op_bytes) : NULL;

		if (ops == NULL)
			return false;
		history->log[t] = (struct lfb_history_log){ (struct lfb_history_op *)(uintptr_t)ops, (size_t)head->counts[t], (size_t)head->counts[t] };
	}
	return true;
}

size_t lfb_recording_receive(const char *bytes, size_t size, const struct lfb_claims *claims, struct lfb_recording_verdict *verdicts, size_t room)
{
	struct lfb_history *const history = (struct lfb_history *)malloc(sizeof(*history));
	struct stream s = { bytes, size };
	struct head head;
	size_t count = 0;

	while (history != NULL && count < room && take_head(&s, &head)) {
		struct lfb_recording_verdict *const v = &verdicts[count];

		begin(history, claims, head.epsilon_ticks);
		if (!take_logs(&s, &head, history))
			break;
		memset(v, 0, sizeof(*v));
		v->trial = head.trial;
		if (head.whole)
			v->rc = judge(history, &v->ops, v->reason, sizeof(v->reason));
		count++;
	}
	free(history);
	return count;
}
