/* compare_export.h - a comparison as a list for other tools (export.h). */
#ifndef COMPARE_EXPORT_H
#define COMPARE_EXPORT_H

#include "compare/compare_judge.h"
#include "export/export.h"

/* One result per verdict and figure; cells in one file only are left out. Returns 0 or -ENOMEM; free with export_free in any case. */
int compare_export_fill(struct export_list *list, const struct compare *compare, const struct compare_results *results,
			const struct compare_rule *rule);

#endif
