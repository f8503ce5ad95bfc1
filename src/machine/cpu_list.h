/*
 * cpu_list.h - CPUs in an order, as a text and as numbers: "0+2+4-7".
 *
 * The order is the order of threads, and a CPU may come twice (two threads share it).
 * `+` joins, because `,` separates the values of a sweep.
 */
#ifndef LFBENCH_CPU_LIST_H
#define LFBENCH_CPU_LIST_H

#include "text/error.h"

#include <stdbool.h>
#include <stddef.h>

/* CPU numbers are below this, and so is the length of a list that was read from a text. */
#define LFB_CPUS_MAX 65536u

/* Start with `struct lfb_cpu_list list = { 0 };`, end with lfb_cpu_list_clear. */
struct lfb_cpu_list {
	unsigned *cpus; /* as the kernel numbers them */
	size_t count;
};

/* Append one CPU. Returns 0 or -ENOMEM. */
int lfb_cpu_list_add(struct lfb_cpu_list *list, unsigned cpu);

/* Free the numbers; the list is empty and can be used again. */
void lfb_cpu_list_clear(struct lfb_cpu_list *list);

/* Whether `cpu` is in a list that is sorted upwards. */
bool lfb_cpu_list_has(const struct lfb_cpu_list *sorted, unsigned cpu);

/*
 * Read "0+2+4-7". `out` is set only on success and is the caller's to clear.
 * Returns 0, -EINVAL with a sentence in `error` (may be NULL), or -ENOMEM.
 */
int lfb_cpu_list_parse(const char *text, struct lfb_cpu_list *out, struct lfb_error *error);

/* The same for the kernel's way of writing, "0,2,4-7". */
int lfb_cpu_list_parse_kernel(const char *text, struct lfb_cpu_list *out, struct lfb_error *error);

/*
 * The text that lfb_cpu_list_parse reads back as this very list; three or more CPUs in
 * a row are written as a range; "" for an empty list. The caller frees it. NULL: out of memory.
 */
char *lfb_cpu_list_text(const struct lfb_cpu_list *list);

/* How many different CPUs there are among `count`; 0 when out of memory. */
unsigned lfb_cpus_distinct(const unsigned *cpus, size_t count);

#endif
