/* docgen_man.c - the parts of lfbench(1) that tables know, in mdoc(7). */
#include "docgen/docgen.h"

#include "commands/commands.h"
#include "results/flags.h"
#include "machine/topology.h"
#include "version.h"
#include "plan/workload.h"

#include <string.h>

/* Text that mdoc takes as it is: no line of it starts a macro, no character starts an escape. */
static void print_text(FILE *out, const char *text, const char *end)
{
	if (text[0] == '.' || text[0] == '\'')
		(void)fputs("\\&", out);
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			(void)fputs("\\e", out);
		else
			(void)fputc(*text, out);
	}
	(void)fprintf(out, "%s\n", end);
}

static void begin_list(FILE *out, const char *width)
{
	(void)fprintf(out, ".Bl -tag -width %s\n", width);
}

static void end_list(FILE *out)
{
	(void)fputs(".El\n", out);
}

static bool fill_system(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	(void)fputs(".Os lfbench " LFB_VERSION "\n", out);
	return true;
}

static bool fill_commands(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	begin_list(out, "doctor");
	for (const struct command *c = commands; c->name != NULL; c++) {
		(void)fprintf(out, ".It Cm %s\n", c->name);
		print_text(out, c->summary, "");
	}
	end_list(out);
	return true;
}

/* "Of producer_consumer, pipeline." */
static void print_takers(FILE *out, const char *workloads)
{
	(void)fputs("Of\n", out);
	while (*workloads != '\0') {
		const size_t length = strcspn(workloads, " ");
		const char *const next = workloads + length + strspn(workloads + length, " ");

		(void)fprintf(out, ".Cm %.*s %s\n", (int)length, workloads, *next != '\0' ? "," : ".");
		workloads = next;
	}
}

static bool fill_options(FILE *out, const char *set)
{
	struct docgen_option option;
	size_t at = 0;

	if (set == NULL || !docgen_set_known(set))
		return false;
	begin_list(out, "Ds");
	while (docgen_option_next(set, &at, &option)) {
		const bool valued = option.value != NULL;

		(void)fputs(".It ", out);
		if (option.letter != 0)
			(void)fprintf(out, "Fl %c , ", option.letter);
		(void)fprintf(out, "Fl Fl %s%s%s\n", option.name, valued ? " Ar " : "", valued ? option.value : "");
		print_text(out, option.help, option.workloads != NULL ? "." : "");
		if (option.workloads != NULL)
			print_takers(out, option.workloads);
	}
	end_list(out);
	return true;
}

static bool fill_workloads(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	begin_list(out, "producer_consumer");
	for (const struct lfb_workload *w = lfb_workloads; w->name != NULL; w++) {
		(void)fprintf(out, ".It Cm %s\n", w->name);
		print_text(out, w->summary, ";");
		(void)fprintf(out, "shaped by\n.%s .\n",
			      w->by_threads  ? "Fl Fl threads" :
			      w->by_stages ? "Fl Fl stages No and Fl Fl topology" :
					     "Fl Fl producers No and Fl Fl consumers");
	}
	end_list(out);
	return true;
}

static bool fill_pins(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	begin_list(out, "compact");
	for (size_t i = 0; lfb_pin_names[i] != NULL; i++) {
		(void)fprintf(out, ".It Cm %s\n", lfb_pin_names[i]);
		print_text(out, lfb_pin_meanings[i], "");
	}
	end_list(out);
	return true;
}

static bool fill_flags(FILE *out, const char *argument)
{
	if (argument != NULL)
		return false;
	begin_list(out, "oversubscribed");
	for (const struct lfb_word *flag = lfb_flag_words; flag->word != NULL; flag++) {
		(void)fprintf(out, ".It Li %s\n", flag->word);
		print_text(out, flag->meaning, flag->advice != NULL ? ";" : ".");
		if (flag->advice != NULL)
			print_text(out, flag->advice, ".");
	}
	end_list(out);
	return true;
}

const struct docgen_filler docgen_man_fillers[] = {
	{ "SYSTEM", fill_system },
	{ "COMMANDS", fill_commands },
	{ "OPTIONS", fill_options },
	{ "WORKLOADS", fill_workloads },
	{ "PINS", fill_pins },
	{ "FLAGS", fill_flags },
	{ NULL, NULL },
};
