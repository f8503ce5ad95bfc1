/* schedule_server.c - see schedule_server.h. */
#include "schedule_server.h"

#include "machine/clock.h"
#include "launch_parts.h"
#include "record_parts.h"
#include "schedule_crew.h"
#include "schedule_step.h"
#include "single_step.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of one schedule, which takes milliseconds: something waits in the kernel, or in a loop without a step. */
#define LIMIT_S 10u
#define PERSONALITY_READ 0xffffffffUL

/* What stays over all schedules of this process. */
struct server {
	const struct lfb_check_launch *launch;
	struct lfb_plugin plugin;
	struct lfb_recorder recorder;
	struct lfb_schedule_crew *crew; /* shared with the process of the schedule */
	unsigned char *stacks;
};

void lfb_schedule_fix_addresses(char **argv)
{
	const int now = personality(PERSONALITY_READ);

	if (now >= 0 && (now & ADDR_NO_RANDOMIZE) == 0 && personality((unsigned long)now | ADDR_NO_RANDOMIZE) >= 0 &&
	    (personality(PERSONALITY_READ) & ADDR_NO_RANDOMIZE) != 0)
		(void)execv("/proc/self/exe", argv); /* if it fails: as it is */
}

/* Where it cannot be: only slower. */
static void stay_on_this_cpu(void)
{
	const int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0 && cpu < CPU_SETSIZE) {
		CPU_SET((unsigned)cpu, &set);
		(void)sched_setaffinity(0, sizeof(set), &set);
	}
}

static void *map(size_t bytes, int how)
{
	void *const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, how | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED ? memory : NULL;
}

static int prepare_stepping(struct server *server, struct lfb_error *error)
{
	if (!server->launch->single_step)
		return 0;
	lfb_schedule_step_after_load();
	if (!lfb_single_step_works())
		return lfb_fail(error, -ENOTSUP, "a thread cannot be stopped after each instruction here: that needs an x86-64 processor, and no debugger");
	return lfb_schedule_step_prepare();
}

static int open_server(struct server *server, struct lfb_error *error)
{
	int rc;

	lfb_schedule_step_before_load();
	rc = lfb_plugin_open(server->launch->path, &server->plugin, error);
	if (rc == 0)
		rc = lfb_recorder_map(&server->plugin, &server->recorder, error);
	if (rc == 0)
		rc = prepare_stepping(server, error);
	if (rc != 0)
		return rc;
	server->crew = map(sizeof(*server->crew), MAP_SHARED);
	server->stacks = map(LFB_SCHEDULE_LOGS * LFB_SCHEDULE_STACK_BYTES, MAP_PRIVATE | MAP_NORESERVE);
	if (server->crew == NULL || server->stacks == NULL || lfb_recorder_reserve(&server->recorder, 1) != 0)
		return lfb_fail(error, -ENOMEM, "no memory for the threads and their queue");
	stay_on_this_cpu();
	return 0;
}

/* Zeroed anew: what it was may have been written over. */
static void brief(struct server *server, uint64_t seed)
{
	struct lfb_schedule_crew *const crew = server->crew;

	memset(crew, 0, sizeof(*crew));
	crew->recorder = &server->recorder;
	crew->stacks = server->stacks;
	crew->seed = seed;
	crew->depth = server->launch->depth;
	crew->single_step = server->launch->single_step;
}

/* Returns the wait status, or -errno. */
static int run_one(struct server *server)
{
	const pid_t child = fork();
	int status = 0;

	if (child < 0)
		return -errno;
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)alarm(LIMIT_S);
		lfb_schedule_crew_run(server->crew);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

/* Returns what is told of it: 0, or -errno with the sentence. */
static int judge_end(const struct lfb_schedule_crew *crew, int status, struct lfb_error *error)
{
	if (status < 0)
		return lfb_fail(error, -EAGAIN, "no process can be started for a schedule: %s", strerror(-status));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return lfb_fail(error, -ETIMEDOUT, "a thread did not come back: it waits in the kernel, or runs in a circle without touching shared memory");
	if (WIFSIGNALED(status))
		return lfb_fail(error, -EFAULT, "SIG%s", sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "unknown");
	if (crew->outcome == LFB_SCHEDULE_FAILED)
		return lfb_fail(error, crew->rc, "%.*s", (int)sizeof(crew->text) - 1, crew->text);
	if (crew->outcome != LFB_SCHEDULE_FINISHED)
		return lfb_fail(error, -EFAULT, "it ended the process, with status %d", WEXITSTATUS(status));
	return 0;
}

/* Addresses as offsets in the object, which is where tools look them up; of another object, as of a library of its, none. */
static uint64_t offset_of(const struct server *server, const void *place)
{
	Dl_info here, there;

	if (place == NULL || dladdr(server->plugin.ops, &here) == 0 || dladdr(place, &there) == 0 || here.dli_fbase != there.dli_fbase)
		return 0;
	return (uint64_t)((uintptr_t)place - (uintptr_t)here.dli_fbase);
}

static void collect_switches(const struct server *server, struct lfb_history *history)
{
	const struct lfb_scheduler *const s = &server->crew->scheduler;

	history->switches = s->switches;
	for (unsigned i = 0; i < s->switches && i < LFB_HISTORY_SWITCHES_MAX && i < LFB_SWITCHES_MAX; i++)
		history->kept_switch[i] =
			(struct lfb_history_switch){ s->kept[i].clock, offset_of(server, s->kept[i].place), s->kept[i].from, s->kept[i].to, s->kept[i].left };
}

/* The logs, which a foreign queue may have written over: only as much as there is room for. */
static int collect(const struct server *server, struct lfb_history *history)
{
	const struct lfb_schedule_crew *const crew = server->crew;
	const unsigned threads = crew->script.threads <= LFB_SCHEDULE_THREADS_MAX ? crew->script.threads : LFB_SCHEDULE_THREADS_MAX;
	int rc = 0;

	(void)snprintf(history->shape, sizeof(history->shape), "%s", lfb_schedule_shape.name);
	history->ticks_per_us = 1;
	history->contract.capacity = server->plugin.info.claims.bounded ? crew->capacity : 0;
	history->threads = threads + 1;
	collect_switches(server, history);
	for (unsigned t = 0; t <= threads; t++) {
		const size_t count = lfb_schedule_logged(&crew->member[t]);

		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = lfb_history_add(history, t, &crew->member[t].ops[i]);
	}
	return rc;
}

/* Else there was no queue, or no threads. */
static bool took_place(int outcome)
{
	return outcome == 0 || outcome == -ETIMEDOUT || outcome == -EFAULT;
}

/* Run one and tell of it. Returns 1 where it is the last, 0, or -errno. */
static int serve_one(struct server *server, uint64_t seed, size_t *written)
{
	struct lfb_history *const history = lfb_history_new();
	struct lfb_error error = { "" };
	int outcome, rc;

	if (history == NULL)
		return -ENOMEM;
	brief(server, seed);
	outcome = judge_end(server->crew, run_one(server), &error);
	rc = collect(server, history);
	history->seed = seed;
	if (rc == 0)
		rc = launch_send(took_place(outcome) ? history : NULL, outcome, &error, server->crew->scheduler.steps, written);
	lfb_history_free(history);
	return rc != 0 ? rc : outcome != 0;
}

int lfb_schedule_serve(const struct lfb_check_launch *launch, uint64_t start_ns)
{
	struct server server = { .launch = launch };
	struct lfb_error error = { "" };
	size_t written = 0;
	int rc = open_server(&server, &error);

	if (rc != 0)
		return launch_send(NULL, rc == -ENOMEM ? -ENOMEM : -ENOTSUP, &error, 0, &written);
	for (uint64_t n = 0; rc == 0 && n < launch->histories && written < LAUNCH_BYTES_MAX; n++) {
		if (n > 0 && lfb_clock_now_ns() - start_ns >= launch->slice_ns)
			break;
		rc = serve_one(&server, launch->seed + n, &written);
	}
	return rc == 0 ? launch_send(NULL, 0, &error, 0, &written) : rc > 0 ? 0 : rc;
}
