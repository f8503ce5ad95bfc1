/* docgen_csv.c - see docgen_csv.h. */
#include "docgen/docgen_csv.h"

#include "results/columns.h"
#include "results/csv_file.h"
#include "results/flags.h"
#include "version.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define SOURCE_COLUMNS 76u
#define PAGE_DATE "November 23, 2026"

/* What is said of a group before its columns. Groups come in the order of the columns. */
static const struct {
	const char *group;
	const char *text;
} groups[] = {
	{ "Identity", "Which trial this is." },
	{ "What ran", "The backend and how it was built. What it says of itself is declared, not proved." },
	{ "Shape", "How the queue was driven. Rows are comparable where these are alike; capacity_effective, alloc, "
		   "allocator and cpus may differ between backends at one setting." },
	{ "Verdict", "Whether the figures may be believed." },
	{ "Throughput", "Filled by the throughput pass, and only in rows whose status is ok." },
	{ "Latency", "Filled by the latency pass (--pass latency), whose loops read clocks: a row of it is no speed." },
	{ "Contention", "Sums over all threads of the trial; divide by ops. Filled by the contention pass (--pass contention), "
			"which runs the counting flavour of the backend; what costs the loops nothing is filled in every pass, and "
			"says so." },
	{ "Machine", "What the machine did around the trial." },
};

/* One word as mdoc source. At the start of a line a dot or an apostrophe would begin a request. */
static void put_word(FILE *out, const char *word, size_t bytes, bool line_start)
{
	if (line_start && (word[0] == '.' || word[0] == '\''))
		(void)fputs("\\&", out);
	for (size_t i = 0; i < bytes; i++) {
		if (word[i] == '\\')
			(void)fputs("\\e", out);
		else
			(void)putc(word[i], out);
	}
}

/* One paragraph of text as mdoc source: every sentence on a line of its own, lines not too long. */
static void put_text(FILE *out, const char *text)
{
	size_t column = 0;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		const size_t bytes = strcspn(text, " ");
		const char *const next = text + bytes + strspn(text + bytes, " ");
		const bool ends_sentence = strchr(".!?", text[bytes - 1]) != NULL && *next >= 'A' && *next <= 'Z';

		if (column > 0 && column + 1 + bytes > SOURCE_COLUMNS) {
			(void)putc('\n', out);
			column = 0;
		} else if (column > 0) {
			(void)putc(' ', out);
			column++;
		}
		put_word(out, text, bytes, column == 0);
		column += bytes;
		if (ends_sentence) {
			(void)putc('\n', out);
			column = 0;
		}
		text += bytes;
	}
	if (column > 0)
		(void)putc('\n', out);
}

static void put_group(FILE *out, const char *group)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(groups[i].group, group) == 0)
			put_text(out, groups[i].text);
}

static void put_columns(FILE *out)
{
	const char *group = "";

	(void)fputs(".Sh COLUMNS\n", out);
	for (int c = 0; c < LFB_COLUMN_COUNT; c++) {
		const struct lfb_column_info *const column = &lfb_columns[c];

		if (strcmp(group, column->group) != 0) {
			if (group[0] != '\0')
				(void)fputs(".El\n", out);
			group = column->group;
			(void)fprintf(out, ".Ss %s\n", group);
			put_group(out, group);
			(void)fputs(".Bl -tag -width Ds\n", out);
		}
		(void)fprintf(out, ".It Va %s", column->name);
		(void)fprintf(out, column->unit[0] != '\0' ? " Pq %s\n" : "%s\n", column->unit);
		put_text(out, column->meaning);
	}
	(void)fputs(".El\n", out);
}

static void put_words(FILE *out, const struct lfb_word *words)
{
	(void)fputs(".Bl -tag -width unsupported\n", out);
	for (; words->word != NULL; words++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%c%s.", toupper((unsigned char)words->meaning[0]),
			       words->meaning + 1);
		(void)fprintf(out, ".It Li %s\n", words->word);
		put_text(out, text);
		if (words->advice == NULL)
			continue;
		(void)snprintf(text, sizeof(text), "What to do: %s.", words->advice);
		put_text(out, text);
	}
	(void)fputs(".El\n", out);
}

static const char head_text[] = ".\\\" Made by docgen man-csv from the tables in the code; edit those.\n"
				".Dd " PAGE_DATE "\n"
				".Dt LFBENCH-CSV 5\n"
				".Os lfbench " LFB_VERSION "\n"
				".Sh NAME\n"
				".Nm lfbench-csv\n"
				".Nd results of lfbench, one row per trial\n"
				".Sh DESCRIPTION\n";

static const char *const paragraphs[] = {
	"A results file is comma-separated text as in RFC 4180, in UTF-8, with a header line, a full stop as "
	"decimal point whatever the locale, and lines that end in a line feed. A field that holds a comma, a "
	"double quote or a line break is quoted, and a quote in it doubled; so a row may run over several "
	"lines, and is to be read by a CSV parser.",
	"A row is one timed run, a trial. The trials of one process are a launch: they share where code and "
	"memory landed, so only the medians of launches may be taken as independent. A launch that came to no "
	"trial has one row, with trial 0, which says why.",
	"An empty field means that this was not measured or does not apply. It never stands for zero. Figures "
	"are empty in every row whose status is not ok: a queue that misbehaved has no speed.",
	"This is schema " LFB_SCHEMA ". New columns come with a new schema number, at the end. Readers should find "
	"columns by their names, take them in any order, and pass over those they do not know.",
};

/* Goes on from a reference to lfbench(1). */
#define REFUSALS                                                                                                       \
	"does so, and also takes lines that end in CR LF and a byte order mark. It refuses, by file and line, "        \
	"another schema, a column that is there twice, a row that is too short or too long, misplaced quotes, "        \
	"NUL bytes, fields beyond %zu KiB and rows beyond %zu KiB."

static void put_opening(FILE *out)
{
	char text[512];

	(void)fputs(head_text, out);
	for (size_t i = 0; i < sizeof(paragraphs) / sizeof(paragraphs[0]); i++) {
		(void)fputs(i > 0 ? ".Pp\n" : "", out);
		put_text(out, paragraphs[i]);
	}
	(void)snprintf(text, sizeof(text), REFUSALS, LFB_CSV_FIELD_BYTES >> 10, LFB_CSV_ROW_BYTES >> 10);
	(void)fputs(".Xr lfbench 1\n", out);
	put_text(out, text);
}

static const char files_text[] = ".Sh FILES\n"
				 ".Bl -tag -width Ds\n"
				 ".It Pa NAME.csv\n"
				 "The rows.\n"
				 ".It Pa NAME.detail.csv\n"
				 "Figures of single threads, and of one workload only, in long form:\n"
				 ".Li run_id,cell_id,launch,trial,thread,metric,unit,value .\n"
				 "The thread is a role and a number, as in\n"
				 ".Li producer0 ,\n"
				 "or empty for the whole trial.\n"
				 "Nothing in this file is ever quoted.\n"
				 "Of each probed pair of CPUs\n"
				 ".Pq Li cpu0-cpu1\n"
				 "it has round_trip_min and round_trip_median, of each CPU the gaps of a loop that reads the clock for\n"
				 "a millisecond after the trial: how many per second, the largest, their share of the time.\n"
				 ".It Pa NAME.hist.csv\n"
				 "The latency histograms, a line per bucket:\n"
				 ".Li run_id,cell_id,launch,trial,role,value_ns,count .\n"
				 "The role is\n"
				 ".Li service\n"
				 "(from the real send) or\n"
				 ".Li response\n"
				 "(from when the item was due, open loop only); value_ns is the highest value of the bucket.\n"
				 "With\n"
				 ".Ql --histograms brief\n"
				 "neighbouring buckets are one, up to 1.6 % wide, and the file a tenth as long.\n"
				 ".Ql lfbench latency NAME.csv\n"
				 "reads it.\n"
				 ".It Pa NAME.env.json\n"
				 "The machine, the build and the arguments of the run.\n"
				 ".It Pa NAME.csv.partial , NAME.detail.csv.partial , NAME.hist.csv.partial\n"
				 "The same while the run lasts.\n"
				 "They are flushed after each launch and, at the end, synced to disk and renamed:\n"
				 "whoever looks at\n"
				 ".Pa NAME.csv\n"
				 "sees the file of an earlier run or the finished one, never a part.\n"
				 "A run that is killed leaves the partial file, which may end within a row;\n"
				 ".Ql lfbench run --resume NAME.csv\n"
				 "drops that row and any launch that is not whole, and goes on from there.\n"
				 ".Ql lfbench show NAME.csv.partial\n"
				 "shows what there is.\n"
				 ".El\n";

static const char examples_text[] =
	".Sh EXAMPLES\n"
	"Tables for people:\n"
	".Dl lfbench show today.csv\n"
	".Pp\n"
	"With\n"
	".Xr awk 1 ,\n"
	"as long as no field before the ones wanted is quoted: find columns by name,\n"
	"take rows that are ok.\n"
	".Bd -literal -offset indent\n"
	"awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }\n"
	"         $at[\"status\"] == \"ok\" { print $at[\"backend\"], $at[\"ns_per_op\"] }' today.csv\n"
	".Ed\n"
	".Pp\n"
	"With pandas: the median over launches of each launch's median.\n"
	".Bd -literal -offset indent\n"
	"import pandas\n"
	"rows = pandas.read_csv(\"today.csv\")\n"
	"rows = rows[rows.status == \"ok\"]\n"
	"cell = [\"workload\", \"producers\", \"consumers\", \"backend\", \"alloc\"]\n"
	"launches = rows.groupby(cell + [\"run_id\", \"launch\"]).ns_per_op.median()\n"
	"print(launches.groupby(cell).median())\n"
	".Ed\n"
	".Sh SEE ALSO\n"
	".Xr lfbench 1\n"
	".Rs\n"
	".%A Y. Shafranovich\n"
	".%T Common Format and MIME Type for Comma-Separated Values (CSV) Files\n"
	".%R RFC 4180\n"
	".%D October 2005\n"
	".Re\n";

void docgen_man_csv(FILE *out)
{
	put_opening(out);
	put_columns(out);
	(void)fputs(".Sh STATUS\n", out);
	put_words(out, lfb_status_words);
	(void)fputs(".Sh FLAGS\nA flag marks a row whose figures are sound but may not mean what they seem to.\n", out);
	put_words(out, lfb_flag_words);
	(void)fputs(files_text, out);
	(void)fputs(examples_text, out);
}
