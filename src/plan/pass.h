/*
 * pass.h - the three ways of measuring a cell. Each looks at something else, and looking costs time,
 * so each has trials of its own: a figure is only ever filled in by the pass that can measure it.
 */
#ifndef LFBENCH_PASS_H
#define LFBENCH_PASS_H

enum lfb_pass {
	LFB_PASS_THROUGHPUT, /* nothing but the operations */
	LFB_PASS_LATENCY,    /* time stamps: closed loop, or open loop at a given rate */
	LFB_PASS_CONTENTION, /* the counting flavour of the backend, and the counters of kernel and CPU */
	LFB_PASSES
};

/* When the items of an open loop are due. */
enum lfb_arrival {
	LFB_ARRIVAL_POISSON, /* at random, independent of each other */
	LFB_ARRIVAL_FIXED,   /* one gap like the other */
	LFB_ARRIVAL_KINDS
};

/* By the enums, ended by NULL. */
extern const char *const lfb_pass_names[LFB_PASSES + 1];
extern const char *const lfb_arrival_names[LFB_ARRIVAL_KINDS + 1];

#endif
