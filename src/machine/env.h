/*
 * env.h - the facts of this machine and this build that decide what the figures are worth.
 *
 * DESIGN. A fact has a value, a verdict and, unless the verdict is ok, what it means for the
 * results and what to do. What a fact is called, how it is found out and what it means is one
 * line of a const table (env_*.c); gathering is a walk over these tables. What cannot be
 * read is "unknown", which is a verdict of its own and never "ok".
 *
 * Values come from outside (DMI strings, file contents): they are reduced to printable
 * ASCII when they are stored, so that they are safe for terminals, JSON and logs alike.
 */
#ifndef LFBENCH_ENV_H
#define LFBENCH_ENV_H

#include "machine/clock.h"
#include "machine/topology.h"

#include <stdio.h>

enum lfb_verdict {
	LFB_VERDICT_OK,
	LFB_VERDICT_NOTE,    /* colours the figures, and cannot or need not be changed */
	LFB_VERDICT_WARN,    /* harms the figures */
	LFB_VERDICT_UNKNOWN, /* this machine does not tell */
	LFB_VERDICTS
};

/* "ok", "note", "warn", "unknown"; ended by NULL. */
extern const char *const lfb_verdict_names[LFB_VERDICTS + 1];

enum lfb_fact_group {
	LFB_FACTS_MACHINE,
	LFB_FACTS_LIMITS,
	LFB_FACTS_SPEED,
	LFB_FACTS_LOAD,
	LFB_FACTS_KERNEL,
	LFB_FACTS_COUNTERS,
	LFB_FACTS_BUILD,
	LFB_FACT_GROUPS
};

/* Headings, by enum lfb_fact_group; ended by NULL. */
extern const char *const lfb_fact_group_names[LFB_FACT_GROUPS + 1];

/* What figures can be used for. */
enum lfb_fitness {
	LFB_FIT_ANY,	    /* also comparing with another day */
	LFB_FIT_WITHIN_RUN, /* comparing the backends of one run */
	LFB_FIT_NONE,	    /* nothing */
	LFB_FITNESSES
};

/* "any", "within_run", "none"; ended by NULL. */
extern const char *const lfb_fitness_names[LFB_FITNESSES + 1];

struct lfb_fact {
	const char *key;   /* of the JSON file: lower case and _ */
	const char *label; /* for people */
	enum lfb_fact_group group;
	char *value; /* never NULL; "unknown" if it is */
	enum lfb_verdict verdict;
	enum lfb_fitness fitness; /* what this fact leaves of the figures */
	const char *meaning;	  /* for the results; NULL if the verdict is ok */
	const char *advice;	  /* what to do; NULL if there is nothing to */
};

struct lfb_env {
	char *host;
	char time_utc[LFB_CLOCK_TEXT_BYTES];
	struct lfb_fact *facts; /* in the order of their groups */
	size_t count;
};

/*
 * Find out everything once. Files are read under `root` ("" is this machine; a folder with a fake
 * /proc and /sys in tests, in which case the processor is not asked for the hypervisor's name).
 * `topology` may be NULL: then what it would tell is unknown. Steal time is watched for `watch_ms`
 * milliseconds; 0: only its share since boot. Returns 0 or -ENOMEM. Free with lfb_env_free.
 */
int lfb_env_gather(const char *root, const struct lfb_topology *topology, unsigned watch_ms, struct lfb_env **out);
void lfb_env_free(struct lfb_env *env);

/* The fact of that key, or NULL. */
const struct lfb_fact *lfb_env_find(const struct lfb_env *env, const char *key);

/* How many facts have this verdict. */
unsigned lfb_env_count(const struct lfb_env *env, enum lfb_verdict verdict);

/* The worst over all facts. */
enum lfb_fitness lfb_env_fitness(const struct lfb_env *env);

/*
 * {"schema": 1, "host", "time_utc", "fit_for", "facts": {key: {"value", "verdict", ...}}} as a jansson
 * object, to which the caller may add; facts that are not ok also have "meaning" and perhaps
 * "advice". The caller owns the reference. NULL: out of memory.
 */
struct json_t *lfb_env_json(const struct lfb_env *env);

/* The same, indented, as text. Returns 0, -ENOMEM, or -EIO if `out` does not take it. */
int lfb_env_write_json(const struct lfb_env *env, FILE *out);

/* The flags every row of this build carries: "", "debug", "sanitizer" or "debug;sanitizer". */
const char *lfb_env_build_flags(void);

#endif
