/* bank.c - see bank.h. */
#include "bank.h"

#include "statistics/signed_rank.h"
#include "statistics/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 2048
#define COLUMNS_MAX 64
#define VALUES_MAX 1000000u

/* Columns that are looked at, found by their names (gate/raw.h). */
enum column { COLUMN_D, COLUMN_SETUP_NS, COLUMN_BLOCKS_NS, COLUMNS };
static const char *const column_names[COLUMNS] = { "d", "setup_ns", "blocks_ns" };

struct reader {
	struct bank *bank;
	int at[COLUMNS];
	size_t launches;
	double total_ns, first_d; /* of the replicate that is half read */
};

/* Fields of a line, in place; none of them is quoted. */
static int split(char *line, char *fields[COLUMNS_MAX])
{
	int n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at != NULL && n < COLUMNS_MAX; n++) {
		fields[n] = at;
		at = strchr(at, ',');
		if (at != NULL)
			*at++ = '\0';
	}
	return n;
}

static bool find_columns(struct reader *r, char *line)
{
	char *fields[COLUMNS_MAX];
	const int n = split(line, fields);

	for (int c = 0; c < COLUMNS; c++) {
		r->at[c] = -1;
		for (int i = 0; i < n; i++)
			if (strcmp(fields[i], column_names[c]) == 0)
				r->at[c] = i;
		if (r->at[c] < 0)
			return false;
	}
	return true;
}

/* A replicate in which one launch has no value is none. */
static void take_launch(struct reader *r, char *line)
{
	char *fields[COLUMNS_MAX];
	const int n = split(line, fields);
	double d;

	for (int c = 0; c < COLUMNS; c++)
		if (r->at[c] >= n)
			return;
	d = fields[r->at[COLUMN_D]][0] != '\0' ? strtod(fields[r->at[COLUMN_D]], NULL) : NAN;
	r->total_ns += strtod(fields[r->at[COLUMN_SETUP_NS]], NULL) + strtod(fields[r->at[COLUMN_BLOCKS_NS]], NULL);
	if (++r->launches % 2 == 1)
		r->first_d = d;
	else if (isfinite(d + r->first_d) && r->bank->count < VALUES_MAX)
		r->bank->d[r->bank->count++] = (r->first_d + d) / 2;
}

static void sum_up(struct reader *r)
{
	struct bank *const bank = r->bank;
	double *const sorted = malloc(bank->count * sizeof(*sorted));
	double achieved;

	bank->truth = bank->truth_low = bank->truth_high = NAN;
	bank->replicate_s = 2 * r->total_ns / (double)r->launches / 1e9;
	if (sorted == NULL)
		return;
	memcpy(sorted, bank->d, bank->count * sizeof(*sorted));
	lfb_sort(sorted, bank->count);
	bank->truth = signed_rank_centre(sorted, bank->count);
	(void)signed_rank_interval(sorted, bank->count, 0.95, &bank->truth_low, &bank->truth_high, &achieved);
	free(sorted);
}

static void set_name(struct bank *bank, const char *path)
{
	const char *const slash = strrchr(path, '/');

	(void)snprintf(bank->name, sizeof(bank->name), "%s", slash != NULL ? slash + 1 : path);
	bank->name[strcspn(bank->name, "\n")] = '\0';
	if (strlen(bank->name) > 4)
		bank->name[strlen(bank->name) - 4] = '\0';
}

bool bank_read(const char *path, struct bank *bank)
{
	struct reader r = { .bank = bank };
	char line[LINE_BYTES];
	FILE *const in = fopen(path, "r");

	memset(bank, 0, sizeof(*bank));
	set_name(bank, path);
	bank->d = malloc(VALUES_MAX * sizeof(*bank->d));
	if (in == NULL || bank->d == NULL) {
		perror(path);
		return false;
	}
	if (fgets(line, sizeof(line), in) == NULL || !find_columns(&r, line)) {
		(void)fprintf(stderr, "%s: line 1 does not name the columns d, setup_ns and blocks_ns: no bank of lfbench gate\n", path);
		(void)fclose(in);
		return false;
	}
	while (fgets(line, sizeof(line), in) != NULL)
		take_launch(&r, line);
	(void)fclose(in);
	if (bank->count == 0) {
		(void)fprintf(stderr, "%s: no replicate in it\n", path);
		return false;
	}
	sum_up(&r);
	return true;
}

const double *bank_take(struct bank *bank, size_t n)
{
	if (bank->used + n > bank->count)
		return NULL;
	bank->used += n;
	return bank->d + bank->used - n;
}

void bank_free(struct bank *bank)
{
	free(bank->d);
}
