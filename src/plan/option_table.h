/* option_table.h - between option_table.c and options.c only. */
#ifndef LFBENCH_OPTION_TABLE_H
#define LFBENCH_OPTION_TABLE_H

#include "plan/options.h"

/* What holds where nothing is said. */
void lfb_options_set_defaults(struct lfb_options *options);

#endif
