/*
 * flags.h - what the words in the columns `flags` and `status` mean, and what to do about them:
 * the one table behind `lfbench show` and lfbench-csv(5).
 */
#ifndef LFBENCH_FLAGS_H
#define LFBENCH_FLAGS_H

#include <stddef.h>

struct lfb_word {
	const char *word;
	const char *meaning;
	const char *advice; /* what to do next; NULL: nothing */
};

/* Both end with a word that is NULL. */
extern const struct lfb_word lfb_flag_words[];
extern const struct lfb_word lfb_status_words[];

/* The entry of `word`, which need not be NUL-terminated, or NULL. */
const struct lfb_word *lfb_word_find(const struct lfb_word *words, const char *word, size_t length);

#endif
