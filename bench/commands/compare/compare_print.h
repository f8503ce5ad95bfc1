/* compare_print.h - what a comparison found, for people: the answer first, then the table, then what it means. */
#ifndef COMPARE_PRINT_H
#define COMPARE_PRINT_H

#include "compare/compare_judge.h"
#include "text/table.h"

#include <stdio.h>

/* All of a comparison. Returns 0 or -errno. */
int compare_print(FILE *out, const struct compare *compare, const struct compare_findings *findings,
		  const struct compare_results *results, const struct compare_rule *rule, const struct lfb_medium *medium);

/* A line for each thing in which the two differ, those that refuse first, each begun by `before`. */
void compare_print_findings(FILE *out, const struct compare_findings *findings, const char *before, const struct lfb_medium *medium);

/* "  not slower ..." as a paragraph, made safe. */
void compare_print_paragraph(FILE *out, const char *text, unsigned indent, const struct lfb_medium *medium);

#endif
