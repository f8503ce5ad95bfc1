/*
 * row.h - one row of the results file: a text per column, empty until set.
 *
 * The row owns its texts. Start with `struct lfb_row row = { 0 };`, end with lfb_row_clear.
 * A text that finds no memory is left empty and `failed` is set, so that a row can be filled
 * without looking at every step: the writer refuses a failed row. One row, one thread.
 */
#ifndef LFBENCH_ROW_H
#define LFBENCH_ROW_H

#include "results/columns.h"

#include <stdbool.h>
#include <stdint.h>

struct lfb_row {
	char *text[LFB_COLUMN_COUNT]; /* NULL: empty */
	bool failed;		      /* an allocation failed */
};

/* Store a copy of `text`, which may be NULL for empty, and may be what the row holds already. */
void lfb_row_set(struct lfb_row *row, enum lfb_column column, const char *text);
void lfb_row_set_u64(struct lfb_row *row, enum lfb_column column, uint64_t value);
/* 6 significant digits as lfb_f64_text writes them, '.' in every locale; not finite: left empty. */
void lfb_row_set_f64(struct lfb_row *row, enum lfb_column column, double value);
void lfb_row_unset(struct lfb_row *row, enum lfb_column column);

/* The text, "" where empty; never NULL; valid until the column is set again. */
const char *lfb_row_get(const struct lfb_row *row, enum lfb_column column);
/* The number, or `otherwise` where the field is empty, not a number or out of range. */
uint64_t lfb_row_get_u64(const struct lfb_row *row, enum lfb_column column, uint64_t otherwise);
double lfb_row_get_f64(const struct lfb_row *row, enum lfb_column column, double otherwise);

/* Copy `from` onto `to`, which is cleared first. Returns 0, or -ENOMEM and `to` is left cleared. */
int lfb_row_copy(struct lfb_row *to, const struct lfb_row *from);
/* Free the texts; the row is empty afterwards and can be filled again. */
void lfb_row_clear(struct lfb_row *row);

/* Column of that name, or LFB_COLUMN_COUNT. */
enum lfb_column lfb_column_find(const char *name);

#define LFB_F64_TEXT_BYTES 32

/*
 * `value` with 6 significant digits, without trailing zeros and, from 1e-4 up to 1e15, without
 * an exponent; '.' in every locale; "" if not finite. Returns `out`.
 */
const char *lfb_f64_text(double value, char out[LFB_F64_TEXT_BYTES]);

/* Reads a finite decimal number and nothing else, in any locale. Returns false if `text` is not one. */
bool lfb_f64_parse(const char *text, double *out);
/* Reads decimal digits and nothing else. Returns false if `text` is not a number or does not fit. */
bool lfb_u64_parse(const char *text, uint64_t *out);

#endif
