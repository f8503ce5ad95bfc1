/* summary_problems.c - in which ways the rows of an entry were not ok, each once, with their number. */
#include "summary/summary_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More than anyone would read; keeps the memory for a hostile file within bounds. */
#define PROBLEMS_MAX 16u

static int append_problem(struct lfb_entry *entry, struct lfb_problem problem)
{
	struct lfb_problem *const more = lfb_summary_grow(entry->problems, entry->problem_count, sizeof(problem));

	if (more == NULL)
		return -ENOMEM;
	entry->problems = more;
	entry->problems[entry->problem_count++] = problem;
	return 0;
}

/* The problem of that kind, or NULL. */
static struct lfb_problem *find_problem(const struct lfb_entry *entry, const char *pass, const char *status,
					const char *reason)
{
	for (size_t i = 0; i < entry->problem_count; i++) {
		struct lfb_problem *const known = &entry->problems[i];

		if (strcmp(known->status, status) == 0 && strcmp(known->reason, reason) == 0 &&
		    strcmp(known->pass, pass) == 0)
			return known;
	}
	return NULL;
}

int lfb_entry_add_problem(struct lfb_entry *entry, const char *pass, const char *status, const char *reason,
			  size_t rows)
{
	const bool last = entry->problem_count == PROBLEMS_MAX - 1;
	struct lfb_problem *known = find_problem(entry, pass, status, reason);
	struct lfb_problem problem = { .rows = rows };

	if (known == NULL && entry->problem_count == PROBLEMS_MAX)
		known = &entry->problems[PROBLEMS_MAX - 1];
	if (known != NULL) {
		known->rows += rows;
		return 0;
	}
	problem.pass = strdup(last ? "" : pass);
	problem.status = strdup(last ? LFB_SUMMARY_OTHERS : status);
	problem.reason = strdup(last ? "" : reason);
	if (problem.pass == NULL || problem.status == NULL || problem.reason == NULL ||
	    append_problem(entry, problem) != 0) {
		free(problem.pass);
		free(problem.status);
		free(problem.reason);
		return -ENOMEM;
	}
	return 0;
}
