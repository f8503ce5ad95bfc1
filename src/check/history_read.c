/* history_read.c - reading a history, see history_file.h. Line by line, each of bounded length; numbers are read strictly. */
#include "history_file.h"

#include "plan/names.h"
#include "results/row.h"
#include "text/safe_text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* Longer than any line that is written. */
#define LINE_BYTES 256
#define WORDS_MAX 6

struct reader {
	FILE *in;
	char name[128]; /* safe to print */
	uint64_t line;
	struct lfb_history *history;
	int thread; /* -1: still the head */
	unsigned seen; /* keys of the head, a bit each */
	struct lfb_error *error;
};

static int wrong(const struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int wrong(const struct reader *r, const char *format, ...)
{
	char what[300], safe[300];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return lfb_fail(r->error, -EINVAL, "%s: line %llu: %s", r->name, (unsigned long long)r->line, lfb_safe_text(what, false, safe, sizeof(safe)));
}

/* The next line without its end. Returns 1, 0 at the end of the file, or -errno. */
static int next_line(struct reader *r, char line[LINE_BYTES])
{
	size_t length = 0;
	int c;

	r->line++;
	while ((c = getc(r->in)) != EOF && c != '\n') {
		if (c < ' ' || c == 127)
			return wrong(r, "a character that is no text (byte %d)", c);
		if (length == LINE_BYTES - 1)
			return wrong(r, "longer than %d characters", LINE_BYTES - 1);
		line[length++] = (char)c;
	}
	line[length] = '\0';
	if (c == EOF && ferror(r->in))
		return lfb_fail(r->error, -EIO, "%s: cannot be read: %s", r->name, strerror(errno));
	if (c == EOF && length > 0)
		return wrong(r, "the file is cut off here");
	return c == EOF ? 0 : 1;
}

/* The words of a line, which is cut up. Returns how many, or WORDS_MAX + 1. */
static unsigned split(char *line, char *words[WORDS_MAX])
{
	unsigned count = 0;

	for (char *at = line; at != NULL; count++) {
		char *const space = strchr(at, ' ');

		if (count == WORDS_MAX)
			return WORDS_MAX + 1;
		words[count] = at;
		if (space != NULL)
			*space = '\0';
		at = space != NULL ? space + 1 : NULL;
	}
	return count;
}

static bool ticks(const char *word, uint64_t *out)
{
	return lfb_u64_parse(word, out) && *out < LFB_HISTORY_TICKS_MAX;
}

/* "P:N" */
static bool value(char *word, uint64_t *out)
{
	char *const colon = strchr(word, ':');
	uint64_t producer, number;

	if (colon == NULL)
		return false;
	*colon = '\0';
	if (!lfb_u64_parse(word, &producer) || !lfb_u64_parse(colon + 1, &number) || producer > UINT16_MAX || number >> LFB_VALUE_SHIFT != 0)
		return false;
	*out = producer << LFB_VALUE_SHIFT | number;
	return true;
}

static int read_word(const struct reader *r, const char *const *names, const char *given, unsigned *out)
{
	char choices[100];
	const int at = lfb_name_find(names, given);

	if (at < 0)
		return wrong(r, "'%s' is none of %s", given, lfb_names_join(names, choices, sizeof(choices)));
	*out = (unsigned)at;
	return 0;
}

static int read_number(const struct reader *r, const char *given, uint64_t most, uint64_t *out)
{
	if (!lfb_u64_parse(given, out) || *out > most)
		return wrong(r, "'%s' is not a number, or too large", given);
	return 0;
}

static int read_rate(const struct reader *r, const char *given, double *out)
{
	if (!lfb_f64_parse(given, out) || *out < 1e-6 || *out > 1e9)
		return wrong(r, "'%s' is not a rate of ticks", given);
	return 0;
}

enum key { KEY_BACKEND, KEY_SHAPE, KEY_SEED, KEY_ORDER, KEY_EMPTY, KEY_FULL, KEY_CAPACITY, KEY_EPSILON, KEY_RATE, KEYS };

static const char *const keys[KEYS + 1] = { "backend", "shape", "seed", "order", "empty", "full", "capacity", "epsilon", "ticks_per_us", NULL };

static int read_key(struct reader *r, enum key key, const char *given)
{
	struct lfb_history *const h = r->history;
	unsigned word = 0;
	int rc = 0;

	switch (key) {
	case KEY_BACKEND:
		(void)snprintf(h->backend, sizeof(h->backend), "%s", given);
		break;
	case KEY_SHAPE:
		(void)snprintf(h->shape, sizeof(h->shape), "%s", given);
		break;
	case KEY_SEED:
		return read_number(r, given, UINT64_MAX, &h->seed);
	case KEY_ORDER:
		rc = read_word(r, lfb_order_names, given, &word);
		h->contract.order = (enum lfb_order)word;
		break;
	case KEY_EMPTY:
		rc = read_word(r, lfb_answer_names, given, &word);
		h->contract.empty = (enum lfb_answer)word;
		break;
	case KEY_FULL:
		rc = read_word(r, lfb_answer_names, given, &word);
		h->contract.full = (enum lfb_answer)word;
		break;
	case KEY_CAPACITY:
		return read_number(r, given, UINT64_MAX, &h->contract.capacity);
	case KEY_EPSILON:
		return read_number(r, given, LFB_HISTORY_TICKS_MAX - 1, &h->epsilon_ticks);
	default:
		return read_rate(r, given, &h->ticks_per_us);
	}
	return rc;
}

/* "KEY VALUE" of the head. */
static int read_head(struct reader *r, char *line)
{
	char *const space = strchr(line, ' ');
	int key;

	if (space == NULL)
		return wrong(r, "'%s' is no setting and no 'thread N'", line);
	*space = '\0';
	key = lfb_name_find(keys, line);
	if (key < 0)
		return wrong(r, "'%s' is no setting; before the first 'thread 0' only settings may stand", line);
	if (r->seen >> key & 1)
		return wrong(r, "'%s' is there twice", line);
	r->seen |= 1u << key;
	return read_key(r, (enum key)key, space + 1);
}

static int read_thread(struct reader *r, const char *given)
{
	uint64_t number;

	if (!lfb_u64_parse(given, &number) || number != (uint64_t)(r->thread + 1))
		return wrong(r, "thread %d should follow", r->thread + 1);
	if (number >= LFB_HISTORY_THREADS_MAX)
		return wrong(r, "more than %u threads", LFB_HISTORY_THREADS_MAX);
	r->thread++;
	r->history->threads = (unsigned)number + 1;
	return 0;
}

/* The answer, with the return that belongs to it. */
static bool answer(char *const words[WORDS_MAX], struct lfb_history_op *op)
{
	const char *const refused = op->kind == LFB_HISTORY_PUSH ? "full" : "empty";

	if (strcmp(words[4], "never") == 0) {
		op->answer = LFB_HISTORY_PENDING;
		op->ret = LFB_HISTORY_NEVER;
		return strcmp(words[3], "-") == 0;
	}
	op->answer = strcmp(words[4], "ok") == 0 ? LFB_HISTORY_OK : LFB_HISTORY_REFUSED;
	return (op->answer == LFB_HISTORY_OK || strcmp(words[4], refused) == 0) && ticks(words[3], &op->ret);
}

static int read_op(struct reader *r, char *line)
{
	struct lfb_history_op op = { .value = 0 };
	char *words[WORDS_MAX];
	int rc;

	if (split(line, words) != 5 || (strcmp(words[0], "push") != 0 && strcmp(words[0], "pop") != 0))
		return wrong(r, "not an operation: push|pop VALUE CALL RETURN ANSWER");
	op.kind = strcmp(words[0], "push") == 0 ? LFB_HISTORY_PUSH : LFB_HISTORY_POP;
	if (!ticks(words[2], &op.call) || !answer(words, &op))
		return wrong(r, "call, return and answer of this operation do not make sense");
	if (op.kind == LFB_HISTORY_PUSH || op.answer == LFB_HISTORY_OK) {
		if (!value(words[1], &op.value))
			return wrong(r, "'%s' is no value PRODUCER:NUMBER", words[1]);
	} else if (strcmp(words[1], "-") != 0) {
		return wrong(r, "a pop that brought nothing has - for its value");
	}
	if (!lfb_history_op_valid(&op))
		return wrong(r, "it returned before it was called");
	rc = lfb_history_add(r->history, (unsigned)r->thread, &op);
	return rc == -ENOMEM ? lfb_fail(r->error, rc, "%s: line %llu: no memory for more operations", r->name, (unsigned long long)r->line) : rc;
}

static int read_line(struct reader *r, char *line)
{
	if (line[0] == '#')
		return 0;
	if (strncmp(line, "thread ", 7) == 0)
		return read_thread(r, line + 7);
	return r->thread < 0 ? read_head(r, line) : read_op(r, line);
}

static int read_all(struct reader *r)
{
	char line[LINE_BYTES];
	int rc = next_line(r, line);

	if (rc < 0)
		return rc;
	if (rc == 0 || strcmp(line, "lfbench-history 1") != 0)
		return wrong(r, "no history: it has to begin with 'lfbench-history 1'");
	while ((rc = next_line(r, line)) > 0) {
		if (strcmp(line, "end") == 0)
			return next_line(r, line) == 0 ? 0 : wrong(r, "nothing may follow 'end'");
		rc = read_line(r, line);
		if (rc != 0)
			return rc;
	}
	return rc < 0 ? rc : wrong(r, "'end' is missing: the file is cut off");
}

int lfb_history_read(FILE *in, const char *name, struct lfb_history **out, struct lfb_error *error)
{
	struct reader r = { .in = in, .thread = -1, .error = error, .history = lfb_history_new() };
	int rc;

	lfb_safe_text(name, false, r.name, sizeof(r.name));
	if (r.history == NULL)
		return lfb_fail(error, -ENOMEM, "%s: not enough memory", r.name);
	rc = read_all(&r);
	if (rc == 0)
		*out = r.history;
	else
		lfb_history_free(r.history);
	return rc;
}
