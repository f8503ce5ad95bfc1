/*
 * faulty.h - a queue inside the test program itself, to be driven like any plug-in: a ring
 * under a mutex that can be told to misbehave, in one way, at one operation. It also counts what
 * the harness does to it, and looks at the memory it is given. (faulty.c is compiled once for all
 * tests: with all loops in it, it takes longer than any of them.)
 *
 * Set up with faulty_use(); all state is in the one struct `faulty`.
 */
#ifndef LFBENCH_TESTS_UNIT_FAULTY_H
#define LFBENCH_TESTS_UNIT_FAULTY_H

#include "plugin/plugin.h"

enum fault {
	FAULT_NONE,
	FAULT_LOSE,	/* a push is acknowledged and forgotten */
	FAULT_REPEAT,	/* a value is popped and stays */
	FAULT_REPLACE,	/* a value is popped in place of the next one */
	FAULT_INVENT,	/* a value nobody pushed, in place of one */
	FAULT_ZERO,	/* 0, in place of one */
	FAULT_REORDER,	/* the second value before the first */
	FAULT_CANCEL,	/* one value too high, the next too low by as much */
	FAULT_WITHHOLD, /* EMPTY, though one value is left */
	FAULT_FULL,	/* a push says FULL once though there is room */
	FAULT_SLOW,	/* every push takes a millisecond */
	FAULT_HANG,	/* a push never returns */
};

extern struct faulty {
	/* what to do */
	enum fault fault;
	uint64_t at;		  /* the push or pop, from 1, at which it happens */
	int create_error;	  /* what the create_fails_at-th create returns */
	unsigned create_fails_at; /* from 1; 0: none */
	unsigned attach_fails_at;
	const char *reason; /* for the report */
	/* what happened; the threads count at once */
	unsigned creates, destroys, attaches, detaches;
	unsigned bad_handles; /* not zeroed, or not aligned */
	void *last_queue;
	struct lfb_cell last_cell;
} faulty;

/* Start anew with this fault, and describe the queue as loading it would. `ops` may be changed by the caller. */
void faulty_use(enum fault fault, uint64_t at, struct lfb_plugin *plugin, struct lfb_ops *ops);

#endif
