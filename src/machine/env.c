/* env.c - see env.h: walking the tables of facts, and writing what was found as JSON. */
#include "machine/env.h"
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_verdict_names[LFB_VERDICTS + 1] = { "ok", "note", "warn", "unknown", NULL };
const char *const lfb_fitness_names[LFB_FITNESSES + 1] = { "any", "within_run", "none", NULL };
const char *const lfb_fact_group_names[LFB_FACT_GROUPS + 1] = {
	"Machine", "Limits", "Clock and frequency", "Load and memory", "Kernel", "Counters", "Build", NULL,
};

static const struct lfb_env_kind *const tables[] = {
	lfb_env_machine_kinds, lfb_env_topology_kinds, lfb_env_limit_kinds,   lfb_env_speed_kinds,
	lfb_env_load_kinds,    lfb_env_kernel_kinds,   lfb_env_counter_kinds, lfb_env_build_kinds,
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* Every byte that is not printable ASCII becomes '?': terminal control, broken UTF-8, line ends. */
static void make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void lfb_fact_set(struct lfb_fact *fact, enum lfb_verdict verdict, const char *format, ...)
{
	va_list arguments;
	char *value;

	va_start(arguments, format);
	if (vasprintf(&value, format, arguments) < 0)
		value = NULL; /* out of memory: stays unknown */
	va_end(arguments);
	if (value == NULL)
		return;
	make_printable(value);
	free(fact->value);
	fact->value = value;
	fact->verdict = verdict;
}

/* What the fact leaves of the figures, by its verdict. */
static enum lfb_fitness fitness_of(const struct lfb_env_kind *kind, enum lfb_verdict verdict)
{
	if (verdict == LFB_VERDICT_WARN)
		return kind->warned;
	if (verdict == LFB_VERDICT_UNKNOWN && kind->warned != LFB_FIT_ANY)
		return LFB_FIT_WITHIN_RUN;
	return LFB_FIT_ANY;
}

/* Fill in what the fact did not say itself: nothing if all is well, else the words of its kind. */
static void explain(const struct lfb_env_kind *kind, struct lfb_fact *fact)
{
	const bool unknown = fact->verdict == LFB_VERDICT_UNKNOWN;

	if (fact->verdict == LFB_VERDICT_OK) {
		fact->meaning = fact->advice = NULL;
		return;
	}
	if (fact->meaning == NULL)
		fact->meaning = unknown ? kind->unknown : kind->meaning;
	if (fact->advice == NULL && !unknown)
		fact->advice = kind->advice;
}

static int look(const struct lfb_env_kind *kind, const struct lfb_env_view *view, struct lfb_fact *fact)
{
	fact->key = kind->key;
	fact->label = kind->label;
	fact->group = kind->group;
	fact->verdict = LFB_VERDICT_UNKNOWN;
	kind->look(view, fact);
	if (fact->value == NULL)
		fact->value = strdup("unknown");
	if (fact->value == NULL)
		return -ENOMEM;
	fact->fitness = fitness_of(kind, fact->verdict);
	explain(kind, fact);
	return 0;
}

static size_t count_kinds(void)
{
	size_t count = 0;

	for (size_t t = 0; t < TABLES; t++)
		for (const struct lfb_env_kind *kind = tables[t]; kind->key != NULL; kind++)
			count++;
	return count;
}

static char *host_name(const char *root)
{
	char *name;

	if (lfb_sysfile_read(root, "/proc/sys/kernel/hostname", &name) != 0)
		return strdup("unknown");
	make_printable(name);
	return name;
}

int lfb_env_gather(const char *root, const struct lfb_topology *topology, unsigned watch_ms, struct lfb_env **out)
{
	const struct lfb_env_view view = {
		.root = root,
		.live = root[0] == '\0',
		.topology = topology,
		.watch_ms = watch_ms,
	};
	struct lfb_env *const env = calloc(1, sizeof(*env));

	if (env == NULL)
		return -ENOMEM;
	lfb_clock_utc_text(env->time_utc);
	env->host = host_name(root);
	env->facts = calloc(count_kinds(), sizeof(env->facts[0]));
	if (env->host == NULL || env->facts == NULL)
		goto no_memory;
	for (size_t t = 0; t < TABLES; t++)
		for (const struct lfb_env_kind *kind = tables[t]; kind->key != NULL; kind++)
			if (look(kind, &view, &env->facts[env->count++]) != 0)
				goto no_memory;
	*out = env;
	return 0;
no_memory:
	lfb_env_free(env);
	return -ENOMEM;
}

void lfb_env_free(struct lfb_env *env)
{
	if (env == NULL)
		return;
	for (size_t i = 0; i < env->count; i++)
		free(env->facts[i].value);
	free(env->facts);
	free(env->host);
	free(env);
}

const struct lfb_fact *lfb_env_find(const struct lfb_env *env, const char *key)
{
	for (size_t i = 0; i < env->count; i++)
		if (strcmp(env->facts[i].key, key) == 0)
			return &env->facts[i];
	return NULL;
}

unsigned lfb_env_count(const struct lfb_env *env, enum lfb_verdict verdict)
{
	unsigned count = 0;

	for (size_t i = 0; i < env->count; i++)
		count += env->facts[i].verdict == verdict;
	return count;
}

enum lfb_fitness lfb_env_fitness(const struct lfb_env *env)
{
	enum lfb_fitness worst = LFB_FIT_ANY;

	for (size_t i = 0; i < env->count; i++)
		if (env->facts[i].fitness > worst)
			worst = env->facts[i].fitness;
	return worst;
}

static json_t *fact_json(const struct lfb_fact *fact)
{
	/* s?: the member is left out where there is no text. */
	return json_pack("{s:s, s:s, s:s*, s:s*}", "value", fact->value, "verdict", lfb_verdict_names[fact->verdict],
			 "meaning", fact->meaning, "advice", fact->advice);
}

json_t *lfb_env_json(const struct lfb_env *env)
{
	json_t *facts = json_object();
	json_t *all;

	for (size_t i = 0; i < env->count; i++) {
		/* json_object_set_new releases the fact, and says -1, also where one of the two is NULL. */
		if (json_object_set_new(facts, env->facts[i].key, fact_json(&env->facts[i])) != 0) {
			json_decref(facts);
			return NULL;
		}
	}
	all = json_pack("{s:i, s:s, s:s, s:s, s:O}", "schema", 1, "host", env->host, "time_utc", env->time_utc,
			"fit_for", lfb_fitness_names[lfb_env_fitness(env)], "facts", facts);
	json_decref(facts);
	return all;
}

int lfb_env_write_json(const struct lfb_env *env, FILE *out)
{
	json_t *const json = lfb_env_json(env);
	int rc = 0;

	if (json == NULL)
		return -ENOMEM;
	if (json_dumpf(json, out, JSON_INDENT(2)) != 0 || fputc('\n', out) == EOF || fflush(out) != 0)
		rc = -EIO;
	json_decref(json);
	return rc;
}
