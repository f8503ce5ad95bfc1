/* doctor_columns.c - see doctor_findings.h: columns that stay empty on this machine, and why. */
#include "commands/doctor/doctor_findings.h"

#include "machine/usage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Columns that usage.h fills, in the order of the file. */
static const char *const counted[] = { "ctx_voluntary", "ctx_involuntary", "migrations",   "page_faults", "user_ns",
				       "sys_ns",	"cycles",	   "instructions", "cache_misses" };

struct list {
	struct doctor_empty *empty;
	size_t count;
};

/* Add a column to those that share its reason. What there is no room for is left out. */
static void add(struct list *list, const char *columns, const char *reason)
{
	struct doctor_empty *entry = NULL;
	size_t used;

	for (size_t i = 0; i < list->count && entry == NULL; i++)
		if (strcmp(list->empty[i].reason, reason) == 0)
			entry = &list->empty[i];
	if (entry == NULL) {
		if (list->count == DOCTOR_EMPTIES)
			return;
		entry = &list->empty[list->count++];
		entry->columns[0] = '\0';
		(void)snprintf(entry->reason, sizeof(entry->reason), "%s", reason);
	}
	used = strlen(entry->columns);
	(void)snprintf(entry->columns + used, sizeof(entry->columns) - used, "%s%s", used > 0 ? ", " : "", columns);
}

static bool any_round_trip(const struct doctor_measured *measured)
{
	for (size_t a = 1; a < measured->cpus.count; a++)
		for (size_t b = 0; b < a; b++)
			if (!isnan(measured->round_trip[a][b].median_ns))
				return true;
	return false;
}

static void add_between_cpus(struct list *list, const struct doctor_measured *measured, size_t cpus)
{
	static const char probes[] = "probe_before_ns, probe_after_ns", skew[] = "tsc_skew_ns";
	char reason[256];

	if (cpus == 1) {
		add(list, probes, "one CPU: there is no second one to measure to");
		add(list, skew, "one CPU: there is no second one to measure to");
		return;
	}
	if (measured == NULL)
		return;
	(void)snprintf(reason, sizeof(reason), "not measured just now: %s", doctor_why_not(measured->error));
	if (!any_round_trip(measured))
		add(list, probes, reason);
	if (isnan(measured->skew_ns))
		add(list, skew, reason);
}

/* usage.h puts what is counted in front of the cause, "CPU cycles: this machine ..."; the column's name says it. */
static const char *cause(const char *reason)
{
	const char *const colon = strstr(reason, ": ");

	return colon != NULL ? colon + 2 : reason;
}

size_t doctor_empty_columns(const struct doctor_measured *measured, size_t cpus,
			    struct doctor_empty out[DOCTOR_EMPTIES])
{
	struct list list = { .empty = out };
	char text[256];

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (lfb_usage_reason(counted[i], text, sizeof(text)) == 1)
			add(&list, counted[i], cause(text));
	add_between_cpus(&list, measured, cpus);
	return list.count;
}
