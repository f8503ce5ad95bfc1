/*
 * fuzz_history.c - libFuzzer target for what reads a history and judges it.
 *
 * Whatever the bytes: nothing may crash; what was read, written and read again must be the same, and so must its verdict. With
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined ...
 *
 * it is a fuzzer; with LFB_FUZZ_STANDALONE defined it has a main() that runs the files named as arguments.
 */
#include "check/check.h"
#include "check/history_file.h"
#include "check/timeline.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			(void)fprintf(stderr, "fuzz_history: %s does not hold, line %d\n", #condition, __LINE__);      \
			abort();                                                                                       \
		}                                                                                                      \
	} while (0)

static struct lfb_history *read_bytes(const void *bytes, size_t size)
{
	FILE *const in = size > 0 ? fmemopen((void *)(uintptr_t)bytes, size, "r") : fopen("/dev/null", "r");
	struct lfb_history *history = NULL;
	struct lfb_error error = { "" };
	int rc;

	MUST(in != NULL);
	rc = lfb_history_read(in, "input", &history, &error);
	(void)fclose(in);
	MUST((rc == 0) == (history != NULL));
	MUST(rc == 0 || error.text[0] != '\0');
	return history;
}

static struct lfb_history *rewrite(const struct lfb_history *history)
{
	struct lfb_history *back;
	char *text = NULL;
	size_t bytes;
	FILE *const out = open_memstream(&text, &bytes);

	MUST(out != NULL && lfb_history_write(out, history) == 0 && fclose(out) == 0);
	back = read_bytes(text, bytes);
	MUST(back != NULL);
	free(text);
	return back;
}

static int judge(const struct lfb_history *history, struct lfb_check_result *result)
{
	struct lfb_error error = { "" };
	FILE *const out = fopen("/dev/null", "w");
	const int rc = lfb_check(history, result, &error);

	MUST(out != NULL);
	MUST(rc == 0 || error.text[0] != '\0');
	if (rc == 0)
		MUST(lfb_witness_write(out, &result->witness, history, 2, 100) == 0);
	(void)fclose(out);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lfb_history *const history = read_bytes(data, size);
	struct lfb_check_result first, second;
	struct lfb_history *back;

	if (history == NULL)
		return 0;
	back = rewrite(history);
	if (judge(history, &first) == 0) {
		MUST(judge(back, &second) == 0);
		MUST(first.verdict == second.verdict && first.witness.pattern == second.witness.pattern);
	}
	lfb_history_free(history);
	lfb_history_free(back);
	return 0;
}

#ifdef LFB_FUZZ_STANDALONE
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *const in = fopen(argv[i], "rb");
		uint8_t *const data = malloc((size_t)1 << 20);

		if (in == NULL || data == NULL)
			return 2;
		(void)LLVMFuzzerTestOneInput(data, fread(data, 1, (size_t)1 << 20, in));
		(void)fclose(in);
		free(data);
	}
	return 0;
}
#endif
