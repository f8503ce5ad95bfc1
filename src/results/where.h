/*
 * where.h - which rows of a results file are wanted: "backend=ck_ring_mpmc|mutex_ring,producers>=2".
 *
 * DESIGN. A list of conditions, joined by commas, all of which a row has to meet. A condition is a column of
 * columns.h, a comparison and a value; = and != take several values, joined by |. Numbers are compared as
 * numbers (8 is 8.0), anything else as text. An empty field, which is a thing that was not measured, meets only
 * `column=` and `!=`.
 */
#ifndef LFBENCH_WHERE_H
#define LFBENCH_WHERE_H

#include "text/error.h"
#include "results/row.h"

#include <stddef.h>

enum lfb_comparison { LFB_IS, LFB_IS_NOT, LFB_BELOW, LFB_AT_MOST, LFB_ABOVE, LFB_AT_LEAST, LFB_COMPARISONS };

struct lfb_condition {
	enum lfb_column column;
	enum lfb_comparison comparison;
	char *value;
};

/* Start with `{ 0 }`, end with lfb_where_free. Without conditions every row is wanted. */
struct lfb_where {
	struct lfb_condition *conditions;
	size_t count;
};

/*
 * Add the conditions of `text`. Returns 0, -ENOMEM, or -EINVAL with a sentence that quotes what is wrong and names what
 * is accepted (it is not made safe to print).
 */
int lfb_where_add(struct lfb_where *where, const char *text, struct lfb_error *error);

/* Whether the row meets all conditions. */
bool lfb_where_wants(const struct lfb_where *where, const struct lfb_row *row);

void lfb_where_free(struct lfb_where *where);

#endif
