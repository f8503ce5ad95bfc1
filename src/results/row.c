/* row.c - see row.h. */
#include "results/row.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where "%.6g" changes to an exponent, which is then undone as long as the number is readable without. */
#define FIXED_FROM 999999.5
#define FIXED_BELOW 1e15

/*
 * Numbers are converted under the C locale of the calling thread alone: a program that
 * links this library may have set another one, and "3,14" is two fields of a CSV file.
 */
static locale_t enter_c_locale(locale_t *c)
{
	*c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return uselocale(*c);
}

static void leave_c_locale(locale_t before, locale_t c)
{
	(void)uselocale(before);
	if (c != (locale_t)0)
		freelocale(c);
}

const char *lfb_f64_text(double value, char out[LFB_F64_TEXT_BYTES])
{
	locale_t c, before;

	out[0] = '\0';
	if (!isfinite(value))
		return out;
	before = enter_c_locale(&c);
	(void)snprintf(out, LFB_F64_TEXT_BYTES, "%.6g", value);
	if (fabs(value) >= FIXED_FROM && fabs(value) < FIXED_BELOW)
		(void)snprintf(out, LFB_F64_TEXT_BYTES, "%.0f", strtod(out, NULL));
	leave_c_locale(before, c);
	return out;
}

bool lfb_f64_parse(const char *text, double *out)
{
	locale_t c, before;
	double value;
	char *end;

	/* What strtod also takes - spaces, hex, "inf", "nan" - has no place in a results file. */
	if (text[0] == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
		return false;
	before = enter_c_locale(&c);
	value = strtod(text, &end);
	leave_c_locale(before, c);
	if (*end != '\0' || !isfinite(value))
		return false;
	*out = value;
	return true;
}

bool lfb_u64_parse(const char *text, uint64_t *out)
{
	uint64_t value = 0;

	if (text[0] == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}

void lfb_row_set(struct lfb_row *row, enum lfb_column column, const char *text)
{
	char *copy = NULL;

	if (text != NULL && text[0] != '\0') {
		copy = strdup(text);
		row->failed |= copy == NULL;
	}
	free(row->text[column]);
	row->text[column] = copy;
}

void lfb_row_set_u64(struct lfb_row *row, enum lfb_column column, uint64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	lfb_row_set(row, column, text);
}

void lfb_row_set_f64(struct lfb_row *row, enum lfb_column column, double value)
{
	char text[LFB_F64_TEXT_BYTES];

	lfb_row_set(row, column, lfb_f64_text(value, text));
}

void lfb_row_unset(struct lfb_row *row, enum lfb_column column)
{
	lfb_row_set(row, column, NULL);
}

const char *lfb_row_get(const struct lfb_row *row, enum lfb_column column)
{
	return row->text[column] != NULL ? row->text[column] : "";
}

uint64_t lfb_row_get_u64(const struct lfb_row *row, enum lfb_column column, uint64_t otherwise)
{
	uint64_t value;

	return lfb_u64_parse(lfb_row_get(row, column), &value) ? value : otherwise;
}

double lfb_row_get_f64(const struct lfb_row *row, enum lfb_column column, double otherwise)
{
	double value;

	return lfb_f64_parse(lfb_row_get(row, column), &value) ? value : otherwise;
}

int lfb_row_copy(struct lfb_row *to, const struct lfb_row *from)
{
	lfb_row_clear(to);
	for (int column = 0; column < LFB_COLUMN_COUNT; column++)
		if (from->text[column] != NULL)
			lfb_row_set(to, (enum lfb_column)column, from->text[column]);
	if (to->failed || from->failed) {
		lfb_row_clear(to);
		return -ENOMEM;
	}
	return 0;
}

void lfb_row_clear(struct lfb_row *row)
{
	for (int column = 0; column < LFB_COLUMN_COUNT; column++) {
		free(row->text[column]);
		row->text[column] = NULL;
	}
	row->failed = false;
}

enum lfb_column lfb_column_find(const char *name)
{
	int column = 0;

	while (column < LFB_COLUMN_COUNT && strcmp(lfb_columns[column].name, name) != 0)
		column++;
	return (enum lfb_column)column;
}
