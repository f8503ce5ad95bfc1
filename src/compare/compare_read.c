/* compare_read.c - a results file with its companion into a comparison; and the small sets of texts. */
#include "compare/compare_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Of a path in a sentence: the sentence has an end. */
#define PATH_SHOWN "%.200s"

int compare_words_add(struct compare_words *words, const char *text)
{
	if (text[0] == '\0' || words->more)
		return 0;
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], text) == 0)
			return 0;
	if (words->count == COMPARE_WORDS) {
		words->more = true;
		return 0;
	}
	words->word[words->count] = strdup(text);
	return words->word[words->count++] != NULL ? 0 : -ENOMEM;
}

void compare_words_free(struct compare_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->word[i]);
	words->count = 0;
}

static bool has_word(const struct compare_words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], text) == 0)
			return true;
	return false;
}

bool compare_words_differ(const struct compare_words *a, const struct compare_words *b)
{
	if (a->count == 0 || b->count == 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!has_word(b, a->word[i]))
			return true;
	return a->count != b->count || a->more || b->more;
}

const char *compare_words_join(const struct compare_words *words, char *out, size_t out_bytes)
{
	size_t used = 0;

	(void)snprintf(out, out_bytes, "unknown");
	for (size_t i = 0; i < words->count && used < out_bytes; i++)
		used += (size_t)snprintf(out + used, out_bytes - used, "%s%.60s", i > 0 ? ", " : "", words->word[i]);
	if (words->more && used < out_bytes)
		(void)snprintf(out + used, out_bytes - used, " and others");
	return out;
}

/* Where the rows go, and what ends the reading. */
struct reading {
	struct compare *compare;
	const volatile sig_atomic_t *stop;
};

static int take_row(const struct lfb_row *row, void *context)
{
	const struct reading *const reading = (const struct reading *)context;

	return reading->stop != NULL && *reading->stop != 0 ? -EINTR : compare_add_row(reading->compare, row);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The machine's description beside the rows: NAME.env.json of NAME.csv and NAME.csv.partial. */
static int read_companion(struct compare_file *file, const char *path)
{
	size_t length = strlen(path);
	char env[PATH_MAX];

	if (ends_with(path, ".partial"))
		length -= strlen(".partial");
	if (length >= 4 && memcmp(path + length - 4, ".csv", 4) == 0)
		length -= 4;
	if (length + sizeof(".env.json") > sizeof(env)) {
		(void)snprintf(file->no_facts, sizeof(file->no_facts), "its name is too long to have a companion");
		return 0;
	}
	(void)snprintf(env, sizeof(env), "%.*s.env.json", (int)length, path);
	return compare_read_facts(file, env);
}

static int refuse(const char *path, int code, const struct lfb_csv_error *why, struct lfb_error *error)
{
	if (code == -ENOMEM)
		return lfb_fail(error, code, "out of memory");
	if (code == -E2BIG)
		return lfb_fail(error, code, PATH_SHOWN ": more cells, files or runs than a comparison takes; choose some with --backend or --workload",
				path);
	if (code == -EINTR)
		return lfb_fail(error, code, "interrupted");
	if (why->line == 0)
		return lfb_fail(error, code, PATH_SHOWN ": %s", path, why->text);
	return lfb_fail(error, code, PATH_SHOWN ", line %" PRIu64 ": %s", path, why->line, why->text);
}

int compare_read(struct compare *compare, enum compare_arm arm, const char *path, const volatile sig_atomic_t *stop,
		 struct lfb_error *error)
{
	const struct lfb_csv_limits limits = { .torn_end = ends_with(path, ".partial") };
	struct reading reading = { compare, stop };
	struct lfb_csv_error why = { .line = 0 };
	FILE *const in = fopen(path, "re");
	int rc;

	if (in == NULL) {
		rc = -errno;
		return lfb_fail(error, rc, PATH_SHOWN ": it cannot be opened: %s", path, strerror(-rc));
	}
	rc = compare_add_file(compare, arm, path);
	if (rc == 0)
		rc = lfb_csv_read(in, &limits, take_row, &reading, &why);
	(void)fclose(in);
	if (rc == 0)
		rc = read_companion(&compare->files[compare->file_count - 1], path);
	return rc == 0 ? 0 : refuse(path, rc, &why, error);
}
