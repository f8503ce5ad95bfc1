/* usage.c - see usage.h. */
#include "machine/usage.h"

#include "machine/sysfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* The columns, and the event that some of them come from. */
static const struct column {
	const char *name;
	size_t offset;
	enum lfb_perf_event event; /* LFB_PERF_EVENTS: none */
} columns[] = {
	{ "ctx_voluntary", offsetof(struct lfb_usage, ctx_voluntary), LFB_PERF_EVENTS },
	{ "ctx_involuntary", offsetof(struct lfb_usage, ctx_involuntary), LFB_PERF_EVENTS },
	{ "migrations", offsetof(struct lfb_usage, migrations), LFB_PERF_MIGRATIONS },
	{ "page_faults", offsetof(struct lfb_usage, page_faults), LFB_PERF_EVENTS },
	{ "user_ns", offsetof(struct lfb_usage, user_ns), LFB_PERF_EVENTS },
	{ "sys_ns", offsetof(struct lfb_usage, sys_ns), LFB_PERF_EVENTS },
	{ "cycles", offsetof(struct lfb_usage, cycles), LFB_PERF_CYCLES },
	{ "instructions", offsetof(struct lfb_usage, instructions), LFB_PERF_INSTRUCTIONS },
	{ "cache_misses", offsetof(struct lfb_usage, cache_misses), LFB_PERF_CACHE_MISSES },
	{ "hitm", offsetof(struct lfb_usage, hitm), LFB_PERF_HITM },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

_Static_assert(COLUMNS * sizeof(uint64_t) == sizeof(struct lfb_usage), "every field is a column");

static uint64_t *field(struct lfb_usage *usage, const struct column *column)
{
	return (uint64_t *)(void *)((unsigned char *)usage + column->offset);
}

static void forget(struct lfb_usage *usage)
{
	for (size_t i = 0; i < COLUMNS; i++)
		*field(usage, &columns[i]) = LFB_NOT_COUNTED;
}

static uint64_t cpu_time_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
		return LFB_NOT_COUNTED;
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static uint64_t timeval_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_usec * 1000;
}

/* A counter that went backwards has not counted. Nor has one that is unknown at the end, being the largest number. */
static uint64_t rise(uint64_t before, uint64_t after)
{
	return after >= before && after != LFB_NOT_COUNTED ? after - before : LFB_NOT_COUNTED;
}

/* How often the calling thread has been moved in its life, or LFB_NOT_COUNTED. */
static uint64_t migrations_by_proc(void)
{
	uint64_t migrations;
	char *text;

	if (lfb_sysfile_read("", "/proc/thread-self/sched", &text) != 0)
		return LFB_NOT_COUNTED;
	if (lfb_sysfile_field_u64(text, "se.nr_migrations", &migrations) != 0)
		migrations = LFB_NOT_COUNTED;
	free(text);
	return migrations;
}

void lfb_usage_open(struct lfb_usage_meter *meter, bool with_events)
{
	meter->started = false;
	meter->with_events = with_events;
	if (with_events)
		lfb_perf_open(&meter->events);
	else
		lfb_perf_none(&meter->events, ENOENT);
}

void lfb_usage_start(struct lfb_usage_meter *meter)
{
	/* Reading a file takes longer than the rest, and may count as what is measured: it comes first. */
	meter->migrations_before = LFB_NOT_COUNTED;
	if (meter->with_events && meter->events.fd[LFB_PERF_MIGRATIONS] < 0)
		meter->migrations_before = migrations_by_proc();
	meter->started = getrusage(RUSAGE_THREAD, &meter->before) == 0;
	lfb_perf_start(&meter->events);
	meter->cpu_before_ns = cpu_time_ns();
}

/* The kernel's part by getrusage, at most all of it; the rest is the program's. */
static void divide_time(struct lfb_usage *out, uint64_t cpu_ns, uint64_t sys_ns)
{
	if (cpu_ns == LFB_NOT_COUNTED || sys_ns == LFB_NOT_COUNTED)
		return;
	out->sys_ns = sys_ns < cpu_ns ? sys_ns : cpu_ns;
	out->user_ns = cpu_ns - out->sys_ns;
}

static void count_rusage(const struct rusage *before, const struct rusage *after, struct lfb_usage *out)
{
	out->ctx_voluntary = rise((uint64_t)before->ru_nvcsw, (uint64_t)after->ru_nvcsw);
	out->ctx_involuntary = rise((uint64_t)before->ru_nivcsw, (uint64_t)after->ru_nivcsw);
	out->page_faults = rise((uint64_t)before->ru_minflt + (uint64_t)before->ru_majflt,
				(uint64_t)after->ru_minflt + (uint64_t)after->ru_majflt);
}

void lfb_usage_stop(struct lfb_usage_meter *meter, struct lfb_usage *out)
{
	const uint64_t cpu_after_ns = cpu_time_ns();
	struct rusage after;

	lfb_perf_stop(&meter->events);
	forget(out);
	if (!meter->started)
		return;
	if (getrusage(RUSAGE_THREAD, &after) == 0) {
		uint64_t cpu_ns = LFB_NOT_COUNTED;

		if (meter->cpu_before_ns != LFB_NOT_COUNTED && cpu_after_ns != LFB_NOT_COUNTED)
			cpu_ns = rise(meter->cpu_before_ns, cpu_after_ns);
		count_rusage(&meter->before, &after, out);
		divide_time(out, cpu_ns, rise(timeval_ns(meter->before.ru_stime), timeval_ns(after.ru_stime)));
	}
	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].event != LFB_PERF_EVENTS)
			(void)lfb_perf_read(&meter->events, columns[i].event, field(out, &columns[i]));
	if (out->migrations == LFB_NOT_COUNTED && meter->migrations_before != LFB_NOT_COUNTED)
		out->migrations = rise(meter->migrations_before, migrations_by_proc());
	meter->started = false;
}

void lfb_usage_close(struct lfb_usage_meter *meter)
{
	lfb_perf_close(&meter->events);
	meter->started = false;
}

void lfb_usage_add(struct lfb_usage *sum, const struct lfb_usage *usage)
{
	struct lfb_usage added = *usage;

	for (size_t i = 0; i < COLUMNS; i++) {
		uint64_t *const total = field(sum, &columns[i]);

		/* Unknown is the largest number there is, so adding anything to it overflows, or is it again. */
		if (__builtin_add_overflow(*total, *field(&added, &columns[i]), total))
			*total = LFB_NOT_COUNTED;
	}
}

static const struct column *find_column(const char *name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (strcmp(columns[i].name, name) == 0)
			return &columns[i];
	return NULL;
}

/* Something to count, for a counter to show that it runs. */
static void spend_a_little(void)
{
	for (volatile unsigned i = 0; i < 10000; i++)
		;
}

int lfb_usage_reason(const char *column, char *out, size_t size)
{
	const struct column *const found = find_column(column);
	struct lfb_perf_events events;
	uint64_t value;
	int rc;

	if (size > 0)
		out[0] = '\0';
	if (found == NULL)
		return -EINVAL;
	if (found->event == LFB_PERF_EVENTS)
		return 0;
	lfb_perf_open(&events);
	lfb_perf_start(&events);
	spend_a_little();
	lfb_perf_stop(&events);
	rc = lfb_perf_read(&events, found->event, &value);
	lfb_perf_close(&events);
	if (rc == 0 || (found->event == LFB_PERF_MIGRATIONS && migrations_by_proc() != LFB_NOT_COUNTED))
		return 0;
	lfb_perf_explain(found->event, rc, out, size);
	return 1;
}
