/* verdicts.c - see verdicts.h. */
#include "verdicts.h"

#include "plan/names.h"
#include "results/out_file.h"
#include "results/row.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FIRST_LINE "lfbench-verdicts 1\n"
#define LINE_BYTES 512
/* A line of the longest fields, times LFB_VERDICTS_MAX, and more: what is larger is something else. */
#define FILE_BYTES_MAX ((off_t)6 << 20)
/* While another check writes. */
#define BUSY_TRIES 40
#define BUSY_NS 50000000L

enum field { BUILD_ID, CLAIM, BACKEND, VERDICT, TIME, OPS, HISTORIES, WHY, FIELDS };

bool lfb_verdicts_path(char out[PATH_MAX])
{
	const char *const own = getenv("LFBENCH_VERDICTS"), *const state = getenv("XDG_STATE_HOME"), *const home = getenv("HOME");
	int length;

	if (own != NULL)
		length = snprintf(out, PATH_MAX, "%s", own);
	else if (state != NULL && state[0] == '/') /* others are to be ignored, says the XDG Base Directory Specification */
		length = snprintf(out, PATH_MAX, "%s/lfbench/verdicts.tsv", state);
	else if (home != NULL && home[0] == '/')
		length = snprintf(out, PATH_MAX, "%s/.local/state/lfbench/verdicts.tsv", home);
	else
		return false;
	return length > 0 && length < PATH_MAX;
}

static bool is_build_id(const char *text)
{
	const size_t length = strlen(text);

	return length > 0 && length <= 40 && text[strspn(text, "0123456789abcdef")] == '\0';
}

/* "2026-11-29T07:05:52Z": digits where they belong. */
static bool is_time(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

static bool copy_text(char *out, size_t bytes, const char *text)
{
	return (size_t)snprintf(out, bytes, "%s", text) < bytes;
}

/* Take a line apart; it is cut in place. false: it is no verdict. */
static bool parse(char *line, struct lfb_kept_verdict *v)
{
	char *field[FIELDS];
	int verdict;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < FIELDS; i++)
		if ((field[i] = strsep(&line, "\t")) == NULL)
			return false;
	if (line != NULL)
		return false;
	verdict = lfb_name_find(lfb_suite_verdict_names, field[VERDICT]);
	memset(v, 0, sizeof(*v));
	v->verdict = (enum lfb_suite_verdict)(verdict >= 0 ? verdict : 0);
	return verdict >= 0 && is_build_id(field[BUILD_ID]) && is_time(field[TIME]) && lfb_u64_parse(field[OPS], &v->ops) &&
	       lfb_u64_parse(field[HISTORIES], &v->histories) && copy_text(v->build_id, sizeof(v->build_id), field[BUILD_ID]) &&
	       copy_text(v->claim, sizeof(v->claim), field[CLAIM]) && copy_text(v->backend, sizeof(v->backend), field[BACKEND]) &&
	       copy_text(v->time_utc, sizeof(v->time_utc), field[TIME]) && copy_text(v->why, sizeof(v->why), field[WHY]);
}

static int read_lines(FILE *in, struct lfb_verdicts *out)
{
	char line[LINE_BYTES] = "";

	out->list = calloc(LFB_VERDICTS_MAX, sizeof(out->list[0]));
	if (out->list == NULL)
		return -ENOMEM;
	if (fgets(line, sizeof(line), in) == NULL || strcmp(line, FIRST_LINE) != 0) {
		out->passed_over = !feof(in) || line[0] != '\0';
		return 0;
	}
	while (fgets(line, sizeof(line), in) != NULL && out->count < LFB_VERDICTS_MAX) {
		if (parse(line, &out->list[out->count]))
			out->count++;
		else
			out->passed_over++;
	}
	return ferror(in) ? -EIO : 0;
}

int lfb_verdicts_read(const char *path, struct lfb_verdicts *out)
{
	struct stat about;
	FILE *const in = fopen(path, "re");
	int rc;

	memset(out, 0, sizeof(*out));
	if (in == NULL)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	if (fstat(fileno(in), &about) != 0 || !S_ISREG(about.st_mode))
		rc = -EINVAL; /* a FIFO would be waited for */
	else
		rc = about.st_size > FILE_BYTES_MAX ? -EFBIG : read_lines(in, out);
	(void)fclose(in);
	if (rc != 0)
		lfb_verdicts_free(out);
	return rc;
}

void lfb_verdicts_free(struct lfb_verdicts *verdicts)
{
	free(verdicts->list);
	memset(verdicts, 0, sizeof(*verdicts));
}

/* The index of it; `count`: it is not there. */
static size_t index_of(const struct lfb_kept_verdict *list, size_t count, const char *build_id, const char *claim)
{
	size_t i = 0;

	while (i < count && (strcmp(list[i].build_id, build_id) != 0 || strcmp(list[i].claim, claim) != 0))
		i++;
	return i;
}

const struct lfb_kept_verdict *lfb_verdicts_find(const struct lfb_verdicts *verdicts, const char *build_id, const char *claim)
{
	const size_t at = build_id[0] != '\0' ? index_of(verdicts->list, verdicts->count, build_id, claim) : verdicts->count;

	return at < verdicts->count ? &verdicts->list[at] : NULL;
}

static bool is_good(const struct lfb_kept_verdict *v)
{
	return v->verdict == LFB_SUITE_CONFIRMED || v->verdict == LFB_SUITE_NOT_REFUTED;
}

/* More of something that is as large as can be is still that. */
static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b >= a ? a + b : UINT64_MAX;
}

/* What is known of a build after one verdict more. */
static struct lfb_kept_verdict add_up(const struct lfb_kept_verdict *old, const struct lfb_kept_verdict *more)
{
	struct lfb_kept_verdict both = *more;

	if (old->verdict == LFB_SUITE_REFUTED && more->verdict != LFB_SUITE_REFUTED)
		both = *old;
	else if (more->verdict == LFB_SUITE_INCONCLUSIVE)
		both = *old; /* nothing was learned */
	if (is_good(old) && is_good(more)) {
		both.verdict = old->verdict == LFB_SUITE_CONFIRMED ? LFB_SUITE_CONFIRMED : more->verdict; /* a queue that was seen to block does */
		both.ops = sum(old->ops, more->ops);
		both.histories = sum(old->histories, more->histories);
	}
	return both;
}

/* The latest stands last. */
static void merge(struct lfb_verdicts *verdicts, const struct lfb_kept_verdict *more)
{
	const size_t at = index_of(verdicts->list, verdicts->count, more->build_id, more->claim);
	struct lfb_kept_verdict both = *more;
	size_t gone = at;

	if (at < verdicts->count)
		both = add_up(&verdicts->list[at], more);
	else if (verdicts->count == LFB_VERDICTS_MAX)
		gone = 0;
	if (gone < verdicts->count) {
		memmove(&verdicts->list[gone], &verdicts->list[gone + 1], (verdicts->count - gone - 1) * sizeof(verdicts->list[0]));
		verdicts->count--;
	}
	verdicts->list[verdicts->count++] = both;
}

/* A text as a field: what would end it is a space. */
static void write_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		(void)fputc((unsigned char)*text < ' ' || *text == 0x7F ? ' ' : *text, out);
}

static void write_all(FILE *out, const struct lfb_verdicts *verdicts)
{
	(void)fputs(FIRST_LINE, out);
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct lfb_kept_verdict *const v = &verdicts->list[i];

		(void)fprintf(out, "%s\t%s\t", v->build_id, v->claim);
		write_text(out, v->backend);
		(void)fprintf(out, "\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t", lfb_suite_verdict_names[v->verdict], v->time_utc, v->ops, v->histories);
		write_text(out, v->why);
		(void)fputc('\n', out);
	}
}

/* The folders that `path` leads through. What cannot be made shows when the file is opened. */
static void make_folders(const char *path)
{
	char folder[PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "%s", path);
	for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(folder, 0777);
		*slash = '/';
	}
}

/* Its lock is held from here to the commit, so that of two checks none loses what the other has found. */
static int open_locked(const char *path, struct lfb_out **out, struct lfb_error *error)
{
	const struct timespec pause = { .tv_nsec = BUSY_NS };
	int rc = lfb_out_open(path, LFB_OUT_FORCE, out, error);

	for (int i = 0; rc == -EBUSY && i < BUSY_TRIES; i++) {
		(void)nanosleep(&pause, NULL);
		rc = lfb_out_open(path, LFB_OUT_FORCE, out, error);
	}
	return rc;
}

int lfb_verdicts_record(const char *path, const struct lfb_kept_verdict *list, size_t count, struct lfb_error *error)
{
	struct lfb_verdicts verdicts;
	struct lfb_out *out;
	int rc;

	make_folders(path);
	rc = open_locked(path, &out, error);
	if (rc != 0)
		return rc;
	rc = lfb_verdicts_read(path, &verdicts);
	if (rc != 0) {
		lfb_out_abandon(out);
		return lfb_fail(error, rc, "%s: it cannot be read: %s", path, strerror(-rc));
	}
	if (verdicts.list == NULL)
		verdicts.list = calloc(LFB_VERDICTS_MAX, sizeof(verdicts.list[0]));
	for (size_t i = 0; verdicts.list != NULL && i < count; i++)
		if (is_build_id(list[i].build_id))
			merge(&verdicts, &list[i]);
	if (verdicts.list == NULL) {
		lfb_out_abandon(out);
		return lfb_fail(error, -ENOMEM, "out of memory");
	}
	write_all(lfb_out_stream(out), &verdicts);
	lfb_verdicts_free(&verdicts);
	rc = lfb_out_commit(out);
	return rc == 0 ? 0 : lfb_fail(error, rc, "%s: %s", path, lfb_out_error_text(rc));
}
