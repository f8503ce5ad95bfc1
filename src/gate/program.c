/* program.c - see program.h. */
#include "program.h"

#include "machine/clock.h"
#include "run_values.h"
#include "statistics/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define REPLICATES_MAX 500u
/* Of the budget, for base against itself. */
#define CONTROL_SHARE 0.3

struct job {
	struct gate_run *run;
	const struct gate_program *program;
	struct lfb_rng rng;
	uint64_t start_ns;
	size_t done, planned;
};

void gate_program_cells(const struct gate_program *program, struct gate_cell cells[2])
{
	static const struct lfb_workload whole = { .name = "program", .by_threads = false };

	(void)program;
	for (int i = 0; i < 2; i++) {
		memset(&cells[i], 0, sizeof(cells[i]));
		cells[i].shape.workload = &whole;
		cells[i].shape.producers = cells[i].shape.consumers = 1;
		cells[i].label = "program";
		cells[i].layouts = 1;
	}
	cells[1].control = GATE_CONTROL_SELF;
}

/* One run of a command, its output thrown away. Returns 0, -EBADMSG where it failed, -EINTR, or -errno. */
static int run_command(const struct job *job, const char *command, uint64_t *ns, struct lfb_error *why)
{
	const char *const argv[] = { "sh", "-c", command, NULL };
	const uint64_t start_ns = lfb_clock_now_ns();
	posix_spawn_file_actions_t actions;
	char *words[4];
	int status = 0, rc;
	pid_t child;

	memcpy(words, argv, sizeof(words)); /* posix_spawn promises not to write to them */
	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return lfb_fail(why, -rc, "out of memory");
	rc = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (rc == 0)
		rc = posix_spawn(&child, "/bin/sh", &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (rc != 0)
		return lfb_fail(why, -rc, "sh cannot be started: %s", strerror(rc));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		if (job->run->interrupted != NULL && *job->run->interrupted)
			(void)kill(child, SIGTERM);
	*ns = lfb_clock_now_ns() - start_ns;
	if (job->run->interrupted != NULL && *job->run->interrupted)
		return -EINTR;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return lfb_fail(why, -EBADMSG, "'%.200s' ended by signal %d", command, WTERMSIG(status));
	return lfb_fail(why, -EBADMSG, "'%.200s' failed with exit status %d", command, WEXITSTATUS(status));
}

static void report_progress(const struct job *job, const struct gate_cell *cell)
{
	const struct gate_progress progress = {
		GATE_STAGE_SCREEN, job->done, job->planned, lfb_clock_now_ns() - job->start_ns, job->run->budget_ns, cell
	};

	if (job->run->on_progress != NULL)
		job->run->on_progress(&progress, job->run->context);
}

/* ABBA or BAAB. A failure makes the cell invalid. Returns 0 or what ends the run. */
static int replicate(struct job *job, struct gate_cell *cell, double *d)
{
	const enum gate_arm a = lfb_rng_below(&job->rng, 2) == 0 ? GATE_BASE : GATE_HEAD;
	const enum gate_arm order[] = { a, (enum gate_arm)(1 - (int)a), (enum gate_arm)(1 - (int)a), a };
	struct gate_duet_result result = { .blocks = 1 };
	double sum[GATE_ARMS] = { 0, 0 };
	struct lfb_error why = { "" };

	report_progress(job, cell);
	for (size_t i = 0; i < 4; i++) {
		const enum gate_arm side = cell->control != GATE_NO_CONTROL ? GATE_BASE : order[i];
		uint64_t ns = 0;
		const int rc = run_command(job, job->program->command[side], &ns, &why);

		if (rc == -EINTR) {
			job->run->was_interrupted = true;
			return rc;
		}
		if (rc != 0) {
			cell->invalid = true;
			(void)snprintf(cell->reason, sizeof(cell->reason), "%s", why.text);
			return 0;
		}
		sum[order[i]] += (double)ns;
	}
	job->done++;
	*d = result.d = lfb_log_ratio(sum[GATE_HEAD], sum[GATE_BASE]);
	for (enum gate_arm arm = 0; arm < GATE_ARMS; arm++)
		result.ns[arm] = sum[arm] / 2;
	gate_cell_note(cell, &result, GATE_STAGE_SCREEN);
	return 0;
}

/* How many replicates fit, from the time of the first, whose value is not used. */
static int plan(struct job *job, size_t want[2], struct lfb_error *error)
{
	struct gate_cell *const cells = job->run->cells;
	double d, replicate_ns, budget;
	const int rc = replicate(job, &cells[0], &d);

	cells[0].launch_ns_count = 0;
	cells[0].blocks = 0;
	if (rc != 0 || cells[0].invalid)
		return rc;
	replicate_ns = (double)(lfb_clock_now_ns() - job->start_ns);
	budget = fmax(0, (double)job->run->budget_ns - replicate_ns);
	want[0] = (size_t)fmin(REPLICATES_MAX, floor((1 - CONTROL_SHARE) * budget / replicate_ns));
	want[1] = (size_t)fmin(REPLICATES_MAX, floor(CONTROL_SHARE * budget / replicate_ns));
	job->planned = want[0] + want[1];
	job->done = 0;
	for (int i = 0; i < 2; i++) {
		cells[i].allotment.replicate_ns = replicate_ns;
		cells[i].screen.planned = want[i];
		cells[i].screen.d = calloc(want[i] + 1, sizeof(double));
		if (cells[i].screen.d == NULL)
			return lfb_fail(error, -ENOMEM, "out of memory");
	}
	return 0;
}

/* The control's replicates evenly among the others. */
static int measure(struct job *job, const size_t want[2])
{
	struct gate_cell *const cells = job->run->cells;
	int rc = 0;

	while (rc == 0 && !cells[0].invalid && job->done < job->planned) {
		const bool control = (double)cells[1].screen.count * (double)want[0] < (double)cells[0].screen.count * (double)want[1] ||
				     cells[0].screen.count == want[0];
		struct gate_cell *const cell = &cells[control && cells[1].screen.count < want[1] ? 1 : 0];
		double d;

		rc = replicate(job, cell, &d);
		if (rc == 0 && !cell->invalid)
			cell->screen.d[cell->screen.count++] = d;
		if (cell->invalid)
			break;
	}
	return rc;
}

int gate_program_run(struct gate_run *run, const struct gate_program *program, struct lfb_error *error)
{
	struct job job = { .run = run, .program = program, .start_ns = lfb_clock_now_ns() };
	size_t want[2] = { 0, 0 };
	int rc;

	lfb_rng_seed(&job.rng, run->seed);
	run->single_stage = true;
	rc = plan(&job, want, error);
	if (rc == 0)
		rc = measure(&job, want);
	run->elapsed_ns = lfb_clock_now_ns() - job.start_ns;
	if (gate_run_judge(run) != 0)
		return lfb_fail(error, -ENOMEM, "out of memory");
	return rc == -EINTR ? 0 : rc;
}
