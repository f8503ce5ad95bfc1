/* perf_events.c - see perf_events.h. */
#include "machine/perf_events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct kind {
	uint32_t type;
	uint64_t config;
	bool by_kernel;  /* counted by the kernel, in its own code */
	bool no_generic; /* perf_event_open has no name for it */
	const char *name;
} kinds[LFB_PERF_EVENTS] = {
	[LFB_PERF_MIGRATIONS] = { PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS, true, false, "migrations" },
	[LFB_PERF_CYCLES] = { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, false, false, "CPU cycles" },
	[LFB_PERF_INSTRUCTIONS] = { PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, false, false, "instructions" },
	[LFB_PERF_CACHE_MISSES] = { PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, false, false, "cache misses" },
	/* Its code differs from one CPU model to the next, and a wrong one counts something else in silence. */
	[LFB_PERF_HITM] = { PERF_TYPE_RAW, 0, false, true, "loads of lines modified by another core" },
};

/*
 * Without privileges (perf_event_paranoid 2, the usual setting) only events of user space are allowed.
 * Migrations happen in the kernel: an event that excludes it would be allowed, and show 0 for ever.
 */
static int open_event(const struct kind *kind, bool with_kernel)
{
	struct perf_event_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	attr.type = kind->type;
	attr.config = kind->config;
	attr.disabled = 1;
	attr.exclude_kernel = !with_kernel;
	attr.exclude_hv = 1;
	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd >= 0 ? (int)fd : -errno;
}

void lfb_perf_none(struct lfb_perf_events *events, int error)
{
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		events->fd[i] = -error;
}

void lfb_perf_open(struct lfb_perf_events *events)
{
	lfb_perf_none(events, ENOENT);
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		if (!kinds[i].no_generic)
			events->fd[i] = open_event(&kinds[i], kinds[i].by_kernel);
}

/* An event that does not obey is given up: what it would show is not the loop's. */
static void command(struct lfb_perf_events *events, int i, unsigned long request)
{
	int error;

	if (events->fd[i] < 0 || ioctl(events->fd[i], request, 0) == 0)
		return;
	error = -errno;
	(void)close(events->fd[i]);
	events->fd[i] = error;
}

void lfb_perf_start(struct lfb_perf_events *events)
{
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		command(events, i, PERF_EVENT_IOC_RESET);
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		command(events, i, PERF_EVENT_IOC_ENABLE);
}

void lfb_perf_stop(struct lfb_perf_events *events)
{
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		command(events, i, PERF_EVENT_IOC_DISABLE);
}

int lfb_perf_read(const struct lfb_perf_events *events, enum lfb_perf_event event, uint64_t *out)
{
	/* As read_format has it. */
	struct {
		uint64_t value, enabled_ns, running_ns;
	} shown;
	ssize_t bytes;

	if (events->fd[event] < 0)
		return events->fd[event];
	bytes = read(events->fd[event], &shown, sizeof(shown));
	if (bytes != (ssize_t)sizeof(shown))
		return bytes < 0 ? -errno : -EIO;
	if (shown.running_ns == 0 || shown.running_ns < shown.enabled_ns)
		return -EAGAIN;
	*out = shown.value;
	return 0;
}

void lfb_perf_close(struct lfb_perf_events *events)
{
	for (int i = 0; i < LFB_PERF_EVENTS; i++)
		if (events->fd[i] >= 0)
			(void)close(events->fd[i]);
	lfb_perf_none(events, EBADF);
}

void lfb_perf_explain(enum lfb_perf_event event, int error, char *out, size_t size)
{
	const char *const name = kinds[event].name;

	if (kinds[event].no_generic)
		(void)snprintf(out, size, "%s: perf_event_open has no portable name for them; perf c2c shows them.",
			       name);
	else if (error == -EAGAIN)
		(void)snprintf(out, size, "%s: the counter was shared with others and did not count all the time.",
			       name);
	else if (error == -EACCES || error == -EPERM)
		(void)snprintf(out, size, "%s: perf_event_open is not permitted (kernel.perf_event_paranoid, or a "
					  "container's seccomp profile).", name);
	else if (error == -ENOENT || error == -EOPNOTSUPP || error == -ENODEV)
		(void)snprintf(out, size, "%s: this machine has no such counter; a virtual machine's host would have "
					  "to pass its own on.", name);
	else
		(void)snprintf(out, size, "%s: %s", name, strerror(-error));
}
