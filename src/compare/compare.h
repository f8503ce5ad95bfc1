/*
 * compare.h - two sets of stored results, before and after: which cells became slower, and whether the two can be
 * compared at all.
 *
 * DESIGN. Rows are added one at a time, to one of two arms, and grouped by cell: what makes two cells the same are the key columns (workload,
 * backend, shape, load, pass). The compiler, the loops' revision, the allocator and the like are not among them: a cell that
 * differs in these has the same name and another meaning, which is found and said (compare_check). The trials of
 * a launch are reduced to its median first, since they share where code and memory landed; launches are the samples.
 *
 * Stored results were not measured in turns, so whatever the machine did in between is in the ratio. Two things are done
 * about that: the machines, the builds and the round trip of a cache line are compared first; and where the base is several files, a
 * difference only counts if the head lies beyond all of them, since files differ among themselves. The rest is
 * a warning: this is advice, and the gate (gate/run.h) is the measurement.
 *
 * One thread at a time may use a comparison.
 */
#ifndef LFBENCH_COMPARE_H
#define LFBENCH_COMPARE_H

#include "text/error.h"
#include "results/row.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compare_arm { COMPARE_BASE, COMPARE_HEAD, COMPARE_ARMS };
extern const char *const compare_arm_names[]; /* "base", "head", NULL */

/* What can be compared: costs, all smaller-is-better. */
enum compare_metric {
	COMPARE_NS_PER_OP,
	COMPARE_NS_PER_ITEM,
	COMPARE_P50,
	COMPARE_P90,
	COMPARE_P99,
	COMPARE_P999,
	COMPARE_MAX,
	COMPARE_METRICS
};
/* "ns_per_op", "ns_per_item", "p50", "p90", "p99", "p999", "max", NULL. */
extern const char *const compare_metric_names[];

/* The distinct texts of a column, as far as anyone would read them. */
#define COMPARE_WORDS 4u
struct compare_words {
	char *word[COMPARE_WORDS];
	size_t count;
	bool more; /* there were others */
};

/* What NAME.env.json knows of a machine, as far as it matters here. */
enum compare_fact {
	COMPARE_CPU_MODEL,
	COMPARE_ARCHITECTURE,
	COMPARE_CPUS_ONLINE,
	COMPARE_CPUS_USABLE,
	COMPARE_KERNEL_MAJOR,
	COMPARE_DEBUG_BUILD,
	COMPARE_SANITIZER,
	COMPARE_HYPERVISOR,
	COMPARE_KERNEL,
	COMPARE_GOVERNOR,
	COMPARE_TURBO,
	COMPARE_SMT,
	COMPARE_MITIGATIONS,
	COMPARE_FACTS
};

struct compare_file {
	char *path;
	enum compare_arm arm;
	char *fact[COMPARE_FACTS]; /* NULL: not known */
	char no_facts[256];	   /* why there are none; "" where there are */
	struct compare_words hosts, commits;
	char *first_time, *last_time; /* of its rows, ISO 8601; NULL: none has one */
	uint64_t *runs;		      /* hashes of their ids, sorted by nothing */
	size_t run_count;
	size_t rows;
};

/* Columns in which a cell may be unlike itself. */
enum compare_unlike {
	COMPARE_BUILT_WITH,
	COMPARE_LOOPS_REV,
	COMPARE_ALLOCATOR,
	COMPARE_FLAVOUR,
	COMPARE_CPUS,
	COMPARE_BUILD_ID, /* said, and no reason to refuse: a new build is what is compared */
	COMPARE_UNLIKES
};

/* One trial that was ok. */
struct compare_sample {
	uint64_t launch; /* hash of run and launch */
	uint64_t build;	 /* hash of the columns of enum compare_unlike, but for the build id */
	size_t file;
	double value[COMPARE_METRICS]; /* NaN: not measured */
	double probe_ns;	       /* NaN: not measured */
};

/* A cell in one arm. */
struct compare_half {
	struct compare_sample *samples;
	size_t sample_count;
	size_t rows, ok, failed, unsupported, interrupted, overloaded, pilot; /* rows */
	char *problem; /* status and reason of the first that was not ok; NULL: all were */
	struct compare_words words[COMPARE_UNLIKES];
};

struct compare_cell {
	struct lfb_row row; /* its first, for what it is */
	bool reference;	    /* null, faa: no queue, but the harness and the machine */
	struct compare_half half[COMPARE_ARMS];
};

/* Start with `struct compare compare = { 0 };`, end with compare_free. */
struct compare {
	const char *const *backends, *const *workloads; /* only these, ended by NULL; NULL: all. Not owned */
	struct compare_file *files;
	size_t file_count;
	struct compare_cell **cells; /* in the order in which they came */
	size_t cell_count;
	void *tree; /* tsearch(3) over the cells */
};

/* More are no comparison, but an attempt on the memory. */
#define COMPARE_CELLS_MAX 20000u
#define COMPARE_FILES_MAX 1000u

/*
 * Read a results file into an arm, with the machine of its NAME.env.json, if there is one. A `.partial` file may have a
 * torn end. `stop`, which may be NULL, ends it when it is no longer 0. Returns 0; -EBADMSG or -EFBIG for a file that is
 * none, or damaged; -E2BIG beyond the limits above; -EINTR; -ENOMEM or -errno; with a sentence that names the file.
 */
int compare_read(struct compare *compare, enum compare_arm arm, const char *path, const volatile sig_atomic_t *stop,
		 struct lfb_error *error);

/* Begin a file by hand, and add rows to the last one begun; as compare_read does. Return 0, -ENOMEM or -E2BIG. */
int compare_add_file(struct compare *compare, enum compare_arm arm, const char *path);
int compare_add_row(struct compare *compare, const struct lfb_row *row);

/* Fill in the facts of a file from that JSON file, or why there are none. Returns 0 or -ENOMEM. */
int compare_read_facts(struct compare_file *file, const char *env_path);
/* The same, from text. */
int compare_take_facts(struct compare_file *file, const char *json, size_t bytes);

void compare_free(struct compare *compare);

/* Whether a run of the one file is in the other, too. */
bool compare_share_run(const struct compare_file *a, const struct compare_file *b);

/* Something in which the two arms differ. */
struct compare_finding {
	bool refuses; /* figures on both sides of it are not comparable */
	char *text;   /* a clause without a full stop; may hold what came from a file */
};
struct compare_findings {
	struct compare_finding *items;
	size_t count, refusing;
};

/* Round trips that differ by more than this are another regime of the machine. */
#define COMPARE_PROBE_FACTOR 1.25

/*
 * Compare the machines and builds of the two arms, as far as their common cells go. Returns 0 or -ENOMEM. Free with
 * compare_findings_free.
 */
int compare_check(const struct compare *compare, struct compare_findings *out);
void compare_findings_free(struct compare_findings *findings);

/* Whether a cell differs in what compare_check refuses; the column's name, or NULL. */
const char *compare_cell_unlike(const struct compare_cell *cell);

/* Of all intervals. */
#define COMPARE_CONFIDENCE 0.95

/* One launch: medians over its trials. */
struct compare_launch {
	double value, probe_ns; /* NaN: not measured */
	size_t file;
	uint64_t build;
};
/*
 * The launches of one half of a cell, by file, into an array that is the caller's to free. Those without a value of that
 * metric are left out. Returns 0 or -ENOMEM; *out is NULL where there are none.
 */
int compare_launches(const struct compare_half *half, enum compare_metric metric, struct compare_launch **out, size_t *count);

/* A cell in one file, and how it stands to the file before it in time: all false in the first. */
struct compare_point {
	const struct compare_file *file;
	size_t launches;
	double median, low, high; /* over launches, with COMPARE_CONFIDENCE */
	double probe_ns;	  /* NaN: not measured */
	bool has_interval;	  /* false: too few launches, low and high are unset */
	uint64_t build;
	bool other_machine, other_build, other_regime; /* no change across one of these is the queue's */
	bool resolved;				       /* the intervals do not overlap */
};
/*
 * One half of a cell through its files, in order of time, into an array that is the caller's to free. Returns 0 or -ENOMEM; *out is NULL
 * where no file has that metric, and to be freed in any case.
 */
int compare_points(const struct compare *compare, const struct compare_half *half, enum compare_metric metric, struct compare_point **out,
		   size_t *count);

/* Whether rows of that cell's pass can have the metric. */
bool compare_has_metric(const struct compare_cell *cell, enum compare_metric metric);

/* "load=50/arrivals=poisson" appended to the shape (export.h) of a cell. Returns out. */
#define COMPARE_SHAPE_BYTES 1280
const char *compare_shape_text(const struct compare_cell *cell, char out[COMPARE_SHAPE_BYTES]);

#endif
