/*
 * gate_replay.c - the gate's decision rule on stored launches: how often it is right, at which cost in time.
 *
 * DESIGN. A bank is a file that `lfbench gate --out` wrote: the launches of one pair of builds, more of them than a gate takes. It is cut
 * into disjoint pieces of N replicates, each of which is what one gate of a single cell would have had (half to screen, half to confirm), and
 * gate_judge, the very function the gate calls, decides on each. The true ratio is the median of all replicates of the bank:
 * a long duet of those files.
 *
 * A family is twenty such cells of the same or other banks judged together, in two stages: the first half of a piece screens, the second confirms.
 */
#include "gate/decide.h"
#include "stats.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 2048
#define VALUES_MAX 100000u
#define FAMILY_CELLS 20u
/* Columns of the raw file, see gate/raw.h. */
enum { COLUMN_STAGE = 1, COLUMN_BACKEND = 4, COLUMN_CONTROL = 7, COLUMN_REPLICATE = 8, COLUMN_D = 15, COLUMN_SETUP = 21, COLUMN_BLOCKS_NS = 22, COLUMNS = 24 };

struct bank {
	const char *path;
	char name[128];
	double *d; /* of replicates, in order of time */
	size_t count;
	double launch_ns; /* mean time of a launch */
	double truth;     /* median of all */
};

static int split(char *line, char *fields[COLUMNS])
{
	int n = 0;

	for (char *at = line; at != NULL && n < COLUMNS; n++) {
		fields[n] = at;
		at = strchr(at, ',');
		if (at != NULL)
			*at++ = '\0';
	}
	return n;
}

/* Launches come in pairs; a pair in which one has no value is none. */
struct pairing {
	double sum;
	unsigned launches;
	bool complete;
};

static void take_line(struct bank *bank, char *line, struct pairing *pair, size_t *launches, double *total_ns)
{
	char *fields[COLUMNS];

	if (split(line, fields) != COLUMNS || strcmp(fields[COLUMN_STAGE], "screen") != 0 || fields[COLUMN_CONTROL][0] != '\0')
		return;
	if (pair->launches == 0)
		*pair = (struct pairing){ 0, 0, true };
	pair->complete &= fields[COLUMN_D][0] != '\0';
	pair->sum += strtod(fields[COLUMN_D], NULL);
	*total_ns += strtod(fields[COLUMN_SETUP], NULL) + strtod(fields[COLUMN_BLOCKS_NS], NULL);
	++*launches;
	if (++pair->launches < 2)
		return;
	if (pair->complete && bank->count < VALUES_MAX)
		bank->d[bank->count++] = pair->sum / 2;
	pair->launches = 0;
}

static double median_of(const double *values, size_t n)
{
	double *const copy = malloc((n + 1) * sizeof(*copy));
	double median;

	if (copy == NULL)
		exit(2);
	memcpy(copy, values, n * sizeof(*copy));
	median = lfb_median(copy, n);
	free(copy);
	return median;
}

static bool read_bank(const char *path, struct bank *bank)
{
	FILE *const in = fopen(path, "r");
	const char *const slash = strrchr(path, '/');
	char line[LINE_BYTES];
	struct pairing pair = { 0, 0, true };
	size_t launches = 0;
	double total_ns = 0;

	memset(bank, 0, sizeof(*bank));
	bank->path = path;
	(void)snprintf(bank->name, sizeof(bank->name), "%s", slash != NULL ? slash + 1 : path);
	if (strlen(bank->name) > 4)
		bank->name[strlen(bank->name) - 4] = '\0';
	bank->d = malloc(VALUES_MAX * sizeof(*bank->d));
	if (in == NULL || bank->d == NULL) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), in) != NULL)
		take_line(bank, line, &pair, &launches, &total_ns);
	(void)fclose(in);
	bank->truth = median_of(bank->d, bank->count);
	bank->launch_ns = launches > 0 ? total_ns / (double)launches : 0;
	return bank->count > 0;
}

struct tally {
	size_t decisions, verdicts[GATE_VERDICTS], covered, intervals;
};

static void count(struct tally *tally, const struct gate_judgement *j, double truth)
{
	tally->decisions++;
	tally->verdicts[j->verdict]++;
	tally->intervals += j->has_interval;
	tally->covered += j->has_interval && j->low <= truth && truth <= j->high;
}

static void add_up(struct tally *sum, const struct tally *one)
{
	sum->decisions += one->decisions;
	for (int i = 0; i < GATE_VERDICTS; i++)
		sum->verdicts[i] += one->verdicts[i];
	sum->covered += one->covered;
	sum->intervals += one->intervals;
}

static void print_tally(const char *name, double truth, size_t n, double seconds, const struct tally *t)
{
	(void)printf("%-34s %+7.2f %4zu %7.1f %5zu %5zu %5zu %5zu %5zu", name, 100 * expm1(truth), n, seconds, t->decisions, t->verdicts[GATE_REGRESSED],
		     t->verdicts[GATE_IMPROVED], t->verdicts[GATE_PASS], t->verdicts[GATE_INCONCLUSIVE]);
	if (t->intervals > 0)
		(void)printf("  %5.1f", 100 * (double)t->covered / (double)t->intervals);
	(void)printf("\n");
}

/* One cell per decision. `half`: the rule's min_effect is half the bank's true size. `backwards`: head is base, and a slowdown an improvement. */
static void replay_single(const struct bank *bank, size_t n, const struct gate_rule *rule, bool half, bool backwards, bool quiet, struct tally *sum)
{
	const double truth = backwards ? -bank->truth : bank->truth;
	struct gate_rule with = *rule;
	struct tally tally = { 0 };
	double *const d = malloc((bank->count + 1) * sizeof(*d));
	char name[160];

	if (d == NULL)
		exit(2);
	for (size_t i = 0; i < bank->count; i++)
		d[i] = backwards ? -bank->d[i] : bank->d[i];
	if (half)
		with.min_effect = fabs(truth) / 2;
	for (size_t start = 0; start + n <= bank->count; start += n) {
		const struct gate_evidence cell = { .screen = d + start, .screen_count = n / 2, .confirm = d + start + n / 2, .confirm_count = n - n / 2 };
		struct gate_judgement j;

		if (gate_judge(&cell, 1, &with, false, false, &j) != 0)
			exit(2);
		count(&tally, &j, truth);
	}
	(void)snprintf(name, sizeof(name), "%s%s", bank->name, backwards ? " (turned round)" : "");
	if (tally.decisions > 0 && !quiet)
		print_tally(name, truth, n, 2 * (double)n * bank->launch_ns / 1e9, &tally);
	add_up(sum, &tally);
	free(d);
}

/* The next piece of some bank that has one left, going round. */
struct supply {
	const struct bank *banks;
	size_t count, *used, next;
};

static const double *take_piece(struct supply *supply, size_t n)
{
	for (size_t tries = 0; tries < supply->count; tries++) {
		const size_t i = supply->next++ % supply->count;

		if (supply->used[i] + n > supply->banks[i].count)
			continue;
		supply->used[i] += n;
		return supply->banks[i].d + supply->used[i] - n;
	}
	return NULL;
}

/* Families of twenty cells from all banks, none of whose values is used twice. */
static void replay_families(const struct bank *banks, size_t bank_count, size_t n, const struct gate_rule *rule)
{
	struct supply supply = { banks, bank_count, calloc(bank_count, sizeof(size_t)), 0 };
	size_t families = 0, alarms = 0, improvements = 0, cells_alarmed = 0;

	if (supply.used == NULL)
		exit(2);
	for (;;) {
		struct gate_evidence cells[FAMILY_CELLS];
		struct gate_judgement out[FAMILY_CELLS];
		size_t up = 0, down = 0;

		memset(cells, 0, sizeof(cells));
		for (size_t i = 0; i < FAMILY_CELLS; i++) {
			cells[i].screen = take_piece(&supply, n);
			if (cells[i].screen == NULL)
				goto out;
			cells[i].screen_count = n / 2;
			cells[i].confirm = cells[i].screen + n / 2;
			cells[i].confirm_count = n - n / 2;
		}
		if (gate_judge(cells, FAMILY_CELLS, rule, false, false, out) != 0)
			exit(2);
		for (size_t i = 0; i < FAMILY_CELLS; i++) {
			up += out[i].verdict == GATE_REGRESSED;
			down += out[i].verdict == GATE_IMPROVED;
		}
		families++;
		alarms += up > 0;
		improvements += down > 0;
		cells_alarmed += up;
	}
out:
	(void)printf("families of %u cells, %zu replicates to screen and %zu to confirm: %zu, with a false REGRESSED %zu (%zu cells), with a false IMPROVED %zu\n",
		     FAMILY_CELLS, n / 2, n - n / 2, families, alarms, cells_alarmed, improvements);
	free(supply.used);
}

static int usage(void)
{
	(void)fprintf(stderr,
		      "gate_replay - the gate's decision rule on stored launches\n\n"
		      "Usage: gate_replay [--half | --families] [--total] [--n N] BANK.csv...\n\n"
		      "  --half       min-effect is half the true size of each bank, and every bank is also turned round: detection rates\n"
		      "  --families   families of 20 cells drawn from all banks (which should be without a difference)\n"
		      "  --total      only the sums over all banks\n"
		      "  --n N        replicates of a decision (default 16, 24, 32, 48, 96), half to screen and half to confirm\n\n"
		      "A BANK.csv is what `lfbench gate --collect N --out BANK.csv` writes. docs/gate-proof.md tells more.\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 16, 24, 32, 48, 96 };
	struct bank *const banks = calloc((size_t)argc, sizeof(*banks));
	size_t bank_count = 0, only = 0;
	bool half = false, families = false, total = false;

	if (banks == NULL)
		return 2;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--half") == 0)
			half = true;
		else if (strcmp(argv[i], "--families") == 0)
			families = true;
		else if (strcmp(argv[i], "--total") == 0)
			total = true;
		else if (strcmp(argv[i], "--n") == 0 && i + 1 < argc)
			only = strtoul(argv[++i], NULL, 10);
		else if (argv[i][0] == '-')
			return usage();
		else if (!read_bank(argv[i], &banks[bank_count++]))
			return usage();
	}
	if (bank_count == 0)
		return usage();
	if (!families)
		(void)printf("%-34s %7s %4s %7s %5s %5s %5s %5s %5s  %5s\n", "bank", "true %", "n", "time s", "runs", "REGR", "IMPR", "PASS", "INCO", "cover %");
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		const size_t n = only > 0 ? only : sizes[s];
		struct tally sum = { 0 };
		double seconds = 0;

		if (families)
			replay_families(banks, bank_count, n, &gate_rule_preset);
		for (size_t i = 0; !families && i < bank_count; i++) {
			replay_single(&banks[i], n, &gate_rule_preset, half, false, total, &sum);
			if (half)
				replay_single(&banks[i], n, &gate_rule_preset, half, true, total, &sum);
			seconds += 2 * (double)n * banks[i].launch_ns / 1e9 / (double)bank_count;
		}
		if (!families && bank_count > 1 && sum.decisions > 0)
			print_tally("all of these", 0, n, seconds, &sum);
		if (only > 0)
			break;
	}
	for (size_t i = 0; i < bank_count; i++)
		free(banks[i].d);
	free(banks);
	return 0;
}
