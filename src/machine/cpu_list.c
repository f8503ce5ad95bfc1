/* cpu_list.c - see cpu_list.h. */
#include "machine/cpu_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lfb_cpu_list_add(struct lfb_cpu_list *list, unsigned cpu)
{
	/* A power of two (0 included): the room is used up, double it. */
	if ((list->count & (list->count - 1)) == 0) {
		const size_t room = list->count == 0 ? 1 : 2 * list->count;
		unsigned *const cpus = realloc(list->cpus, room * sizeof(cpus[0]));

		if (cpus == NULL)
			return -ENOMEM;
		list->cpus = cpus;
	}
	list->cpus[list->count++] = cpu;
	return 0;
}

void lfb_cpu_list_clear(struct lfb_cpu_list *list)
{
	free(list->cpus);
	list->cpus = NULL;
	list->count = 0;
}

bool lfb_cpu_list_has(const struct lfb_cpu_list *sorted, unsigned cpu)
{
	size_t low = 0, high = sorted->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (sorted->cpus[middle] == cpu)
			return true;
		if (sorted->cpus[middle] < cpu)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* One CPU number at *at, which moves past it. */
static int parse_cpu(const char **at, unsigned *cpu, struct lfb_error *error)
{
	const char *const start = *at;
	unsigned value = 0;

	if (!isdigit((unsigned char)**at))
		return lfb_fail(error, -EINVAL, "a CPU number is missing at '%.20s' (write 0+2+4-7)", start);
	for (; isdigit((unsigned char)**at); ++*at) {
		value = value * 10 + (unsigned)(**at - '0');
		if (value >= LFB_CPUS_MAX)
			return lfb_fail(error, -EINVAL, "CPU number '%.20s' is above %u", start, LFB_CPUS_MAX - 1);
	}
	*cpu = value;
	return 0;
}

/* "4" or "4-7" at *at, appended to the list. */
static int parse_item(const char **at, struct lfb_cpu_list *list, struct lfb_error *error)
{
	unsigned first, last;
	int rc = parse_cpu(at, &first, error);

	if (rc != 0)
		return rc;
	last = first;
	if (**at == '-') {
		++*at;
		rc = parse_cpu(at, &last, error);
		if (rc != 0)
			return rc;
	}
	if (last < first)
		return lfb_fail(error, -EINVAL, "the range %u-%u runs backwards (write %u-%u)", first, last, last,
				first);
	if (list->count + (last - first) >= LFB_CPUS_MAX)
		return lfb_fail(error, -EINVAL, "the list has more than %u CPUs", LFB_CPUS_MAX);
	for (unsigned cpu = first; cpu <= last && rc == 0; cpu++)
		rc = lfb_cpu_list_add(list, cpu);
	return rc;
}

static int parse(const char *text, char separator, struct lfb_cpu_list *out, struct lfb_error *error)
{
	struct lfb_cpu_list list = { 0 };
	const char *at = text;
	int rc = parse_item(&at, &list, error);

	while (rc == 0 && *at == separator) {
		at++;
		rc = parse_item(&at, &list, error);
	}
	if (rc == 0 && *at != '\0')
		rc = lfb_fail(error, -EINVAL, "'%.20s' does not belong in a list of CPUs (write 0%c2%c4-7)", at,
			      separator, separator);
	if (rc != 0) {
		lfb_cpu_list_clear(&list);
		return rc;
	}
	*out = list;
	return 0;
}

int lfb_cpu_list_parse(const char *text, struct lfb_cpu_list *out, struct lfb_error *error)
{
	return parse(text, '+', out, error);
}

int lfb_cpu_list_parse_kernel(const char *text, struct lfb_cpu_list *out, struct lfb_error *error)
{
	return parse(text, ',', out, error);
}

/* How many CPUs from the n-th on follow each other upwards, itself included. */
static size_t run_length(const struct lfb_cpu_list *list, size_t n)
{
	size_t length = 1;

	while (n + length < list->count && list->cpus[n + length] == list->cpus[n] + length)
		length++;
	return length;
}

char *lfb_cpu_list_text(const struct lfb_cpu_list *list)
{
	/* Ten digits and a joint for each is the most there can be. */
	const size_t room = list->count * 11 + 1;
	char *const text = malloc(room);
	size_t used = 0;

	if (text == NULL)
		return NULL;
	text[0] = '\0';
	for (size_t n = 0; n < list->count;) {
		const size_t length = run_length(list, n) >= 3 ? run_length(list, n) : 1;
		const char *const joint = n == 0 ? "" : "+";

		if (length == 1)
			used += (size_t)snprintf(text + used, room - used, "%s%u", joint, list->cpus[n]);
		else
			used += (size_t)snprintf(text + used, room - used, "%s%u-%u", joint, list->cpus[n],
						 list->cpus[n + length - 1]);
		n += length;
	}
	return text;
}

static int compare_cpus(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

unsigned lfb_cpus_distinct(const unsigned *cpus, size_t count)
{
	unsigned *const sorted = (unsigned *)malloc(count * sizeof(sorted[0]));
	unsigned distinct = 0;

	if (sorted == NULL)
		return 0;
	memcpy(sorted, cpus, count * sizeof(sorted[0]));
	qsort(sorted, count, sizeof(sorted[0]), compare_cpus);
	for (size_t i = 0; i < count; i++)
		distinct += i == 0 || sorted[i] != sorted[i - 1];
	free(sorted);
	return distinct;
}
