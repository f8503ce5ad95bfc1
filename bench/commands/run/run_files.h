/*
 * run_files.h - the files of one run: NAME.csv, NAME.detail.csv and NAME.env.json, opened
 * before the first trial, flushed after each launch, made final together; and taken up
 * again when the run was interrupted.
 */
#ifndef LFBENCH_RUN_FILES_H
#define LFBENCH_RUN_FILES_H

#include "results/done.h"
#include "machine/env.h"
#include "text/error.h"
#include "plan/options.h"
#include "results/out_file.h"

#include <limits.h>

struct run_files {
	char csv_path[PATH_MAX], detail_path[PATH_MAX], hist_path[PATH_MAX], env_path[PATH_MAX];
	bool companions;     /* false when the rows go to standard output or a device */
	struct lfb_out *csv;
	struct lfb_out *detail; /* NULL without companions */
	struct lfb_out *hist;   /* NULL without companions, or without a latency pass */
	struct lfb_rows earlier; /* of the run that is resumed */
	struct lfb_done *done;   /* NULL: a new run */
};

/* What a resumed run was started with, from NAME.env.json. */
struct run_record {
	char **arguments; /* argv-like, NULL-terminated */
	int count;
	char run_id[17];
	uint64_t seed;
};

/* "results/20261122T204500Z-host.csv", or without the folder where there is none. */
void run_files_choose_name(char out[PATH_MAX]);

/* Set the three paths from the name of the first. Returns 0 or -ENAMETOOLONG. */
int run_files_name(struct run_files *files, const char *csv_path, struct lfb_error *error);

/* Open all for a new run, or, with `resume`, to go on with the old one. Returns 0 or -errno. */
int run_files_open(struct run_files *files, bool force, bool resume, const struct lfb_options *options, struct lfb_error *error);

/* Write NAME.env.json: the machine, the arguments, and how far the run has come ("running", "done" ...). */
int run_files_write_env(const struct run_files *files, const struct lfb_env *env, int argc, char **argv, const char *run_id,
			uint64_t seed, const char *state, struct lfb_error *error);

/* Read back what run_files_write_env wrote. Free with run_record_free. */
int run_record_read(const struct run_files *files, struct run_record *record, struct lfb_error *error);
void run_record_free(struct run_record *record);

/* Make rows and details final. Returns 0 or -errno. */
int run_files_commit(struct run_files *files);
/* Close without making final; what is written stays in NAME.csv.partial. */
void run_files_abandon(struct run_files *files);

#endif
