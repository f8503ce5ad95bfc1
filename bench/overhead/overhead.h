/* overhead.h - what the files of harness_overhead agree on. */
#ifndef OVERHEAD_OVERHEAD_H
#define OVERHEAD_OVERHEAD_H

/* How the program ends; the same numbers as everywhere in lfbench. */
enum overhead_exit {
	OVERHEAD_MEASURED = 0,
	OVERHEAD_USAGE = 2,        /* bad arguments, or a file that cannot be used */
	OVERHEAD_WRONG = 4,        /* a slice failed verification, or a launch crashed or hung */
	OVERHEAD_UNAVAILABLE = 77, /* needs two CPUs */
};

#endif
