/*
 * check_speed - how long the checker of `lfbench check` takes, and how much memory, for histories of growing length. Made for docs/check.md:
 *
 *     check_speed [OPERATIONS ...]      default 100000 1000000 10000000 100000000
 *
 * Growth is shown as time / (n log2 n), which does not rise if it is n log n or less. 10^8 operations take 10 GB; without that much there is no line.
 *
 * The histories are those of a right queue, as a simulation of two producers and two consumers makes them: every operation takes effect at one
 * moment, in the order of these moments, and was called some time before and returned some time after. A right
 * history is the long way for the checker: it has to look at all of it. Each length is judged in a process of its own, since the peak of the memory
 * is known of processes only.
 */
#include "trial/arena.h"
#include "check/check.h"
#include "check/script.h"
#include "machine/clock.h"
#include "text/numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4u
#define CAPACITY 1024u
#define REPEATS 3
/* Of more operations than that, one: it takes half a minute. */
#define REPEATED_MAX UINT64_C(50000000)
/* History, its growing, and the checker, at most. */
#define BYTES_PER_OPERATION 112u

/* One simulated thread: its next operation takes effect at `effect` and was called at `call`. */
struct actor {
	uint64_t call, effect;
	uint64_t number;
};

struct simulation {
	struct lfb_history *history;
	struct actor actors[THREADS];
	uint64_t inside[CAPACITY]; /* a ring */
	uint64_t pushed, popped;
	uint64_t random;
};

static uint64_t below(struct simulation *s, uint64_t limit)
{
	return lfb_script_random(&s->random) % limit;
}

static void plan_next(struct simulation *s, struct actor *a, uint64_t after)
{
	a->call = after + 1 + below(s, 20);
	a->effect = a->call + below(s, 200);
}

static unsigned next_actor(const struct simulation *s)
{
	unsigned first = 0;

	for (unsigned t = 1; t < THREADS; t++)
		if (s->actors[t].effect < s->actors[first].effect)
			first = t;
	return first;
}

/* What the queue does at that moment. */
static void take_effect(struct simulation *s, unsigned t, struct lfb_history_op *op)
{
	struct actor *const a = &s->actors[t];

	op->answer = LFB_HISTORY_OK;
	op->kind = t < THREADS / 2 ? LFB_HISTORY_PUSH : LFB_HISTORY_POP;
	if (op->kind == LFB_HISTORY_PUSH) {
		op->value = (uint64_t)t << LFB_VALUE_SHIFT | (a->number + 1);
		if (s->pushed - s->popped == CAPACITY)
			op->answer = LFB_HISTORY_REFUSED;
		else
			s->inside[s->pushed++ % CAPACITY] = op->value;
		a->number += op->answer == LFB_HISTORY_OK;
	} else if (s->pushed == s->popped) {
		op->answer = LFB_HISTORY_REFUSED;
	} else {
		op->value = s->inside[s->popped++ % CAPACITY];
	}
}

static int simulate(struct simulation *s, uint64_t operations)
{
	int rc = 0;

	for (unsigned t = 0; t < THREADS; t++)
		plan_next(s, &s->actors[t], 0);
	for (uint64_t n = 0; rc == 0 && n < operations; n++) {
		const unsigned t = next_actor(s);
		struct actor *const a = &s->actors[t];
		struct lfb_history_op op = { .call = a->call, .ret = a->effect + below(s, 100) };

		take_effect(s, t, &op);
		rc = lfb_history_add(s->history, t, &op);
		plan_next(s, a, op.ret);
	}
	return rc;
}

static uint64_t peak_kb(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss;
}

/* In the child: print one line. Returns the exit status. */
static int measure(uint64_t operations, uint64_t capacity, const char *what)
{
	static struct simulation s;
	struct lfb_check_result result;
	struct lfb_error error = { "" };
	uint64_t best_ns = UINT64_MAX, before_kb;

	s.random = operations;
	s.history = lfb_history_new();
	if (s.history == NULL || simulate(&s, operations) != 0) {
		(void)fprintf(stderr, "check_speed: no memory for %" PRIu64 " operations. Ask for fewer.\n", operations);
		return 2;
	}
	s.history->contract.capacity = capacity;
	before_kb = peak_kb();
	for (int i = 0; i < (operations > REPEATED_MAX ? 1 : REPEATS); i++) {
		const uint64_t start_ns = lfb_clock_now_ns();
		const int rc = lfb_check(s.history, &result, &error);
		const uint64_t took_ns = lfb_clock_now_ns() - start_ns;

		if (rc != 0 || result.verdict != LFB_CHECK_CONFIRMED) {
			(void)fprintf(stderr, "check_speed: a right history is not confirmed: %s%s\n", error.text, result.witness.why);
			return 4;
		}
		best_ns = took_ns < best_ns ? took_ns : best_ns;
	}
	(void)printf("%-10s %11" PRIu64 " %10.3f %8.1f %12.2f %12.0f %12.0f\n", what, operations, (double)best_ns / 1e9,
		     (double)best_ns / (double)operations, (double)best_ns / ((double)operations * log2((double)operations)),
		     (double)(lfb_history_count(s.history) * sizeof(struct lfb_history_op)) / 1048576, (double)(peak_kb() - before_kb) / 1024);
	return fflush(stdout) != 0 ? 2 : 0;
}

static int measure_in_child(uint64_t operations, uint64_t capacity, const char *what)
{
	int status;
	pid_t child;

	if (lfb_memory_available_bytes() / BYTES_PER_OPERATION < operations) {
		(void)printf("%-10s %11" PRIu64 " not measured: it takes %.0f GB of memory\n", what, operations,
			     (double)operations * BYTES_PER_OPERATION / 1e9);
		return fflush(stdout) != 0 ? 2 : 0;
	}
	child = fork();
	if (child < 0) {
		(void)fprintf(stderr, "check_speed: no process: %s\n", strerror(errno));
		return 2;
	}
	if (child == 0)
		_exit(measure(operations, capacity, what));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int main(int argc, char **argv)
{
	static const char *const defaults[] = { "100000", "1000000", "10000000", "100000000", NULL };
	const char *const *words = defaults;
	int code = 0;

	if (argc > 1)
		words = (const char *const *)(argv + 1);
	(void)printf("contract    operations    seconds    ns/op  ns/(n lb n)  history MiB  checker MiB\n");
	(void)fflush(stdout);
	for (; code == 0 && *words != NULL; words++) {
		uint64_t operations;

		if (lfb_parse_count(*words, &operations, NULL) != 0 || operations == 0) {
			(void)fprintf(stderr, "check_speed: '%s' is no number of operations\n", *words);
			return 2;
		}
		code = measure_in_child(operations, 0, "fifo");
		if (code == 0)
			code = measure_in_child(operations, CAPACITY, "bounded");
	}
	return code;
}
