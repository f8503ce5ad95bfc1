/* bench_main.h - what all benchmark binaries do; each is a main that names its workload. */
#ifndef LFBENCH_BENCH_MAIN_H
#define LFBENCH_BENCH_MAIN_H

/* Run one cell of `workload` as argv says. Returns the process's exit status. */
int bench_main(const char *workload, int argc, char **argv);

#endif
