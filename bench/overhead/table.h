/* table.h - what harness_overhead prints on standard output. */
#ifndef OVERHEAD_TABLE_H
#define OVERHEAD_TABLE_H

#include "comparison.h"

void table_print_head(uint64_t seed, bool quick);
/* One line; the outcome has its replicates, or was not built. */
void table_print_row(const struct comparison *comparison, struct outcome *outcome);

#endif
