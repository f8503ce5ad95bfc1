/*
 * verdicts.h - what `lfbench check` has said of a build of a backend, kept between runs for `list`, `show` and `report`.
 *
 * DESIGN. A text file, a line per build and claim, replaced as a whole (out_file.h). A verdict is of one shared object, known by its GNU build id:
 * after a rebuild there is none, and nothing has to be thrown away for that. Verdicts of one build add up: operations (and stops) without a fault are added, and
 * one that was refuted stays so: a history that no right queue can have is a proof, and a place that blocked others has done so three times over, however often
 * nothing was seen since. The file is the
 * user's and may be edited, deleted or damaged: lines that are none are passed over.
 */
#ifndef LFBENCH_CHECK_VERDICTS_H
#define LFBENCH_CHECK_VERDICTS_H

#include "text/error.h"
#include "suite.h"

#include <limits.h>

/* What a verdict is about; more may follow. */
#define LFB_CLAIM_ANSWERS "answers" /* order, EMPTY and FULL, capacity */
#define LFB_CLAIM_PUSH "push"       /* progress of a push, and what becomes of memory while one is stopped */
#define LFB_CLAIM_POP "pop"         /* of a pop */

struct lfb_kept_verdict {
	char build_id[41]; /* in hex */
	char claim[16];
	char backend[64];
	enum lfb_suite_verdict verdict;
	char time_utc[32];  /* of the last check */
	uint64_t ops;       /* judged; of progress: times that a thread was stopped at an instruction */
	uint64_t histories;
	char why[128];      /* the pattern, or the reason; empty if confirmed or not refuted */
};

struct lfb_verdicts {
	struct lfb_kept_verdict *list;
	size_t count;
	size_t passed_over; /* lines that are no verdict */
};

/* More are not kept: the oldest go first. */
#define LFB_VERDICTS_MAX 6144u /* three of a build */

/*
 * Where they are: $LFBENCH_VERDICTS, or lfbench/verdicts.tsv below $XDG_STATE_HOME or ~/.local/state. false: nowhere, since that variable is empty or
 * there is no home.
 */
bool lfb_verdicts_path(char out[PATH_MAX]);

/* Read them. A file that is not there has none. Returns 0; -ENOMEM; -EFBIG; or -errno. Free with lfb_verdicts_free on success. */
int lfb_verdicts_read(const char *path, struct lfb_verdicts *out);
void lfb_verdicts_free(struct lfb_verdicts *verdicts);

/* That of a build, or NULL. An empty build id has none. */
const struct lfb_kept_verdict *lfb_verdicts_find(const struct lfb_verdicts *verdicts, const char *build_id, const char *claim);

/* Add `count` of them to the file, making its folder if need be. Those without a build id are left out. Returns 0 or -errno with the reason. */
int lfb_verdicts_record(const char *path, const struct lfb_kept_verdict *list, size_t count, struct lfb_error *error);

#endif
