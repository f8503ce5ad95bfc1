/*
 * decide.h - from the ratios that were measured to a verdict: the whole decision rule of the gate, and nothing
 * else, so that what is proven about it (docs/gate-proof.md, by replaying stored launches) is what runs.
 *
 * DESIGN. A replicate's value d is ln(cost of head / cost of base), above 0 where head is slower. Of the
 * values of a cell nothing is assumed but that they are independent and spread alike to either side of their centre,
 * which the order of slices and of loading, both by coin, sees to: tests are signed-rank tests, the interval is theirs
 * (signed_rank.h). The sign test, which would not even need that, takes half as many launches again for the same power.
 *
 *   1. A cell is screened: both one-sided tests, against +min_effect and -min_effect. Below
 *      screen_alpha it is flagged, upwards or downwards.
 *   2. Only flagged cells are judged further, on values from fresh launches alone (confirm), each in the one direction
 *      it was flagged, with Holm's step-down over the flagged cells ("A Simple Sequentially Rejective Multiple Test
 *      Procedure", Scand. J. Statist. 6, 1979). So the chance of any false alarm in a run is at most alpha.
 *      A slowdown that is none has to come up twice, so a run of one cell raises a false alarm at a rate of
 *      screen_alpha * alpha. Where there are no fresh values to be had (single_stage), a single look is held to
 *      GATE_SINGLE_LOOK of alpha instead.
 *   3. Whatever is not rejected is PASS where the upper end of its interval is below fail_effect, and INCONCLUSIVE
 *      otherwise: no evidence of harm is not evidence of no harm.
 *
 * Values are never added until something becomes significant: how many there are is fixed before they are looked at
 * (allot.h, from a pilot whose values are thrown away).
 *
 * All functions are reentrant and allocate nothing beyond the call.
 */
#ifndef LFBENCH_GATE_DECIDE_H
#define LFBENCH_GATE_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

/* Sizes are logarithms: ln(1 + 0.005) for 0.5 %. */
struct gate_rule {
	double min_effect;    /* below this a slowdown is none */
	double fail_effect;   /* PASS means: by less than this */
	double alpha;         /* false alarms of a whole run */
	double screen_alpha;  /* of each screening test */
	double control_alpha; /* of each test whether a control moved */
	double drop_max;      /* part of the blocks that may be dropped */
};

/* 0.5 %, 5 %, 0.05, 0.10, 0.01, 0.20 */
extern const struct gate_rule gate_rule_preset;

/* Part of alpha that a test without confirmation may use up. */
#define GATE_SINGLE_LOOK 0.2

enum gate_verdict { GATE_REGRESSED, GATE_IMPROVED, GATE_PASS, GATE_INCONCLUSIVE, GATE_INVALID, GATE_VERDICTS };
/* "REGRESSED" ..., NULL */
extern const char *const gate_verdict_names[];

/* Why a cell is INCONCLUSIVE. */
enum gate_doubt {
	GATE_NO_DOUBT,
	GATE_DOUBT_FEW,      /* fewer values than an interval takes */
	GATE_DOUBT_WIDE,     /* its interval reaches beyond fail_effect */
	GATE_DOUBT_DROPPED,  /* too many blocks were disturbed from outside */
	GATE_DOUBT_CONTROL,  /* a control moved: the machine is unfit */
	GATE_DOUBT_UNFINISHED, /* interrupted, or the budget ran out */
	GATE_DOUBTS
};

/* What was measured of one cell. The arrays are the caller's; their order does not matter. */
struct gate_evidence {
	const double *screen; /* values: gate_values makes them of replicates */
	size_t screen_count;
	const double *confirm; /* of flagged cells */
	size_t confirm_count;
	double dropped;        /* part of all blocks */
	bool invalid;          /* a slice failed verification, crashed or hung */
	bool unfinished;       /* not all of its planned values are there */
};

struct gate_judgement {
	enum gate_verdict verdict;
	enum gate_doubt doubt;
	int flagged;         /* +1: as slower, -1: as faster, 0: not */
	bool confirmed_only; /* the figures below are of the confirming values */
	size_t n;            /* values: of replicates, batches of them or layouts */
	double d;            /* their centre; NaN: no value */
	double low, high;    /* of its interval */
	bool has_interval;
	double confidence;   /* of that interval, as achieved */
	double p;            /* one-sided, in the direction of d, against min_effect; before Holm */
	double p_holm;       /* NaN: not in the family */
	double detectable;   /* the least |d| that n such values would have shown with 95 %; NaN: unknown */
	size_t needed;       /* values that would show that nothing is slower by fail_effect, were there no difference; 0: unknown */
};

/*
 * What is judged of n replicates, in order of time, into out[0 .. GATE_VALUES_MAX): themselves where they are few, else the centres of as many batches of
 * consecutive ones. How much slower one build is than another depends on the state that the machine is in for some tenths of a second
 * (of unlike builds, neighbouring replicates are correlated by 0.2 to 0.8; of identical ones, by nothing), and batches are further apart. Values
 * that are not finite are left out. Returns how many there are.
 */
#define GATE_VALUES_MAX 12u
size_t gate_values(const double *replicates, size_t n, double out[GATE_VALUES_MAX]);

/* +1, -1 or 0 for one cell's screening values. */
int gate_screen(const double *d, size_t n, const struct gate_rule *rule);

/*
 * Judge the cells of one run. `single_stage`: the screening values decide and Holm goes over all cells, at GATE_SINGLE_LOOK of alpha: for
 * values that are of different layouts of the code, of which there is no fresh set. `control_moved`: nothing
 * can be said of any cell. out[0..count) is filled. Returns 0 or -ENOMEM.
 */
int gate_judge(const struct gate_evidence *cells, size_t count, const struct gate_rule *rule, bool single_stage,
	       bool control_moved, struct gate_judgement *out);

/* Whether values that should be around 0 are not. */
bool gate_control_moved(const double *d, size_t n, const struct gate_rule *rule);

/* Robust standard deviation: 1.4826 times the median absolute deviation. NaN with fewer than 2. */
double gate_spread(const double *d, size_t n);

/* How far from the bound the true value must be for the test to reject with this power, the values being normal around it; NaN: n can never reject. */
double gate_detectable(size_t n, double spread, double alpha, double power);

/* The smallest n with which an effect that far beyond the bound is shown with this power; 0: more than `most`. */
size_t gate_values_needed(double beyond, double spread, double alpha, double power, size_t most);

#endif
