/*
 * docgen.h - makes the man pages and the completion from the tables that the program itself
 * works by, so that they cannot tell another story. Runs at build time only.
 *
 * DESIGN. A template (man/lfbench.1.in, completion/lfbench.in) is written by hand; a line of it that
 * consists of @WORD@ or @WORD argument@ is replaced by what the table of fillers has for WORD.
 * Prose stays where prose can be read and edited, facts stay in their tables.
 */
#ifndef LFBENCH_DOCGEN_H
#define LFBENCH_DOCGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What stands for one placeholder. Returns false if `argument` (NULL: none given) means nothing to it. */
struct docgen_filler {
	const char *word;
	bool (*fill)(FILE *out, const char *argument);
};

/* Each ends with one without a word. */
extern const struct docgen_filler docgen_man_fillers[];
extern const struct docgen_filler docgen_completion_fillers[];

/* An option as the documents show it. */
struct docgen_option {
	const char *name;
	char letter;	   /* 0: none */
	const char *value; /* NULL: takes none */
	const char *help;
	const char *workloads; /* that take it, separated by spaces; NULL: all, or it is not about workloads */
};

/*
 * The options of `set`, one per call, counted by *at, which starts at 0. A set is a command
 * (list, run ...), `bench` for the benchmark binaries, or, to list no option twice,
 * `both`, `run-only` and `bench-only`. Returns false after the last one.
 */
bool docgen_option_next(const char *set, size_t *at, struct docgen_option *out);

/* Whether there is such a set. */
bool docgen_set_known(const char *set);

#endif
