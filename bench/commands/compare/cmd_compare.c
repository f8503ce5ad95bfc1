/*
 * cmd_compare.c - `lfbench compare`: stored results, before and after; or all there are, in order of time.
 *
 * What is compared and how is in src/compare; here are the files and the exit status.
 */
#include "commands/commands.h"

#include "commands/compare/compare_export.h"
#include "commands/compare/compare_files.h"
#include "commands/compare/compare_history.h"
#include "commands/compare/compare_options.h"
#include "commands/compare/compare_print.h"
#include "commands/show/render.h"
#include "commands/signals.h"

#include <errno.h>
#include <string.h>

#define EXIT_REGRESSED 1
#define EXIT_USAGE 2
#define EXIT_UNLIKE 3
#define EXIT_FAILED 4

struct session {
	struct compare_options options;
	struct compare_paths paths;
	struct compare compare;
	struct compare_findings findings;
	struct compare_results results;
	struct lfb_medium medium;
	struct lfb_error error;
};

static void set_filters(const struct session *s, struct compare *compare)
{
	compare->backends = s->options.backends[0] != NULL ? s->options.backends : NULL;
	compare->workloads = s->options.workloads[0] != NULL ? s->options.workloads : NULL;
}

/* A failure of reading, as an exit status. */
static int failure(const struct session *s, int rc)
{
	if (rc == -EINTR && signals_caught != 0)
		return signals_exit_code();
	return render_error("compare", rc == -ENOMEM ? "out of memory" : s->error.text);
}

static size_t common_cells(const struct compare *compare)
{
	size_t common = 0;

	for (size_t i = 0; i < compare->cell_count; i++)
		common += compare->cells[i]->half[COMPARE_BASE].rows > 0 && compare->cells[i]->half[COMPARE_HEAD].rows > 0;
	return common;
}

static void leave_out(const char *path, const char *why)
{
	(void)fputs("lfbench compare: ", stderr);
	render_safe(stderr, path);
	(void)fputs(" is left out: ", stderr);
	render_safe(stderr, why);
	(void)fputc('\n', stderr);
}

/* The same for one that cannot be read, which the sentence names. */
static void leave_out_unread(const struct session *s)
{
	(void)fputs("lfbench compare: left out: ", stderr);
	render_safe(stderr, s->error.text);
	(void)fputc('\n', stderr);
}

static const char *first_refusal(const struct compare_findings *findings)
{
	size_t i = 0;

	while (!findings->items[i].refuses)
		i++;
	return findings->items[i].text;
}

/*
 * Whether a file of the baseline folder can be the base of that head by itself; else says why not. Returns 1, 0, or -errno.
 * *unlike is set where only the machine or the way it was built stands against it.
 */
static int try_candidate(struct session *s, const char *path, const char *head, bool *unlike)
{
	struct compare pair = { .backends = NULL };
	struct compare_findings findings = { .items = NULL };
	int rc;

	set_filters(s, &pair);
	rc = compare_read(&pair, COMPARE_BASE, path, &signals_caught, &s->error);
	if (rc != 0 && rc != -ENOMEM && rc != -EINTR) {
		leave_out_unread(s);
		compare_free(&pair);
		return 0;
	}
	if (rc == 0)
		rc = compare_read(&pair, COMPARE_HEAD, head, &signals_caught, &s->error);
	if (rc == 0)
		rc = compare_check(&pair, &findings);
	if (rc == 0 && compare_share_run(&pair.files[0], &pair.files[1])) {
		leave_out(path, "it holds a run of the head");
	} else if (rc == 0 && common_cells(&pair) == 0) {
		leave_out(path, "it has no cell in common with the head");
	} else if (rc == 0 && findings.refusing > 0 && !s->options.rule.force) {
		leave_out(path, first_refusal(&findings));
		*unlike = true;
	} else if (rc == 0) {
		rc = 1;
	}
	compare_findings_free(&findings);
	compare_free(&pair);
	return rc;
}

/* Read all comparable files of the folder as the base. Returns an exit status, or COMPARE_OPTIONS_RUN. */
static int read_baseline(struct session *s, const char *head)
{
	bool unlike = false;
	size_t taken = 0;
	int rc = compare_is_folder(s->options.baseline) ? compare_paths_add(&s->paths, s->options.baseline, &s->error)
							: lfb_fail(&s->error, -ENOTDIR, "%.200s is no folder; give two files, or --baseline DIR",
								   s->options.baseline);

	for (size_t i = 0; i < s->paths.count && rc == 0; i++) {
		rc = try_candidate(s, s->paths.path[i], head, &unlike);
		if (rc > 0) {
			taken++;
			rc = compare_read(&s->compare, COMPARE_BASE, s->paths.path[i], &signals_caught, &s->error);
		}
	}
	if (rc != 0)
		return failure(s, rc);
	if (taken > 0)
		return COMPARE_OPTIONS_RUN;
	(void)render_error("compare", "no file of the baseline folder can be compared with the head");
	return unlike ? EXIT_UNLIKE : EXIT_USAGE;
}

static int read_files(struct session *s)
{
	const char *const head = s->options.paths[s->options.path_count - 1];
	int code = COMPARE_OPTIONS_RUN, rc = 0;

	set_filters(s, &s->compare);
	if (s->options.baseline != NULL)
		code = read_baseline(s, head);
	else
		rc = compare_read(&s->compare, COMPARE_BASE, s->options.paths[0], &signals_caught, &s->error);
	if (code != COMPARE_OPTIONS_RUN)
		return code;
	if (rc == 0)
		rc = compare_read(&s->compare, COMPARE_HEAD, head, &signals_caught, &s->error);
	if (rc != 0)
		return failure(s, rc);
	if (common_cells(&s->compare) > 0)
		return COMPARE_OPTIONS_RUN;
	return render_error("compare", s->compare.cell_count == 0
					       ? "there are no rows to compare: the runs had not finished a trial, or --backend and --workload leave nothing"
					       : "base and head have no cell in common: same workload, backend, threads, capacity and so on; see lfbench show");
}

/* Whether the machines allow it. */
static int check(struct session *s)
{
	const struct lfb_medium plain = { .width = s->medium.width, .ascii = s->medium.ascii };
	const int rc = compare_check(&s->compare, &s->findings);

	if (rc != 0)
		return failure(s, rc);
	if (s->findings.refusing == 0 || s->options.rule.force)
		return COMPARE_OPTIONS_RUN;
	(void)fputs("lfbench compare: base and head are not comparable:\n", stderr);
	compare_print_findings(stderr, &s->findings, "", &plain);
	(void)fputs("Measure both on one machine, made the same way; lfbench gate does so in turns. --force compares all the same, and says so.\n", stderr);
	return EXIT_UNLIKE;
}

static int judge(struct session *s)
{
	const int rc = compare_judge(&s->compare, s->options.metrics, &s->options.rule, &s->results);

	if (rc != 0)
		return failure(s, rc);
	if (s->results.count > 0)
		return COMPARE_OPTIONS_RUN;
	return render_error("compare", "no common cell has figures of that metric: ns_per_op and ns_per_item are of the throughput pass, p50 to max of the "
				       "latency pass; choose with --metric");
}

static int write_exports(struct session *s)
{
	struct export_list list = { .results = NULL };
	int rc = compare_export_fill(&list, &s->compare, &s->results, &s->options.rule);

	if (rc == -ENOMEM)
		(void)lfb_fail(&s->error, rc, "out of memory");
	if (rc == 0)
		rc = export_write_targets(&list, s->options.exports, s->options.export_count, NULL, &s->error);
	if (rc == 0)
		rc = export_github(&list, stdout, &s->error);
	export_free(&list);
	return rc == 0 ? COMPARE_OPTIONS_RUN : render_error("compare", s->error.text);
}

/* `rc` of printing, as an exit status. */
static int printed(int rc)
{
	char text[128];

	if (rc == -ENOMEM)
		return render_error("compare", "out of memory");
	if (fflush(stdout) == 0 && rc >= 0)
		return COMPARE_OPTIONS_RUN;
	(void)snprintf(text, sizeof(text), "standard output cannot be written: %s", strerror(errno));
	return render_error("compare", text);
}

static int verdict(const struct session *s)
{
	const size_t *const tally = s->results.tally;

	if (tally[COMPARE_FAILED] > 0)
		return EXIT_FAILED;
	if (tally[COMPARE_REGRESSED] > 0)
		return EXIT_REGRESSED;
	if (tally[COMPARE_INCONCLUSIVE] == 0)
		return 0;
	(void)fprintf(stderr, "lfbench compare: warning: %zu figure%s INCONCLUSIVE%s.\n", tally[COMPARE_INCONCLUSIVE],
		      tally[COMPARE_INCONCLUSIVE] == 1 ? " is" : "s are", s->options.strict ? "" : "; --strict makes that an exit status of 3");
	return s->options.strict ? EXIT_UNLIKE : 0;
}

static int compare_two(struct session *s)
{
	int code = read_files(s);

	if (code == COMPARE_OPTIONS_RUN)
		code = check(s);
	if (code == COMPARE_OPTIONS_RUN)
		code = judge(s);
	if (code == COMPARE_OPTIONS_RUN)
		code = printed(compare_print(stdout, &s->compare, &s->findings, &s->results, &s->options.rule, &s->medium));
	if (code == COMPARE_OPTIONS_RUN)
		code = write_exports(s);
	return code == COMPARE_OPTIONS_RUN ? verdict(s) : code;
}

/* A file that a folder has, and that is no results file, is left out; one that was named is an error. */
static int read_found(struct session *s, const char *path)
{
	struct compare trial = { .backends = NULL };
	int rc = compare_read(&trial, COMPARE_BASE, path, &signals_caught, &s->error);

	compare_free(&trial);
	if (rc == 0)
		return compare_read(&s->compare, COMPARE_BASE, path, &signals_caught, &s->error);
	if (rc == -ENOMEM || rc == -EINTR)
		return rc;
	leave_out_unread(s);
	return 0;
}

static int read_history(struct session *s)
{
	int rc = 0;

	for (int i = 0; i < s->options.path_count && rc == 0; i++) {
		const bool folder = compare_is_folder(s->options.paths[i]);
		size_t at = s->paths.count;

		rc = compare_paths_add(&s->paths, s->options.paths[i], &s->error);
		for (; at < s->paths.count && rc == 0; at++)
			rc = folder ? read_found(s, s->paths.path[at])
				    : compare_read(&s->compare, COMPARE_BASE, s->paths.path[at], &signals_caught, &s->error);
	}
	return rc;
}

static int show_history(struct session *s)
{
	int rc, tables, code;

	set_filters(s, &s->compare);
	rc = read_history(s);
	if (rc != 0)
		return failure(s, rc);
	tables = compare_history_print(stdout, &s->compare, s->options.metrics, &s->medium);
	code = printed(tables);
	if (code != COMPARE_OPTIONS_RUN)
		return code;
	return tables > 0 ? 0 : render_error("compare", "there is nothing to show: no row of these files has that metric, backend and workload");
}

int cmd_compare(int argc, char **argv)
{
	struct session s = { .error = { "" } };
	int code = compare_options_parse(&s.options, argc, argv);

	if (code == COMPARE_OPTIONS_RUN) {
		signals_catch();
		s.medium = render_medium(stdout, s.options.color, s.options.ascii);
		code = s.options.history ? show_history(&s) : compare_two(&s);
	}
	compare_results_free(&s.results);
	compare_findings_free(&s.findings);
	compare_free(&s.compare);
	compare_paths_free(&s.paths);
	compare_options_free(&s.options);
	return code;
}
