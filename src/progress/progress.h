/*
 * progress.h - the progress probe: what becomes of the others while one thread is stopped inside an operation?
 *
 * DESIGN. A queue is lock-free if somebody goes on wherever others are stopped, and nobody sees that by running it: threads are hardly ever stopped
 * where it matters. So the probe stops one at each instruction of an operation in turn, from several starting states, and watches
 * whether the others still transfer items, each role by itself: the four pairs of what is stopped and who must go on. A pair is BLOCKING if
 * nothing went through for a whole window (20 times the longest gap without a stall, at least 200 ms) and went on as soon as the victim
 * did, three times at the same place. What was not seen to block may still do: it never proves that something is lock-free.
 *
 * Three further questions: do the others go on with all but one stopped; does an operation end although another one interferes after each of its
 * instructions (wait-freedom); and what becomes of the memory of popped items while a thread is stopped.
 *
 * Each question is a process of its own (launch_parts.h of check/ has the pattern), so a crash costs one answer.
 */
#ifndef LFBENCH_PROGRESS_PROGRESS_H
#define LFBENCH_PROGRESS_PROGRESS_H

#include "text/error.h"
#include "plugin/plugin.h"

#include <signal.h>

/* The first argument of such a process. */
#define LFB_PROGRESS_LAUNCH_COMMAND "check-progress-launch"

enum lfb_progress_verdict {
	LFB_PROGRESS_ABSENT,       /* not asked, or nobody may be in that role */
	LFB_PROGRESS_BLOCKS,       /* of wait-freedom: not finished at the bound. Of memory: never given back */
	LFB_PROGRESS_UNREFUTED,    /* not seen to */
	LFB_PROGRESS_INCONCLUSIVE, /* with the reason in `text` */
	LFB_PROGRESS_CRASHED,
	LFB_PROGRESS_HUNG,
	LFB_PROGRESS_VERDICTS
};

/* The answer to one question. Texts come from a foreign process: not to be shown as they are. */
struct lfb_progress_finding {
	enum lfb_progress_verdict verdict;
	uint64_t points;       /* times that a thread was stopped at an instruction and the others were watched */
	uint64_t covered;      /* instructions, by their addresses, at which that was */
	uint64_t instructions; /* that the operation was seen to have, in all starting states; 0: nobody knows (stopped by a signal) */
	uint64_t blocked;      /* points at which the others did not go on */
	uint64_t starved;      /* points at which they went on for as long as there was anything */
	uint64_t unsteady;     /* points at which they did not go on once, and did the next time */
	uint64_t step, steps;  /* which instruction of how many blocks. Wait-freedom: how many it took, and the bound */
	uint64_t window_ns;
	int64_t inside;        /* items that a pop did not see; -1: its operation does not return. Memory: bytes kept per item */
	char state[48];        /* what was inside before */
	char where[200];       /* of that instruction */
	char allocator[200];   /* an instruction of malloc or free that blocks; empty: none. Memory: how it was used up */
	char text[400];
};

enum { LFB_PROGRESS_PUSH, LFB_PROGRESS_POP, LFB_PROGRESS_ROLES };

struct lfb_progress_options {
	const char *path;
	const struct lfb_backend_info *info;
	uint64_t seed;
	uint64_t budget_ns; /* about so long */
	uint64_t bound;     /* of the refuter of wait-freedom, in instructions */
	bool all;           /* go on behind the first instruction that blocks */
	bool by_signal;     /* do not try the trap flag */
	const volatile sig_atomic_t *interrupted;
	void (*on_question)(const char *question, void *context); /* before each; may be NULL */
	void *context;
};

struct lfb_progress_result {
	struct lfb_progress_finding pair[LFB_PROGRESS_ROLES][LFB_PROGRESS_ROLES]; /* [stopped][goes on?] */
	struct lfb_progress_finding solo[LFB_PROGRESS_ROLES];   /* with all others stopped */
	struct lfb_progress_finding finish[LFB_PROGRESS_ROLES]; /* wait-freedom */
	struct lfb_progress_finding memory[LFB_PROGRESS_ROLES]; /* while it is stopped */
	bool by_signal;   /* that is how threads were stopped */
	unsigned helpers; /* threads of the backend's own */
	char helper[24];  /* name of one */
	bool interrupted;
};

/* What the findings make of one claim. */
enum lfb_progress_claim { LFB_PROGRESS_CLAIM_REFUTED, LFB_PROGRESS_CLAIM_KEPT, LFB_PROGRESS_CLAIM_OPEN, LFB_PROGRESS_CLAIM_FAILED };

struct lfb_progress_judgement {
	enum lfb_progress_claim claim;
	enum lfb_progress seen; /* LFB_BLOCKING: seen to block; LFB_LOCK_FREE, LFB_WAIT_FREE: not refuted */
	bool known;             /* `seen` is */
	const struct lfb_progress_finding *by; /* what decided; may be NULL */
	unsigned stopped;       /* of a blocking pair: the role that was stopped */
};

/* Returns 0 or -errno where no process can be started. Fills `result` in any case. */
int lfb_progress_run(const struct lfb_progress_options *options, struct lfb_progress_result *result, struct lfb_error *error);

/* What is to be said of a role, push or pop, that claims so. */
struct lfb_progress_judgement lfb_progress_judge(const struct lfb_progress_result *result, unsigned role, enum lfb_progress claim);

/* Points at which threads were stopped, in all. */
uint64_t lfb_progress_points(const struct lfb_progress_result *result);

/* main of such a process. Returns its exit status. */
int lfb_progress_launch_main(int argc, char **argv);

#endif
