/* cmd_show.c - `lfbench show`: a results file as tables. */
#include "commands.h"
#include "names.h"
#include "render.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

struct show_options {
	enum lfb_when color;
	bool ascii;
	bool help;
};

static const struct option longs[] = {
	{ "color", required_argument, NULL, 'c' },
	{ "ascii", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
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
		"as slow as they are; then what the flags mean. No launch is left out: outlying ones, first\n"
		"trials unlike the later ones and changes of the machine are pointed out. Several files\n"
		"are shown as one. - is standard input. The unfinished last row of a FILE.partial is left out.\n\n"
		"Options:\n"
		"  --color WHEN  auto, always or never; auto: on a terminal, unless NO_COLOR is set (default auto)\n"
		"  --ascii       no characters beyond ASCII\n"
		"  -h, --help    this text\n\n"
		"Examples:\n"
		"  lfbench show results/today.csv\n"
		"  lfbench show monday.csv tuesday.csv\n"
		"  COLUMNS=120 lfbench show --color always today.csv | less -R\n"
		"  build/bench/pairs --backend mutex_ring --csv - | lfbench show -\n\n"
		"Exit status: 0 shown, even if no row is ok; 2 wrong usage, or a file that cannot be read.\n"
		"lfbench-csv(5) describes the columns.\n");
}

/* Returns 0, or the exit status. */
static int parse(int argc, char **argv, struct show_options *options)
{
	char text[256];
	int found, when;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		switch (found) {
		case 'c':
			when = lfb_name_find(lfb_when_names, optarg);
			if (when < 0) {
				(void)snprintf(text, sizeof(text),
					       "--color '%.100s' is not known; known: auto, always, never", optarg);
				return render_error("show", text);
			}
			options->color = (enum lfb_when)when;
			break;
		case 'a':
			options->ascii = true;
			break;
		case 'h':
			options->help = true;
			break;
		case ':':
			(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
			return render_error("show", text);
		default:
			return render_unknown_option("show", longs, argv[optind - 1]);
		}
	}
	return 0;
}

static int add_row(const struct lfb_row *row, void *context)
{
	return lfb_summary_add((struct lfb_summary *)context, row);
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

static int add_file(struct lfb_summary *summary, const char *path)
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
	status = lfb_csv_read(in, &limits, add_row, summary, &error);
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

static int show(struct lfb_summary *summary, const struct show_options *options)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, options->ascii);
	int rc;

	if (summary->rows == 0)
		return render_error("show", "there are no rows to show: the run had not finished a trial");
	rc = lfb_summary_finish(summary);
	if (rc == 0)
		rc = render_summary(stdout, summary, &medium);
	if (rc == -ENOMEM)
		return render_error("show", "out of memory");
	if (fflush(stdout) != 0 || rc != 0) {
		char text[128];

		(void)snprintf(text, sizeof(text), "standard output cannot be written: %s", strerror(errno));
		return render_error("show", text);
	}
	return 0;
}

int cmd_show(int argc, char **argv)
{
	struct show_options options = { .color = LFB_WHEN_AUTO };
	struct lfb_summary summary = { .rows = 0 };
	int code = parse(argc, argv, &options);

	if (code != 0)
		return code;
	if (options.help) {
		print_help();
		return 0;
	}
	if (optind == argc)
		return render_error(
			"show",
			"no file given. Name one, as in 'lfbench show results/today.csv', or - for standard input");
	for (int i = optind; i < argc && code == 0; i++)
		code = add_file(&summary, argv[i]);
	if (code == 0)
		code = show(&summary, &options);
	lfb_summary_free(&summary);
	return code;
}
