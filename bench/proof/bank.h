/*
 * bank.h - stored launches of one pair of builds, as scripts/gate-proof keeps them: one line per launch, two launches in a row a replicate.
 */
#ifndef LFBENCH_PROOF_BANK_H
#define LFBENCH_PROOF_BANK_H

#include <stdbool.h>
#include <stddef.h>

struct bank {
	char name[128];      /* of the file, without folder and ending */
	double *d;           /* of replicates, in order of time: ln(head / base) */
	size_t count;
	size_t used;         /* of them, by bank_take */
	double replicate_s;  /* mean time of one */
	double truth;        /* centre of all, and its interval: what a long duet of these files says */
	double truth_low, truth_high;
};

/* Reads a file. Returns false, and says why on standard error, where it cannot be read or holds no replicate. */
bool bank_read(const char *path, struct bank *bank);

/* The next n replicates that nobody has taken yet; NULL: so many are not left. */
const double *bank_take(struct bank *bank, size_t n);

void bank_free(struct bank *bank);

#endif
