/* claims.h - how a backend's claims stand, in words: as declared, or as `lfbench check` has found them on this machine (check/verdicts.h). */
#ifndef LFBENCH_BENCH_CLAIMS_H
#define LFBENCH_BENCH_CLAIMS_H

#include "check/verdicts.h"
#include "summary/summary.h"
#include "text/table.h"

#include <stdio.h>

/* "812", "20.4 k", "1.53 M". Returns out. */
#define CLAIMS_COUNT_BYTES 24
const char *claims_count_text(uint64_t count, char out[CLAIMS_COUNT_BYTES]);

/* Read what is kept. If it cannot be read, `command` says so on standard error, and there is nothing. Free with lfb_verdicts_free. */
void claims_read(const char *command, struct lfb_verdicts *out);

/* That of the answers of a build: order, EMPTY, FULL and capacity. NULL: nothing is known. */
const struct lfb_kept_verdict *claims_answers(const struct lfb_verdicts *verdicts, const char *build_id);
/* That of its progress: of push and pop the one that is worse. NULL: of one of them nothing is known, and nothing bad of the other. */
const struct lfb_kept_verdict *claims_progress(const struct lfb_verdicts *verdicts, const char *build_id);

/* "declared", "confirmed", "not refuted", "refuted" ...; `v` may be NULL. */
const char *claims_state(const struct lfb_kept_verdict *v);
/* Whether it is a reason to use another queue. */
bool claims_are_bad(const struct lfb_kept_verdict *v);

/* "2026-11-29, 1.53 M operations", "2026-11-29, 813 stops", "2026-11-29: VWit"; empty for NULL. Returns out. */
#define CLAIMS_TEXT_BYTES 192
const char *claims_found_text(const struct lfb_kept_verdict *v, char out[CLAIMS_TEXT_BYTES]);

/* Paragraphs on the queues of a summary, each build once; nothing if there is none. Returns 0 or -errno. */
int claims_print(FILE *out, const struct lfb_summary *summary, const struct lfb_verdicts *verdicts, const struct lfb_medium *medium);

/* The same as a table in Markdown. Returns 0 or -errno. */
int claims_print_markdown(FILE *out, const struct lfb_summary *summary, const struct lfb_verdicts *verdicts);

/* The same as an array of objects for `show --json`: of each build the verdicts that are known. NULL: out of memory. */
struct json_t *claims_json(const struct lfb_summary *summary, const struct lfb_verdicts *verdicts);

#endif
