/* doctor_print.c - see doctor_print.h. */
#include "commands/doctor/doctor_print.h"

#include <stdio.h>
#include <string.h>

/* A mark and a label stand before every value. */
#define MARK_WIDTH 9
#define LABEL_WIDTH 24

/* A mark per verdict. Colour only repeats the word. */
static const struct mark {
	const char *word;
	const char *color;
} marks[LFB_VERDICTS] = {
	[LFB_VERDICT_OK] = { "ok", "\033[32m" },
	[LFB_VERDICT_NOTE] = { "note", "\033[36m" },
	[LFB_VERDICT_WARN] = { "WARN", "\033[1;33m" },
	[LFB_VERDICT_UNKNOWN] = { "unknown", "\033[35m" },
};

/* Print `text` from column `column` on, broken between words at the medium's width, and a line end. */
static void print_wrapped(const char *text, int column, const struct lfb_medium *medium)
{
	/* Lines of more than 100 columns are hard to read, of less than 60 there is no room beside the labels. */
	const int width = medium->width < 60 ? 60 : medium->width > 100 ? 100 : (int)medium->width;
	int at = column;

	while (*text != '\0') {
		const int length = (int)strcspn(text, " ");

		if (at > column && at + 1 + length > width) {
			(void)printf("\n%*s", column, "");
			at = column;
		}
		at += printf("%s%.*s", at > column ? " " : "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	(void)printf("\n");
}

void doctor_print_line(enum lfb_verdict verdict, const char *label, const char *value, const struct lfb_medium *medium)
{
	const struct mark *const mark = &marks[verdict];

	(void)printf("  %s%-*s%s%-*s", medium->color ? mark->color : "", MARK_WIDTH, mark->word,
		     medium->color ? "\033[0m" : "", LABEL_WIDTH, label);
	print_wrapped(value, 2 + MARK_WIDTH + LABEL_WIDTH, medium);
}

void doctor_print_text(const char *lead, const char *text, const struct lfb_medium *medium)
{
	const int indent = 2 + MARK_WIDTH;

	if (text == NULL)
		return;
	(void)printf("%*s%s", indent, "", lead);
	print_wrapped(text, indent + (int)strlen(lead), medium);
}

static unsigned count_findings(const struct doctor_report *report, enum lfb_verdict verdict)
{
	unsigned count = 0;

	for (int i = 0; report->findings != NULL && i < DOCTOR_FINDINGS; i++)
		count += report->findings[i].verdict == verdict;
	return count;
}

static unsigned count_all(const struct doctor_report *report, enum lfb_verdict verdict)
{
	return lfb_env_count(report->env, verdict) + count_findings(report, verdict);
}

/* A text of limited length that is added to. */
struct line {
	char text[1024];
	size_t used;
};

static void append(struct line *line, const char *before, const char *text)
{
	const size_t room = sizeof(line->text) - line->used;
	const int length = snprintf(line->text + line->used, room, "%s%s", before, text);

	line->used += (size_t)length < room ? (size_t)length : room - 1;
}

/* "3 warnings: virtual machine, load average, turbo" */
static void list_warnings(const struct doctor_report *report, struct line *line)
{
	const unsigned warnings = count_all(report, LFB_VERDICT_WARN);
	const char *joint = ": ";
	char number[32];

	(void)snprintf(number, sizeof(number), "%u warning%s", warnings, warnings == 1 ? "" : "s");
	append(line, "", number);
	for (size_t i = 0; i < report->env->count; i++) {
		if (report->env->facts[i].verdict != LFB_VERDICT_WARN)
			continue;
		append(line, joint, report->env->facts[i].label);
		joint = ", ";
	}
	for (int i = 0; report->findings != NULL && i < DOCTOR_FINDINGS; i++) {
		if (report->findings[i].verdict != LFB_VERDICT_WARN)
			continue;
		append(line, joint, report->findings[i].label);
		joint = ", ";
	}
}

static void print_verdict(const struct doctor_report *report, const struct lfb_medium *medium)
{
	static const char *const fit_for[LFB_FITNESSES] = {
		[LFB_FIT_ANY] = "figures from this machine are fit for comparing, also with another day's.",
		[LFB_FIT_WITHIN_RUN] = "figures from this machine are fit for comparing within one run, not with "
				       "another day or another machine.",
		[LFB_FIT_NONE] = "figures from this build are fit for nothing but testing lfbench itself.",
	};
	struct line line = { .used = 0 };

	list_warnings(report, &line);
	append(&line, "; ", fit_for[lfb_env_fitness(report->env)]);
	print_wrapped(line.text, 0, medium);
	(void)printf("Notes: %u, unknown: %u, ok: %u.\n", count_all(report, LFB_VERDICT_NOTE),
		     count_all(report, LFB_VERDICT_UNKNOWN), count_all(report, LFB_VERDICT_OK));
}

static void print_facts(const struct lfb_env *env, const struct lfb_medium *medium)
{
	int group = -1;

	for (size_t i = 0; i < env->count; i++) {
		const struct lfb_fact *const fact = &env->facts[i];

		if ((int)fact->group != group) {
			group = (int)fact->group;
			(void)printf("\n%s\n", lfb_fact_group_names[group]);
		}
		doctor_print_line(fact->verdict, fact->label, fact->value, medium);
		doctor_print_text("", fact->meaning, medium);
		doctor_print_text("-> ", fact->advice, medium);
	}
}

static void print_empty(const struct doctor_report *report, const struct lfb_medium *medium)
{
	(void)printf("\nColumns of the results that stay empty here\n");
	for (size_t i = 0; i < report->empties; i++) {
		doctor_print_text("", report->empty[i].columns, medium);
		doctor_print_text("   ", report->empty[i].reason, medium);
	}
	if (report->empties == 0)
		doctor_print_text("", "none because of this machine", medium);
}

/* Which of the usual cells have a CPU for each thread. */
static void print_threads(size_t cpus, const struct lfb_medium *medium)
{
	static const unsigned sides[] = { 1, 2, 4, 8 };

	(void)printf("\nThreads (producers + consumers) on %zu usable CPU%s\n", cpus, cpus == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		const unsigned threads = 2 * sides[i];
		char label[48], value[160];

		(void)snprintf(label, sizeof(label), "%u + %u", sides[i], sides[i]);
		if (threads <= cpus)
			(void)snprintf(value, sizeof(value), "%u threads, each on a CPU of its own", threads);
		else
			(void)snprintf(value, sizeof(value), "%u threads: oversubscribed, rows carry that flag",
				       threads);
		doctor_print_line(threads <= cpus ? LFB_VERDICT_OK : LFB_VERDICT_NOTE, label, value, medium);
	}
	doctor_print_text("",
			  "Where threads outnumber CPUs, spinning queues wait for threads that are not running: "
			  "latencies are those of the scheduler, and blocking queues may win.",
			  medium);
}

void doctor_print(const struct doctor_report *report, const struct lfb_medium *medium)
{
	print_verdict(report, medium);
	print_facts(report->env, medium);
	if (report->measured != NULL)
		doctor_print_measured(report->measured, report->findings, medium);
	print_empty(report, medium);
	if (report->topology != NULL)
		print_threads(lfb_topology_usable(report->topology)->count, medium);
}
