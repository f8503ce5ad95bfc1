/* check_replay.h - `lfbench check --replay`: judge a history that was kept. */
#ifndef LFBENCH_BENCH_CHECK_REPLAY_H
#define LFBENCH_BENCH_CHECK_REPLAY_H

#include "commands/check/check_options.h"

/* Returns the exit status. */
int check_replay(const struct check_options *options);

#endif
