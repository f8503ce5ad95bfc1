/* cmd_show.c - `lfbench show`: a results file as tables. */
#include "commands/claims.h"
#include "commands/commands.h"
#include "plan/names.h"
#include "commands/recording_cost.h"
#include "commands/show/render.h"
#include "summary/summary_json.h"
#include "results/where.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum show_form { SHOW_TABLES, SHOW_MARKDOWN, SHOW_JSON };

struct show_options {
	struct render_view view;
	struct lfb_where where;
	enum show_form form;
	enum lfb_when color;
	bool ascii;
	bool help;
};

/* What the rows go to, and which of them. */
struct selection {
	struct lfb_summary *summary;
	const struct lfb_where *where;
	uint64_t passed_over;
};

static const struct option longs[] = {
	{ "columns", required_argument, NULL, 'C' }, { "sort", required_argument, NULL, 's' },
	{ "where", required_argument, NULL, 'w' },   { "markdown", no_argument, NULL, 'm' },
	{ "json", no_argument, NULL, 'j' },	     { "color", required_argument, NULL, 'c' },
	{ "ascii", no_argument, NULL, 'a' },	     { "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf(
		"lfbench show - print results files as tables\n\n"
		"Usage: lfbench show [options] FILE.csv...\n\n"
		"One table per workload and shape: the median time per operation with its 95 %% interval\n"
		"over launches, operations per second, their share of the faa ceiling, and latencies; below\n"
		"them, where there are rows of those passes, latencies at given loads and why the queues are\n"
		"as slow as they are; then what the flags mean, and which claims lfbench check has confirmed\n"
		"or refuted. No launch is left out: outlying ones, first trials unlike the later ones and\n"
		"changes of the machine are pointed out. Several files are shown as one. - is standard input. The unfinished last row of a FILE.partial is left out.\n\n"
		"Options:\n"
		"  --columns LIST  semantics, progress, library, alloc, capacity, ns_per_op, interval, ops_per_s,\n"
		"                  of_faa, p50, p99, p999, max, cas_failures, atomics, lock_waits, switches, empty,\n"
		"                  full, fairness, launches, flags, bar; backend is always the first\n"
		"  --sort COLUMN   order of the queues in each table; -COLUMN: the largest first (default ns_per_op)\n"
		"  --where LIST    only rows that meet all of these: a column of the file, = != < <= > or >=, a value;\n"
		"                  = and != take several, joined by |\n"
		"  --markdown      the tables in Markdown\n"
		"  --json          all figures as JSON\n"
		"  --color WHEN    auto, always or never; auto: on a terminal, unless NO_COLOR is set (default auto)\n"
		"  --ascii         no characters beyond ASCII\n"
		"  -h, --help      this text\n\n"
		"Examples:\n"
		"  lfbench show results/today.csv\n"
		"  lfbench show monday.csv tuesday.csv\n"
		"  lfbench show --where 'backend=ck_ring_mpmc|mutex_ring,producers>=2' today.csv\n"
		"  lfbench show --columns ns_per_op,interval,p99,cas_failures --sort p99 today.csv\n"
		"  lfbench show --json today.csv | jq '.groups[].entries[] | [.label, .ns_per_op.median]'\n"
		"  COLUMNS=120 lfbench show --color always today.csv | less -R\n"
		"  build/bench/pairs --backend mutex_ring --csv - | lfbench show -\n\n"
		"Exit status: 0 shown, even if no row is ok; 2 wrong usage, or a file that cannot be read.\n"
		"lfbench-csv(5) describes the columns.\n");
}

static int refuse_word(int rc, const struct lfb_error *error)
{
	return rc == 0 ? 0 : render_error("show", rc == -ENOMEM ? "out of memory" : error->text);
}

static int take_color(struct show_options *options, const char *word)
{
	const int when = lfb_name_find(lfb_when_names, word);
	char text[256];

	if (when >= 0) {
		options->color = (enum lfb_when)when;
		return 0;
	}
	(void)snprintf(text, sizeof(text), "--color '%.100s' is not known; known: auto, always, never", word);
	return render_error("show", text);
}

/* One option. Returns 0, or the exit status. */
static int take(struct show_options *options, int found, char **argv)
{
	struct lfb_error error = { "" };
	char text[256];

	switch (found) {
	case 'C':
		return refuse_word(render_view_columns(&options->view, optarg, &error), &error);
	case 's':
		return refuse_word(render_view_sort(&options->view, optarg, &error), &error);
	case 'w':
		return refuse_word(lfb_where_add(&options->where, optarg, &error), &error);
	case 'm':
	case 'j':
		if (options->form != SHOW_TABLES)
			return render_error("show", "--markdown and --json are two forms of one thing; give one of them");
		options->form = found == 'm' ? SHOW_MARKDOWN : SHOW_JSON;
		return 0;
	case 'c':
		return take_color(options, optarg);
	case 'a':
		options->ascii = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case ':':
		(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
		return render_error("show", text);
	default:
		return render_unknown_option("show", longs, argv[optind - 1]);
	}
}

/* Returns 0, or the exit status. */
static int parse(int argc, char **argv, struct show_options *options)
{
	int found, code = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":h", longs, NULL)) != -1)
		code = take(options, found, argv);
	if (code == 0 && options->form == SHOW_JSON && (options->view.chosen || !render_view_is_ranking(&options->view)))
		return render_error("show", "--json has all columns, in the order of rank; leave --columns and --sort out");
	return code;
}

static int add_row(const struct lfb_row *row, void *context)
{
	struct selection *const selection = (struct selection *)context;

	if (lfb_where_wants(selection->where, row))
		return lfb_summary_add(selection->summary, row);
	selection->passed_over++;
	return 0;
}

/* A file that cannot be shown: name it, the line and the reason. */
static int refuse(const char *path, int status, const struct lfb_csv_error *error)
{
	char where[64] = "", text[4096 + 512];

	if (error->line > 0)
		(void)snprintf(where, sizeof(where), ", line %" PRIu64, error->line);
	(void)snprintf(text, sizeof(text), "%.4096s%s: %s", path, where,
		       status == -E2BIG ? "more workloads, shapes and backends than tables can show; select rows first"
					: error->text);
	return render_error("show", text);
}

static bool is_partial(const char *path)
{
	static const char suffix[] = ".partial";
	const size_t length = strlen(path);

	return length >= sizeof(suffix) && strcmp(path + length - (sizeof(suffix) - 1), suffix) == 0;
}

static int add_file(struct selection *selection, const char *path)
{
	const struct lfb_csv_limits limits = { .torn_end = is_partial(path) };
	const bool standard_input = strcmp(path, "-") == 0;
	struct lfb_csv_error error = { .line = 0 };
	FILE *const in = standard_input ? stdin : fopen(path, "re");
	int status;

	if (in == NULL) {
		(void)snprintf(error.text, sizeof(error.text), "%s", strerror(errno));
		return refuse(path, -errno, &error);
	}
	status = lfb_csv_read(in, &limits, add_row, selection, &error);
	if (!standard_input)
		(void)fclose(in);
	if (status != 0)
		return refuse(standard_input ? "standard input" : path, status, &error);
	if (error.torn) {
		(void)fputs("lfbench show: ", stderr);
		render_safe(stderr, path);
		(void)fputs(": its last row is unfinished and left out; the run is still going on, or was killed\n",
			    stderr);
	}
	return 0;
}

/* The summary, and of its backends the claims. */
static int print_json(const struct lfb_summary *summary, const struct lfb_verdicts *verdicts)
{
	json_t *const json = lfb_summary_json(summary, false), *const claims = claims_json(summary, verdicts);
	int rc = json != NULL && claims != NULL ? 0 : -ENOMEM;

	if (rc == 0)
		rc = json_object_set(json, "claims", claims) == 0 ? lfb_json_write(json, stdout) : -ENOMEM;
	json_decref(json);
	json_decref(claims);
	return rc;
}

static int print(const struct lfb_summary *summary, const struct show_options *options)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, options->ascii);
	struct lfb_verdicts verdicts;
	int rc;

	claims_read("show", &verdicts);
	switch (options->form) {
	case SHOW_MARKDOWN:
		rc = render_summary_markdown(stdout, summary, &options->view);
		rc = rc == 0 ? claims_print_markdown(stdout, summary, &verdicts) : rc;
		break;
	case SHOW_JSON:
		rc = print_json(summary, &verdicts);
		break;
	default:
		rc = render_summary_as(stdout, summary, &options->view, &medium);
		rc = rc == 0 ? claims_print(stdout, summary, &verdicts, &medium) : rc;
		break;
	}
	lfb_verdicts_free(&verdicts);
	return rc;
}

static int show(const struct selection *selection, const struct show_options *options)
{
	struct lfb_summary *const summary = selection->summary;
	int rc;

	if (summary->rows == 0)
		return render_error("show", selection->passed_over > 0 ? "no row meets --where"
								       : "there are no rows to show: the run had not finished a trial");
	rc = lfb_summary_finish(summary);
	if (rc == 0)
		rc = print(summary, options);
	if (rc == -ENOMEM)
		return render_error("show", "out of memory");
	if (fflush(stdout) != 0 || rc != 0) {
		char text[128];

		(void)snprintf(text, sizeof(text), "standard output cannot be written: %s", strerror(errno));
		return render_error("show", text);
	}
	return 0;
}

/* Below the tables, of each file: what it cost to check trials by their history. */
static int show_costs(char **paths, const struct show_options *options)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, options->ascii);
	int rc = 0;

	for (; *paths != NULL && rc == 0 && options->form == SHOW_TABLES; paths++)
		rc = strcmp(*paths, "-") == 0 ? 0 : recording_cost_print(stdout, *paths, &medium);
	return rc == 0 ? 0 : render_error("show", rc == -ENOMEM ? "out of memory" : "standard output cannot be written");
}

int cmd_show(int argc, char **argv)
{
	struct show_options options = { .view = render_view_preset(), .color = LFB_WHEN_AUTO };
	struct lfb_summary summary = { .rows = 0 };
	struct selection selection = { &summary, &options.where, 0 };
	int code = parse(argc, argv, &options);

	if (code == 0 && options.help)
		print_help();
	else if (code == 0 && optind == argc)
		code = render_error("show", "no file given. Name one, as in 'lfbench show results/today.csv', or - for standard input");
	for (int i = optind; i < argc && code == 0 && !options.help; i++)
		code = add_file(&selection, argv[i]);
	if (code == 0 && !options.help)
		code = show(&selection, &options);
	if (code == 0 && !options.help)
		code = show_costs(argv + optind, &options);
	lfb_where_free(&options.where);
	lfb_summary_free(&summary);
	return code;
}
