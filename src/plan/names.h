/*
 * names.h - the words used for enumerations in arguments, rows and messages, one
 * table each, and the nearest known word to a misspelt one.
 */
#ifndef LFBENCH_NAMES_H
#define LFBENCH_NAMES_H

#include <lfbench/backend.h>
#include <stddef.h>

extern const char *const lfb_wait_names[LFB_WAITS + 1]; /* all tables end with NULL */
extern const char *const lfb_alloc_names[LFB_ALLOCS + 1];
extern const char *const lfb_order_names[LFB_ORDERS + 1];
extern const char *const lfb_progress_names[LFB_PROGRESSES + 1];
extern const char *const lfb_answer_names[LFB_ANSWERS + 1];

/* Index of `word` in a NULL-terminated table, or -1. */
int lfb_name_find(const char *const *names, const char *word);

/* "spin, yield, block" into `out`. Returns out. */
const char *lfb_names_join(const char *const *names, char *out, size_t out_bytes);

/*
 * The table's word nearest to `word` by edit distance (Wagner & Fischer 1974, with
 * transpositions), or NULL when none is near enough to be a likely misspelling.
 */
const char *lfb_name_nearest(const char *const *names, const char *word);

/* "mpmc-fifo", "spsc-fifo", "mpmc-per_producer" ... into `out`. Returns out. */
const char *lfb_semantics_text(const struct lfb_claims *claims, char *out, size_t out_bytes);

#endif
