/*
 * duet_process.c - see duet_process.h. The child answers through a pipe on its standard output,
 * once it is done: the number of items, then the blocks, as plain structs (both ends
 * are the same program). Until then the parent sleeps, and disturbs nothing.
 */
#include "duet_process.h"

#include "overhead.h"
#include "text/numbers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A launch takes well under a second; one that takes this long hangs. */
#define TIMEOUT_S 60u

enum { ARG_PROGRAM, ARG_OPTION, ARG_SUITE, ARG_HAND, ARG_MODE, ARG_FIRST, ARG_ITEMS, ARG_BLOCKS, ARG_SEED, ARGS };

/* Room for a number as an argument. */
#define NUMBER_BYTES 24

static int write_all(int fd, const void *data, size_t bytes)
{
	const char *at = data;

	while (bytes > 0) {
		const ssize_t n = write(fd, at, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		bytes -= (size_t)n;
	}
	return 0;
}

/* Returns whether all of it came. */
static bool read_all(int fd, void *data, size_t bytes)
{
	char *at = data;

	while (bytes > 0) {
		const ssize_t n = read(fd, at, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		bytes -= (size_t)n;
	}
	return true;
}

bool duet_process_requested(int argc, char **argv)
{
	return argc == ARGS && strcmp(argv[ARG_OPTION], DUET_PROCESS_OPTION) == 0;
}

static void read_plan(char **argv, struct duet_plan *plan)
{
	uint64_t first = ARM_SUITE, mode = MODE_PAIR;

	/* From our own parent: digits, see start(). */
	(void)lfb_parse_count(argv[ARG_MODE], &mode, NULL);
	(void)lfb_parse_count(argv[ARG_FIRST], &first, NULL);
	(void)lfb_parse_count(argv[ARG_ITEMS], &plan->items, NULL);
	(void)lfb_parse_count(argv[ARG_BLOCKS], &plan->blocks, NULL);
	(void)lfb_parse_count(argv[ARG_SEED], &plan->seed, NULL);
	plan->stage.loaded_first = first == ARM_SUITE ? ARM_SUITE : ARM_HAND;
	plan->stage.paths[ARM_SUITE] = argv[ARG_SUITE];
	plan->stage.paths[ARM_HAND] = argv[ARG_HAND];
	plan->stage.mode = mode == MODE_PAIR ? MODE_PAIR : mode == MODE_IN_TURNS ? MODE_IN_TURNS : MODE_CONSUME;
}

int duet_process_main(char **argv)
{
	struct duet_plan plan = { 0 };
	struct duet_block *blocks;
	struct lfb_error error = { "" };
	uint64_t items = 0;
	int rc;

	(void)alarm(TIMEOUT_S);
	read_plan(argv, &plan);
	blocks = calloc(plan.blocks + 1, sizeof(*blocks));
	rc = blocks == NULL ? lfb_fail(&error, -ENOMEM, "no memory for %" PRIu64 " blocks", plan.blocks)
			    : duet_run(&plan, &items, blocks, &error);
	if (rc == 0)
		rc = write_all(STDOUT_FILENO, &items, sizeof(items));
	if (rc == 0)
		rc = write_all(STDOUT_FILENO, blocks, plan.blocks * sizeof(*blocks));
	free(blocks);
	if (rc == 0)
		return EXIT_SUCCESS;
	(void)fprintf(stderr, "lfbench: %s against %s: %s.\n", plan.stage.paths[ARM_SUITE], plan.stage.paths[ARM_HAND],
		      error.text[0] != '\0' ? error.text : strerror(-rc));
	return rc == -EBADMSG ? OVERHEAD_WRONG : OVERHEAD_USAGE;
}

/* Start this program again with the plan as its arguments, its output into `pipe_in`. */
static int start(const struct duet_plan *plan, int pipe_in, pid_t *child)
{
	char mode[NUMBER_BYTES], first[NUMBER_BYTES], items[NUMBER_BYTES], blocks[NUMBER_BYTES], seed[NUMBER_BYTES];
	const char *const words[ARGS + 1] = {
		"harness_overhead",
		DUET_PROCESS_OPTION,
		plan->stage.paths[ARM_SUITE],
		plan->stage.paths[ARM_HAND],
		mode,
		first,
		items,
		blocks,
		seed,
		NULL,
	};
	char *argv[ARGS + 1];
	posix_spawn_file_actions_t actions;
	int rc;

	(void)snprintf(mode, sizeof(mode), "%d", (int)plan->stage.mode);
	(void)snprintf(first, sizeof(first), "%d", (int)plan->stage.loaded_first);
	(void)snprintf(items, sizeof(items), "%" PRIu64, plan->items);
	(void)snprintf(blocks, sizeof(blocks), "%" PRIu64, plan->blocks);
	(void)snprintf(seed, sizeof(seed), "%" PRIu64, plan->seed);
	memcpy(argv, words, sizeof(argv)); /* posix_spawn promises not to write to them */
	rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return -rc;
	rc = posix_spawn_file_actions_adddup2(&actions, pipe_in, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn(child, "/proc/self/exe", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/* How the child ended, as a return code. */
static int ending(pid_t child, bool complete, struct lfb_error *error)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return lfb_fail(error, -errno, "a launch was lost: %s", strerror(errno));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return lfb_fail(error, -EBADMSG, "a launch hung: no end after %u s", TIMEOUT_S);
	if (WIFSIGNALED(status))
		return lfb_fail(error, -EBADMSG, "a launch crashed: %s", strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) == OVERHEAD_WRONG)
		return lfb_fail(error, -EBADMSG, "a slice failed verification");
	if (WEXITSTATUS(status) != 0 || !complete)
		return lfb_fail(error, -EIO, "a launch could not be made");
	return 0;
}

int duet_process_run(const struct duet_plan *plan, uint64_t *items, struct duet_block *blocks, struct lfb_error *error)
{
	bool complete;
	int ends[2];
	pid_t child;
	int rc;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return lfb_fail(error, -errno, "no pipe: %s", strerror(errno));
	rc = start(plan, ends[1], &child);
	close(ends[1]);
	if (rc != 0) {
		close(ends[0]);
		return lfb_fail(error, rc, "no process: %s", strerror(-rc));
	}
	complete =
		read_all(ends[0], items, sizeof(*items)) && read_all(ends[0], blocks, plan->blocks * sizeof(*blocks));
	close(ends[0]);
	return ending(child, complete, error);
}
