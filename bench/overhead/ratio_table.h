/* ratio_table.h - what harness_overhead prints on standard output. */
#ifndef OVERHEAD_RATIO_TABLE_H
#define OVERHEAD_RATIO_TABLE_H

#include "comparison.h"

void ratio_table_print_head(uint64_t seed, bool quick);
/* One line; the outcome has its replicates, or was not built. */
void ratio_table_print_row(const struct comparison *comparison, struct outcome *outcome);

#endif
