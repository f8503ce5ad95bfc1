/* cmd_report.c - `lfbench report`: results files as one HTML page. What is on it is in report*.c. */
#include "commands/commands.h"
#include "results/out_file.h"
#include "commands/show/render.h"
#include "commands/report/report.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct report_options {
	const char *out;
	struct lfb_where where;
	bool force, plain, help;
};

static const struct option longs[] = {
	{ "out", required_argument, NULL, 'o' },  { "force", no_argument, NULL, 'f' }, { "where", required_argument, NULL, 'w' },
	{ "no-charts", no_argument, NULL, 'n' }, { "help", no_argument, NULL, 'h' },  { NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf("lfbench report - results files as one HTML page\n\n"
		     "Usage: lfbench report [options] FILE.csv... [FILE.json...] -o report.html\n\n"
		     "The page says which queue to use for which shape, how sure that is, why it is so, and what\n"
		     "machine it was. It is one file, loads nothing from anywhere, and opens from disk. Its figures are\n"
		     "those of lfbench show. Of several files each is compared with the first, cell by cell, the worst\n"
		     "first, and of three or more each cell is followed through all of them. FILE.json is what lfbench gate\n"
		     "--export json=FILE.json wrote: its verdicts. NAME.env.json and NAME.hist.csv beside NAME.csv are\n"
		     "read, too. Charts take the web front end, which is built where Node.js is (docs/report.md);\n"
		     "without it the page has the tables. - is standard input.\n\n"
		     "Options:\n"
		     "  -o, --out FILE  where to write, - is standard output (default: the first file's name with .html)\n"
		     "  --force         replace FILE\n"
		     "  --where LIST    only rows that meet all of these, as in lfbench show\n"
		     "  --no-charts     the tables only\n"
		     "  -h, --help      this text\n\n"
		     "Examples:\n"
		     "  lfbench report results/today.csv -o report.html\n"
		     "  lfbench report before.csv after.csv -o changes.html\n"
		     "  lfbench gate --base old.so --head new.so --export json=gate.json; lfbench report gate.json\n"
		     "  lfbench report --where 'workload=pairs,producers>=2' today.csv -o - | gzip >pairs.html.gz\n\n"
		     "Exit status: 0 written; 2 wrong usage, or a file that cannot be read or written.\n");
}

/* One option. Returns 0, or the exit status. */
static int take(struct report_options *options, int found, char **argv)
{
	struct lfb_error error = { "" };
	char text[256];
	int rc;

	switch (found) {
	case 'o':
		options->out = optarg;
		return 0;
	case 'f':
		options->force = true;
		return 0;
	case 'n':
		options->plain = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'w':
		rc = lfb_where_add(&options->where, optarg, &error);
		return rc == 0 ? 0 : render_error("report", rc == -ENOMEM ? "out of memory" : error.text);
	case ':':
		(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
		return render_error("report", text);
	default:
		return render_unknown_option("report", longs, argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct report_options *options)
{
	int found, code = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":ho:f", longs, NULL)) != -1)
		code = take(options, found, argv);
	if (code != 0 || options->help)
		return code;
	if (optind == argc)
		return render_error("report", "no file given. Name one, as in 'lfbench report results/today.csv -o report.html'");
	if ((size_t)(argc - optind) > REPORT_FILES_MAX)
		return render_error("report", "more than 64 files; join some with lfbench merge");
	return 0;
}

/* "today.html" of "results/today.csv", into `out`. */
static const char *default_out(const char *path, char out[PATH_MAX])
{
	const size_t length = strlen(path);
	const size_t suffix = report_is_verdicts(path) ? strlen(".json") : length > 4 && strcmp(path + length - 4, ".csv") == 0 ? strlen(".csv") : 0;

	if (strcmp(path, "-") == 0)
		return "-";
	(void)snprintf(out, PATH_MAX, "%.*s.html", (int)(length - suffix), path);
	return out;
}

static int fail(const char *name, int rc)
{
	char text[PATH_MAX + 256];

	if (rc == -ENOMEM)
		return render_error("report", "out of memory");
	(void)snprintf(text, sizeof(text), "%s: %s", name, lfb_out_error_text(-rc));
	return render_error("report", text);
}

/* Whether the page would replace a file that it is made of. */
static bool is_input(const char *name, char *const *paths, size_t count)
{
	struct stat out, in;

	if (stat(name, &out) != 0 || !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < count; i++)
		if (stat(paths[i], &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return true;
	return false;
}

static int write_page(struct report *report, const struct report_options *options, const char *name)
{
	struct report_bundle bundle = { .script = NULL };
	struct lfb_error error = { "" };
	struct lfb_out *out;
	int rc = lfb_out_open(name, options->force ? LFB_OUT_FORCE : 0, &out, &error);

	if (rc != 0)
		return render_error("report", error.text);
	if (!options->plain)
		report_bundle_find(&bundle);
	rc = report_write(report, &bundle, lfb_out_stream(out));
	if (rc == 0)
		rc = lfb_out_commit(out);
	else
		lfb_out_abandon(out);
	if (rc == 0 && !options->plain && bundle.script == NULL) {
		(void)fputs("lfbench report: the charts are missing, the tables are whole: ", stderr);
		render_safe(stderr, bundle.missing);
		(void)fputc('\n', stderr);
	}
	report_bundle_free(&bundle);
	return rc == 0 ? 0 : fail(name, rc);
}

static int make(const struct report_options *options, char **paths, size_t count)
{
	struct report *const report = calloc(1, sizeof(*report));
	struct lfb_error error = { "" };
	char room[PATH_MAX];
	const char *const name = options->out != NULL ? options->out : default_out(paths[0], room);
	int code = 0;

	if (report == NULL)
		return render_error("report", "out of memory");
	if (is_input(name, paths, count))
		code = render_error("report", "the page would replace a file that it is made of; name another one with -o");
	else if (report_read(report, paths, count, &options->where, &error) != 0)
		code = render_error("report", error.text);
	else if (report->summary.rows == 0 && report->verdicts_count == 0)
		code = render_error("report", report->passed_over > 0 ? "no row meets --where" : "there are no rows to report: the run had not finished a trial");
	else
		code = write_page(report, options, name);
	report_free(report);
	free(report);
	return code;
}

int cmd_report(int argc, char **argv)
{
	struct report_options options = { .out = NULL };
	int code = parse(argc, argv, &options);

	(void)signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of the file */
	if (code == 0 && options.help)
		print_help();
	else if (code == 0)
		code = make(&options, argv + optind, (size_t)(argc - optind));
	lfb_where_free(&options.where);
	return code;
}
