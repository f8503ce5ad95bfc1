/*
 * fuzz_csv.c - libFuzzer target for all that reads a results file.
 *
 * Whatever the bytes: nothing may crash; what was read, written and read again must be the same;
 * and the torn-end reading must agree with itself on the part it calls good. With
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined ...
 *
 * it is a fuzzer; with LFB_FUZZ_STANDALONE defined it has a main() that runs the files named as
 * arguments, so that any compiler can run it over a corpus.
 */
#include "results/csv_file.h"
#include "results/detail.h"
#include "text/safe_text.h"
#include "summary/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void)fprintf(stderr, "fuzz_csv: %s does not hold, line %d\n", #condition, __LINE__);          \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

static int read_bytes(const void *bytes, size_t size, bool torn_end, lfb_csv_row_fn on_row, void *context,
		      struct lfb_csv_error *error)
{
	const struct lfb_csv_limits limits = { .field_bytes = 2000, .row_bytes = 20000, .torn_end = torn_end };
	FILE *const in = size > 0 ? fmemopen((void *)(uintptr_t)bytes, size, "r") : fopen("/dev/null", "r");
	int rc;

	MUST(in != NULL);
	rc = lfb_csv_read(in, &limits, on_row, context, error);
	(void)fclose(in);
	MUST(error->good_bytes <= size);
	MUST(rc == 0 || error->text[0] != '\0');
	return rc;
}

static int write_row(const struct lfb_row *row, void *context)
{
	MUST(lfb_csv_write_row(context, row) == 0);
	return 0;
}

static int count_row(const struct lfb_row *row, void *context)
{
	MUST(strcmp(lfb_row_get(row, LFB_COL_schema), LFB_SCHEMA) == 0);
	++*(size_t *)context;
	return 0;
}

static int sum_row(const struct lfb_row *row, void *context)
{
	(void)lfb_summary_add(context, row);
	return 0;
}

/* The rows of the input, as this suite writes them. */
static char *rewrite(const void *data, size_t size, size_t *bytes, int *status)
{
	struct lfb_csv_error error;
	char *text = NULL;
	FILE *const out = open_memstream(&text, bytes);

	MUST(out != NULL && lfb_csv_write_header(out) == 0);
	*status = read_bytes(data, size, false, write_row, out, &error);
	MUST(fclose(out) == 0);
	return text;
}

static void check_round_trip(const uint8_t *data, size_t size)
{
	size_t first_bytes, second_bytes;
	int status;
	char *const first = rewrite(data, size, &first_bytes, &status);
	char *const second = rewrite(first, first_bytes, &second_bytes, &status);

	MUST(status == 0);
	MUST(first_bytes == second_bytes && memcmp(first, second, first_bytes) == 0);
	free(first);
	free(second);
}

static void check_torn_end(const uint8_t *data, size_t size)
{
	struct lfb_csv_error error, again;
	size_t rows = 0, rows_again = 0;

	if (read_bytes(data, size, true, count_row, &rows, &error) != 0)
		return;
	MUST(read_bytes(data, error.good_bytes, true, count_row, &rows_again, &again) == 0);
	MUST(rows == rows_again && again.good_bytes == error.good_bytes && !again.torn);
}

static void check_summary(const uint8_t *data, size_t size)
{
	struct lfb_summary summary = { .rows = 0 };
	struct lfb_csv_error error;

	(void)read_bytes(data, size, false, sum_row, &summary, &error);
	MUST(lfb_summary_finish(&summary) == 0);
	lfb_summary_free(&summary);
}

static void check_text(const char *text)
{
	char safe[200], again[200];

	(void)lfb_safe_text(text, false, safe, sizeof(safe));
	MUST(strcmp(lfb_safe_text(safe, false, again, sizeof(again)), safe) == 0);
	MUST(lfb_text_fit(safe, SIZE_MAX) == strlen(safe));
}

static void check_detail(char *line)
{
	struct lfb_detail detail;
	char *text = NULL;
	size_t bytes;
	FILE *out;

	if (lfb_detail_parse(line, &detail) != 0)
		return;
	out = open_memstream(&text, &bytes);
	MUST(out != NULL && lfb_detail_write(out, &detail) == 0 && fclose(out) == 0);
	MUST(lfb_detail_parse(text, &detail) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *const text = strndup((const char *)data, size);

	MUST(text != NULL);
	check_round_trip(data, size);
	check_torn_end(data, size);
	check_summary(data, size);
	check_text(text);
	check_detail(text);
	free(text);
	return 0;
}

#ifdef LFB_FUZZ_STANDALONE
int main(int argc, char **argv)
{
	static uint8_t data[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *const in = fopen(argv[i], "rb");

		if (in == NULL) {
			perror(argv[i]);
			return 2;
		}
		(void)LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof(data), in));
		(void)fclose(in);
	}
	(void)printf("%d inputs, no failure\n", argc - 1);
	return 0;
}
#endif
