/*
 * launch.c - see launch.h. The plan goes to the child as its arguments; the child answers through a pipe on its standard output once it is done, complete or not at
 * all: how it went, a sentence, the result, the blocks, as plain structs, since both ends are one program.
 * Until then the parent sleeps, and disturbs nothing.
 */
#include "launch.h"

#include "duet_run.h"

#include "clock.h"
#include "cpu_list.h"
#include "names.h"
#include "numbers.h"
#include "row.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* How often the parent looks whether it was interrupted. */
#define LOOK_MS 200

enum argument {
	ARG_PROGRAM,
	ARG_COMMAND,
	ARG_BASE,
	ARG_HEAD,
	ARG_WORKLOAD,
	ARG_PRODUCERS,
	ARG_CONSUMERS,
	ARG_CAPACITY,
	ARG_BATCH,
	ARG_WAIT,
	ARG_POOL,
	ARG_METRIC,
	ARG_FIRST,
	ARG_ITEMS,
	ARG_SLICE_NS,
	ARG_BLOCKS,
	ARG_SEED,
	ARG_TIMEOUT_NS,
	ARG_CPUS, /* "0+1", or "-" */
	ARGS
};

/* What comes first through the pipe. */
struct answer {
	int rc;
	char text[512];
	struct gate_duet_result result;
};

static int write_all(int fd, const void *data, size_t bytes)
{
	for (const char *at = data; bytes > 0;) {
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

/* One of our own arguments as a number of at most `max`. */
static bool number(char **argv, enum argument index, uint64_t max, uint64_t *out)
{
	return lfb_u64_parse(argv[index], out) && *out <= max;
}

static bool read_shape(char **argv, struct lfb_shape *shape)
{
	const int workload = lfb_name_find(lfb_workload_names, argv[ARG_WORKLOAD]), wait = lfb_name_find(lfb_wait_names, argv[ARG_WAIT]);
	uint64_t producers, consumers, batch, pool;

	if (workload < 0 || wait < 0 || !number(argv, ARG_PRODUCERS, GATE_THREADS_MAX, &producers) ||
	    !number(argv, ARG_CONSUMERS, GATE_THREADS_MAX, &consumers) || !number(argv, ARG_CAPACITY, UINT64_MAX, &shape->capacity) ||
	    !number(argv, ARG_BATCH, LFB_BATCH_MAX, &batch) || !number(argv, ARG_POOL, 1, &pool) || batch == 0)
		return false;
	shape->workload = &lfb_workloads[workload];
	lfb_shape_preset(shape);
	shape->producers = (uint32_t)producers;
	shape->consumers = (uint32_t)consumers;
	shape->batch = (uint32_t)batch;
	shape->wait = (enum lfb_wait)wait;
	shape->pool = pool != 0;
	return true;
}

/* `cpus` is the child's to clear. */
static bool read_plan(char **argv, struct gate_duet_plan *plan, struct lfb_cpu_list *cpus)
{
	uint64_t metric, first, blocks;

	if (!read_shape(argv, &plan->shape) || !number(argv, ARG_METRIC, GATE_METRICS - 1, &metric) || !number(argv, ARG_FIRST, 1, &first) ||
	    !number(argv, ARG_ITEMS, UINT64_C(1) << 40, &plan->items) || !number(argv, ARG_SLICE_NS, UINT64_C(10000000000), &plan->slice_ns) ||
	    !number(argv, ARG_BLOCKS, GATE_BLOCKS_MAX, &blocks) || !number(argv, ARG_SEED, UINT64_MAX, &plan->seed) ||
	    !number(argv, ARG_TIMEOUT_NS, UINT64_MAX, &plan->timeout_ns))
		return false;
	if (strcmp(argv[ARG_CPUS], "-") != 0 && lfb_cpu_list_parse(argv[ARG_CPUS], cpus, NULL) != 0)
		return false;
	plan->metric = (enum gate_metric)metric;
	plan->shape.pass = plan->metric == GATE_THROUGHPUT ? LFB_PASS_THROUGHPUT : LFB_PASS_LATENCY;
	plan->loaded_first = (enum gate_arm)first;
	plan->blocks = (unsigned)blocks;
	plan->paths[GATE_BASE] = argv[ARG_BASE];
	plan->paths[GATE_HEAD] = argv[ARG_HEAD];
	plan->cpus = cpus->count > 0 ? cpus->cpus : NULL;
	plan->cpu_count = (unsigned)cpus->count;
	return true;
}

/* The pipe, moved away from standard output before any foreign code runs, which may print. Returns it or -errno. */
static int take_pipe(void)
{
	const int pipe_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (pipe_fd < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
		return -errno;
	(void)close(nowhere);
	return pipe_fd;
}

int gate_launch_main(int argc, char **argv)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	const int pipe_fd = take_pipe();
	struct gate_duet_plan plan = { .items = 0 };
	struct lfb_cpu_list cpus = { NULL, 0 };
	struct lfb_error error = { "" };
	struct answer answer;
	struct gate_block *blocks;
	int rc;

	memset(&answer, 0, sizeof(answer));
	if (argc != ARGS || pipe_fd < 0 || !read_plan(argv, &plan, &cpus)) {
		(void)fprintf(stderr, "lfbench: " GATE_LAUNCH_COMMAND " is for lfbench gate itself.\n");
		return 2;
	}
	(void)alarm((unsigned)(plan.timeout_ns / UINT64_C(1000000000)) + 5); /* should the parent be gone */
	blocks = calloc((size_t)plan.blocks + 1, sizeof(*blocks));
	answer.rc = blocks == NULL ? -ENOMEM : gate_duet_run(&plan, start_ns, blocks, &answer.result, &error);
	(void)snprintf(answer.text, sizeof(answer.text), "%s", error.text);
	rc = write_all(pipe_fd, &answer, sizeof(answer));
	if (rc == 0 && answer.rc == 0)
		rc = write_all(pipe_fd, blocks, plan.blocks * sizeof(*blocks));
	free(blocks);
	lfb_cpu_list_clear(&cpus);
	/* Not through the exit handlers of two builds of one library. */
	_exit(rc == 0 ? 0 : 2);
}

#define NUMBER_BYTES 24

/* The arguments of a child; the numbers stand in `numbers`. */
static int fill_arguments(const struct gate_duet_plan *plan, char numbers[ARGS][NUMBER_BYTES], char **cpus, const char *words[ARGS + 1])
{
	const struct lfb_cpu_list list = { (unsigned *)(uintptr_t)plan->cpus, plan->cpu_count };
	const struct {
		enum argument index;
		uint64_t value;
	} values[] = {
		{ ARG_PRODUCERS, plan->shape.producers }, { ARG_CONSUMERS, plan->shape.consumers },
		{ ARG_CAPACITY, plan->shape.capacity },	  { ARG_BATCH, plan->shape.batch },
		{ ARG_POOL, plan->shape.pool },		  { ARG_METRIC, plan->metric },
		{ ARG_FIRST, plan->loaded_first },	  { ARG_ITEMS, plan->items },
		{ ARG_SLICE_NS, plan->slice_ns },	  { ARG_BLOCKS, plan->blocks },
		{ ARG_SEED, plan->seed },		  { ARG_TIMEOUT_NS, plan->timeout_ns },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		(void)snprintf(numbers[values[i].index], NUMBER_BYTES, "%" PRIu64, values[i].value);
		words[values[i].index] = numbers[values[i].index];
	}
	*cpus = plan->cpus != NULL ? lfb_cpu_list_text(&list) : strdup("-");
	if (*cpus == NULL)
		return -ENOMEM;
	words[ARG_PROGRAM] = "lfbench";
	words[ARG_COMMAND] = GATE_LAUNCH_COMMAND;
	words[ARG_BASE] = plan->paths[GATE_BASE];
	words[ARG_HEAD] = plan->paths[GATE_HEAD];
	words[ARG_WORKLOAD] = plan->shape.workload->name;
	words[ARG_WAIT] = lfb_wait_names[plan->shape.wait];
	words[ARG_CPUS] = *cpus;
	words[ARGS] = NULL;
	return 0;
}

static int start(const struct gate_duet_plan *plan, int pipe_in, pid_t *child)
{
	char numbers[ARGS][NUMBER_BYTES], *cpus = NULL;
	const char *words[ARGS + 1];
	char *argv[ARGS + 1];
	posix_spawn_file_actions_t actions;
	int rc = fill_arguments(plan, numbers, &cpus, words);

	if (rc != 0)
		return rc;
	memcpy(argv, words, sizeof(argv)); /* posix_spawn promises not to write to them */
	rc = posix_spawn_file_actions_init(&actions);
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(&actions, pipe_in, STDOUT_FILENO);
		if (rc == 0)
			rc = posix_spawn(child, "/proc/self/exe", &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	free(cpus);
	return -rc;
}

/* Reads what there is until the end of the pipe, an interruption, or the time limit. Returns 0, -EINTR, -ETIMEDOUT or -errno. */
static int read_until_end(int fd, void *data, size_t bytes, uint64_t timeout_ns, const volatile sig_atomic_t *interrupted, size_t *got)
{
	const uint64_t until_ns = lfb_clock_now_ns() + timeout_ns;

	*got = 0;
	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		const int ready = poll(&wait, 1, LOOK_MS);
		ssize_t n;

		if (interrupted != NULL && *interrupted)
			return -EINTR;
		if (lfb_clock_now_ns() > until_ns)
			return -ETIMEDOUT;
		if (ready <= 0)
			continue;
		n = read(fd, (char *)data + *got, bytes - *got);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		*got += n > 0 ? (size_t)n : 0;
		if (*got == bytes)
			return 0;
	}
}

/* Waits for the child, which is killed first if `rc` says that it is not going to end. */
static int ending(pid_t child, int rc, size_t got, size_t wanted, struct answer *answer, struct lfb_error *error)
{
	int status = 0;

	if (rc != 0)
		(void)kill(child, SIGKILL);
	answer->text[sizeof(answer->text) - 1] = '\0';
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return lfb_fail(error, -errno, "a launch was lost: %s", strerror(errno));
	if (rc == -EINTR)
		return lfb_fail(error, -EINTR, "interrupted");
	if (rc == -ETIMEDOUT || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		return lfb_fail(error, -EBADMSG, "a launch hung: a thread did not come back from the queue");
	if (WIFSIGNALED(status))
		return lfb_fail(error, -EBADMSG, "a launch crashed: %s", strsignal(WTERMSIG(status)));
	if (got >= sizeof(*answer) && answer->rc != 0)
		return lfb_fail(error, answer->rc < 0 && answer->rc > -4096 ? answer->rc : -EBADMSG, "%.500s", answer->text);
	if (rc != 0 || got != wanted || WEXITSTATUS(status) != 0)
		return lfb_fail(error, -EBADMSG, "a launch ended early: the build left the process, or its answer was cut off");
	return 0;
}

/* What came is from a process in which foreign code ran: its numbers are taken, its claims about sizes are not. */
static void take_answer(const struct gate_duet_plan *plan, const struct answer *answer, struct gate_duet_result *result)
{
	*result = answer->result;
	result->blocks = plan->items > 0 ? plan->blocks : 0;
	if (result->dropped > result->blocks)
		result->dropped = result->blocks;
}

int gate_launch(const struct gate_duet_plan *plan, struct gate_duet_result *result, struct gate_block *blocks,
		const volatile sig_atomic_t *interrupted, struct lfb_error *error)
{
	const size_t of_blocks = plan->blocks * sizeof(*blocks);
	const size_t wanted = sizeof(struct answer) + of_blocks;
	struct answer *const answer = calloc(1, wanted + 1);
	size_t got = 0;
	int ends[2], rc;
	pid_t child;

	if (answer == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	if (pipe2(ends, O_CLOEXEC) != 0) {
		free(answer);
		return lfb_fail(error, -errno, "no pipe: %s", strerror(errno));
	}
	rc = start(plan, ends[1], &child);
	(void)close(ends[1]);
	if (rc == 0) {
		rc = read_until_end(ends[0], answer, wanted, plan->timeout_ns, interrupted, &got);
		rc = ending(child, rc, got, wanted, answer, error);
	} else {
		(void)lfb_fail(error, rc, "no process for a launch: %s", strerror(-rc));
	}
	(void)close(ends[0]);
	if (rc == 0) {
		take_answer(plan, answer, result);
		if (blocks != NULL)
			memcpy(blocks, answer + 1, of_blocks);
	}
	free(answer);
	return rc;
}
