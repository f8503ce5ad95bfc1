/*
 * env_facts.h - how the facts of env.h are described and found out. Internal to env*.c.
 */
#ifndef LFBENCH_ENV_FACTS_H
#define LFBENCH_ENV_FACTS_H

#include "machine/env.h"

/* What a fact may look at. */
struct lfb_env_view {
	const char *root;
	bool live;			     /* root is this machine: the processor itself may be asked */
	const struct lfb_topology *topology; /* may be NULL */
	unsigned watch_ms;
};

struct lfb_env_kind {
	const char *key;
	const char *label;
	enum lfb_fact_group group;
	/* What figures are good for if this is a warning; not knowing it costs no more than LFB_FIT_WITHIN_RUN. */
	enum lfb_fitness warned;
	/* Calls lfb_fact_set, or leaves the fact alone: unknown. May set the fact's meaning and advice too. */
	void (*look)(const struct lfb_env_view *view, struct lfb_fact *fact);
	const char *meaning; /* of a note or warning */
	const char *advice;
	const char *unknown; /* what it means not to know */
};

/* Set the value, reduced to printable ASCII, and the verdict. */
void lfb_fact_set(struct lfb_fact *fact, enum lfb_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Each ended by a kind without a key. */
extern const struct lfb_env_kind lfb_env_machine_kinds[];
extern const struct lfb_env_kind lfb_env_topology_kinds[];
extern const struct lfb_env_kind lfb_env_limit_kinds[];
extern const struct lfb_env_kind lfb_env_speed_kinds[];
extern const struct lfb_env_kind lfb_env_load_kinds[];
extern const struct lfb_env_kind lfb_env_kernel_kinds[];
extern const struct lfb_env_kind lfb_env_counter_kinds[];
extern const struct lfb_env_kind lfb_env_build_kinds[];

/* Whether this is a virtual machine: 1, 0, or -1 if that cannot be told. env_machine.c. */
int lfb_env_is_virtual(const struct lfb_env_view *view);

#endif
