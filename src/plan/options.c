/* options.c - see options.h: getopt_long over the table of option_table.c. */
#include "plan/options.h"

#include "plan/names.h"
#include "plan/option_table.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Length of a trial of --quick. */
#define QUICK_NS UINT64_C(10000000)
/* More than the table has; the test `options` sees to it. */
#define TABLE_MAX 128

/* The part of the table that `scope` accepts, as getopt_long wants it. */
struct accepted {
	struct option longs[TABLE_MAX];
	const struct lfb_option *rows[TABLE_MAX];
	const char *names[TABLE_MAX]; /* to suggest: not the hidden ones */
	char letters[2 * TABLE_MAX + 3];
};

static void accept_options(struct accepted *a, enum lfb_option_scope scope)
{
	size_t n = 0, visible = 0;
	char *letter = a->letters;

	*letter++ = '+'; /* getopt: leave argv in its order */
	*letter++ = ':'; /* and tell a missing value from an unknown option */
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		if ((row->scopes & scope) == 0)
			continue;
		a->longs[n] = (struct option){ row->name, row->value != NULL ? required_argument : no_argument, NULL, 256 + (int)n };
		if ((row->scopes & LFB_SCOPE_HIDDEN) == 0)
			a->names[visible++] = row->name;
		a->rows[n++] = row;
		if (row->letter != 0) {
			*letter++ = row->letter;
			if (row->value != NULL)
				*letter++ = ':';
		}
	}
	*letter = '\0';
	a->longs[n] = (struct option){ NULL, 0, NULL, 0 };
	a->names[visible] = NULL;
	a->rows[n] = NULL;
}

static const struct lfb_option *row_of(const struct accepted *a, int found)
{
	if (found >= 256)
		return a->rows[found - 256];
	for (size_t i = 0; a->rows[i] != NULL; i++)
		if (a->rows[i]->letter == found)
			return a->rows[i];
	return NULL;
}

/* `letter` is what getopt stumbled over in a cluster of letters, or else not one. */
static int unknown_option(const struct accepted *a, const char *argument, int letter, struct lfb_error *error)
{
	char name[64];
	const char *nearest = NULL;

	if (letter > 0 && letter < 256)
		return lfb_fail(error, -EINVAL, "unknown option '-%c'; --help shows all", letter);
	if (strncmp(argument, "--", 2) == 0) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
		nearest = lfb_name_nearest(a->names, name);
	}
	if (nearest != NULL)
		return lfb_fail(error, -EINVAL, "unknown option '%s'; did you mean '--%s'?", argument, nearest);
	return lfb_fail(error, -EINVAL, "unknown option '%s'; --help shows all", argument);
}

/* What says that two options contradict each other. */
static int check_together(const struct lfb_options *o, struct lfb_error *error)
{
	if (o->items_given && o->duration_given)
		return lfb_fail(error, -EINVAL, "--items and --duration both say how long a trial is; give one");
	if (o->resume != NULL && o->plan_given)
		return lfb_fail(error, -EINVAL, "--resume takes its plan from the interrupted run; give no other options with it");
	if (o->quick && o->passes.count > 0)
		return lfb_fail(error, -EINVAL, "--quick measures throughput only; leave it out to choose passes");
	return 0;
}

/* What --quick stands for, where nothing else was said. */
static void make_quick(struct lfb_options *o)
{
	if (!o->trials_given)
		o->trials = 1;
	if (!o->items_given && !o->duration_given)
		o->duration_ns = QUICK_NS;
}

/* Parse all of argv. Returns as lfb_options_parse. */
static int parse_all(struct lfb_options *options, const struct accepted *a, int argc, char **argv, struct lfb_error *error)
{
	int found;

	optind = 0; /* GNU: start anew, this may not be the first parse of the process */
	opterr = 0;
	while ((found = getopt_long(argc, argv, a->letters, a->longs, NULL)) != -1) {
		const struct lfb_option *const row = found == '?' || found == ':' ? NULL : row_of(a, found);
		struct lfb_error why = { "out of memory" };

		if (found == ':')
			return lfb_fail(error, -EINVAL, "option '%s' needs a value", argv[optind - 1]);
		if (row == NULL)
			return unknown_option(a, argv[optind - 1], optopt, error);
		options->plan_given |= (row->scopes & LFB_SCOPE_RESUME) == 0;
		if (row->parse(options, optarg, &why) != 0)
			return lfb_fail(error, -EINVAL, "--%s: %s", row->name, why.text);
	}
	if (optind < argc)
		return lfb_fail(error, -EINVAL, "'%s' is not an option; options start with --", argv[optind]);
	if (options->quick)
		make_quick(options);
	return check_together(options, error);
}

int lfb_options_parse(struct lfb_options *options, enum lfb_option_scope scope, int argc, char **argv, struct lfb_error *error)
{
	struct accepted a;
	int rc;

	lfb_options_set_defaults(options);
	accept_options(&a, scope);
	rc = parse_all(options, &a, argc, argv, error);
	if (rc != 0)
		lfb_options_free(options);
	return rc;
}

bool lfb_options_want(const struct lfb_options *options, enum lfb_pass pass)
{
	for (size_t i = 0; i < options->passes.count; i++)
		if (options->passes.values[i] == (uint64_t)pass)
			return true;
	if (pass == LFB_PASS_THROUGHPUT && options->precision > 0) /* it is the throughput's */
		return true;
	if (options->passes.count > 0)
		return false;
	return pass == LFB_PASS_THROUGHPUT || (pass == LFB_PASS_LATENCY && options->loads.count + options->rates.count > 0);
}

void lfb_options_free(struct lfb_options *options)
{
	free(options->backends);
	options->backends = NULL;
}

/* What only some workloads take says so where the list is for all of them. */
static void print_help(FILE *out, const struct lfb_option *row, const char *workload)
{
	(void)fprintf(out, "  %s", row->help);
	if (row->workloads != NULL && workload == NULL)
		(void)fprintf(out, " [%s]", row->workloads);
	(void)fputc('\n', out);
}

static bool is_of(const struct lfb_option *row, const char *workload)
{
	return row->workloads == NULL || workload == NULL || lfb_word_in(row->workloads, workload);
}

void lfb_options_print(FILE *out, enum lfb_option_scope scope, const char *workload)
{
	for (const struct lfb_option *row = lfb_option_table; row->name != NULL; row++) {
		char name[64];

		if ((row->scopes & (unsigned)scope) == 0 || (row->scopes & LFB_SCOPE_HIDDEN) != 0 || !is_of(row, workload))
			continue;
		(void)snprintf(name, sizeof(name), "--%s%s%s", row->name, row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
		if (row->letter != 0)
			(void)fprintf(out, "  -%c, %-24s", row->letter, name);
		else
			(void)fprintf(out, "      %-24s", name);
		print_help(out, row, workload);
	}
}
