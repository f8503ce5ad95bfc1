/* two_usable.h - for tests that need two CPUs of this machine: the process's affinity, or skip. */
#ifndef LFBENCH_TESTS_TWO_USABLE_H
#define LFBENCH_TESTS_TWO_USABLE_H

#include "unit.h"

#include "machine/affinity.h"

/* How often to try what a busy machine may refuse: both CPUs have to be there at once for a moment. */
#define TRIES 200

/* The first and the last CPU that this process may use. */
struct two_usable {
	unsigned a, b;
};

static inline struct two_usable two_usable(void)
{
	struct lfb_cpu_list all = { 0 };
	struct two_usable two;

	assert_int_equal(lfb_affinity_read(&all), 0);
	if (all.count < 2) {
		lfb_cpu_list_clear(&all);
		skip();
	}
	two = (struct two_usable){ all.cpus[0], all.cpus[all.count - 1] };
	lfb_cpu_list_clear(&all);
	return two;
}

/* This thread's affinity as a text, to be freed. */
static inline char *affinity_text(void)
{
	struct lfb_cpu_list all = { 0 };
	char *text;

	assert_int_equal(lfb_affinity_read(&all), 0);
	text = lfb_cpu_list_text(&all);
	lfb_cpu_list_clear(&all);
	assert_non_null(text);
	return text;
}

#endif
