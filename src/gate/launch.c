/*
 * launch.c - see launch.h. The plan goes to the child as its arguments; the child answers through a pipe once it is done, complete
 * or not at all: how it went, a sentence, the result, the blocks, as plain structs, since both ends are one program.
 * Until then the parent sleeps (child.h), and disturbs nothing.
 */
#include "launch.h"

#include "duet_run.h"

#include "run/child.h"
#include "machine/clock.h"
#include "machine/cpu_list.h"
#include "plan/names.h"
#include "text/numbers.h"
#include "results/row.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child writes its answer to. */
#define ANSWER_FD LFB_CHILD_FIRST_FD
/* The program that is running, whatever became of its file since. */
#define THIS_PROGRAM "/proc/self/exe"
#define TIMEOUT_S_MAX 1000000u

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
	    !number(argv, ARG_BATCH, LFB_BATCH_MAX, &batch) || !number(argv, ARG_POOL, 1, &pool) || batch == 0 || producers == 0 || consumers == 0)
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

int gate_launch_main(int argc, char **argv)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	struct gate_duet_plan plan = { .items = 0 };
	struct lfb_cpu_list cpus = { NULL, 0 };
	struct lfb_error error = { "" };
	struct answer answer;
	struct gate_block *blocks;
	int rc;

	memset(&answer, 0, sizeof(answer));
	if (argc != ARGS || fcntl(ANSWER_FD, F_SETFD, FD_CLOEXEC) != 0 || !read_plan(argv, &plan, &cpus)) {
		(void)fprintf(stderr, "lfbench: " GATE_LAUNCH_COMMAND " is for lfbench gate itself.\n");
		return 2;
	}
	(void)alarm((unsigned)(plan.timeout_ns / UINT64_C(1000000000) % TIMEOUT_S_MAX) + 5); /* should the parent be stopped */
	blocks = calloc((size_t)plan.blocks + 1, sizeof(*blocks));
	answer.rc = blocks == NULL ? -ENOMEM : gate_duet_run(&plan, start_ns, blocks, &answer.result, &error);
	(void)snprintf(answer.text, sizeof(answer.text), "%s", error.text);
	rc = write_all(ANSWER_FD, &answer, sizeof(answer));
	if (rc == 0 && answer.rc == 0)
		rc = write_all(ANSWER_FD, blocks, plan.blocks * sizeof(*blocks));
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
	words[ARG_PROGRAM] = THIS_PROGRAM;
	words[ARG_COMMAND] = GATE_LAUNCH_COMMAND;
	words[ARG_BASE] = plan->paths[GATE_BASE];
	words[ARG_HEAD] = plan->paths[GATE_HEAD];
	words[ARG_WORKLOAD] = plan->shape.workload->name;
	words[ARG_WAIT] = lfb_wait_names[plan->shape.wait];
	words[ARG_CPUS] = *cpus;
	words[ARGS] = NULL;
	return 0;
}

/* How the child ended, as a return code; `wanted` are the bytes of a complete answer. */
static int ending(const struct lfb_child_result *child, const struct answer *answer, size_t wanted, struct lfb_error *error)
{
	const int status = child->wait_status;
	const size_t got = child->stream[0].size;

	if (child->interrupted)
		return lfb_fail(error, -EINTR, "interrupted");
	if (child->timed_out || (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM))
		return lfb_fail(error, -EBADMSG, "a launch hung: a thread did not come back from the queue");
	if (WIFSIGNALED(status))
		return lfb_fail(error, -EBADMSG, "a launch crashed: %s", strsignal(WTERMSIG(status)));
	if (got >= sizeof(*answer) && answer->rc != 0)
		return lfb_fail(error, answer->rc < 0 && answer->rc > -4096 ? answer->rc : -EBADMSG, "%.500s", answer->text);
	if (got != wanted || WEXITSTATUS(status) != 0)
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

/* Start this program again, wait for it, and take its answer. */
static int run_child(const struct gate_duet_plan *plan, char *const argv[], struct gate_duet_result *result, struct gate_block *blocks,
		     const volatile sig_atomic_t *interrupted, struct lfb_error *error)
{
	const size_t of_blocks = plan->blocks * sizeof(*blocks);
	struct answer answer = { .rc = 0 };
	struct lfb_child_result child;
	const struct lfb_child_output *const came = &child.stream[0];
	int rc = lfb_child_run(argv, plan->timeout_ns, interrupted, &child, error);

	if (rc != 0)
		return rc;
	if (came->size >= sizeof(answer))
		memcpy(&answer, came->bytes, sizeof(answer));
	answer.text[sizeof(answer.text) - 1] = '\0';
	rc = ending(&child, &answer, sizeof(answer) + of_blocks, error);
	if (rc == 0) {
		take_answer(plan, &answer, result);
		if (blocks != NULL)
			memcpy(blocks, came->bytes + sizeof(answer), of_blocks);
	}
	lfb_child_result_free(&child);
	return rc;
}

int gate_launch(const struct gate_duet_plan *plan, struct gate_duet_result *result, struct gate_block *blocks,
		const volatile sig_atomic_t *interrupted, struct lfb_error *error)
{
	char numbers[ARGS][NUMBER_BYTES], *cpus = NULL;
	const char *words[ARGS + 1];
	char *argv[ARGS + 1];
	int rc = fill_arguments(plan, numbers, &cpus, words);

	if (rc != 0)
		return lfb_fail(error, rc, "out of memory");
	memcpy(argv, words, sizeof(argv)); /* execv promises not to write to them */
	rc = run_child(plan, argv, result, blocks, interrupted, error);
	free(cpus);
	return rc;
}
