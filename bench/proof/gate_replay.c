/*
 * gate_replay.c - the gate's decision rule on stored launches: how often it is right, at which cost in time.
 *
 * DESIGN. A bank holds more launches of one pair of builds than a gate takes. It is cut into disjoint pieces, each of which is what one gate of
 * that cell would have had, a part to screen and, where that flags the cell, a fresh part to confirm; and gate_judge, the very function
 * the gate calls, decides. Nothing is used twice within a table.
 *
 * - Of builds without a difference (--null): single cells, and families of twenty cells judged together, drawn from all banks in turn.
 * - Of builds with one (--power): how many decisions find it, by their length; the truth is what all of the bank says, min_effect half of
 *   that. Turned round, base and head exchanged, the same launches are improvements.
 */
#include "bank.h"

#include "gate/decide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY_CELLS 20u
#define STAGE_MIN 8u /* replicates; as GATE_REPLICATES_MIN */

struct tally {
	size_t decisions, verdicts[GATE_VERDICTS], intervals, covered;
};

static double percent(double d)
{
	return 100 * expm1(d);
}

static void count(struct tally *tally, const struct gate_judgement *j, double truth)
{
	tally->decisions++;
	tally->verdicts[j->verdict]++;
	tally->intervals += j->has_interval;
	tally->covered += j->has_interval && j->low <= truth && truth <= j->high;
}

/* What a decision is made of. */
struct piece {
	double screen[GATE_VALUES_MAX], confirm[GATE_VALUES_MAX];
};

/* The values of the next n replicates, into `out`; 0: not so many are left. */
static size_t take_values(struct bank *bank, size_t n, double out[GATE_VALUES_MAX])
{
	const double *const replicates = bank_take(bank, n);

	return replicates != NULL ? gate_values(replicates, n, out) : 0;
}

/* The next evidence of a cell: n replicates, and n more where these flag it. False: not so many are left. */
static bool take_evidence(struct bank *bank, size_t n, const struct gate_rule *rule, struct piece *piece, struct gate_evidence *out)
{
	*out = (struct gate_evidence){ .screen = piece->screen, .screen_count = take_values(bank, n, piece->screen), .confirm = piece->confirm };
	if (out->screen_count == 0)
		return false;
	if (gate_screen(out->screen, out->screen_count, rule) == 0)
		return true;
	out->confirm_count = take_values(bank, n, piece->confirm);
	return out->confirm_count > 0;
}

static void judge(const struct gate_evidence *cells, size_t count, const struct gate_rule *rule, struct gate_judgement *out)
{
	if (gate_judge(cells, count, rule, false, false, out) != 0) {
		(void)fprintf(stderr, "gate_replay: out of memory\n");
		exit(2);
	}
}

/* One cell a decision, with all there is in the bank. */
static void replay_single(struct bank *bank, size_t n, const struct gate_rule *rule, struct tally *tally)
{
	struct gate_evidence cell;
	struct gate_judgement j;
	struct piece piece;

	bank->used = 0;
	while (take_evidence(bank, n, rule, &piece, &cell)) {
		judge(&cell, 1, rule, &j);
		count(tally, &j, bank->truth);
	}
}

static double covered_percent(const struct tally *t)
{
	return t->intervals > 0 ? 100 * (double)t->covered / (double)t->intervals : NAN;
}

static void print_null_line(const char *name, double truth, size_t n, const struct tally *t)
{
	(void)printf("%-26s %+8.2f %4zu %9zu %9zu %9zu %6zu %6zu %7.1f\n", name, percent(truth), n, t->decisions, t->verdicts[GATE_REGRESSED],
		     t->verdicts[GATE_IMPROVED], t->verdicts[GATE_PASS], t->verdicts[GATE_INCONCLUSIVE], covered_percent(t));
}

static void replay_cells(struct bank *banks, size_t bank_count, size_t n)
{
	struct tally sum = { 0 };

	for (size_t i = 0; i < bank_count; i++) {
		struct tally tally = { 0 };

		replay_single(&banks[i], n, &gate_rule_preset, &tally);
		if (n == STAGE_MIN)
			print_null_line(banks[i].name, banks[i].truth, n, &tally);
		sum.decisions += tally.decisions;
		sum.intervals += tally.intervals;
		sum.covered += tally.covered;
		for (int v = 0; v < GATE_VERDICTS; v++)
			sum.verdicts[v] += tally.verdicts[v];
	}
	print_null_line("all of these", 0, n, &sum);
}

struct family_tally {
	size_t families, regressed, improved, cells_regressed, cells_improved;
};

static void count_family(const struct gate_judgement *cells, struct family_tally *t)
{
	size_t up = 0, down = 0;

	for (size_t i = 0; i < FAMILY_CELLS; i++) {
		up += cells[i].verdict == GATE_REGRESSED;
		down += cells[i].verdict == GATE_IMPROVED;
	}
	t->families++;
	t->regressed += up > 0;
	t->improved += down > 0;
	t->cells_regressed += up;
	t->cells_improved += down;
}

/* Twenty cells from the banks in turn, until these are used up. */
static void replay_families(struct bank *banks, size_t bank_count, size_t n)
{
	struct family_tally t = { 0 };
	size_t next = 0, empty = 0;

	for (size_t i = 0; i < bank_count; i++)
		banks[i].used = 0;
	while (empty < bank_count) {
		struct gate_evidence cells[FAMILY_CELLS];
		struct gate_judgement out[FAMILY_CELLS];
		struct piece pieces[FAMILY_CELLS];
		size_t have = 0;

		for (empty = 0; have < FAMILY_CELLS && empty < bank_count;) {
			const bool took = take_evidence(&banks[next++ % bank_count], n, &gate_rule_preset, &pieces[have], &cells[have]);

			have += took;
			empty = took ? 0 : empty + 1;
		}
		if (have < FAMILY_CELLS)
			break;
		judge(cells, FAMILY_CELLS, &gate_rule_preset, out);
		count_family(out, &t);
	}
	(void)printf("%14zu %9zu %22zu %7zu %22zu %7zu\n", n, t.families, t.regressed, t.cells_regressed, t.improved, t.cells_improved);
}

static void replay_null(struct bank *banks, size_t count)
{
	static const size_t stages[] = { STAGE_MIN, 16, 32, 64 };

	(void)printf("Single cells; n replicates to screen, and n fresh ones to confirm where these flag the cell.\n"
		     "%-26s %8s %4s %9s %9s %9s %6s %6s %7s\n", "bank", "truth %", "n", "decisions", "REGRESSED", "IMPROVED", "PASS", "INCO", "cover %");
	for (size_t s = 0; s < sizeof(stages) / sizeof(stages[0]); s++)
		replay_cells(banks, count, stages[s]);
	(void)printf("\nFamilies of %u cells, from all of these in turn.\n%14s %9s %22s %7s %22s %7s\n", FAMILY_CELLS, "n (of a stage)", "families",
		     "with a false REGRESSED", "(cells)", "with a false IMPROVED", "(cells)");
	for (size_t s = 0; s < sizeof(stages) / sizeof(stages[0]); s++)
		replay_families(banks, count, stages[s]);
}

/* Decisions of 2n replicates at the most on one bank, as it is or turned round. */
static void print_power_line(struct bank *bank, size_t n)
{
	struct gate_rule rule = gate_rule_preset;
	struct tally tally = { 0 };
	const enum gate_verdict wanted = bank->truth > 0 ? GATE_REGRESSED : GATE_IMPROVED;

	rule.min_effect = fabs(bank->truth) / 2;
	replay_single(bank, n, &rule, &tally);
	if (tally.decisions == 0)
		return;
	(void)printf("%-24s %+7.2f %6.2f %6.2f %5zu %7.1f %9zu %6zu %6.1f %6zu %6zu %6zu %8.1f\n", bank->name, percent(bank->truth), percent(bank->truth_low),
		     percent(bank->truth_high), n, 2 * (double)n * bank->replicate_s, tally.decisions, tally.verdicts[wanted],
		     100 * (double)tally.verdicts[wanted] / (double)tally.decisions,
		     tally.verdicts[wanted == GATE_REGRESSED ? GATE_IMPROVED : GATE_REGRESSED], tally.verdicts[GATE_PASS], tally.verdicts[GATE_INCONCLUSIVE],
		     covered_percent(&tally));
}

static void turn_round(struct bank *bank)
{
	const double low = bank->truth_low;

	for (size_t i = 0; i < bank->count; i++)
		bank->d[i] = -bank->d[i];
	bank->truth = -bank->truth;
	bank->truth_low = -bank->truth_high;
	bank->truth_high = -low;
}

static void replay_power(struct bank *banks, size_t count)
{
	static const size_t stages[] = { 8, 16, 32, 64, 128, 256, 512 };

	(void)printf("%-24s %7s %6s %6s %5s %7s %9s %6s %6s %6s %6s %6s %8s\n", "bank", "truth %", "from", "to", "n", "time s", "decisions", "found", "%",
		     "wrong", "PASS", "INCO", "cover %");
	for (size_t i = 0; i < count; i++) {
		for (int way = 0; way < 2; way++) {
			for (size_t s = 0; s < sizeof(stages) / sizeof(stages[0]); s++)
				print_power_line(&banks[i], stages[s]);
			turn_round(&banks[i]);
		}
	}
}

static int usage(void)
{
	(void)fprintf(stderr,
		      "gate_replay - the gate's decision rule on stored launches\n\n"
		      "Usage: gate_replay --null|--power BANK.csv...\n\n"
		      "  --null    builds without a difference: false alarms, of single cells and of families of twenty\n"
		      "  --power   builds with one: how often it is found, by the length of a decision; and turned round, as an improvement\n\n"
		      "A BANK.csv is what `lfbench gate --collect N --out BANK.csv` writes. docs/gate-proof.md tells more.\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct bank *const banks = calloc((size_t)argc, sizeof(*banks));
	size_t count = 0;

	if (banks == NULL || argc < 3 || (strcmp(argv[1], "--null") != 0 && strcmp(argv[1], "--power") != 0))
		return usage();
	for (int i = 2; i < argc; i++)
		if (!bank_read(argv[i], &banks[count++]))
			return 2;
	if (strcmp(argv[1], "--null") == 0)
		replay_null(banks, count);
	else
		replay_power(banks, count);
	for (size_t i = 0; i < count; i++)
		bank_free(&banks[i]);
	free(banks);
	return 0;
}
