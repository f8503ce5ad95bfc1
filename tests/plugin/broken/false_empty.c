/*
 * false_empty - says EMPTY once in a thousand pops, whatever is inside. Every value arrives, once and in order: no sum and no audit sees it.
 */
#define BROKEN_NAME "false_empty"
#define BROKEN_IS_EMPTY(q) ((q)->count == 0 || (q)->asks % BROKEN_EVERY == BROKEN_AT)
#include "broken.h"
