/* compare_parts.h - what the files of compare.h share with each other. Not for others. */
#ifndef LFBENCH_COMPARE_PARTS_H
#define LFBENCH_COMPARE_PARTS_H

#include "compare/compare.h"

#include "results/csv_file.h"

/* The columns of enum compare_unlike. */
extern const enum lfb_column compare_unlike_columns[COMPARE_UNLIKES];

/* Add a text that is not there yet; an empty one is none. Return 0 or -ENOMEM. */
int compare_words_add(struct compare_words *words, const char *text);
void compare_words_free(struct compare_words *words);
/* Whether both say something, and not the same. */
bool compare_words_differ(const struct compare_words *a, const struct compare_words *b);
/* "a, b and others" into `out`. Returns out. */
const char *compare_words_join(const struct compare_words *words, char *out, size_t out_bytes);

void compare_facts_free(struct compare_file *file);

/* As lfb_csv_row_fn, for tsearch: equal are rows of one cell. */
int compare_by_cell(const void *a, const void *b);

#endif
