/*
 * render.c - see render.h: the text around the tables. render_table.c makes one table.
 */
#include "commands/show/render.h"

#include "plan/names.h"

#include "results/flags.h"
#include "commands/show/render_table.h"
#include "text/safe_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_DEFAULT 80u
#define WIDTH_MIN 60u
#define WIDTH_MAX 160u

void render_safe(FILE *out, const char *text)
{
	char piece[256];

	/* Replacing makes text up to three times as long, so a piece of it at a time, cut where a character begins. */
	while (*text != '\0') {
		const size_t bytes = lfb_text_cut(text, sizeof(piece) / 4);
		char part[sizeof(piece)];

		memcpy(part, text, bytes);
		part[bytes] = '\0';
		(void)fputs(lfb_safe_text(part, false, piece, sizeof(piece)), out);
		text += bytes;
	}
}

int render_error(const char *command, const char *text)
{
	(void)fprintf(stderr, "lfbench %s: ", command);
	render_safe(stderr, text);
	(void)fputc('\n', stderr);
	return 2;
}

/* Options of one command at most. */
#define OPTIONS_MAX 32

int render_unknown_option(const char *command, const struct option *longs, const char *given)
{
	const char *names[OPTIONS_MAX + 1] = { NULL };
	const char *nearest = NULL;
	char name[64], text[256];

	for (size_t i = 0; i < OPTIONS_MAX && longs[i].name != NULL; i++)
		names[i] = longs[i].name;
	if (strncmp(given, "--", 2) == 0) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(given + 2, "="), given + 2);
		nearest = lfb_name_nearest(names, name);
	}
	if (nearest != NULL)
		(void)snprintf(text, sizeof(text), "unknown option '%.100s'; did you mean '--%s'?", given, nearest);
	else
		(void)snprintf(text, sizeof(text), "unknown option '%.100s'; --help shows all", given);
	return render_error(command, text);
}

static unsigned find_width(FILE *out)
{
	const char *const columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width = 0;

	if (columns == NULL || !lfb_u64_parse(columns, &width) || width == 0)
		width = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
	if (width == 0)
		width = WIDTH_DEFAULT;
	return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : (unsigned)width;
}

static bool is_set(const char *variable)
{
	const char *const value = getenv(variable);

	return value != NULL && value[0] != '\0';
}

/* A locale that is named and is not UTF-8. None named (a bare container) is taken for UTF-8. */
static bool locale_lacks_unicode(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (is_set(variables[i]))
			return strcasestr(getenv(variables[i]), "utf") == NULL;
	return false;
}

struct lfb_medium render_medium(FILE *out, enum lfb_when color, bool ascii)
{
	const char *const term = getenv("TERM");
	const bool dumb = term == NULL || strcmp(term, "dumb") == 0;
	const bool wanted = isatty(fileno(out)) != 0 && !is_set("NO_COLOR") && !dumb;

	return (struct lfb_medium){
		.width = find_width(out),
		.color = color == LFB_WHEN_ALWAYS || (color == LFB_WHEN_AUTO && wanted),
		.ascii = ascii || locale_lacks_unicode(),
	};
}

/* One line of the legend: a mark, what it means, wrapped. */
static void print_mark(FILE *out, const struct lfb_medium *medium, const char *mark, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void print_mark(FILE *out, const struct lfb_medium *medium, const char *mark, const char *format, ...)
{
	char raw[1024], text[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(raw, sizeof(raw), format, arguments);
	va_end(arguments);
	(void)fprintf(out, "%-2s", mark);
	lfb_text_write_wrapped(out, lfb_safe_text(raw, medium->ascii, text, sizeof(text)), 2, 2, medium->width);
	(void)fputc('\n', out);
}

static void print_flags(FILE *out, const struct lfb_summary *summary, const struct lfb_medium *medium)
{
	for (size_t i = 0; i < summary->flag_count; i++) {
		const char *const word = summary->flags[i].word;
		const struct lfb_word *const known = lfb_word_find(lfb_flag_words, word, strlen(word));
		const char mark[] = { render_flag_letter(i), '\0' };

		if (known != NULL)
			print_mark(out, medium, mark, "%s (%zu of %zu rows): %s.%s%s%s", word, summary->flags[i].rows,
				   summary->rows, known->meaning, known->advice != NULL ? " What to do: " : "",
				   known->advice != NULL ? known->advice : "", known->advice != NULL ? "." : "");
		else
			print_mark(out, medium, mark, "%s (%zu of %zu rows): not known to this version of lfbench.",
				   word, summary->flags[i].rows, summary->rows);
	}
}

/* What the tables contain that has to be explained. */
struct seen {
	bool unresolved, incomplete, lacks_intervals, intervals, ceiling, queues;
	bool closed, open, counts;
	bool sorted; /* by a column, so that ties are not marked */
	bool statuses[32]; /* by place in lfb_status_words */
};

static void look_at_entry(struct seen *seen, const struct lfb_entry *entry)
{
	seen->queues |= !entry->reference;
	seen->unresolved |= entry->unresolved;
	seen->incomplete |= entry->incomplete;
	seen->counts |= !entry->reference && entry->contention.launches > 0;
	for (size_t i = 0; i < entry->load_count; i++) {
		seen->open |= entry->loads[i].open;
		seen->closed |= !entry->loads[i].open;
	}
	seen->intervals |= entry->ns_per_op.has_interval;
	seen->ceiling |= entry->of_ceiling > 0;
	for (size_t p = 0; p < entry->problem_count; p++) {
		const char *const status = entry->problems[p].status;
		const struct lfb_word *const known = lfb_word_find(lfb_status_words, status, strlen(status));

		if (known != NULL && (size_t)(known - lfb_status_words) < sizeof(seen->statuses))
			seen->statuses[known - lfb_status_words] = true;
	}
}

static struct seen look(const struct lfb_summary *summary, const struct render_view *view)
{
	struct seen seen = { .sorted = !render_view_is_ranking(view) };

	for (size_t g = 0; g < summary->group_count; g++) {
		seen.lacks_intervals |= summary->groups[g]->lacks_intervals;
		for (size_t e = 0; e < summary->groups[g]->entry_count; e++)
			look_at_entry(&seen, summary->groups[g]->entries[e]);
	}
	seen.unresolved &= !seen.sorted;
	return seen;
}

static void print_statuses(FILE *out, const struct seen *seen, const struct lfb_medium *medium)
{
	for (size_t i = 0; lfb_status_words[i].word != NULL; i++) {
		const struct lfb_word *const status = &lfb_status_words[i];

		/* Those without advice (unsupported) are explained by their reason. */
		if (seen->statuses[i] && status->advice != NULL)
			print_mark(out, medium, "", "%s: %s. What to do: %s.", status->word, status->meaning,
				   status->advice);
	}
}

static const char ns_text[] = "ns/op: a trial's duration divided by its pushes and pops; the median over launches "
			      "of each launch's median trial. Less is faster.";
static const char interval_text[] = "interval: holds the true median with a probability of at least 95 %, whatever the "
				    "distribution; over launches, from 6 on.";
static const char no_interval_text[] = "No interval: it takes 6 launches. Until then the order of those lines is not "
				       "established. What to do: lfbench run --launches 6.";
static const char ceiling_text[] = "of faa: share of what one shared fetch-and-add per operation reaches, a ceiling "
				   "for queues with a shared counter.";
static const char closed_text[] = "p50, p99: half and 99 % of the items took at most this from push to pop, in a closed "
				  "loop: every thread as fast as it goes, so mostly time spent in the queue.";
static const char open_text[] = "load: the part that the producers were to send of what such a loop can do at most "
				"(max: all due at once; both sides read a clock for every item). "
				"OVERLOADED: they sent less than 99 % of it, and no percentile means anything.";
static const char counts_text[] = "why: counted in a build of its own, whose speed is not shown. Counts times a rough "
				  "price each (a failed CAS: a round trip core to core; a switch: 2000 ns) give the "
				  "order; what makes less than 1 % of the threads' time is left out.";
static const char semantics_text[] = "semantics: what each backend declares of itself. The looser promise may be the "
				     "cheaper one to keep.";
static const char unresolved_text[] = "not resolved: its interval overlaps with that of the line above; the two may be "
				      "in either order.";
static const char sorted_text[] = "sorted by a column: ties are marked only where lines stand in the order of ns_per_op.";
static const char incomplete_text[] = "some of its rows were not ok; its figures are those of the rows that were.";

static void print_legend(FILE *out, const struct lfb_summary *summary, const struct render_view *view,
			 const struct lfb_medium *medium)
{
	const struct seen seen = look(summary, view);
	const struct {
		bool shown;
		const char *mark, *text;
	} lines[] = {
		{ seen.intervals || seen.lacks_intervals, "", ns_text },
		{ seen.intervals, "", interval_text },
		{ seen.lacks_intervals, "", no_interval_text },
		{ seen.ceiling, "", ceiling_text },
		{ seen.closed, "", closed_text },
		{ seen.open, "", open_text },
		{ seen.counts, "", counts_text },
		{ seen.queues, "", semantics_text },
		{ seen.sorted, "", sorted_text },
		{ seen.unresolved, "=", unresolved_text },
		{ seen.incomplete, "!", incomplete_text },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].shown)
			print_mark(out, medium, lines[i].mark, "%s", lines[i].text);
	print_flags(out, summary, medium);
	print_statuses(out, &seen, medium);
}

int render_summary_as(FILE *out, const struct lfb_summary *summary, const struct render_view *view,
		      const struct lfb_medium *medium)
{
	const struct render_scene scene = { view, medium };

	for (size_t g = 0; g < summary->group_count; g++) {
		const int rc = render_group(out, summary, summary->groups[g], &scene);

		if (rc != 0)
			return rc;
		(void)fputc('\n', out);
	}
	print_legend(out, summary, view, medium);
	(void)fprintf(out, "  %zu rows, %zu ok.\n", summary->rows, summary->rows_ok);
	return ferror(out) ? -EIO : 0;
}

int render_summary(FILE *out, const struct lfb_summary *summary, const struct lfb_medium *medium)
{
	const struct render_view view = render_view_preset();

	return render_summary_as(out, summary, &view, medium);
}

int render_rows(FILE *out, const struct lfb_rows *rows, enum lfb_when color)
{
	const struct lfb_medium medium = render_medium(out, color, false);
	struct lfb_summary summary = { .rows = 0 };
	int rc = 0;

	for (size_t i = 0; i < rows->count && rc == 0; i++)
		rc = lfb_summary_add(&summary, &rows->rows[i]);
	if (rc == 0)
		rc = lfb_summary_finish(&summary);
	if (rc == 0)
		rc = render_summary(out, &summary, &medium);
	lfb_summary_free(&summary);
	return rc;
}
