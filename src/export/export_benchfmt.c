/*
 * export_benchfmt.c - Go's benchmark format, for benchstat and benchcmp: one line per trial, after lines that say what
 * all have in common. https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md
 */
#include "export/export_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UNIT_BYTES 64
#define UNITS_MAX 32

/* A word has no white space; in a name '/' and '=' separate, and a '-' at its end is the number of threads. */
static void put_word(FILE *out, const char *text, const char *allowed)
{
	for (; text != NULL && *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;

		(void)fputc(c < 0x80 && (isalnum(c) || strchr(allowed, c) != NULL) ? c : '_', out);
	}
}

/* "producer_consumer" as "ProducerConsumer": what follows `Benchmark` begins with no small letter. */
static void put_camel(FILE *out, const char *text)
{
	bool upper = true;

	for (; text != NULL && *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		const bool letter = c < 0x80 && isalnum(c);

		if (letter)
			(void)fputc(upper ? toupper(c) : c, out);
		upper = !letter;
	}
}

/* "key: value", if there is one: to the end of the line, so nothing in it may end the line. */
static void put_config(FILE *out, const char *key, const char *value)
{
	char safe[EXPORT_TEXT_BYTES];

	if (value != NULL && value[0] != '\0')
		(void)fprintf(out, "%s: %s\n", key, export_text(value, safe));
}

/* "ns/op", "p99-ns": benchstat takes ns at the end of a word for a time. */
static const char *unit_of(const struct export_result *result, char out[UNIT_BYTES])
{
	const char *const unit = export_metric_unit(result);
	char name[EXPORT_TEXT_BYTES], text[EXPORT_TEXT_BYTES];
	size_t used = 0;

	if (strchr(unit, '/') != NULL || strcmp(export_metric_name(result, name), unit) == 0)
		(void)snprintf(text, sizeof(text), "%s", unit);
	else
		(void)snprintf(text, sizeof(text), "%.1000s-%.1000s", name, unit);
	for (const char *c = text; *c != '\0' && used < UNIT_BYTES - 1; c++)
		out[used++] = (char)(isalnum((unsigned char)*c) || strchr("/-._%", *c) != NULL ? *c : '_');
	out[used] = '\0';
	return out;
}

static void put_line(FILE *out, const struct export_result *result, const char *side, uint64_t iterations, double value)
{
	char unit[UNIT_BYTES];

	if (!isfinite(value))
		return;
	(void)fputs("Benchmark", out);
	put_camel(out, result->workload);
	(void)fputs("/backend=", out);
	put_word(out, result->backend, "_.+:");
	(void)fputc('/', out);
	put_word(out, result->shape, "_.+:/=");
	(void)fputs(side, out);
	if (result->threads > 0)
		(void)fprintf(out, "-%" PRIu32, result->threads);
	(void)fprintf(out, " %" PRIu64 " %.6g %s\n", iterations > 0 ? iterations : 1, value, unit_of(result, unit));
}

static void put_result(FILE *out, const struct export_result *result)
{
	for (size_t i = 0; i < result->trial_count; i++)
		put_line(out, result, "", result->trials[i].items, result->trials[i].ns_per_op);
	if (!export_is_ratio(result))
		return;
	put_line(out, result, "/side=base", result->n, result->base_value);
	put_line(out, result, "/side=head", result->n, result->head_value);
}

/* A speed is its cost again, and a line has one figure. */
static bool has_place(const struct export_result *result)
{
	return !result->bigger_is_better;
}

/* Which direction is better, once for each unit. */
static void put_units(FILE *out, const struct export_list *list)
{
	char known[UNITS_MAX][UNIT_BYTES], unit[UNIT_BYTES];
	size_t count = 0;

	for (size_t i = 0; i < list->count && count < UNITS_MAX; i++) {
		size_t k = 0;

		if (!has_place(&list->results[i]) || unit_of(&list->results[i], unit)[0] == '\0')
			continue;
		while (k < count && strcmp(known[k], unit) != 0)
			k++;
		if (k < count)
			continue;
		(void)memcpy(known[count++], unit, sizeof(unit));
		(void)fprintf(out, "Unit %s better=lower\n", unit);
	}
}

int export_write_benchfmt(const struct export_list *list, FILE *out)
{
	put_config(out, "goos", "linux");
	put_config(out, "goarch", list->arch);
	put_config(out, "pkg", "lfbench");
	put_config(out, "cpu", list->cpu_model);
	put_config(out, "host", list->host);
	put_config(out, "commit", list->commit);
	put_config(out, "time", list->time_utc);
	put_units(out, list);
	for (size_t i = 0; i < list->count; i++)
		if (has_place(&list->results[i]))
			put_result(out, &list->results[i]);
	return 0;
}
