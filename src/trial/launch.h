/*
 * launch.h - one process's work: load a backend, audit it, find the number of items,
 * run the trials of one cell, and turn each into a row.
 */
#ifndef LFBENCH_LAUNCH_H
#define LFBENCH_LAUNCH_H

#include "results/detail.h"
#include "results/hist_file.h"
#include "trial/trial.h"

/* Who the rows belong to. */
struct lfb_launch_identity {
	const char *run_id;
	uint64_t launch; /* from 1 */
	uint64_t order;  /* from 1 */
	uint64_t seed;
};

struct lfb_launch {
	struct lfb_launch_identity identity;
	struct lfb_shape shape;
	const char *path;  /* of the shared object */
	const char *label; /* backend column; NULL: the backend's own name */
	uint64_t items;       /* per trial; 0: as many as take duration_ns */
	uint64_t duration_ns; /* used when items is 0 */
	uint64_t audit_items;
	uint64_t trials;
	bool brief_histograms; /* hand out buckets 1.6 % wide instead of 0.1 % */
	uint64_t timeout_ns; /* per trial, before it is scaled by oversubscription */
	const unsigned *cpus; /* one per thread, or NULL */
	unsigned cpus_usable;
	FILE *log; /* where sampled operations go to be judged by who reads them; NULL: they are judged here */
	const volatile sig_atomic_t *interrupted;
	/* Called for every row, every per-thread figure and every bucket of a histogram; non-zero ends the launch. */
	int (*on_row)(const struct lfb_row *row, void *context);
	int (*on_detail)(const struct lfb_detail *detail, void *context);
	int (*on_hist)(const struct lfb_hist_line *line, void *context);
	void *context;
};

/*
 * Run it. Returns the worst status met: LFB_STATUS_OK when every trial was ok. With
 * LFB_STATUS_INCOMPATIBLE or _UNSUPPORTED one row says so; a trial that was interrupted has none. *hung tells that threads are
 * lost in the queue: the caller must end the process without touching anything.
 * *failed is what a callback returned, 0 otherwise.
 */
enum lfb_status lfb_launch_run(const struct lfb_launch *launch, bool *hung, int *failed);

/* Fill the identity columns of a row. */
void lfb_launch_fill_identity(struct lfb_row *row, const struct lfb_launch_identity *identity);

/* The process exit status for a launch that ended so. */
int lfb_status_exit_code(enum lfb_status status);

#endif
