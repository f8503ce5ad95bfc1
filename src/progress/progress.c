/* progress.c - see progress.h: the end that asks one process after the other. What comes back is from where foreign code ran. */
#include "parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* The program that is running, whatever became of its file since. */
#define THIS_PROGRAM "/proc/self/exe"
/* Beyond the budget: a last place that blocks, one that hangs, loading. */
#define SPARE_NS UINT64_C(60000000000)
/* Every place of every state that blocks costs a window. */
#define ALL_NS UINT64_C(850000000000)
#define NUMBER_BYTES 24
/* Each question's part of the budget. */
#define PARTS 2u

static const char *const role_words[LFB_ROLES] = { "push", "pop" };

static int run_child(const struct lfb_progress_options *options, enum question question, enum lfb_role role, struct lfb_child_result *child,
		     struct lfb_error *error)
{
	char seed[NUMBER_BYTES], budget[NUMBER_BYTES], bound[NUMBER_BYTES];
	const uint64_t part_ns = options->budget_ns / PARTS;
	const char *const words[PROGRESS_ARGUMENTS + 1] = {
		[ARGUMENT_PROGRAM] = THIS_PROGRAM, [ARGUMENT_COMMAND] = LFB_PROGRESS_LAUNCH_COMMAND, [ARGUMENT_PATH] = options->path,
		[ARGUMENT_QUESTION] = question_names[question], [ARGUMENT_ROLE] = role_words[role], [ARGUMENT_SEED] = seed, [ARGUMENT_BUDGET_NS] = budget,
		[ARGUMENT_BOUND] = bound, [ARGUMENT_ALL] = options->all ? "1" : "0", [ARGUMENT_BY_SIGNAL] = options->by_signal ? "1" : "0",
	};
	char *argv[PROGRESS_ARGUMENTS + 1];

	(void)snprintf(seed, sizeof(seed), "%" PRIu64, options->seed);
	(void)snprintf(budget, sizeof(budget), "%" PRIu64, part_ns);
	(void)snprintf(bound, sizeof(bound), "%" PRIu64, options->bound);
	memcpy(argv, words, sizeof(argv)); /* execv promises not to write to them */
	return lfb_child_run(argv, (options->all ? ALL_NS : part_ns) + SPARE_NS, options->interrupted, child, error);
}

/* Make it safe to use. */
static bool check_finding(struct lfb_progress_finding *f)
{
	f->state[sizeof(f->state) - 1] = f->where[sizeof(f->where) - 1] = f->allocator[sizeof(f->allocator) - 1] = f->text[sizeof(f->text) - 1] = '\0';
	return f->verdict <= LFB_PROGRESS_INCONCLUSIVE;
}

static bool take_answer(const struct lfb_child_result *child, struct progress_answer *answer)
{
	bool ok = child->stream[0].size == sizeof(*answer);

	if (!ok)
		return false;
	memcpy(answer, child->stream[0].bytes, sizeof(*answer));
	answer->text[sizeof(answer->text) - 1] = answer->helper[sizeof(answer->helper) - 1] = '\0';
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++)
		ok &= check_finding(&answer->finding[role]);
	return ok;
}

/* The same for both: no finding but how the process ended. */
static void set_both(struct progress_answer *answer, enum lfb_progress_verdict verdict, const char *text)
{
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &answer->finding[role];

		memset(f, 0, sizeof(*f));
		f->verdict = verdict;
		(void)snprintf(f->text, sizeof(f->text), "%s", text);
	}
}

/* It did not say all. */
static void take_end(const struct lfb_child_result *child, struct progress_answer *answer)
{
	const int status = child->wait_status;
	char text[80];

	memset(answer, 0, sizeof(*answer));
	if (child->timed_out || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)) {
		set_both(answer, LFB_PROGRESS_HUNG, "the process did not end");
		return;
	}
	if (WIFSIGNALED(status))
		(void)snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "unknown");
	else
		(void)snprintf(text, sizeof(text), "it ended the process, with status %d", WEXITSTATUS(status));
	set_both(answer, LFB_PROGRESS_CRASHED, text);
}

/* What was found before something went wrong stays. */
static void take_failure(struct progress_answer *answer)
{
	for (enum lfb_role role = LFB_ROLE_PUSH; role < LFB_ROLES; role++) {
		struct lfb_progress_finding *const f = &answer->finding[role];

		if (f->verdict == LFB_PROGRESS_BLOCKS)
			continue;
		f->verdict = answer->rc == -ETIMEDOUT ? LFB_PROGRESS_HUNG : LFB_PROGRESS_INCONCLUSIVE;
		(void)snprintf(f->text, sizeof(f->text), "%s", answer->text);
	}
}

/* One question to one process. */
static int ask(const struct lfb_progress_options *options, enum question question, enum lfb_role role, struct lfb_progress_result *result,
	       struct progress_answer *answer, struct lfb_error *error)
{
	struct lfb_child_result child;
	char text[64];
	int rc;

	(void)snprintf(text, sizeof(text), "%s %s", role_words[role], question_names[question]);
	if (options->on_question != NULL)
		options->on_question(text, options->context);
	rc = run_child(options, question, role, &child, error);
	if (rc != 0)
		return rc;
	result->interrupted |= child.interrupted;
	if (child.interrupted) {
		memset(answer, 0, sizeof(*answer));
		set_both(answer, LFB_PROGRESS_INCONCLUSIVE, "interrupted");
	} else if (!take_answer(&child, answer)) {
		take_end(&child, answer);
	} else {
		if (answer->rc != 0)
			take_failure(answer);
		result->by_signal |= answer->by_signal != 0;
		if (answer->helpers > result->helpers) {
			result->helpers = answer->helpers;
			memcpy(result->helper, answer->helper, sizeof(result->helper));
		}
	}
	lfb_child_result_free(&child);
	return 0;
}

static bool blocks(const struct lfb_progress_result *result, unsigned role)
{
	return result->pair[LFB_ROLE_PUSH][role].verdict == LFB_PROGRESS_BLOCKS || result->pair[LFB_ROLE_POP][role].verdict == LFB_PROGRESS_BLOCKS;
}

/* Nothing is to be asked of a backend that has crashed. */
static bool is_bad(const struct lfb_progress_finding *f)
{
	return f->verdict == LFB_PROGRESS_CRASHED || f->verdict == LFB_PROGRESS_HUNG;
}

static int ask_stalls(const struct lfb_progress_options *options, struct lfb_progress_result *result, struct lfb_error *error)
{
	int rc = 0;

	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES && !result->interrupted; role++) {
		struct progress_answer answer;

		rc = ask(options, QUESTION_STALL, role, result, &answer, error);
		if (rc == 0)
			memcpy(result->pair[role], answer.finding, sizeof(answer.finding));
		if (rc == 0 && (is_bad(&answer.finding[LFB_ROLE_PUSH]) || is_bad(&answer.finding[LFB_ROLE_POP])))
			break;
	}
	return rc;
}

/* With one stopped nothing blocked; with all but one? */
static int ask_solo(const struct lfb_progress_options *options, struct lfb_progress_result *result, struct lfb_error *error)
{
	const bool push = !blocks(result, LFB_ROLE_PUSH), pop = !blocks(result, LFB_ROLE_POP);
	struct progress_answer answer;
	int rc;

	if (result->interrupted || result->by_signal || (!push && !pop))
		return 0;
	rc = ask(options, push && pop ? QUESTION_SOLO : QUESTION_SOLO_ONE, push ? LFB_ROLE_PUSH : LFB_ROLE_POP, result, &answer, error);
	if (rc == 0)
		memcpy(result->solo, answer.finding, sizeof(answer.finding));
	return rc;
}

static int ask_rest(const struct lfb_progress_options *options, struct lfb_progress_result *result, struct lfb_error *error)
{
	struct progress_answer answer;
	int rc = 0;

	for (enum lfb_role role = LFB_ROLE_PUSH; rc == 0 && role < LFB_ROLES && !result->by_signal; role++) {
		if (!result->interrupted && !blocks(result, role)) {
			rc = ask(options, QUESTION_FINISH, role, result, &answer, error);
			if (rc == 0)
				result->finish[role] = answer.finding[role];
		}
		if (rc == 0 && !result->interrupted && result->pair[role][LFB_ROLE_PUSH].verdict == LFB_PROGRESS_UNREFUTED &&
		    result->pair[role][LFB_ROLE_POP].verdict == LFB_PROGRESS_UNREFUTED) {
			rc = ask(options, QUESTION_MEMORY, role, result, &answer, error);
			if (rc == 0)
				result->memory[role] = answer.finding[role];
		}
	}
	return rc;
}

int lfb_progress_run(const struct lfb_progress_options *options, struct lfb_progress_result *result, struct lfb_error *error)
{
	int rc;

	memset(result, 0, sizeof(*result));
	rc = ask_stalls(options, result, error);
	for (unsigned role = 0; rc == 0 && role < LFB_ROLES; role++)
		if (is_bad(&result->pair[role][LFB_ROLE_PUSH]) || is_bad(&result->pair[role][LFB_ROLE_POP]))
			return 0;
	if (rc == 0)
		rc = ask_solo(options, result, error);
	if (rc == 0)
		rc = ask_rest(options, result, error);
	return rc;
}
