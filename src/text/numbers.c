/*
 * numbers.c - see numbers.h.
 *
 * Numbers are read digit by digit rather than with strtod: no locale, no hex, no
 * "nan", and 1e6 is exactly 1000000.
 */
#include "text/numbers.h"

#include "plan/names.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A decimal number as digits * 10^exponent. */
struct decimal {
	uint64_t digits;
	int exponent;
};

#define EXPONENT_MAX 30

/* Reads digits[.digits][e[+]digits] from *text, which is moved behind it. */
static bool read_decimal(const char **text, struct decimal *out)
{
	const char *at = *text;
	bool any = false, fraction = false;

	out->digits = 0;
	out->exponent = 0;
	for (; isdigit((unsigned char)*at) || (*at == '.' && !fraction); at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		if (__builtin_mul_overflow(out->digits, 10, &out->digits) ||
		    __builtin_add_overflow(out->digits, (uint64_t)(*at - '0'), &out->digits))
			return false;
		out->exponent -= fraction;
		any = true;
	}
	if (any && (*at == 'e' || *at == 'E')) {
		int exponent = 0;

		at += at[1] == '+' ? 2 : 1;
		if (!isdigit((unsigned char)*at))
			return false;
		for (; isdigit((unsigned char)*at) && exponent <= EXPONENT_MAX; at++)
			exponent = exponent * 10 + (*at - '0');
		out->exponent += exponent;
	}
	*text = at;
	return any && out->exponent >= -EXPONENT_MAX && out->exponent <= EXPONENT_MAX;
}

/*
 * digits * 10^exponent * scale as an integer. false: it is not one, or does not fit. Tens that
 * cancel are taken out of the scale before it is multiplied with, so that UINT64_MAX written as
 * 18446744073.709551615s does not overflow on the way.
 */
static bool decimal_value(struct decimal number, uint64_t scale, uint64_t *out)
{
	uint64_t value;

	for (; number.exponent < 0 && scale % 10 == 0; number.exponent++)
		scale /= 10;
	if (__builtin_mul_overflow(number.digits, scale, &value))
		return false;
	for (; number.exponent > 0 && value != 0; number.exponent--)
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	for (; number.exponent < 0 && value != 0; number.exponent++) {
		if (value % 10 != 0)
			return false;
		value /= 10;
	}
	*out = value;
	return true;
}

struct unit {
	const char *name;
	uint64_t scale;
};

static const struct unit count_units[] = { { "", 1 }, { "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "G", 1000000000 } };
static const struct unit time_units[] = { { "ns", 1 },           { "us", 1000 },        { "ms", 1000000 },
					  { "s", 1000000000 },    { "min", 60000000000 }, { "m", 60000000000 } };

static bool parse_with_unit(const char *text, const struct unit *units, size_t unit_count, uint64_t *out)
{
	struct decimal number;

	if (!read_decimal(&text, &number))
		return false;
	for (size_t i = 0; i < unit_count; i++)
		if (strcmp(text, units[i].name) == 0)
			return decimal_value(number, units[i].scale, out);
	return false;
}

int lfb_parse_count(const char *text, uint64_t *out, struct lfb_error *error)
{
	if (parse_with_unit(text, count_units, sizeof(count_units) / sizeof(count_units[0]), out))
		return 0;
	return lfb_fail(error, -EINVAL, "'%s' is not a whole number (write 200000, 200k or 2e5)", text);
}

int lfb_parse_duration(const char *text, uint64_t *out_ns, struct lfb_error *error)
{
	if (parse_with_unit(text, time_units, sizeof(time_units) / sizeof(time_units[0]), out_ns))
		return 0;
	return lfb_fail(error, -EINVAL, "'%s' is not a duration (write a number and its unit: 300us, 25ms, 1.5s, 2m)", text);
}

/* Longest single word in a list. */
#define ITEM_MAX 64

/* Copies the next comma-separated item of *text and moves behind it. false: empty or too long. */
static bool next_item(const char **text, char item[ITEM_MAX])
{
	const size_t length = strcspn(*text, ",");

	if (length == 0 || length >= ITEM_MAX)
		return false;
	memcpy(item, *text, length);
	item[length] = '\0';
	*text += length;
	if (**text == ',' && (*text)[1] == '\0')
		return false;
	*text += **text == ',';
	return true;
}

static int list_add(struct lfb_list *list, uint64_t value, struct lfb_error *error)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->values[i] == value)
			return lfb_fail(error, -EINVAL, "a value is given twice in the list");
	if (list->count == LFB_LIST_MAX)
		return lfb_fail(error, -EINVAL, "the list has more than %d values", LFB_LIST_MAX);
	list->values[list->count++] = value;
	return 0;
}

/* "4" or "1-8" into first and last. */
static int parse_range(const char *item, uint64_t *first, uint64_t *last, struct lfb_error *error)
{
	char start[ITEM_MAX];
	const char *const dash = strchr(item, '-');
	int rc;

	if (dash == NULL || dash == item) {
		rc = lfb_parse_count(item, first, error);
		*last = *first;
		return rc;
	}
	memcpy(start, item, (size_t)(dash - item));
	start[dash - item] = '\0';
	rc = lfb_parse_count(start, first, error);
	if (rc == 0)
		rc = lfb_parse_count(dash + 1, last, error);
	if (rc == 0 && *last < *first)
		return lfb_fail(error, -EINVAL, "the range '%s' runs backwards", item);
	return rc;
}

int lfb_parse_count_list(const char *text, uint64_t min, uint64_t max, struct lfb_list *out, struct lfb_error *error)
{
	char item[ITEM_MAX];

	out->count = 0;
	do {
		uint64_t first = 0, last = 0;
		int rc;

		if (!next_item(&text, item))
			return lfb_fail(error, -EINVAL, "the list has an empty or overlong item");
		rc = parse_range(item, &first, &last, error);
		if (rc != 0)
			return rc;
		if (first < min || last > max)
			return lfb_fail(error, -EINVAL, "'%s' is outside %llu to %llu", item, (unsigned long long)min,
					(unsigned long long)max);
		for (uint64_t value = first;; value++) {
			rc = list_add(out, value, error);
			if (rc != 0)
				return rc;
			if (value == last)
				break;
		}
	} while (*text != '\0');
	return 0;
}

int lfb_parse_name_list(const char *text, const char *const *names, struct lfb_list *out, struct lfb_error *error)
{
	char item[ITEM_MAX], known[256];

	out->count = 0;
	do {
		int found, rc;

		if (!next_item(&text, item))
			return lfb_fail(error, -EINVAL, "the list has an empty or overlong item");
		found = lfb_name_find(names, item);
		if (found < 0) {
			const char *const nearest = lfb_name_nearest(names, item);

			return lfb_fail(error, -EINVAL, "'%s' is not known%s%s%s; known: %s", item,
					nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
					nearest != NULL ? "'?)" : "", lfb_names_join(names, known, sizeof(known)));
		}
		rc = list_add(out, (uint64_t)found, error);
		if (rc != 0)
			return rc;
	} while (*text != '\0');
	return 0;
}

const char *lfb_duration_text(uint64_t ns, char *out, size_t out_bytes)
{
	if (ns >= UINT64_C(60000000000))
		(void)snprintf(out, out_bytes, "%llu min %llu s", (unsigned long long)(ns / UINT64_C(60000000000)),
			       (unsigned long long)(ns / UINT64_C(1000000000) % 60));
	else if (ns >= UINT64_C(999500000)) /* three digits of less would round up to "1e+03 ms" */
		(void)snprintf(out, out_bytes, "%.3g s", (double)ns / 1e9);
	else if (ns >= 999500)
		(void)snprintf(out, out_bytes, "%.3g ms", (double)ns / 1e6);
	else
		(void)snprintf(out, out_bytes, "%.3g us", (double)ns / 1e3);
	return out;
}
