/*
 * test_loops_rev.c - notices when the measured loops changed and LFB_LOOPS_REV did not: rows of
 * different revisions are not comparable, and the number in a row is all that says so.
 *
 * loops_rev.txt lists each revision with a hash of the code it stood for: loops.h with its parts, arch.h and lfb_mix of
 * backend.h, without comments and white space, so that words may be changed freely. To bring it
 * up to date, from the root of the tree:
 *
 *     SOURCE_DIR=. build/tests/test_loops_rev add       after raising LFB_LOOPS_REV
 *     SOURCE_DIR=. build/tests/test_loops_rev replace   the code changed, but no figure can have
 */
#include "unit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define REVISION_LINE "#define LFB_LOOPS_REV"
#define MIX "static inline uint64_t lfb_mix("

/* Behind a comment that starts at `at`, or `at` where none does. */
static const char *skip_comment(const char *at)
{
	const char *end = at;

	if (strncmp(at, "/*", 2) == 0) {
		end = strstr(at + 2, "*/");
		end = end != NULL ? end + 2 : at + strlen(at);
	} else if (strncmp(at, "//", 2) == 0) {
		end = at + strcspn(at, "\n");
	}
	return end;
}

/* Length of the string or character literal at `at`; 0 where none starts. */
static size_t literal_length(const char *at)
{
	size_t length = 1;

	if (*at != '"' && *at != '\'')
		return 0;
	while (at[length] != '\0' && at[length] != *at)
		length += at[length] == '\\' && at[length + 1] != '\0' ? 2 : 1;
	return at[length] == '\0' ? length : length + 1;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The code of `text` alone: no comments, and one space where two words would run together. The caller frees it. */
static char *code_of(const char *text)
{
	char *const out = malloc(strlen(text) + 1);
	size_t used = 0;
	bool gap = false;

	assert_non_null(out);
	while (*text != '\0') {
		const char *const behind = skip_comment(text);
		const size_t literal = literal_length(text);

		if (behind != text || isspace((unsigned char)*text)) {
			gap = true;
			text = behind != text ? behind : text + 1;
			continue;
		}
		if (gap && used > 0 && is_word(out[used - 1]) && is_word(*text))
			out[used++] = ' ';
		gap = false;
		memcpy(out + used, text, literal > 0 ? literal : 1);
		used += literal > 0 ? literal : 1;
		text += literal > 0 ? literal : 1;
	}
	out[used] = '\0';
	return out;
}

static uint64_t fnv1a(const char *text, uint64_t hash)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* Hash of the code in `text`, going on from `hash`. */
static uint64_t hash_code(const char *text, uint64_t hash)
{
	char *const code = code_of(text);

	hash = fnv1a(code, hash);
	free(code);
	return hash;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* The whole of a file below $SOURCE_DIR, NULL if it is not there. The caller frees it. */
static char *read_source(const char *name)
{
	char path[PATH_MAX], *text;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("SOURCE_DIR") != NULL ? getenv("SOURCE_DIR") : "", name);
	file = fopen(path, "r");
	if (file == NULL)
		return NULL;
	text = calloc(FILE_BYTES_MAX + 1, 1);
	if (text != NULL)
		(void)fread(text, 1, FILE_BYTES_MAX, file);
	(void)fclose(file);
	return text;
}

/* Cut the definition of lfb_mix out of backend.h. Returns false if it is not there. */
static bool cut_mix(char *header, char **out)
{
	char *const start = strstr(header, MIX);
	char *const end = start != NULL ? strstr(start, "\n}") : NULL;

	if (end == NULL)
		return false;
	end[2] = '\0';
	*out = start;
	return true;
}

/* Take the line with the revision out of loops.h: raising the number alone is no change of the code. */
static bool cut_revision(char *loops, unsigned *revision)
{
	char *const line = strstr(loops, REVISION_LINE);

	if (line == NULL || sscanf(line, REVISION_LINE " \"%u\"", revision) != 1)
		return false;
	memset(line, ' ', strcspn(line, "\n"));
	return true;
}

struct record {
	unsigned revision;
	uint64_t hash;
};

/* The code that is measured, beside loops.h: its parts, and the pause of a wait. */
static const char *const parts[] = { "include/lfbench/loop_waiting.h",	   "include/lfbench/loop_bodies.h",
				     "include/lfbench/loop_latency.h",	   "include/lfbench/arch.h",
				     "include/lfbench/loop_parking.h", "include/lfbench/loop_application.h",
				     "include/lfbench/loop_recorded.h", "include/lfbench/recording.h" };

static bool hash_parts(uint64_t *hash)
{
	for (size_t i = 0; i < COUNT(parts); i++) {
		char *const text = read_source(parts[i]);

		if (text == NULL)
			return false;
		*hash = hash_code(text, *hash);
		free(text);
	}
	return true;
}

/* What the sources are now. */
static bool look(struct record *now)
{
	char *const loops = read_source("include/lfbench/loops.h"), *const backend =
									    read_source("include/lfbench/backend.h");
	char *mix;
	bool ok = loops != NULL && backend != NULL && cut_revision(loops, &now->revision) && cut_mix(backend, &mix);

	if (ok)
		now->hash = hash_code(mix, hash_code(loops, HASH_START));
	ok = ok && hash_parts(&now->hash);
	free(loops);
	free(backend);
	return ok;
}

#define RECORDS "tests/unit/loops_rev.txt"
#define RECORDS_MAX 256

/* The lines of loops_rev.txt. Returns how many, or -1 if it cannot be read. */
static int read_records(struct record records[RECORDS_MAX])
{
	char *const text = read_source(RECORDS), *rest = NULL;
	int count = 0;

	for (char *line = text != NULL ? strtok_r(text, "\n", &rest) : NULL; line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '#')
			continue;
		if (count == RECORDS_MAX ||
		    sscanf(line, "%u %" SCNx64, &records[count].revision, &records[count].hash) != 2)
			count = RECORDS_MAX + 1;
		else
			count++;
	}
	free(text);
	return text == NULL || count > RECORDS_MAX ? -1 : count;
}

static int find(const struct record *records, int count, unsigned revision)
{
	for (int i = 0; i < count; i++)
		if (records[i].revision == revision)
			return i;
	return -1;
}

static int write_records(const struct record *records, int count)
{
	char path[PATH_MAX];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/" RECORDS, getenv("SOURCE_DIR"));
	file = fopen(path, "w");
	if (file == NULL)
		return -1;
	(void)fprintf(
		file,
		"# LFB_LOOPS_REV and the hash of the code it stands for; test_loops_rev.c says how to add a line\n");
	for (int i = 0; i < count; i++)
		(void)fprintf(file, "%u %016" PRIx64 "\n", records[i].revision, records[i].hash);
	return fclose(file);
}

/* `add` a new revision, or `replace` the hash of the one there is. Returns the exit status. */
static int update(bool replace)
{
	static struct record records[RECORDS_MAX + 1];
	struct record now;
	int count = read_records(records), at;

	if (getenv("SOURCE_DIR") == NULL || !look(&now)) {
		(void)fprintf(stderr, "test_loops_rev: loops.h and backend.h are not found. Set SOURCE_DIR to the root "
				      "of the tree.\n");
		return 2;
	}
	count = count < 0 ? 0 : count;
	at = find(records, count, now.revision);
	if (at >= 0 && records[at].hash != now.hash && !replace) {
		(void)fprintf(stderr,
			      "test_loops_rev: revision %u is there with other code. Raise LFB_LOOPS_REV, or say "
			      "`replace`.\n",
			      now.revision);
		return 1;
	}
	at = at < 0 ? count++ : at;
	records[at] = now;
	return write_records(records, count) == 0 ? 0 : 2;
}

static void the_number_stands_for_the_code(void **state)
{
	static struct record records[RECORDS_MAX];
	struct record now;
	int count, at;

	(void)state;
	if (getenv("SOURCE_DIR") == NULL)
		skip();
	if (!look(&now))
		fail_msg("loops.h has no line '%s \"N\"', or backend.h no '%s'", REVISION_LINE, MIX);
	count = read_records(records);
	if (count < 0)
		fail_msg(RECORDS " is missing or damaged. Run: SOURCE_DIR=. build/tests/test_loops_rev add");
	at = find(records, count, now.revision);
	if (at < 0)
		fail_msg("LFB_LOOPS_REV is %u, which " RECORDS
			 " does not have. Run: SOURCE_DIR=. build/tests/test_loops_rev add",
			 now.revision);
	if (records[at].hash != now.hash)
		fail_msg("The measured loops changed and LFB_LOOPS_REV is still %u. If a figure can have changed, "
			 "raise it and run: "
			 "SOURCE_DIR=. build/tests/test_loops_rev add. If none can have, run the same with: replace.",
			 now.revision);
	for (int i = 0; i < count; i++)
		assert_int_equal(find(records, count, records[i].revision), i);
}

static void same(const char *a, const char *b)
{
	if (hash_code(a, HASH_START) != hash_code(b, HASH_START))
		fail_msg("'%s' and '%s' are not the same code", a, b);
}

static void other(const char *a, const char *b)
{
	if (hash_code(a, HASH_START) == hash_code(b, HASH_START))
		fail_msg("'%s' and '%s' are taken for the same code", a, b);
}

static void words_may_change(void **state)
{
	(void)state;
	same("int a;", "int\ta ;\n");
	same("int a;", "/* why */ int a; // so\n");
	same("int a;", "int/**/a;");
	same("a = b / c;", "a=b/c;");
	same("x(\"a b\");", "x( \"a b\" ) ;");
	same("f('\\'', \"\\\"/*\");", "f('\\'',\"\\\"/*\"); /* \" */");
	same("", "/* only words");
}

static void code_may_not(void **state)
{
	(void)state;
	other("int a;", "int b;");
	other("inta;", "int a;");
	other("a = b;", "a == b;");
	other("x(\"a b\");", "x(\"a  b\");");
	other("x(\"/* a */\");", "x(\"/* b */\");");
	other("pauses *= 2;", "pauses *= 4;");
	other("LIKELY(x)", "UNLIKELY(x)");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_number_stands_for_the_code),
		cmocka_unit_test(words_may_change),
		cmocka_unit_test(code_may_not),
	};

	if (argc == 2 && (strcmp(argv[1], "add") == 0 || strcmp(argv[1], "replace") == 0))
		return update(strcmp(argv[1], "replace") == 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
