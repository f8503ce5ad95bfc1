/* columns.c - see columns.h. */
#include "results/columns.h"

const struct lfb_column_info lfb_columns[LFB_COLUMN_COUNT] = {
#define LFB_COLUMN_INFO(name, group, unit, meaning) { #name, group, unit, meaning },
	LFB_COLUMNS(LFB_COLUMN_INFO)
#undef LFB_COLUMN_INFO
};
