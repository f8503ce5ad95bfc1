/*
 * claims_strict - a right queue that says too much of itself: vyukov_mpmc with strict answers. A push stopped between its ticket and its store
 * makes pops say EMPTY though later pushes have returned.
 */
#include <lfbench/backend.h>
#define LFB_ANSWER_WEAK LFB_ANSWER_STRICT
#include "vyukov_mpmc.c"
