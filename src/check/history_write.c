/* history_write.c - writing a history, see history_file.h. */
#include "history_file.h"

#include "plan/names.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A name goes to the end of its line: what would end it, or steer a terminal, does not get that far. */
static void write_name(FILE *out, const char *key, const char *name)
{
	if (name[0] == '\0')
		return;
	(void)fprintf(out, "%s ", key);
	for (; *name != '\0'; name++)
		(void)fputc((unsigned char)*name < ' ' || *name == 127 ? '?' : *name, out);
	(void)fputc('\n', out);
}

static void write_head(FILE *out, const struct lfb_history *history)
{
	const struct lfb_contract *const c = &history->contract;

	(void)fputs("lfbench-history 1\n", out);
	write_name(out, "backend", history->backend);
	write_name(out, "shape", history->shape);
	(void)fprintf(out, "seed %" PRIu64 "\norder %s\nempty %s\nfull %s\ncapacity %" PRIu64 "\nepsilon %" PRIu64 "\nticks_per_us %.6f\n", history->seed,
		      lfb_order_names[c->order], lfb_answer_names[c->empty], lfb_answer_names[c->full], c->capacity, history->epsilon_ticks,
		      history->ticks_per_us);
}

static void write_op(FILE *out, const struct lfb_history_op *op)
{
	const bool push = op->kind == LFB_HISTORY_PUSH;

	if (push || op->answer == LFB_HISTORY_OK)
		(void)fprintf(out, "%s %" PRIu64 ":%" PRIu64, push ? "push" : "pop", op->value >> LFB_VALUE_SHIFT,
			      op->value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1));
	else
		(void)fputs("pop -", out);
	if (op->answer == LFB_HISTORY_PENDING)
		(void)fprintf(out, " %" PRIu64 " - never\n", op->call);
	else
		(void)fprintf(out, " %" PRIu64 " %" PRIu64 " %s\n", op->call, op->ret, op->answer == LFB_HISTORY_OK ? "ok" : push ? "full" : "empty");
}

int lfb_history_write(FILE *out, const struct lfb_history *history)
{
	errno = 0;
	write_head(out, history);
	for (unsigned t = 0; t < history->threads; t++) {
		(void)fprintf(out, "thread %u\n", t);
		for (size_t i = 0; i < history->log[t].count; i++)
			write_op(out, &history->log[t].ops[i]);
	}
	(void)fputs("end\n", out);
	if (fflush(out) != 0 || ferror(out))
		return errno != 0 ? -errno : -EIO;
	return 0;
}
