/* launch.c - see launch.h: the end that starts the process and takes its answer apart. What came is from where foreign code ran: every size is checked. */
#include "launch_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* The program that is running, whatever became of its file since. */
#define THIS_PROGRAM "/proc/self/exe"
/* Beyond the slice: a history that is called off, a thread that may come back, loading, writing. */
#define SPARE_NS UINT64_C(15000000000)
#define NUMBER_BYTES 24

static int run_child(const struct lfb_check_launch *launch, const volatile sig_atomic_t *interrupted, struct lfb_child_result *child, struct lfb_error *error)
{
	char seed[NUMBER_BYTES], histories[NUMBER_BYTES], slice[NUMBER_BYTES], depth[NUMBER_BYTES];
	const char *const words[LAUNCH_ARGUMENTS + 1] = {
		[LAUNCH_PROGRAM] = THIS_PROGRAM, [LAUNCH_COMMAND] = LFB_CHECK_LAUNCH_COMMAND, [LAUNCH_PATH] = launch->path,
		[LAUNCH_SHAPE] = launch->shape->name, [LAUNCH_SEED] = seed, [LAUNCH_HISTORIES] = histories, [LAUNCH_SLICE_NS] = slice,
		[LAUNCH_DEPTH] = depth, [LAUNCH_STEPS] = launch->single_step ? LAUNCH_BY_INSTRUCTION : LAUNCH_BY_ACCESS,
	};
	char *argv[LAUNCH_ARGUMENTS + 1];

	(void)snprintf(seed, sizeof(seed), "%" PRIu64, launch->seed);
	(void)snprintf(histories, sizeof(histories), "%" PRIu64, launch->histories);
	(void)snprintf(slice, sizeof(slice), "%" PRIu64, launch->slice_ns);
	(void)snprintf(depth, sizeof(depth), "%u", launch->depth);
	memcpy(argv, words, sizeof(argv)); /* execv promises not to write to them */
	return lfb_child_run(argv, launch->slice_ns + SPARE_NS, interrupted, child, error);
}

/* What is left of the answer. */
struct answer {
	const char *at;
	size_t left;
};

static const void *take(struct answer *answer, size_t bytes)
{
	const void *const taken = answer->at;

	if (bytes > answer->left)
		return NULL;
	answer->at += bytes;
	answer->left -= bytes;
	return taken;
}

/* The logs stay where they are, in the answer: `history` is not to be freed. false: they are cut off. */
static bool take_logs(struct answer *answer, const struct launch_head *head, struct lfb_history *history)
{
	for (unsigned t = 0; t < history->threads; t++) {
		const size_t op_bytes = sizeof(history->log[t].ops[0]);
		const void *const ops = head->counts[t] <= answer->left / op_bytes ? take(answer, (size_t)head->counts[t] * op_bytes) : NULL;

		if (ops == NULL)
			return false;
		history->log[t].ops = (struct lfb_history_op *)(uintptr_t)ops;
		history->log[t].count = history->log[t].room = (size_t)head->counts[t];
	}
	return true;
}

static void describe(const struct lfb_check_launch *launch, const struct launch_head *head, struct lfb_history *history)
{
	const struct lfb_claims *const claims = &launch->info->claims;

	memset(history, 0, sizeof(*history));
	(void)snprintf(history->backend, sizeof(history->backend), "%s", launch->info->name);
	(void)snprintf(history->shape, sizeof(history->shape), "%s", launch->shape->name);
	history->seed = head->seed;
	history->epsilon_ticks = head->epsilon_ticks;
	history->ticks_per_us = head->ticks_per_us > 0 ? head->ticks_per_us : 1;
	history->contract = (struct lfb_contract){ claims->order, claims->empty, claims->full, claims->bounded ? head->capacity : 0 };
	history->threads = head->threads;
	history->switches = head->switches;
	memcpy(history->kept_switch, head->kept_switch, sizeof(history->kept_switch));
}

static enum lfb_check_end end_of(const struct launch_head *head, struct lfb_error *error)
{
	(void)lfb_fail(error, 0, "%.*s", (int)sizeof(head->text) - 1, head->text);
	if (head->rc == -EFAULT)
		return LFB_CHECK_END_CRASHED;
	if (head->rc == -ETIMEDOUT)
		return LFB_CHECK_END_HUNG;
	return head->rc == -ENOTSUP ? LFB_CHECK_END_UNSUPPORTED : LFB_CHECK_END_RESOURCE;
}

/* All histories that are whole. Returns how it says that it ended: CRASHED if it does not come to that. */
static enum lfb_check_end take_all(const struct lfb_check_launch *launch, struct answer *answer, struct lfb_history *history,
				   lfb_check_on_history on_history, void *context, struct lfb_error *error)
{
	for (;;) {
		struct launch_head head;
		const void *const bytes = take(answer, sizeof(head));

		if (bytes == NULL)
			return LFB_CHECK_END_CRASHED;
		memcpy(&head, bytes, sizeof(head));
		head.text[sizeof(head.text) - 1] = '\0';
		if (head.threads > LAUNCH_THREADS)
			return LFB_CHECK_END_CRASHED;
		describe(launch, &head, history);
		if (launch->steps != NULL)
			*launch->steps += head.steps;
		if (!take_logs(answer, &head, history))
			return LFB_CHECK_END_CRASHED;
		if (history->threads > 0 && !on_history(history, context))
			return LFB_CHECK_END_DONE;
		if (head.rc != 0)
			return end_of(&head, error);
		if (history->threads == 0)
			return LFB_CHECK_END_DONE;
	}
}

/* How the process ended, where it has not said so itself. */
static enum lfb_check_end end_of_child(const struct lfb_child_result *child, enum lfb_check_end said, struct lfb_error *error)
{
	const int status = child->wait_status;

	if (child->interrupted) {
		(void)lfb_fail(error, 0, "interrupted");
		return LFB_CHECK_END_INTERRUPTED;
	}
	if (said != LFB_CHECK_END_CRASHED || error->text[0] != '\0') /* it was a process of that process */
		return said;
	if (child->timed_out || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)) {
		(void)lfb_fail(error, 0, "the process did not end");
		return LFB_CHECK_END_HUNG;
	}
	if (WIFSIGNALED(status))
		(void)lfb_fail(error, 0, "SIG%s", sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "unknown");
	else
		(void)lfb_fail(error, 0, "it ended the process, with status %d", WEXITSTATUS(status));
	return LFB_CHECK_END_CRASHED;
}

int lfb_check_launch(const struct lfb_check_launch *launch, lfb_check_on_history on_history, void *context,
		     const volatile sig_atomic_t *interrupted, enum lfb_check_end *end, struct lfb_error *error)
{
	struct lfb_history *const history = calloc(1, sizeof(*history));
	struct lfb_child_result child;
	struct answer answer;
	int rc;

	if (history == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	rc = run_child(launch, interrupted, &child, error);
	if (rc == 0) {
		error->text[0] = '\0';
		answer = (struct answer){ child.stream[0].bytes, child.stream[0].size };
		*end = take_all(launch, &answer, history, on_history, context, error);
		*end = end_of_child(&child, *end, error);
		lfb_child_result_free(&child);
	}
	free(history);
	return rc;
}
