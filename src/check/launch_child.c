/* launch_child.c - the process that records, see launch.h. */
#include "launch_parts.h"

#include "machine/clock.h"
#include "plan/names.h"
#include "record.h"
#include "results/row.h"
#include "schedule_script.h"
#include "schedule_server.h"
#include "scheduler.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Should the parent be stopped. */
#define ALARM_S 600u

static int write_all(const void *data, size_t bytes)
{
	for (const char *at = data; bytes > 0;) {
		const ssize_t n = write(LAUNCH_FD, at, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		bytes -= (size_t)n;
	}
	return 0;
}

int launch_send(const struct lfb_history *history, int outcome, const struct lfb_error *error, uint64_t steps, size_t *written)
{
	struct launch_head head;
	int rc;

	memset(&head, 0, sizeof(head));
	head.rc = outcome;
	head.steps = steps;
	(void)snprintf(head.text, sizeof(head.text), "%.*s", (int)sizeof(head.text) - 1, error->text);
	if (history != NULL) {
		head.threads = history->threads;
		head.seed = history->seed;
		head.capacity = history->contract.capacity;
		head.epsilon_ticks = history->epsilon_ticks;
		head.ticks_per_us = history->ticks_per_us;
		head.switches = history->switches;
		memcpy(head.kept_switch, history->kept_switch, sizeof(head.kept_switch));
		for (unsigned t = 0; t < history->threads; t++)
			head.counts[t] = history->log[t].count;
	}
	rc = write_all(&head, sizeof(head));
	*written += sizeof(head);
	for (unsigned t = 0; rc == 0 && history != NULL && t < history->threads; t++) {
		rc = write_all(history->log[t].ops, history->log[t].count * sizeof(history->log[t].ops[0]));
		*written += history->log[t].count * sizeof(history->log[t].ops[0]);
	}
	return rc;
}

/* Record one after the other until there are enough, the time is over, or one goes wrong. */
static int record_all(struct lfb_recorder *recorder, const struct lfb_check_launch *launch, uint64_t start_ns)
{
	size_t written = 0;
	int rc = 0, sent = 0;

	for (uint64_t n = 0; rc == 0 && sent == 0 && n < launch->histories && written < LAUNCH_BYTES_MAX; n++) {
		struct lfb_history *history = NULL;
		struct lfb_error error = { "" };

		if (n > 0 && lfb_clock_now_ns() - start_ns >= launch->slice_ns)
			break;
		rc = lfb_record(recorder, launch->shape, launch->seed + n, &history, &error);
		sent = launch_send(history, rc, &error, 0, &written);
		lfb_history_free(history);
	}
	if (rc == 0 && sent == 0)
		sent = launch_send(NULL, 0, &(struct lfb_error){ "" }, 0, &written);
	return sent;
}

static bool read_arguments(char **argv, struct lfb_check_launch *launch)
{
	const int shape = lfb_name_find(lfb_check_shape_names, argv[LAUNCH_SHAPE]);
	uint64_t depth = 0;

	launch->path = argv[LAUNCH_PATH];
	launch->shape = shape >= 0 ? &lfb_check_shapes[shape] : &lfb_schedule_shape;
	if (!lfb_u64_parse(argv[LAUNCH_DEPTH], &depth) || depth > LFB_SCHEDULE_DEPTH_MAX || (depth == 0) != (shape >= 0))
		return false;
	launch->depth = (unsigned)depth;
	launch->single_step = strcmp(argv[LAUNCH_STEPS], LAUNCH_BY_INSTRUCTION) == 0;
	return lfb_u64_parse(argv[LAUNCH_SEED], &launch->seed) && lfb_u64_parse(argv[LAUNCH_HISTORIES], &launch->histories) &&
	       lfb_u64_parse(argv[LAUNCH_SLICE_NS], &launch->slice_ns);
}

static int serve(const struct lfb_check_launch *launch, uint64_t start_ns)
{
	struct lfb_plugin plugin;
	struct lfb_recorder recorder;
	struct lfb_error error = { "" };
	size_t written = 0;
	int rc = lfb_plugin_open(launch->path, &plugin, &error);

	if (rc == 0)
		rc = lfb_recorder_open(&plugin, &recorder, &error);
	return rc == 0 ? record_all(&recorder, launch, start_ns) : launch_send(NULL, -ENOTSUP, &error, 0, &written);
}

int lfb_check_launch_main(int argc, char **argv)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	struct lfb_check_launch launch;

	if (argc == LAUNCH_ARGUMENTS && strcmp(argv[LAUNCH_DEPTH], "0") != 0)
		lfb_schedule_fix_addresses(argv);
	if (argc != LAUNCH_ARGUMENTS || fcntl(LAUNCH_FD, F_SETFD, FD_CLOEXEC) != 0 || !read_arguments(argv, &launch)) {
		(void)fprintf(stderr, "lfbench: " LFB_CHECK_LAUNCH_COMMAND " is for lfbench check itself.\n");
		return 2;
	}
	(void)alarm(ALARM_S);
	/* Not through the exit handlers of a library that may have been destroyed, and not with threads that hang in it. */
	_exit((launch.depth > 0 ? lfb_schedule_serve(&launch, start_ns) : serve(&launch, start_ns)) == 0 ? 0 : 2);
}
