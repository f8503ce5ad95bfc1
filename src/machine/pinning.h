/*
 * pinning.h - the CPUs of one cell's threads, from the --pin policy: looked up once per
 * run on a topology that was loaded once, and passed down to the processes as a list.
 */
#ifndef LFBENCH_PINNING_H
#define LFBENCH_PINNING_H

#include "machine/cpu_list.h"
#include "text/error.h"

struct lfb_pinning {
	struct lfb_topology *topology; /* NULL: a resolved list was given */
	unsigned usable; /* CPUs this process may use */
};

/* Load the topology. Returns 0 or -errno with a sentence. */
int lfb_pinning_load(struct lfb_pinning *pinning, struct lfb_error *error);

/* CPUs for `threads` threads under the policy `pin`; empty for "none". Returns 0 or -errno. */
int lfb_pinning_resolve(const struct lfb_pinning *pinning, const char *pin, unsigned threads, struct lfb_cpu_list *out,
			struct lfb_error *error);

void lfb_pinning_free(struct lfb_pinning *pinning);

#endif
