/*
 * gate_options.c - see gate_options.h. What shapes a cell is parsed by the table of lfbench run (options.h), so it means the same; the gate's
 * own options are here.
 */
#include "commands/gate/gate_options.h"

#include "plan/names.h"
#include "text/numbers.h"
#include "plugin/paths.h"
#include "commands/show/render.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET_PRESET_NS UINT64_C(300000000000)
#define BUDGET_SELF_CHECK_NS UINT64_C(120000000000)
#define BUDGET_MAX_NS (UINT64_C(86400) * 1000000000)

enum option_code {
	OPTION_BASE = 256,
	OPTION_HEAD,
	OPTION_BACKEND,
	OPTION_SHAPE, /* of lfbench run */
	OPTION_METRIC,
	OPTION_MIN_EFFECT,
	OPTION_FAIL_EFFECT,
	OPTION_ALPHA,
	OPTION_BUDGET,
	OPTION_SEED,
	OPTION_COLLECT,
	OPTION_STRICT,
	OPTION_ALLOW_UNLIKE,
	OPTION_SELF_CHECK,
	OPTION_PROGRAM_BASE,
	OPTION_PROGRAM_HEAD,
	OPTION_EXPORT,
	OPTION_FORCE,
	OPTION_COLOR,
	OPTION_PROGRESS,
	OPTION_ASCII,
};

static const struct option longs[] = {
	{ "base", required_argument, NULL, OPTION_BASE },
	{ "head", required_argument, NULL, OPTION_HEAD },
	{ "backend", required_argument, NULL, OPTION_BACKEND },
	{ "workload", required_argument, NULL, OPTION_SHAPE },
	{ "producers", required_argument, NULL, OPTION_SHAPE },
	{ "consumers", required_argument, NULL, OPTION_SHAPE },
	{ "threads", required_argument, NULL, OPTION_SHAPE },
	{ "capacity", required_argument, NULL, OPTION_SHAPE },
	{ "batch", required_argument, NULL, OPTION_SHAPE },
	{ "wait", required_argument, NULL, OPTION_SHAPE },
	{ "alloc", required_argument, NULL, OPTION_SHAPE },
	{ "pin", required_argument, NULL, OPTION_SHAPE },
	{ "metric", required_argument, NULL, OPTION_METRIC },
	{ "min-effect", required_argument, NULL, OPTION_MIN_EFFECT },
	{ "fail-effect", required_argument, NULL, OPTION_FAIL_EFFECT },
	{ "alpha", required_argument, NULL, OPTION_ALPHA },
	{ "budget", required_argument, NULL, OPTION_BUDGET },
	{ "collect", required_argument, NULL, OPTION_COLLECT },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "allow-unlike", no_argument, NULL, OPTION_ALLOW_UNLIKE },
	{ "self-check", no_argument, NULL, OPTION_SELF_CHECK },
	{ "program-base", required_argument, NULL, OPTION_PROGRAM_BASE },
	{ "program-head", required_argument, NULL, OPTION_PROGRAM_HEAD },
	{ "export", required_argument, NULL, OPTION_EXPORT },
	{ "out", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "progress", required_argument, NULL, OPTION_PROGRESS },
	{ "ascii", no_argument, NULL, OPTION_ASCII },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	(void)printf(
		"lfbench gate - say whether one build of a queue is slower than another\n\n"
		"Usage: lfbench gate --base OLD.so|DIR --head NEW.so|DIR [options]\n"
		"       lfbench gate --program-base COMMAND --program-head COMMAND [options]\n"
		"       lfbench gate --self-check\n\n"
		"Both builds are loaded into one process and take turns of about a millisecond on the same threads and the\n"
		"same memory, so what the machine does meets both. Verdicts: REGRESSED, IMPROVED, PASS (shown not to be\n"
		"slower by --fail-effect), INCONCLUSIVE (neither could be shown). Folders: all backends that both have.\n\n"
		"What is compared:\n"
		"  --base PATH          shared object, or folder of NAME.so, before the change\n"
		"  --head PATH          the same after it\n"
		"  --backend LIST       of folders: these backends only\n"
		"  --workload LIST      producer_consumer, pairs, ping_pong (default producer_consumer, one thread per side)\n"
		"  --producers, --consumers, --threads, --capacity, --batch, --wait, --alloc, --pin\n"
		"                       as in lfbench run; lists make several cells\n"
		"  --metric LIST        throughput, p50, p99 (default throughput)\n"
		"  --allow-unlike       compare builds of different compilers or loops_rev, and say so\n"
		"  --program-base CMD   whole programs instead: run as processes, ABBA; resolves much less\n"
		"  --program-head CMD\n"
		"  --self-check         compare this installation with itself: what effect can this machine resolve?\n\n"
		"How it is judged:\n"
		"  --min-effect PERCENT   REGRESSED means slower by more than this (default 0.5%%)\n"
		"  --fail-effect PERCENT  PASS means slower by less than this (default 5%%)\n"
		"  --alpha P              chance of a false REGRESSED in a whole run (default 0.05)\n"
		"  --budget TIME          at most about this long (default 5m; 2m with --self-check)\n"
		"  --seed N               of the order of everything (default: a new one, which is printed)\n"
		"  --strict               an INCONCLUSIVE verdict is exit status 3\n\n"
		"Output:\n"
		"  --collect N            no verdict: N replicates of each cell into --out, for statistics of your own\n"
		"  -o, --out FILE         the launches as CSV, - is standard output\n"
		"  --force                replace FILE\n"
		"  --export FORMAT[=FILE] github-action-benchmark, bmf, benchfmt, google-benchmark, hyperfine, junit,\n"
		"                         markdown or json; repeatable; without FILE to standard output\n"
		"  --progress WHEN, --color WHEN   auto, always or never (default auto)\n"
		"  --ascii                no characters beyond ASCII\n"
		"  -h, --help             this text\n\n"
		"Examples:\n"
		"  lfbench gate --base old/my_queue.so --head new/my_queue.so\n"
		"  lfbench gate --base build-main/backends --head build/backends --backend ck_ring_mpmc,mutex_ring --threads 2 --workload pairs\n"
		"  lfbench gate --base old.so --head new.so --metric throughput,p99 --budget 1m --export junit=gate.xml\n"
		"  lfbench gate --program-base './old --items 1e6' --program-head './new --items 1e6'\n"
		"  lfbench gate --self-check\n\n"
		"Exit status: 0 done (an INCONCLUSIVE verdict too, with a warning); 1 a regression was shown; 2 wrong usage, unusable files, nothing to compare;\n"
		"3 not comparable, or INCONCLUSIVE under --strict; 4 a build failed verification, crashed or hung; 128+N interrupted by signal N.\n");
}

static int usage(const char *option, const char *text)
{
	char line[640];

	(void)snprintf(line, sizeof(line), "--%s: %.560s", option, text);
	return render_error("gate", line);
}

/* "0.5%" as the logarithm of the ratio. */
static bool parse_percent(const char *value, double *out)
{
	char *end;
	const double percent = strtod(value, &end);

	if (end == value || strcmp(end, "%") != 0 || value[0] == ' ' || !(percent >= 0 && percent <= 1000))
		return false;
	*out = log1p(percent / 100);
	return true;
}

static bool parse_metrics(const char *value, struct gate_metrics *metrics, struct lfb_error *error)
{
	struct lfb_list list;

	if (lfb_parse_name_list(value, gate_metric_names, &list, error) != 0)
		return false;
	memset(metrics, 0, sizeof(*metrics));
	for (size_t i = 0; i < list.count; i++)
		metrics->wanted[list.values[i]] = true;
	return true;
}

static bool parse_when(const char *value, enum lfb_when *when, struct lfb_error *error)
{
	const int found = lfb_name_find(lfb_when_names, value);

	if (found < 0)
		(void)lfb_fail(error, 0, "'%s' is not one of auto, always, never", value);
	else
		*when = (enum lfb_when)found;
	return found >= 0;
}

/* The gate's rule and time. Returns false with a sentence. */
static bool take_rule(struct gate_options *o, int code, const char *value, struct lfb_error *error)
{
	switch (code) {
	case OPTION_MIN_EFFECT:
		(void)lfb_fail(error, 0, "'%s' is no percentage from 0%% to 1000%%, as 0.5%%", value);
		return parse_percent(value, &o->rule.min_effect);
	case OPTION_FAIL_EFFECT:
		(void)lfb_fail(error, 0, "'%s' is no percentage from 0%% to 1000%%, as 5%%", value);
		return parse_percent(value, &o->rule.fail_effect);
	case OPTION_ALPHA:
		(void)lfb_fail(error, 0, "'%s' is no probability above 0 and up to 0.5, as 0.05", value);
		return lfb_f64_parse(value, &o->rule.alpha) && o->rule.alpha > 0 && o->rule.alpha <= 0.5;
	case OPTION_BUDGET:
		if (lfb_parse_duration(value, &o->budget_ns, error) != 0)
			return false;
		(void)lfb_fail(error, 0, "'%s' is outside 1s to 24h", value);
		return o->budget_ns >= UINT64_C(1000000000) && o->budget_ns <= BUDGET_MAX_NS;
	case OPTION_COLLECT:
		if (lfb_parse_count(value, &o->collect, error) != 0)
			return false;
		(void)lfb_fail(error, 0, "'%s' is outside 1 to 100000", value);
		return o->collect >= 1 && o->collect <= 100000;
	default:
		o->seed_given = true;
		return lfb_parse_count(value, &o->seed, error) == 0;
	}
}

static bool take_flag(struct gate_options *o, int code)
{
	switch (code) {
	case OPTION_STRICT:
		return o->strict = true;
	case OPTION_ALLOW_UNLIKE:
		return o->allow_unlike = true;
	case OPTION_SELF_CHECK:
		return o->self_check = true;
	case OPTION_FORCE:
		return o->force = true;
	case OPTION_ASCII:
		return o->ascii = true;
	default:
		return false;
	}
}

static bool take_text(struct gate_options *o, int code, const char *value, struct lfb_error *error)
{
	switch (code) {
	case OPTION_BASE:
	case OPTION_HEAD:
		o->sides.path[code == OPTION_HEAD] = value;
		return value[0] != '\0' || lfb_fail(error, 0, "names no file or folder") != 0;
	case OPTION_PROGRAM_BASE:
	case OPTION_PROGRAM_HEAD:
		o->program.command[code == OPTION_PROGRAM_HEAD] = value;
		return value[0] != '\0' || lfb_fail(error, 0, "names no command") != 0;
	case OPTION_BACKEND:
		o->sides.names = value;
		return value[0] != '\0' || lfb_fail(error, 0, "names no backend") != 0;
	case 'o':
		o->out = value;
		return true;
	case OPTION_METRIC:
		return parse_metrics(value, &o->metrics, error);
	case OPTION_COLOR:
		return parse_when(value, &o->color, error);
	case OPTION_PROGRESS:
		return parse_when(value, &o->progress, error);
	case OPTION_EXPORT:
		if (o->export_count == EXPORT_TARGETS_MAX)
			return lfb_fail(error, 0, "given more than %u times", EXPORT_TARGETS_MAX) != 0;
		return export_parse_target(value, &o->exports[o->export_count++], error) == 0;
	default:
		return take_rule(o, code, value, error);
	}
}

#define SHAPE_WORDS_MAX ((int)(sizeof(((struct gate_options *)0)->shape_words) / sizeof(char *)))

/* What lfbench run would be given, for its parser. */
static bool add_shape_word(struct gate_options *o, const char *name, const char *value)
{
	const size_t bytes = strlen(name) + strlen(value) + sizeof("--=");
	char *const word = o->shape_word_count < SHAPE_WORDS_MAX ? malloc(bytes) : NULL;

	if (word == NULL)
		return false;
	(void)snprintf(word, bytes, "--%s=%s", name, value);
	o->shape_words[o->shape_word_count++] = word;
	return true;
}

/* Returns GATE_OPTIONS_RUN or an exit status. */
static int parse_words(struct gate_options *o, int argc, char **argv)
{
	int found, index = 0;

	optind = 0; /* GNU: start anew */
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":ho:", longs, &index)) != -1) {
		struct lfb_error error = { "" };

		if (found == 'h') {
			print_help();
			return 0;
		}
		if (found == '?')
			return render_unknown_option("gate", longs, argv[optind - 1]);
		if (found == ':')
			return render_error("gate", "an option lacks its value; see lfbench gate --help");
		if (found == OPTION_SHAPE) {
			if (!add_shape_word(o, longs[index].name, optarg))
				return render_error("gate", "too many options");
		} else if (!take_flag(o, found) && !take_text(o, found, optarg, &error)) {
			return usage(found == 'o' ? "out" : longs[index].name, error.text);
		}
	}
	if (optind < argc)
		return render_error("gate", "takes options only: name the two builds with --base and --head");
	return GATE_OPTIONS_RUN;
}

static int check(struct gate_options *o)
{
	const bool objects = o->sides.path[GATE_BASE] != NULL || o->sides.path[GATE_HEAD] != NULL;
	const bool programs = o->program.command[GATE_BASE] != NULL || o->program.command[GATE_HEAD] != NULL;

	if (objects + programs + o->self_check > 1)
		return render_error("gate", "give --base and --head, or --program-base and --program-head, or --self-check: one of the three");
	if (objects && (o->sides.path[GATE_BASE] == NULL || o->sides.path[GATE_HEAD] == NULL))
		return render_error("gate", "give both --base and --head");
	if (programs && (o->program.command[GATE_BASE] == NULL || o->program.command[GATE_HEAD] == NULL))
		return render_error("gate", "give both --program-base and --program-head");
	if (!objects && !programs && !o->self_check)
		return render_error("gate", "nothing to compare: give --base OLD.so and --head NEW.so; see lfbench gate --help");
	if (o->collect > 0 && o->out == NULL)
		return render_error("gate", "--collect needs a file for what it collects: --out FILE.csv");
	if (o->collect > 0 && programs)
		return render_error("gate", "--collect is for shared objects");
	if (o->rule.min_effect >= o->rule.fail_effect)
		return render_error("gate", "--min-effect must be less than --fail-effect");
	return GATE_OPTIONS_RUN;
}

/* Of each kind of queue one, as far as they are installed: a ring for two threads, one for many, a lock, nodes. */
static const char *self_check_names(const struct lfb_paths *paths, char *out, size_t out_bytes)
{
	static const char *const names[] = { "ck_ring_spsc", "ck_ring_mpmc", "mutex_ring", "vyukov_mpmc", "urcu_wfcq" };
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[PATH_MAX];

		if (lfb_backend_path(paths, names[i], false, path, NULL) == 0)
			used += (size_t)snprintf(out + used, out_bytes - used, "%s%s", used > 0 ? "," : "", names[i]);
	}
	return out;
}

/* This installation against itself. */
static int set_up_self_check(struct gate_options *o, bool budget_given)
{
	struct lfb_paths paths;
	struct lfb_error error;

	if (lfb_paths_find(&paths, &error) != 0)
		return render_error("gate", error.text);
	(void)snprintf(o->self, sizeof(o->self), "%s", paths.backends);
	o->sides.path[GATE_BASE] = o->sides.path[GATE_HEAD] = o->self;
	if (o->sides.names == NULL)
		o->sides.names = self_check_names(&paths, o->self_names, sizeof(o->self_names));
	if (!budget_given)
		o->budget_ns = BUDGET_SELF_CHECK_NS;
	return GATE_OPTIONS_RUN;
}

int gate_options_parse(struct gate_options *o, int argc, char **argv)
{
	struct lfb_error error = { "" };
	int code;

	memset(o, 0, sizeof(*o));
	o->rule = gate_rule_preset;
	o->metrics.wanted[GATE_THROUGHPUT] = true;
	code = add_shape_word(o, "gate", "") ? parse_words(o, argc, argv) : render_error("gate", "out of memory");
	if (code == GATE_OPTIONS_RUN)
		code = check(o);
	if (code == GATE_OPTIONS_RUN && lfb_options_parse(&o->shapes, LFB_SCOPE_RUN, o->shape_word_count, o->shape_words, &error) != 0)
		code = render_error("gate", error.text);
	if (code == GATE_OPTIONS_RUN && o->self_check)
		code = set_up_self_check(o, o->budget_ns != 0);
	if (code == GATE_OPTIONS_RUN && export_check_targets(o->exports, o->export_count, (const char *const[]){ o->out, NULL }, &error) != 0)
		code = render_error("gate", error.text);
	if (o->budget_ns == 0)
		o->budget_ns = BUDGET_PRESET_NS;
	if (code == GATE_OPTIONS_RUN)
		o->sides.pool = o->shapes.allocs.values[0] == 1;
	return code;
}

void gate_options_free(struct gate_options *o)
{
	lfb_options_free(&o->shapes);
	for (int i = 0; i < o->shape_word_count; i++)
		free(o->shape_words[i]);
}
