/* where.c - see where.h. */
#include "results/where.h"

#include "plan/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 64

/* The longer ones first, since > begins >=. */
static const struct {
	const char *text;
	enum lfb_comparison comparison;
} signs[] = {
	{ "!=", LFB_IS_NOT }, { "<=", LFB_AT_MOST }, { ">=", LFB_AT_LEAST },
	{ "=", LFB_IS },      { "<", LFB_BELOW },    { ">", LFB_ABOVE },
};
#define SIGNS (sizeof(signs) / sizeof(signs[0]))
#define SIGNS_TEXT "= != < <= > >="

static int refuse_column(const char *name, struct lfb_error *error)
{
	const char *names[LFB_COLUMN_COUNT + 1] = { NULL };
	const char *nearest;

	for (int i = 0; i < LFB_COLUMN_COUNT; i++)
		names[i] = lfb_columns[i].name;
	nearest = lfb_name_nearest(names, name);
	if (nearest != NULL)
		return lfb_fail(error, -EINVAL, "there is no column '%s'; did you mean '%s'?", name, nearest);
	return lfb_fail(error, -EINVAL,
			"there is no column '%s'; known are all of lfbench-csv(5), as workload, backend, producers, consumers, "
			"capacity, wait, alloc, pass, status, semantics, bounded, host",
			name);
}

/* The sign that `text` begins with, or SIGNS. */
static size_t find_sign(const char *text)
{
	size_t i = 0;

	while (i < SIGNS && strncmp(text, signs[i].text, strlen(signs[i].text)) != 0)
		i++;
	return i;
}

static bool is_order(enum lfb_comparison comparison)
{
	return comparison != LFB_IS && comparison != LFB_IS_NOT;
}

/* Take one condition of `length` bytes apart. */
static int parse(const char *text, size_t length, struct lfb_condition *out, struct lfb_error *error)
{
	const size_t name_length = strcspn(text, "=<>!");
	const size_t sign = name_length < length ? find_sign(text + name_length) : SIGNS;
	char name[NAME_BYTES];
	const char *value;
	double number;

	if (sign == SIGNS || name_length == 0)
		return lfb_fail(error, -EINVAL, "'%.*s' is no condition: a column, one of " SIGNS_TEXT ", and a value, as in producers>=2",
				(int)(length < 100 ? length : 100), text);
	(void)snprintf(name, sizeof(name), "%.*s", (int)(name_length < sizeof(name) ? name_length : sizeof(name) - 1), text);
	value = text + name_length + strlen(signs[sign].text);
	*out = (struct lfb_condition){ lfb_column_find(name), signs[sign].comparison, NULL };
	if (out->column == LFB_COLUMN_COUNT)
		return refuse_column(name, error);
	out->value = strndup(value, (size_t)(text + length - value));
	if (out->value == NULL)
		return -ENOMEM;
	if (!is_order(out->comparison) || lfb_f64_parse(out->value, &number))
		return 0;
	free(out->value);
	return lfb_fail(error, -EINVAL, "'%.*s': %s takes a number; texts are compared by = and !=", (int)(length < 100 ? length : 100), text,
			signs[sign].text);
}

static int add(struct lfb_where *where, const struct lfb_condition *condition)
{
	struct lfb_condition *const more =
		(struct lfb_condition *)reallocarray(where->conditions, where->count + 1, sizeof(*more));

	if (more == NULL) {
		free(condition->value);
		return -ENOMEM;
	}
	where->conditions = more;
	more[where->count++] = *condition;
	return 0;
}

int lfb_where_add(struct lfb_where *where, const char *text, struct lfb_error *error)
{
	do {
		const size_t length = strcspn(text, ",");
		struct lfb_condition condition;
		int rc = parse(text, length, &condition, error);

		if (rc == 0)
			rc = add(where, &condition);
		if (rc != 0)
			return rc;
		text += length;
	} while (*text++ == ',');
	return 0;
}

/* Whether `value` says the same as the `length` bytes at `wanted`. */
static bool is_same(const char *value, const char *wanted, size_t length)
{
	char text[LFB_F64_TEXT_BYTES];
	double a, b;

	if (strlen(value) == length && memcmp(value, wanted, length) == 0)
		return true;
	if (length >= sizeof(text))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s", (int)length, wanted);
	return lfb_f64_parse(value, &a) && lfb_f64_parse(text, &b) && a >= b && a <= b;
}

/* Whether it is one of those joined by |. */
static bool is_one_of(const char *value, const char *wanted)
{
	do {
		const size_t length = strcspn(wanted, "|");

		if (is_same(value, wanted, length))
			return true;
		wanted += length;
	} while (*wanted++ == '|');
	return false;
}

static bool is_in_order(const char *value, enum lfb_comparison comparison, const char *limit)
{
	double a, b;

	if (!lfb_f64_parse(value, &a) || !lfb_f64_parse(limit, &b))
		return false;
	switch (comparison) {
	case LFB_BELOW:
		return a < b;
	case LFB_AT_MOST:
		return a <= b;
	case LFB_ABOVE:
		return a > b;
	default:
		return a >= b;
	}
}

static bool is_met(const struct lfb_condition *condition, const char *value)
{
	if (is_order(condition->comparison))
		return is_in_order(value, condition->comparison, condition->value);
	return is_one_of(value, condition->value) == (condition->comparison == LFB_IS);
}

bool lfb_where_wants(const struct lfb_where *where, const struct lfb_row *row)
{
	for (size_t i = 0; i < where->count; i++)
		if (!is_met(&where->conditions[i], lfb_row_get(row, where->conditions[i].column)))
			return false;
	return true;
}

void lfb_where_free(struct lfb_where *where)
{
	for (size_t i = 0; i < where->count; i++)
		free(where->conditions[i].value);
	free(where->conditions);
	*where = (struct lfb_where){ .count = 0 };
}
