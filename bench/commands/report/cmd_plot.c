/*
 * cmd_plot.c - `lfbench plot`: a chart of the report as an SVG, for a README or a CI summary. What draws is the page's own code under
 * Node.js (plot.mjs, see scripts/report); it gets the report's data on its standard input.
 */
#include "commands/commands.h"
#include "plan/names.h"
#include "results/out_file.h"
#include "plugin/paths.h"
#include "commands/show/render.h"
#include "commands/report/report.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_HERE 77
#define WIDTH_LEAST 300u
#define WIDTH_MOST 4000u

extern char **environ;

static const char *const chart_names[] = { "pick", "scaling", "heatmap", "trials", "contention", "percentiles", "loads", "compare", "history", NULL };
static const char *const theme_names[] = { "light", "dark", NULL };

struct plot_options {
	const char *chart, *theme, *choice, *out;
	struct lfb_where where;
	uint64_t width;
	bool force, help;
};

static const struct option longs[] = {
	{ "chart", required_argument, NULL, 'c' }, { "select", required_argument, NULL, 's' }, { "theme", required_argument, NULL, 't' },
	{ "width", required_argument, NULL, 'W' }, { "where", required_argument, NULL, 'w' },  { "out", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'f' },	   { "help", no_argument, NULL, 'h' },	       { NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf("lfbench plot - a chart of the report as an SVG\n\n"
		     "Usage: lfbench plot --chart NAME [options] FILE.csv... -o chart.svg\n\n"
		     "Draws what 'lfbench report' draws, by the same code, without a browser: for a README or the\n"
		     "summary of a CI run. It takes Node.js 18 or later, and the charts to be built (docs/report.md).\n\n"
		     "Options:\n"
		     "  --chart NAME    pick, scaling, heatmap, trials, contention, percentiles, loads, compare or\n"
		     "                  history\n"
		     "  --select TEXT   which shape, and what a queue has to promise: what a link to a page has behind its ?,\n"
		     "                  as in 'workload=pairs&threads=2+2&memory=any' (default: what the page begins with)\n"
		     "  --theme WORD    light or dark (default light)\n"
		     "  --width N       pixels, 300 to 4000 (default 900)\n"
		     "  --where LIST    only rows that meet all of these, as in lfbench show\n"
		     "  -o, --out FILE  where to write, - is standard output (default -)\n"
		     "  --force         replace FILE\n"
		     "  -h, --help      this text\n\n"
		     "Examples:\n"
		     "  lfbench plot --chart heatmap today.csv -o heatmap.svg\n"
		     "  lfbench plot --chart pick --select 'workload=producer_consumer&threads=2+2' today.csv -o pick.svg\n"
		     "  lfbench plot --chart compare before.csv after.csv -o changes.svg\n\n"
		     "Exit status: 0 written; 2 wrong usage, a file that cannot be read or written, or nothing to draw;\n"
		     "77 Node.js or the charts are not there.\n");
}

static int take_word(const char *option, const char *word, const char *const *names, const char **out)
{
	char text[512], known[256];

	*out = word;
	if (lfb_name_find(names, word) >= 0)
		return 0;
	(void)snprintf(text, sizeof(text), "%s '%.100s' is not known; known: %s", option, word, lfb_names_join(names, known, sizeof(known)));
	return render_error("plot", text);
}

static int take_width(struct plot_options *options, const char *word)
{
	char text[256];

	if (lfb_u64_parse(word, &options->width) && options->width >= WIDTH_LEAST && options->width <= WIDTH_MOST)
		return 0;
	(void)snprintf(text, sizeof(text), "--width '%.100s' is no number from %u to %u", word, WIDTH_LEAST, WIDTH_MOST);
	return render_error("plot", text);
}

/* One option. Returns 0, or the exit status. */
static int take(struct plot_options *options, int found, char **argv)
{
	struct lfb_error error = { "" };
	char text[256];
	int rc;

	switch (found) {
	case 'c':
		return take_word("--chart", optarg, chart_names, &options->chart);
	case 't':
		return take_word("--theme", optarg, theme_names, &options->theme);
	case 'W':
		return take_width(options, optarg);
	case 's':
		options->choice = optarg;
		return 0;
	case 'o':
		options->out = optarg;
		return 0;
	case 'f':
		options->force = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'w':
		rc = lfb_where_add(&options->where, optarg, &error);
		return rc == 0 ? 0 : render_error("plot", rc == -ENOMEM ? "out of memory" : error.text);
	case ':':
		(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
		return render_error("plot", text);
	default:
		return render_unknown_option("plot", longs, argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct plot_options *options)
{
	int found, code = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":ho:f", longs, NULL)) != -1)
		code = take(options, found, argv);
	if (code != 0 || options->help)
		return code;
	if (options->chart == NULL)
		return take_word("--chart", "", chart_names, &options->chart);
	if (optind == argc)
		return render_error("plot", "no file given. Name one, as in 'lfbench plot --chart heatmap results/today.csv -o heatmap.svg'");
	if ((size_t)(argc - optind) > REPORT_FILES_MAX)
		return render_error("plot", "more than 64 files; join some with lfbench merge");
	if (strcmp(options->chart, "compare") == 0 && optind + 1 == argc && !report_is_verdicts(argv[optind]))
		return render_error("plot", "--chart compare takes two files or more, each held against the first, or a gate's .json");
	if (strcmp(options->chart, "history") == 0 && argc - optind < (int)REPORT_HISTORY_FILES)
		return render_error("plot", "--chart history takes three files or more; of two, there is --chart compare");
	return 0;
}

/* Start the drawing: `in` is its standard input, `out` its standard output. Returns 0 or an errno. */
static int start(const struct plot_options *options, const char *script, int in, int out, pid_t *child)
{
	char width[32];
	char *argv[] = { (char *)(uintptr_t) "node", (char *)(uintptr_t)script, (char *)(uintptr_t)options->chart, width,
			 (char *)(uintptr_t)options->theme, (char *)(uintptr_t)options->choice, NULL };
	posix_spawn_file_actions_t actions;
	int rc = posix_spawn_file_actions_init(&actions);

	(void)snprintf(width, sizeof(width), "%u", (unsigned)options->width);
	if (rc != 0)
		return rc;
	rc = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawnp(child, "node", &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int not_here(const char *why)
{
	(void)render_error("plot", why);
	return EXIT_NOT_HERE;
}

/* Draw `data`, from its start, into `drawing`. Both are files, so that neither side waits for the other. Returns an exit status. */
static int draw(const struct plot_options *options, FILE *data, FILE *drawing)
{
	char folder[PATH_MAX], script[PATH_MAX + 16];
	int status = 0, rc;
	pid_t child;

	if (!lfb_report_dir(folder))
		return not_here("the charts were not built: install Node.js 18 or later with npm, and run scripts/report/build BUILD_FOLDER");
	(void)snprintf(script, sizeof(script), "%s/plot.mjs", folder);
	rc = start(options, script, fileno(data), fileno(drawing), &child);
	if (rc == ENOENT)
		return not_here("there is no Node.js (node) to draw with; the Debian package is nodejs");
	if (rc != 0)
		return render_error("plot", strerror(rc));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	/* It has said why, for people. */
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : render_error("plot", "nothing was drawn");
}

static int copy(FILE *from, FILE *to)
{
	char buffer[1 << 14];
	size_t bytes;

	rewind(from);
	while ((bytes = fread(buffer, 1, sizeof(buffer), from)) > 0)
		(void)fwrite(buffer, 1, bytes, to);
	return ferror(from) || ferror(to) ? -EIO : 0;
}

static int write_out(const struct plot_options *options, FILE *drawing)
{
	struct lfb_error error = { "" };
	struct lfb_out *out;
	char text[512];
	int rc = lfb_out_open(options->out, options->force ? LFB_OUT_FORCE : 0, &out, &error);

	if (rc != 0)
		return render_error("plot", error.text);
	rc = copy(drawing, lfb_out_stream(out));
	if (rc == 0)
		rc = lfb_out_commit(out);
	else
		lfb_out_abandon(out);
	if (rc == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "%.200s: %s", options->out, lfb_out_error_text(-rc));
	return render_error("plot", text);
}

static int plot(const struct plot_options *options, const struct report *report)
{
	FILE *const data = tmpfile(), *const drawing = tmpfile();
	int code = 2;

	if (data == NULL || drawing == NULL)
		code = render_error("plot", "no temporary file can be made; is $TMPDIR or /tmp full?");
	else if (report_put_data(data, report) != 0 || fflush(data) != 0)
		code = render_error("plot", "a temporary file cannot be written");
	else {
		rewind(data);
		code = draw(options, data, drawing);
		if (code == 0)
			code = write_out(options, drawing);
	}
	if (data != NULL)
		(void)fclose(data);
	if (drawing != NULL)
		(void)fclose(drawing);
	return code;
}

static int make(const struct plot_options *options, char **paths, size_t count)
{
	struct report *const report = calloc(1, sizeof(*report));
	struct lfb_error error = { "" };
	int code;

	if (report == NULL)
		return render_error("plot", "out of memory");
	if (report_read(report, paths, count, &options->where, &error) != 0)
		code = render_error("plot", error.text);
	else if (report->summary.rows == 0 && (report->verdicts_count == 0 || strcmp(options->chart, "compare") != 0))
		code = render_error("plot", report->passed_over > 0 ? "no row meets --where" : "there are no rows: the run had not finished a trial");
	else
		code = plot(options, report);
	report_free(report);
	free(report);
	return code;
}

int cmd_plot(int argc, char **argv)
{
	struct plot_options options = { .theme = "light", .choice = "", .out = "-", .width = 900 };
	int code = parse(argc, argv, &options);

	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the file */
	if (code == 0 && options.help)
		print_help();
	else if (code == 0)
		code = make(&options, argv + optind, (size_t)(argc - optind));
	lfb_where_free(&options.where);
	return code;
}
