/*
 * timeline.c - see timeline.h. The bars are not to scale: between two moments lie nanoseconds or seconds, and what counts is which
 * comes first. So the moments are numbered in order, and each number has the same room.
 */
#include "timeline.h"

#include "index.h"
#include "schedule_script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Columns before the bar: "thread 12  push 1:1234567  never  -12345.678 .. 12345.678 steps  ". */
#define TEXT_COLUMNS 65u
#define MOMENTS_MAX (2 * LFB_WITNESS_MAX)

struct moments {
	uint64_t at[MOMENTS_MAX];
	unsigned count;
};

static int by_time(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* All calls and returns, each once. */
static void list_moments(const struct lfb_witness *witness, struct moments *moments)
{
	unsigned kept = 0;

	moments->count = 0;
	for (unsigned i = 0; i < witness->count; i++) {
		moments->at[moments->count++] = witness->op[i].op.call;
		if (witness->op[i].op.ret != LFB_HISTORY_NEVER)
			moments->at[moments->count++] = witness->op[i].op.ret;
	}
	qsort(moments->at, moments->count, sizeof(moments->at[0]), by_time);
	for (unsigned i = 0; i < moments->count; i++)
		if (kept == 0 || moments->at[kept - 1] != moments->at[i])
			moments->at[kept++] = moments->at[i];
	moments->count = kept;
}

static unsigned number_of(const struct moments *moments, uint64_t time)
{
	unsigned n = 0;

	while (n < moments->count && moments->at[n] < time)
		n++;
	return n;
}

static const char *answer_text(const struct lfb_history_op *op)
{
	if (op->answer == LFB_HISTORY_PENDING)
		return "never";
	return op->answer == LFB_HISTORY_OK ? "ok" : op->kind == LFB_HISTORY_PUSH ? "FULL" : "EMPTY";
}

/* [=====] from the call to the return, [====> where there was none. */
static void write_bar(FILE *out, const struct moments *moments, const struct lfb_history_op *op, unsigned step)
{
	const bool never = op->ret == LFB_HISTORY_NEVER;
	const unsigned from = number_of(moments, op->call) * step;
	const unsigned to = never ? moments->count * step : number_of(moments, op->ret) * step + (step > 1 ? 1 : 0);

	(void)fprintf(out, "%*s[", (int)from, "");
	for (unsigned i = from + 1; i < to; i++)
		(void)fputc('=', out);
	(void)fputc(never ? '>' : ']', out);
}

/* Of a schedule: its clock is a count. */
static bool counts_steps(const struct lfb_history *history)
{
	return strcmp(history->shape, lfb_schedule_shape.name) == 0;
}

/* Times are counted from there: a schedule's as they are, since its switches are told by the same clock. */
static uint64_t origin_of(const struct lfb_history *history, const struct moments *moments)
{
	return counts_steps(history) ? 0 : moments->at[0];
}

static void write_op(FILE *out, const struct lfb_witness_op *w, const struct lfb_history *history, const struct moments *moments, unsigned step)
{
	const bool steps = counts_steps(history);
	const uint64_t origin = origin_of(history, moments);
	const double rate = history->ticks_per_us;
	const bool has_value = w->op.kind == LFB_HISTORY_PUSH || w->op.answer == LFB_HISTORY_OK;
	char value[CHECK_VALUE_BYTES], until[24] = "";

	if (w->op.ret != LFB_HISTORY_NEVER)
		(void)snprintf(until, sizeof(until), "%.*f", steps ? 0 : 3, (double)(w->op.ret - origin) / rate);
	(void)fprintf(out, "thread %-3u %-4s %-14s %-5s %10.*f .. %-10s %s", w->thread, w->op.kind == LFB_HISTORY_PUSH ? "push" : "pop",
		      has_value ? check_value_text(w->op.value, value) : "", answer_text(&w->op), steps ? 0 : 3, (double)(w->op.call - origin) / rate, until,
		      steps ? "steps" : "us");
	if (step > 0) {
		(void)fputs("  ", out);
		write_bar(out, moments, &w->op, step);
	}
	(void)fputc('\n', out);
}

/* Numbers of the operations in the order of their calls: insertion sort, there are few. */
static void order_by_call(const struct lfb_witness *witness, unsigned order[LFB_WITNESS_MAX])
{
	for (unsigned i = 0; i < witness->count; i++) {
		unsigned at = i;

		for (; at > 0 && witness->op[order[at - 1]].op.call > witness->op[i].op.call; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

static void write_switch(FILE *out, const struct lfb_history_switch *s, const struct lfb_history *history)
{
	(void)fprintf(out, "step %" PRIu64 ": thread %u ", s->at, s->from);
	if (s->left)
		(void)fputs("is done", out);
	else if (s->place != 0)
		(void)fprintf(out, "is stopped at 0x%" PRIx64, s->place);
	else
		(void)fputs("is stopped", out);
	if (s->to + 1 < history->threads)
		(void)fprintf(out, ", thread %u goes on\n", s->to);
	else
		(void)fprintf(out, "; then thread %u pops what is left\n", history->threads - 1);
}

void lfb_switches_write(FILE *out, const struct lfb_history *history, unsigned indent)
{
	for (unsigned i = 0; i < history->switches && i < LFB_HISTORY_SWITCHES_MAX; i++) {
		(void)fprintf(out, "%*s", (int)indent, "");
		write_switch(out, &history->kept_switch[i], history);
	}
	if (history->switches > LFB_HISTORY_SWITCHES_MAX)
		(void)fprintf(out, "%*sand %u more\n", (int)indent, "", history->switches - LFB_HISTORY_SWITCHES_MAX);
}

int lfb_witness_write(FILE *out, const struct lfb_witness *witness, const struct lfb_history *history, unsigned indent, unsigned width)
{
	struct moments moments;
	unsigned order[LFB_WITNESS_MAX], room, step;

	order_by_call(witness, order);
	list_moments(witness, &moments);
	room = width > indent + TEXT_COLUMNS + 2 ? width - indent - TEXT_COLUMNS - 2 : 0;
	step = moments.count > 0 ? room / moments.count : 0;
	step = step > 4 ? 4 : step;
	(void)fprintf(out, "%*s%s: %s.\n", (int)indent, "", lfb_pattern_names[witness->pattern], witness->why);
	for (unsigned i = 0; i < witness->count; i++) {
		(void)fprintf(out, "%*s", (int)indent, "");
		write_op(out, &witness->op[order[i]], history, &moments, step);
	}
	if (witness->more > 0)
		(void)fprintf(out, "%*sand %" PRIu64 " operations more\n", (int)indent, "", witness->more);
	if (history->epsilon_ticks > 0)
		(void)fprintf(out, "%*sThe clocks of two CPUs differ by at most %.3f us; \"before\" leaves room for that.\n", (int)indent, "",
			      (double)history->epsilon_ticks / history->ticks_per_us);
	return ferror(out) ? -EIO : 0;
}
