/* env_counters.c - facts about perf_event_open, tried rather than guessed. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"
#include "machine/usage.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Open one counter of this thread's user-space work, and close it. Returns 0 or the errno. */
static int try_counter(uint32_t type, uint64_t config)
{
	struct perf_event_attr event;
	long fd;

	memset(&event, 0, sizeof(event));
	event.size = sizeof(event);
	event.type = type;
	event.config = config;
	event.disabled = 1;
	event.exclude_kernel = 1;
	event.exclude_hv = 1;
	fd = syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

/* What can be done about each error. */
static const struct remedy {
	int code;
	const char *advice;
} remedies[] = {
	{ EACCES, "sudo sysctl kernel.perf_event_paranoid=2 (Debian and Ubuntu forbid more than upstream does)" },
	{ EPERM, "Allow perf_event_open in the container (seccomp profile, CAP_PERFMON)." },
	{ ENOSYS, "The kernel or a seccomp profile leaves out perf_event_open; nothing to do from inside." },
	{ ENOENT, "The machine has no such counter; on a virtual machine the host would have to pass its own on." },
	{ EOPNOTSUPP, "The machine has no such counter; on a virtual machine the host would have to pass its own on." },
};

static void set_counter(const struct lfb_env_view *view, struct lfb_fact *fact, int code)
{
	const char *const name = strerrorname_np(code);
	char level[32] = "unknown";
	char *text;

	if (lfb_sysfile_read(view->root, "/proc/sys/kernel/perf_event_paranoid", &text) == 0) {
		(void)snprintf(level, sizeof(level), "%.20s", text);
		free(text);
	}
	if (code == 0) {
		lfb_fact_set(fact, LFB_VERDICT_OK, "usable, perf_event_paranoid %s", level);
		return;
	}
	lfb_fact_set(fact, LFB_VERDICT_NOTE, "not usable: %s, perf_event_paranoid %s", name != NULL ? name : "refused",
		     level);
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].code == code)
			fact->advice = remedies[i].advice;
}

static void look_hardware(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	set_counter(view, fact, try_counter(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES));
}

/* Asks what counts them in a trial: an event that leaves out the kernel can be opened, and shows 0 for ever. */
static void look_migrations(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char reason[200];

	(void)view;
	if (lfb_usage_reason("migrations", reason, sizeof(reason)) == 0)
		lfb_fact_set(fact, LFB_VERDICT_OK, "counted");
	else
		lfb_fact_set(fact, LFB_VERDICT_NOTE, "not counted: %.180s", reason);
}

const struct lfb_env_kind lfb_env_counter_kinds[] = {
	{
		.key = "perf_hardware",
		.label = "hardware counters",
		.group = LFB_FACTS_COUNTERS,
		.look = look_hardware,
		.meaning = "The columns cycles, instructions and cache_misses stay empty. Nothing else needs these "
			   "counters: throughput and latency are timed by clocks.",
	},
	{
		.key = "migrations",
		.label = "migrations",
		.group = LFB_FACTS_COUNTERS,
		.look = look_migrations,
		.meaning = "The column migrations stays empty; context switches and page faults come from getrusage "
			   "all the same.",
	},
	{ .key = NULL },
};
