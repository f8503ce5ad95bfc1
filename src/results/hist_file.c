/* hist_file.c - see hist_file.h. */
#include "results/hist_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

static const char header[] = "run_id,cell_id,launch,trial,role,value_ns,count";

enum field { RUN_ID, CELL_ID, LAUNCH, TRIAL, ROLE, VALUE_NS, COUNT, FIELDS };

static bool is_word(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == ',' || *text == '"' || *text == 0x7F)
			return false;
	return true;
}

static bool is_sound(const struct lfb_hist_line *line)
{
	return is_word(line->run_id) && is_word(line->cell_id) && is_word(line->role) && line->cell_id[0] != '\0' &&
	       line->role[0] != '\0' && line->count != 0;
}

int lfb_hist_write_header(FILE *out)
{
	errno = 0;
	if (fprintf(out, "%s\n", header) >= 0)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

int lfb_hist_write(FILE *out, const struct lfb_hist_line *line)
{
	char text[LFB_HIST_LINE_BYTES];
	int length;

	if (!is_sound(line))
		return -EINVAL;
	length =
		snprintf(text, sizeof(text), "%s,%s,%" PRIu64 ",%" PRIu64 ",%s,%" PRIu64 ",%" PRIu64 "\n", line->run_id,
			 line->cell_id, line->launch, line->trial, line->role, line->value_ns, line->count);
	if (length < 0 || (size_t)length >= sizeof(text))
		return -EINVAL;
	errno = 0;
	if (fputs(text, out) >= 0)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

/* Remove one line end, and no more. */
static void cut_line_end(char *text)
{
	size_t length = strlen(text);

	if (length == 0 || text[length - 1] != '\n')
		return;
	text[--length] = '\0';
	if (length > 0 && text[length - 1] == '\r')
		text[--length] = '\0';
}

/* Cut the line at its commas. Returns false unless there are FIELDS of them. */
static bool split(char *text, char *fields[FIELDS])
{
	size_t count = 0;
	char *field;

	cut_line_end(text);
	while ((field = strsep(&text, ",")) != NULL) {
		if (count == FIELDS)
			return false;
		fields[count++] = field;
	}
	return count == FIELDS;
}

int lfb_hist_parse(char *text, struct lfb_hist_line *line)
{
	char *fields[FIELDS];
	struct lfb_hist_line read;

	if (!split(text, fields) || !lfb_u64_parse(fields[LAUNCH], &read.launch) ||
	    !lfb_u64_parse(fields[TRIAL], &read.trial) || !lfb_u64_parse(fields[VALUE_NS], &read.value_ns) ||
	    !lfb_u64_parse(fields[COUNT], &read.count))
		return -EBADMSG;
	read.run_id = fields[RUN_ID];
	read.cell_id = fields[CELL_ID];
	read.role = fields[ROLE];
	if (!is_sound(&read))
		return -EBADMSG;
	*line = read;
	return 0;
}

enum got { GOT_LINE, GOT_TORN, GOT_END, GOT_TOO_LONG, GOT_NUL, GOT_ERROR };

/* Not getline: its buffer grows as long as the line of a hostile file does, and a NUL hides what follows it. */
static enum got read_line(FILE *in, char text[LFB_HIST_LINE_BYTES], uint64_t *bytes)
{
	size_t length = 0;
	int character;

	while ((character = getc_unlocked(in)) != EOF) {
		if (character == '\0')
			return GOT_NUL;
		if (length == LFB_HIST_LINE_BYTES - 1)
			return GOT_TOO_LONG;
		text[length++] = (char)character;
		if (character == '\n')
			break;
	}
	text[length] = '\0';
	*bytes += length;
	if (ferror(in))
		return GOT_ERROR;
	return character == '\n' ? GOT_LINE : length > 0 ? GOT_TORN : GOT_END;
}

static int refuse(struct lfb_csv_error *error, int code, const char *why)
{
	(void)snprintf(error->text, sizeof(error->text), "%s", why);
	return code;
}

/* A line that is not whole, or the end. Returns 0 for an end that is accepted. */
static int at_end(enum got got, bool torn_end, struct lfb_csv_error *error)
{
	const bool empty = error->line == 1;

	switch (got) {
	case GOT_TORN:
	case GOT_END:
		error->torn = got == GOT_TORN;
		if (torn_end || (got == GOT_END && !empty))
			return 0;
		return refuse(error, -EBADMSG,
			      empty && got == GOT_END ? "the file is empty" : "the last line is unfinished");
	case GOT_TOO_LONG:
		return refuse(error, -EBADMSG, "the line is longer than any of a histogram");
	case GOT_NUL:
		return refuse(error, -EBADMSG, "the line contains a NUL byte; this is no text file");
	default:
		return refuse(error, errno != 0 ? -errno : -EIO, errno != 0 ? strerror(errno) : "it cannot be read");
	}
}

/* Deal with a whole line. The first one has to be the header. */
static int take(char *text, lfb_hist_line_fn on_line, void *context, struct lfb_csv_error *error)
{
	struct lfb_hist_line line;

	if (error->line == 1) {
		cut_line_end(text);
		if (strcmp(text, header) == 0)
			return 0;
		return refuse(error, -EBADMSG, "the header is not that of a histogram file (NAME.hist.csv)");
	}
	if (lfb_hist_parse(text, &line) != 0)
		return refuse(error, -EBADMSG, "this is not a line of a histogram");
	return on_line(&line, context);
}

int lfb_hist_read(FILE *in, bool torn_end, lfb_hist_line_fn on_line, void *context, struct lfb_csv_error *error)
{
	char text[LFB_HIST_LINE_BYTES];
	uint64_t bytes = 0;
	enum got got;
	int rc = 0;

	memset(error, 0, sizeof(*error));
	errno = 0;
	for (;;) {
		error->line++;
		got = read_line(in, text, &bytes);
		if (got != GOT_LINE)
			return at_end(got, torn_end, error);
		rc = take(text, on_line, context, error);
		if (rc != 0)
			return rc;
		error->good_bytes = bytes;
	}
}

int lfb_hist_read_file(const char *path, bool torn_end, lfb_hist_line_fn on_line, void *context,
		       struct lfb_csv_error *error)
{
	FILE *const in = fopen(path, "re");
	int rc;

	memset(error, 0, sizeof(*error));
	if (in == NULL) {
		rc = -errno;
		return refuse(error, rc, strerror(errno));
	}
	rc = lfb_hist_read(in, torn_end, on_line, context, error);
	(void)fclose(in);
	return rc;
}
