/* export_fixture.h - a list to export, and what a writer made of it as text or as JSON. */
#ifndef LFBENCH_TESTS_UNIT_EXPORT_FIXTURE_H
#define LFBENCH_TESTS_UNIT_EXPORT_FIXTURE_H

#include "unit.h"

#include "export/export.h"

#include <jansson.h>
#include <math.h>

/* What a file of unknown origin may call a backend. */
#define HOSTILE "a\"b'c|d\n::error::e</script><b>`f` %0A,x:@you\x1B[31m\xFF\xE2\x80\xAE&_g_\xEF\xBF\xBF"

static inline struct export_result *add_result(struct export_list *list, const char *backend, const char *metric,
					       double value)
{
	struct export_result *const result = export_add(list);

	assert_non_null(result);
	result->workload = strdup("producer_consumer");
	result->backend = strdup(backend);
	result->shape = strdup("batch=1/consumers=2/producers=1/wait=backoff");
	result->metric = strdup(metric);
	result->message = strdup("");
	result->value = value;
	result->low = result->high = result->base_value = result->head_value = NAN;
	result->threads = 3;
	return result;
}

static inline void set_text(char **text, const char *to)
{
	free(*text);
	*text = strdup(to);
}

static inline void start_list(struct export_list *list)
{
	memset(list, 0, sizeof(*list));
	list->producer = strdup("lfbench run");
	list->host = strdup("vm");
	list->commit = strdup("abc+");
	list->time_utc = strdup("2026-11-23T08:00:00Z");
}

/* Trials of 1000 items with these costs, each twice as long on the CPU as on the clock. */
static inline void add_trials(struct export_result *result, const double *ns, size_t count)
{
	result->trials = (struct export_trial *)calloc(count, sizeof(result->trials[0]));
	assert_non_null(result->trials);
	result->trial_count = count;
	for (size_t i = 0; i < count; i++)
		result->trials[i] = (struct export_trial){ i / 2 + 1,	 i % 2 + 1,    1000,	    ns[i],
							   ns[i] * 2000, ns[i] * 3000, ns[i] * 1000 };
}

/* The caller frees it. (Inlined, gcc 12 takes its `text` for one that dangles.) */
static __attribute__((noinline, unused)) char *written(const struct export_list *list, enum export_format format)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	assert_non_null(memory);
	assert_int_equal(export_write(list, format, memory), 0);
	(void)fclose(memory);
	assert_int_equal(strlen(text), bytes);
	return text;
}

/* The caller gives it back. */
static inline json_t *written_json(const struct export_list *list, enum export_format format)
{
	char *const text = written(list, format);
	json_error_t error;
	json_t *const json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL)
		fail_msg("line %d: %s", error.line, error.text);
	free(text);
	return json;
}

static inline const char *text_at(const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "(none)";
}

static inline double number_at(const json_t *object, const char *key)
{
	const json_t *const value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Equal to 9 digits. */
static inline void is_about(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * fabs(expected)))
		fail_msg("%.12g is not %.12g", value, expected);
}

#endif
