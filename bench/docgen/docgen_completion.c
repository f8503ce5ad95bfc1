/* docgen_completion.c - the parts of the bash completion: words, and patterns of its case statements. */
#include "docgen/docgen.h"

#include "check/script.h"
#include "commands/commands.h"
#include "plan/names.h"
#include "plan/options.h"
#include "machine/topology.h"
#include "plan/workload.h"

#include <string.h>

/* Options with something to offer for their value beside what the table of options has. Comma lists are the template's business. */
static const struct completed {
	const char *option;
	const char *const *words; /* NULL: the template completes it */
	const char *suffix;	  /* of the last word, where it expects something behind it */
} completed[] = {
	{ "backend", NULL, "" },
	{ "csv", NULL, "" },
	{ "out", NULL, "" },
	{ "resume", NULL, "" },
	{ "workload", lfb_workload_names, " all" },
	{ "alloc", lfb_alloc_names + LFB_ALLOC_MALLOC, "" }, /* none is not a choice */
	{ "pin", lfb_pin_names, ":" },
	{ "pass", lfb_pass_names, " all" },
	{ "arrivals", lfb_arrival_names, "" },
	{ "shape", lfb_check_shape_names, "" },
	{ "progress", lfb_when_names, "" }, /* not of check, where it is a flag: the template knows */
	{ "show-progress", lfb_when_names, "" },
	{ "color", lfb_when_names, "" },
	{ NULL, NULL, NULL },
};

static bool is_completed(const char *option)
{
	for (const struct completed *c = completed; c->option != NULL; c++)
		if (strcmp(c->option, option) == 0)
			return true;
	return false;
}

static void print_words(FILE *out, const char *const *words, const char *suffix)
{
	for (size_t i = 0; words[i] != NULL; i++)
		(void)fprintf(out, "%s%s%s", i > 0 ? " " : "", words[i], words[i + 1] == NULL ? suffix : "");
}

/* "--out | -o" */
static void print_pattern(FILE *out, const char *name)
{
	(void)fprintf(out, "--%s", name);
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0 && row->letter != 0)
			(void)fprintf(out, " | -%c", row->letter);
}

static void print_choice(FILE *out, const char *option, const char *const *words, const char *suffix)
{
	(void)fputc('\t', out);
	print_pattern(out, option);
	(void)fputs(") words='", out);
	print_words(out, words, suffix);
	(void)fputs("' ;;\n", out);
}

/* Whether the table of options has the words of this one, and nothing is said above. */
static bool has_words(const struct lfb_option *row)
{
	return row->words != NULL && (row->scopes & LFB_SCOPE_HIDDEN) == 0 && !is_completed(row->name);
}

/* A pattern per option with known words, setting `words`. */
static bool fill_value_words(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	for (const struct completed *c = completed; c->option != NULL; c++)
		if (c->words != NULL)
			print_choice(out, c->option, c->words, c->suffix);
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++)
		if (has_words(row))
			print_choice(out, row->name, row->words, "");
	return true;
}

/* One pattern of all options whose value nobody can guess. */
static bool fill_value_options(FILE *out, const char *argument)
{
	const char *joint = "\t";

	if (argument != NULL)
		return false;
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		if (row->value == NULL || (row->scopes & LFB_SCOPE_HIDDEN) != 0 || is_completed(row->name) || has_words(row))
			continue;
		(void)fputs(joint, out);
		print_pattern(out, row->name);
		joint = " | ";
	}
	(void)fputs(") ;;\n", out);
	return true;
}

static bool fill_command_names(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	(void)fputs("\t\twords='", out);
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(out, "%s ", c->name);
	(void)fputs("--help --version'\n", out);
	return true;
}

static void print_options(FILE *out, const char *set)
{
	struct docgen_option option;
	const char *joint = "";
	size_t at = 0;

	while (docgen_option_next(set, &at, &option)) {
		(void)fprintf(out, "%s--%s", joint, option.name);
		joint = " ";
	}
}

/* A pattern per command, setting `words` to its options. */
static bool fill_command_options(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	for (const struct command *c = commands; c->name != NULL; c++) {
		(void)fprintf(out, "\t\t%s) words='", c->name);
		print_options(out, c->name);
		(void)fputs("' ;;\n", out);
	}
	return true;
}

static bool fill_bench_options(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	(void)fputs("\twords='", out);
	print_options(out, "bench");
	(void)fputs("'\n", out);
	return true;
}

static bool fill_bench_names(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	(void)fputs("complete -F _lfbench_bench ", out);
	print_words(out, lfb_workload_names, "\n");
	return true;
}

const struct docgen_filler docgen_completion_fillers[] = {
	{ "VALUE_WORDS", fill_value_words },
	{ "VALUE_OPTIONS", fill_value_options },
	{ "COMMAND_NAMES", fill_command_names },
	{ "COMMAND_OPTIONS", fill_command_options },
	{ "BENCH_OPTIONS", fill_bench_options },
	{ "BENCH_NAMES", fill_bench_names },
	{ NULL, NULL },
};
