/* compare_options.c - see compare_options.h. */
#include "commands/compare/compare_options.h"

#include "plan/names.h"
#include "text/numbers.h"
#include "commands/show/render.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum option_code {
	OPTION_BASELINE = 256,
	OPTION_HISTORY,
	OPTION_METRIC,
	OPTION_BACKEND,
	OPTION_WORKLOAD,
	OPTION_MIN_EFFECT,
	OPTION_FAIL_EFFECT,
	OPTION_ALPHA,
	OPTION_STRICT,
	OPTION_FORCE,
	OPTION_EXPORT,
	OPTION_COLOR,
	OPTION_ASCII,
};

static const struct option longs[] = {
	{ "baseline", required_argument, NULL, OPTION_BASELINE },
	{ "history", no_argument, NULL, OPTION_HISTORY },
	{ "metric", required_argument, NULL, OPTION_METRIC },
	{ "backend", required_argument, NULL, OPTION_BACKEND },
	{ "workload", required_argument, NULL, OPTION_WORKLOAD },
	{ "min-effect", required_argument, NULL, OPTION_MIN_EFFECT },
	{ "fail-effect", required_argument, NULL, OPTION_FAIL_EFFECT },
	{ "alpha", required_argument, NULL, OPTION_ALPHA },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "export", required_argument, NULL, OPTION_EXPORT },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "ascii", no_argument, NULL, OPTION_ASCII },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf(
		"lfbench compare - compare stored results: which cells became slower?\n\n"
		"Usage: lfbench compare [options] BASE.csv HEAD.csv\n"
		"       lfbench compare [options] --baseline DIR HEAD.csv\n"
		"       lfbench compare [options] --history DIR|FILE.csv...\n\n"
		"Cells (workload, backend, shape, load) that both have are compared by their launches. Verdicts: REGRESSED,\n"
		"IMPROVED, PASS (shown not to be slower by --fail-effect), INCONCLUSIVE (neither could be shown), FAILED\n"
		"(the head crashed, hung or lost values where the base did not). First the two machines are compared; what\n"
		"is not comparable is refused. This is advice: stored files are of different times, and a machine is not the\n"
		"same on two days. lfbench gate measures both builds in turns.\n\n"
		"What is compared:\n"
		"  --baseline DIR       the base is all results of a folder that are comparable with HEAD.csv, by launch\n"
		"  --history            no verdict: each cell through all files, in order of time\n"
		"  --metric LIST        ns_per_op, ns_per_item, p50, p90, p99, p999, max (default ns_per_op)\n"
		"  --backend LIST       these backends only\n"
		"  --workload LIST      these workloads only\n"
		"  --force              compare what is not comparable, and say so beside every figure\n\n"
		"How it is judged:\n"
		"  --min-effect PERCENT   REGRESSED means slower by more than this (default 0.5%%)\n"
		"  --fail-effect PERCENT  PASS means slower by less than this (default 5%%)\n"
		"  --alpha P              chance of a false REGRESSED among all cells (default 0.05)\n"
		"  --strict               an INCONCLUSIVE verdict is exit status 3\n\n"
		"Output:\n"
		"  --export FORMAT[=FILE] github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit,\n"
		"                         markdown or json; repeatable; without FILE to standard output\n"
		"  --color WHEN           auto, always or never; auto: on a terminal, unless NO_COLOR is set (default auto)\n"
		"  --ascii                no characters beyond ASCII\n"
		"  -h, --help             this text\n\n"
		"Examples:\n"
		"  lfbench compare monday.csv tuesday.csv\n"
		"  lfbench compare --metric ns_per_op,p99 --export junit=compare.xml monday.csv tuesday.csv\n"
		"  lfbench compare --baseline results today.csv\n"
		"  lfbench compare --history results --backend ck_ring_mpmc --workload producer_consumer\n\n"
		"Exit status: 0 done (an INCONCLUSIVE verdict too, with a warning); 1 a regression was shown; 2 wrong usage,\n"
		"a file that cannot be read, nothing in common; 3 not comparable, or INCONCLUSIVE under --strict; 4 a cell\n"
		"that was ok in the base crashed, hung or failed verification in the head; 128+N interrupted by signal N.\n");
}

/* "0.5%" as the logarithm of the ratio. */
static bool parse_percent(const char *value, double *out, struct lfb_error *error)
{
	const size_t bytes = strlen(value);
	char number[64];
	double percent;

	if (bytes > 1 && bytes < sizeof(number) && value[bytes - 1] == '%') {
		(void)snprintf(number, sizeof(number), "%.*s", (int)(bytes - 1), value);
		if (lfb_f64_parse(number, &percent) && percent >= 0 && percent <= 1000) {
			*out = log1p(percent / 100);
			return true;
		}
	}
	return lfb_fail(error, 0, "'%.100s' is no percentage from 0%% to 1000%%, as 0.5%%", value) != 0;
}

static bool parse_alpha(const char *value, double *out, struct lfb_error *error)
{
	return (lfb_f64_parse(value, out) && *out > 0 && *out <= 0.5) ||
	       lfb_fail(error, 0, "'%.100s' is no probability above 0 and up to 0.5, as 0.05", value) != 0;
}

static bool parse_metrics(const char *value, bool metrics[COMPARE_METRICS], struct lfb_error *error)
{
	struct lfb_list list;

	if (lfb_parse_name_list(value, compare_metric_names, &list, error) != 0)
		return false;
	memset(metrics, 0, COMPARE_METRICS * sizeof(metrics[0]));
	for (size_t i = 0; i < list.count; i++)
		metrics[list.values[i]] = true;
	return true;
}

/* "a,b" into names; any are allowed, since files may have backends that are not installed here. */
static bool parse_names(const char *value, char **words, const char **names, struct lfb_error *error)
{
	char *rest = NULL;
	size_t count = 0;

	free(*words);
	*words = strdup(value);
	if (*words == NULL)
		return lfb_fail(error, 0, "out of memory") != 0;
	for (char *word = strtok_r(*words, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest)) {
		if (count == COMPARE_NAMES_MAX)
			return lfb_fail(error, 0, "more than %u names", COMPARE_NAMES_MAX) != 0;
		names[count++] = word;
	}
	names[count] = NULL;
	return count > 0 || lfb_fail(error, 0, "names nothing") != 0;
}

static bool parse_when(const char *value, enum lfb_when *when, struct lfb_error *error)
{
	const int found = lfb_name_find(lfb_when_names, value);

	if (found < 0)
		return lfb_fail(error, 0, "'%.100s' is not known; known: auto, always, never", value) != 0;
	*when = (enum lfb_when)found;
	return true;
}

static bool add_export(struct compare_options *o, const char *value, struct lfb_error *error)
{
	if (o->export_count == EXPORT_TARGETS_MAX)
		return lfb_fail(error, 0, "given more than %u times", EXPORT_TARGETS_MAX) != 0;
	return export_parse_target(value, &o->exports[o->export_count++], error) == 0;
}

static bool take_flag(struct compare_options *o, int code)
{
	switch (code) {
	case OPTION_HISTORY:
		return o->history = true;
	case OPTION_STRICT:
		return o->strict = true;
	case OPTION_FORCE:
		return o->rule.force = true;
	case OPTION_ASCII:
		return o->ascii = true;
	default:
		return false;
	}
}

/* An option with a value. Returns false with a sentence. */
static bool take_value(struct compare_options *o, int code, const char *value, struct lfb_error *error)
{
	switch (code) {
	case OPTION_BASELINE:
		o->baseline = value;
		return true;
	case OPTION_METRIC:
		return parse_metrics(value, o->metrics, error);
	case OPTION_BACKEND:
		return parse_names(value, &o->words[0], o->backends, error);
	case OPTION_WORKLOAD:
		return parse_names(value, &o->words[1], o->workloads, error);
	case OPTION_MIN_EFFECT:
		return parse_percent(value, &o->rule.min_effect, error);
	case OPTION_FAIL_EFFECT:
		return parse_percent(value, &o->rule.fail_effect, error);
	case OPTION_ALPHA:
		return parse_alpha(value, &o->rule.alpha, error);
	case OPTION_EXPORT:
		return add_export(o, value, error);
	default:
		return parse_when(value, &o->color, error);
	}
}

static int refuse_value(const char *option, const char *why)
{
	char text[640];

	(void)snprintf(text, sizeof(text), "--%s: %.560s", option, why);
	return render_error("compare", text);
}

static int parse_words(struct compare_options *o, int argc, char **argv)
{
	int found, index = 0;
	char text[160];

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", longs, &index)) != -1) {
		struct lfb_error error = { "" };

		if (found == 'h') {
			print_help();
			return 0;
		}
		if (found == '?')
			return render_unknown_option("compare", longs, argv[optind - 1]);
		if (found == ':') {
			(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
			return render_error("compare", text);
		}
		if (!take_flag(o, found) && !take_value(o, found, optarg, &error))
			return refuse_value(longs[index].name, error.text);
	}
	o->paths = argv + optind;
	o->path_count = argc - optind;
	return COMPARE_OPTIONS_RUN;
}

static int check(const struct compare_options *o)
{
	if (o->rule.min_effect >= o->rule.fail_effect)
		return render_error("compare", "--min-effect must be less than --fail-effect");
	if (o->history && o->baseline != NULL)
		return render_error("compare", "--history shows files in order of time, --baseline judges one of them: give one of the two");
	if (o->history && (o->export_count > 0 || o->strict))
		return render_error("compare", "--history has no verdicts, so there is nothing for --export and --strict");
	if (o->history && o->path_count == 0)
		return render_error("compare", "no files given. Name a folder or files, as in 'lfbench compare --history results'");
	if (o->baseline != NULL && o->path_count != 1)
		return render_error("compare", "with --baseline DIR name one file, the head, as in 'lfbench compare --baseline results today.csv'");
	if (!o->history && o->baseline == NULL && o->path_count != 2)
		return render_error("compare", "name two files, as in 'lfbench compare monday.csv tuesday.csv'");
	return COMPARE_OPTIONS_RUN;
}

/* What --export replaces is never one of the files that are read. */
static int check_exports(const struct compare_options *o)
{
	struct lfb_error error;

	if (o->export_count == 0 ||
	    export_check_targets(o->exports, o->export_count, (const char *const *)o->paths, &error) == 0)
		return COMPARE_OPTIONS_RUN;
	return render_error("compare", error.text);
}

int compare_options_parse(struct compare_options *o, int argc, char **argv)
{
	int code;

	memset(o, 0, sizeof(*o));
	o->rule = compare_rule_preset;
	o->metrics[COMPARE_NS_PER_OP] = true;
	code = parse_words(o, argc, argv);
	if (code == COMPARE_OPTIONS_RUN)
		code = check(o);
	return code == COMPARE_OPTIONS_RUN ? check_exports(o) : code;
}

void compare_options_free(struct compare_options *o)
{
	free(o->words[0]);
	free(o->words[1]);
}
