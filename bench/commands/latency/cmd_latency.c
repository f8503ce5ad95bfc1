/* cmd_latency.c - `lfbench latency`: the histograms of a run as percentiles, and as files for a plotter. */
#include "commands/commands.h"
#include "commands/latency/latency_print.h"
#include "plan/names.h"
#include "commands/show/render.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct latency_options {
	struct latency_choice choice;
	const char *hgrm; /* folder; NULL: none */
	enum lfb_when color;
	bool force, ascii, help;
};

static const struct option longs[] = {
	{ "cell", required_argument, NULL, 'i' },  { "role", required_argument, NULL, 'r' },
	{ "hgrm", required_argument, NULL, 'g' },  { "force", no_argument, NULL, 'f' },
	{ "color", required_argument, NULL, 'c' }, { "ascii", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },	   { NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf(
		"lfbench latency - print the latency histograms of a run\n\n"
		"Usage: lfbench latency [options] FILE.csv | FILE.hist.csv\n\n"
		"For each cell and role the number of samples, mean, percentiles and maximum, over all its\n"
		"launches and trials together: the rows of FILE.csv have them for each trial, and percentiles\n"
		"cannot be averaged. Histograms are in FILE.hist.csv, which the latency pass writes; the names of\n"
		"the cells, and which trials count, are in FILE.csv. Without that, cells go by their ids.\n\n"
		"Options:\n"
		"  --cell ID     only cells whose id (cell_id of FILE.csv) begins with this\n"
		"  --role ROLE   only this role: service (from when an item was sent) or response (from when it\n"
		"                was due; open loop only)\n"
		"  --hgrm DIR    also write each histogram into this folder, as HdrHistogram's .hgrm files, values\n"
		"                in nanoseconds, for its plotter: hdrhistogram.github.io/HdrHistogram/plotFiles.html\n"
		"  --force       replace .hgrm files that are there\n"
		"  --color WHEN  auto, always or never; auto: on a terminal, unless NO_COLOR is set (default auto)\n"
		"  --ascii       no characters beyond ASCII\n"
		"  -h, --help    this text\n\n"
		"Examples:\n"
		"  lfbench run --pass latency --load 25,50,75,90 -o today.csv\n"
		"  lfbench latency today.csv\n"
		"  lfbench latency --role response --hgrm plots today.csv\n"
		"  COLUMNS=120 lfbench latency today.csv                  with the cells' ids\n"
		"  lfbench latency --cell 8c21 today.hist.csv\n\n"
		"Exit status: 0 shown; 2 wrong usage, a file that cannot be read or written, or nothing to show.\n");
}

/* One option. Returns 0, or the exit status. */
static int take(struct latency_options *options, int found, char **argv)
{
	char text[256];
	int when;

	switch (found) {
	case 'i':
		options->choice.cell = optarg;
		return 0;
	case 'r':
		options->choice.role = optarg;
		return 0;
	case 'g':
		options->hgrm = optarg;
		return 0;
	case 'f':
		options->force = true;
		return 0;
	case 'a':
		options->ascii = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	case 'c':
		when = lfb_name_find(lfb_when_names, optarg);
		options->color = when < 0 ? LFB_WHEN_AUTO : (enum lfb_when)when;
		if (when >= 0)
			return 0;
		(void)snprintf(text, sizeof(text), "--color '%.100s' is not known; known: auto, always, never", optarg);
		return render_error("latency", text);
	case ':':
		(void)snprintf(text, sizeof(text), "option '%.100s' needs a value", argv[optind - 1]);
		return render_error("latency", text);
	default:
		return render_unknown_option("latency", longs, argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct latency_options *options)
{
	int found, code = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while (code == 0 && (found = getopt_long(argc, argv, ":h", longs, NULL)) != -1)
		code = take(options, found, argv);
	if (code != 0 || options->help)
		return code;
	if (optind + 1 != argc)
		return render_error("latency", optind == argc
						       ? "no file given. Name one, as in 'lfbench latency today.csv'"
						       : "one file at a time");
	if (options->hgrm == NULL && options->force)
		return render_error("latency", "--force is about the files of --hgrm, which is not given");
	return 0;
}

/* The two files of a run, by either name, finished or .partial. */
struct files {
	char csv[PATH_MAX], hist[PATH_MAX];
	bool partial;
	bool hist_given;
};

/* Whether `text`, `length` long, ends in `suffix`; then *length is what comes before. */
static bool strip(const char *text, size_t *length, const char *suffix)
{
	const size_t bytes = strlen(suffix);

	if (*length <= bytes || memcmp(text + *length - bytes, suffix, bytes) != 0)
		return false;
	*length -= bytes;
	return true;
}

static int name_files(const char *path, struct files *files)
{
	size_t length = strlen(path);
	const char *end;

	if (length + sizeof(".hist.csv.partial") > PATH_MAX)
		return render_error("latency", "the file name is too long");
	files->partial = strip(path, &length, ".partial");
	end = files->partial ? ".partial" : "";
	files->hist_given = strip(path, &length, ".hist.csv");
	if (!files->hist_given)
		(void)strip(path, &length, ".csv");
	if (files->hist_given)
		(void)snprintf(files->csv, PATH_MAX, "%.*s.csv%s", (int)length, path, end);
	else
		(void)snprintf(files->csv, PATH_MAX, "%s", path);
	(void)snprintf(files->hist, PATH_MAX, "%.*s.hist.csv%s", (int)length, path, end);
	return 0;
}

/* A file that cannot be shown: name it, the line and the reason. */
static int refuse(const char *path, int status, const struct lfb_csv_error *error)
{
	char where[64] = "", text[PATH_MAX + 512];
	const char *why = error->text;

	if (error->line > 0)
		(void)snprintf(where, sizeof(where), ", line %" PRIu64, error->line);
	if (status == -E2BIG)
		why = "more cells than can be shown; choose some with --cell";
	else if (status == -ENOMEM)
		why = "out of memory";
	(void)snprintf(text, sizeof(text), "%.4000s%s: %s", path, where, why);
	return render_error("latency", text);
}

/* The rows. Only where the histograms were asked for by their own name may they be missing. */
static int read_rows(const struct files *files, struct latency_rows *rows)
{
	struct lfb_csv_error error;
	int status;

	if (files->hist_given && access(files->csv, F_OK) != 0) {
		(void)fputs("lfbench latency: ", stderr);
		render_safe(stderr, files->csv);
		(void)fputs(" is not there: cells go by their ids, and every trial counts\n", stderr);
		return 0;
	}
	status = latency_rows_read(rows, files->csv, files->partial, &error);
	return status == 0 ? 0 : refuse(files->csv, status, &error);
}

static int read_histograms(const struct files *files, struct latency_cells *cells)
{
	struct lfb_csv_error error;
	int status;

	status = lfb_hist_read_file(files->hist, files->partial, latency_cells_add, cells, &error);
	if (status == -ENOENT)
		(void)snprintf(error.text, sizeof(error.text),
			       "no such file; runs with a latency pass write it (lfbench run --pass latency)");
	if (status != 0)
		return refuse(files->hist, status, &error);
	if (cells->count > 0)
		return latency_cells_finish(cells) == 0 ? 0 : render_error("latency", "out of memory");
	return render_error("latency",
			    cells->lines > 0
				    ? "none of the cells is of that id and role"
				    : "there are no histograms to show: no trial of a latency pass was finished");
}

static int write_files(const struct latency_options *options, const struct latency_cells *cells)
{
	struct lfb_error error;
	size_t written;

	if (options->hgrm == NULL)
		return 0;
	if (latency_write_hgrm(options->hgrm, options->force, cells, &written, &error) != 0)
		return render_error("latency", error.text);
	(void)fprintf(stderr, "lfbench latency: %zu file%s written to ", written, written == 1 ? "" : "s");
	render_safe(stderr, options->hgrm);
	(void)fputs("; plot them at https://hdrhistogram.github.io/HdrHistogram/plotFiles.html, in nanoseconds\n",
		    stderr);
	return 0;
}

static int show(const struct latency_options *options, const struct latency_cells *cells)
{
	const struct lfb_medium medium = render_medium(stdout, options->color, options->ascii);
	char text[128];
	const int rc = latency_print(stdout, cells, &medium);

	if (rc == -ENOMEM)
		return render_error("latency", "out of memory");
	if (fflush(stdout) == 0 && rc == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "standard output cannot be written: %s", strerror(errno));
	return render_error("latency", text);
}

int cmd_latency(int argc, char **argv)
{
	struct latency_options options = { .color = LFB_WHEN_AUTO };
	struct latency_rows rows = { .known = false };
	struct latency_cells cells = { .rows = &rows };
	struct files files;
	int code = parse(argc, argv, &options);

	if (code == 0 && options.help) {
		print_help();
		return 0;
	}
	cells.choice = options.choice;
	if (code == 0)
		code = name_files(argv[optind], &files);
	if (code == 0)
		code = read_rows(&files, &rows);
	if (code == 0)
		code = read_histograms(&files, &cells);
	if (code == 0)
		code = show(&options, &cells);
	if (code == 0)
		code = write_files(&options, &cells);
	latency_cells_free(&cells);
	latency_rows_free(&rows);
	return code;
}
