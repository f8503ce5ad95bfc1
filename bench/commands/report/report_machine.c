/* report_machine.c - what machine it was, what each queue claims, and how the numbers came about. See report.h. */
#include "commands/report/report_parts.h"

#include "commands/claims.h"
#include "commands/report/html.h"

#include <jansson.h>
#include <string.h>

static const char *member(const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static const struct {
	const char *word, *meaning;
} fitness[] = {
	{ "any", "Nothing was found that stands against comparing these figures, also with those of another day." },
	{ "within_run", "Fit for comparing the queues of this run with each other, not with those of another day." },
	{ "none", "Fit for nothing: what stands against it is below." },
};

static void put_fitness(FILE *out, const char *word)
{
	for (size_t i = 0; i < sizeof(fitness) / sizeof(fitness[0]); i++)
		if (strcmp(fitness[i].word, word) == 0)
			html_put(out, "<p class=\"%s\">%s</p>\n", i == 0 ? "note" : "callout", fitness[i].meaning);
}

/* "cpu_model" as "cpu model" */
static void put_key(FILE *out, const char *key)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s", key);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '_' ? ' ' : *c;
	html_put(out, "%s", text);
}

static bool is_warning(const json_t *fact)
{
	return strcmp(member(fact, "verdict"), "warn") == 0;
}

static void put_fact(FILE *out, const char *key, const json_t *fact)
{
	(void)fprintf(out, "<tr%s><th scope=\"row\">", is_warning(fact) ? " class=\"warned\"" : "");
	put_key(out, key);
	html_put(out, "</th><td>%s</td><td>%s</td><td>%s", member(fact, "value"), member(fact, "verdict"), member(fact, "meaning"));
	if (member(fact, "advice")[0] != '\0')
		html_put(out, " <em>What to do:</em> %s", member(fact, "advice"));
	(void)fputs("</td></tr>\n", out);
}

/* Warnings first: a reader who stops here has them. */
static void put_facts(FILE *out, json_t *facts)
{
	const char *key;
	json_t *fact;

	(void)fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Facts of the machine\"><table><thead><tr><th scope=\"col\">fact</th><th "
		    "scope=\"col\">value</th><th scope=\"col\">verdict</th><th scope=\"col\">what it means</th></tr></thead><tbody>\n",
		    out);
	for (int warnings = 1; warnings >= 0; warnings--)
		json_object_foreach(facts, key, fact)
			if (is_warning(fact) == (warnings == 1))
				put_fact(out, key, fact);
	(void)fputs("</tbody></table></div>\n", out);
}

static void put_arguments(FILE *out, const json_t *env)
{
	const json_t *const run = json_object_get(env, "run");
	json_t *const arguments = json_object_get(run, "arguments");
	const json_t *argument;
	size_t i;

	if (!json_is_array(arguments))
		return;
	(void)fputs("<p>Made with <code>lfbench run", out);
	json_array_foreach(arguments, i, argument)
		html_put(out, " %s", json_string_value(argument) != NULL ? json_string_value(argument) : "");
	html_put(out, "</code>, seed %s, run %s.</p>\n", member(run, "seed"), member(run, "run_id"));
}

static void put_file(FILE *out, const struct report_file *file)
{
	html_put(out, "<h3>%s</h3>\n", strcmp(file->path, "-") == 0 ? "standard input" : report_base_name(file->path));
	html_put(out, "<p>%z rows%s. ", file->rows, file->torn ? ", the unfinished last one left out: the run was still going on, or was killed" : "");
	if (file->env == NULL) {
		html_put(out, "What machine it is from is not known: %s.</p>\n", file->no_env);
		return;
	}
	html_put(out, "Measured on %s, begun %s.</p>\n", member(file->env, "host"), member(file->env, "time_utc"));
	put_arguments(out, file->env);
	put_fitness(out, member(file->env, "fit_for"));
	put_facts(out, json_object_get(file->env, "facts"));
}

/* What the rows say of a queue, once for each. */
static const struct {
	enum lfb_column column;
	const char *title;
} claims[] = {
	{ LFB_COL_backend, "queue" },	       { LFB_COL_backend_library, "library" },	  { LFB_COL_semantics, "semantics" },
	{ LFB_COL_progress_push, "push" },     { LFB_COL_progress_pop, "pop" },		  { LFB_COL_bounded, "bounded" },
	{ LFB_COL_alloc, "nodes from" },       { LFB_COL_check_level, "checked by" },	  { LFB_COL_built_with, "built with" },
	{ LFB_COL_loops_rev, "loops rev." },   { LFB_COL_backend_build_id, "build id" },
};
#define CLAIMS (sizeof(claims) / sizeof(claims[0]))

static bool same_claims(const struct lfb_row *a, const struct lfb_row *b)
{
	for (size_t i = 0; i < CLAIMS; i++)
		if (strcmp(lfb_row_get(a, claims[i].column), lfb_row_get(b, claims[i].column)) != 0)
			return false;
	return true;
}

/* Whether an entry before it says the same: there are few backends, and many shapes. */
static bool is_known(const struct lfb_summary *summary, size_t group, size_t entry)
{
	const struct lfb_row *const row = &summary->groups[group]->entries[entry]->row;

	for (size_t g = 0; g <= group; g++)
		for (size_t e = 0; e < (g == group ? entry : summary->groups[g]->entry_count); e++)
			if (same_claims(&summary->groups[g]->entries[e]->row, row))
				return true;
	return false;
}

/* Beyond this, looking through all is no longer quick, and nobody reads it. */
#define CLAIMS_ENTRIES_MAX 2000u

/* How the claims of order and answers stand for that build, on this machine. */
static void put_standing(FILE *out, const struct lfb_kept_verdict *verdict)
{
	char found[CLAIMS_TEXT_BYTES];

	(void)fputs(claims_are_bad(verdict) ? "<td class=\"bad\">" : "<td>", out);
	html_put(out, "%s", claims_state(verdict));
	if (verdict != NULL)
		html_put(out, "<br>%s", claims_found_text(verdict, found));
	(void)fputs("</td>", out);
}

static void put_claim(FILE *out, const struct lfb_row *row, enum lfb_column column)
{
	const char *const value = lfb_row_get(row, column);
	char text[64];

	(void)snprintf(text, sizeof(text), "%.*s", column == LFB_COL_backend_build_id ? 8 : 60, value);
	if (column == LFB_COL_bounded)
		(void)snprintf(text, sizeof(text), "%s", strcmp(value, "1") == 0 ? "yes" : strcmp(value, "0") == 0 ? "no" : "");
	html_put(out, column == LFB_COL_backend ? "<th scope=\"row\">%s</th>" : "<td>%s</td>", text);
}

/* Whether a column is followed by what was found of the claims. */
static bool precedes_verdicts(enum lfb_column column)
{
	return column == LFB_COL_bounded;
}

static void put_claims_of(FILE *out, const struct lfb_entry *entry, const struct lfb_verdicts *verdicts)
{
	const char *const build_id = lfb_row_get(&entry->row, LFB_COL_backend_build_id);

	(void)fputs("<tr>", out);
	for (size_t i = 0; i < CLAIMS; i++) {
		put_claim(out, &entry->row, claims[i].column);
		if (precedes_verdicts(claims[i].column) && entry->reference)
			(void)fputs("<td></td><td></td>", out);
		if (precedes_verdicts(claims[i].column) && !entry->reference) {
			put_standing(out, claims_answers(verdicts, build_id));
			put_standing(out, claims_progress(verdicts, build_id));
		}
	}
	(void)fputs("</tr>\n", out);
}

static void put_claims(FILE *out, const struct lfb_summary *summary)
{
	struct lfb_verdicts verdicts;
	size_t looked_at = 0;

	(void)fputs("<h3>What the queues claim</h3>\n<p>As each backend declares it; every trial checks that no value was lost, invented or repeated, and an audit in "
		    "every launch the order. Whether order, EMPTY, FULL and capacity are as claimed, and whether others go on wherever a thread is "
		    "stopped inside an operation, is what <code>lfbench check</code> has found of that build on the machine that made this page; of progress the "
		    "worse of push and pop.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Claims\"><table><thead><tr>",
		    out);
	for (size_t i = 0; i < CLAIMS; i++) {
		html_put(out, "<th scope=\"col\">%s</th>", claims[i].title);
		if (precedes_verdicts(claims[i].column))
			(void)fputs("<th scope=\"col\">answers, by lfbench check</th><th scope=\"col\">progress, by lfbench check</th>", out);
	}
	(void)fputs("</tr></thead><tbody>\n", out);
	claims_read("report", &verdicts);
	for (size_t g = 0; g < summary->group_count; g++)
		for (size_t e = 0; e < summary->groups[g]->entry_count && looked_at < CLAIMS_ENTRIES_MAX; e++, looked_at++)
			if (!is_known(summary, g, e))
				put_claims_of(out, summary->groups[g]->entries[e], &verdicts);
	lfb_verdicts_free(&verdicts);
	(void)fputs("</tbody></table></div>\n", out);
}

static const char method[] =
	"<h3>How the numbers came about</h3>\n<ul>\n"
	"<li>The hot loops are compiled inside each backend: push and pop are inlined. A trial begins at a barrier and is timed from its first start to its last "
	"end, over all threads.</li>\n"
	"<li>Every cell is started several times, in shuffled order, each time in a process of its own. The trials of a launch are reduced to their median; medians "
	"and intervals are over launches. None is left out; launches of a pilot are part of no median.</li>\n"
	"<li>Speed is of the throughput pass alone, latencies are of the latency pass, counts of the contention pass: looking costs time.</li>\n"
	"<li>A figure is there only if the queue delivered every value exactly once in that very trial.</li>\n"
	"<li>Around every trial the round trip of a cache line between the CPUs in use is measured. Where launches fall into two kinds by it, the machine changed.</li>\n"
	"<li>Every row is in the CSV file that this page was made of; <code>lfbench show</code> prints the same figures from it, and <code>lfbench-csv(5)</code> "
	"describes its columns.</li>\n</ul>\n";

int report_put_machine(FILE *out, const struct report *report)
{
	(void)fputs("<section id=\"" REPORT_MACHINE "\" aria-labelledby=\"" REPORT_MACHINE "-h\"><h2 id=\"" REPORT_MACHINE "-h\">What machine was it, and how was it "
		    "measured?</h2>\n",
		    out);
	for (size_t i = 0; i < report->file_count; i++)
		put_file(out, &report->file[i]);
	put_claims(out, &report->summary);
	(void)fputs(method, out);
	(void)fputs("</section>\n", out);
	return 0;
}
