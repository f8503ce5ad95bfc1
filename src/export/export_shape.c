/* export_shape.c - the shape of a row as a name; see export.h. */
#include "export/export.h"

#include "plan/names.h"
#include "results/row.h"
#include "plan/workload.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_MAX 48
#define SETTING_BYTES 96

/* Each "key=value", to be sorted. */
struct settings {
	char text[SETTINGS_MAX][SETTING_BYTES];
	size_t count;
};

/* Columns that are always named, and those that are where they are not as usual. */
static const struct {
	enum lfb_column column;
	const char *key;
	const char *usual; /* NULL: always named, if it says anything */
} columns[] = {
	{ LFB_COL_batch, "batch", NULL },
	{ LFB_COL_capacity, "capacity", NULL },
	{ LFB_COL_wait, "wait", NULL },
	{ LFB_COL_payload_bytes, "payload", "8" },
	{ LFB_COL_payload_by, "payload-by", "value" },
	{ LFB_COL_work_push_ns, "work-push", "0" },
	{ LFB_COL_work_pop_ns, "work-pop", "0" },
	{ LFB_COL_work_dist, "work-dist", "none" },
	{ LFB_COL_pin, "pin", "compact" },
};

/* What separates in some format, or could be anything in a file of unknown origin, is an underscore. */
static void add(struct settings *s, const char *key, size_t key_bytes, const char *value, size_t value_bytes)
{
	char *const text = s->text[s->count];
	size_t used = 0;

	if (value_bytes == 0 || key_bytes == 0 || s->count == SETTINGS_MAX)
		return;
	for (size_t i = 0; i < key_bytes + 1 + value_bytes && used < SETTING_BYTES - 1; i++) {
		const char c = i < key_bytes ? key[i] : i == key_bytes ? '=' : value[i - key_bytes - 1];

		text[used++] = (char)(i == key_bytes || ((unsigned char)c < 0x80 &&
							 (isalnum((unsigned char)c) || strchr("_.+:-", c) != NULL))
					      ? c
					      : '_');
	}
	text[used] = '\0';
	s->count++;
}

static void add_text(struct settings *s, const char *key, const char *value)
{
	add(s, key, strlen(key), value, strlen(value));
}

/* Threads, or who is on which side. */
static void add_threads(struct settings *s, const struct lfb_row *row)
{
	const int found = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));

	if (found >= 0 && lfb_workloads[found].by_threads) {
		const uint32_t producers = (uint32_t)lfb_row_get_u64(row, LFB_COL_producers, 0);
		const uint32_t consumers = (uint32_t)lfb_row_get_u64(row, LFB_COL_consumers, 0);
		char number[16];

		(void)snprintf(number, sizeof(number), "%" PRIu32,
			       lfb_workload_threads(&lfb_workloads[found], producers, consumers));
		add_text(s, "threads", number);
		return;
	}
	add_text(s, "producers", lfb_row_get(row, LFB_COL_producers));
	add_text(s, "consumers", lfb_row_get(row, LFB_COL_consumers));
}

/* The pairs of the column params but for those that say at what load it ran. */
static void add_params(struct settings *s, const char *params)
{
	while (*params != '\0') {
		const size_t bytes = strcspn(params, ";"), key_bytes = strcspn(params, ";=");
		const bool is_load =
			(key_bytes == 4 && (memcmp(params, "load", 4) == 0 || memcmp(params, "rate", 4) == 0)) ||
			(key_bytes == 8 && memcmp(params, "arrivals", 8) == 0);

		if (!is_load && bytes > key_bytes)
			add(s, params, key_bytes, params + key_bytes + 1, bytes - key_bytes - 1);
		params += bytes + (params[bytes] == ';');
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp((const char *)a, (const char *)b);
}

const char *export_shape_text(const struct lfb_row *row, char out[EXPORT_SHAPE_BYTES])
{
	struct settings s = { .count = 0 };
	size_t used = 0;

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *const value = lfb_row_get(row, columns[i].column);

		if (columns[i].usual == NULL || strcmp(value, columns[i].usual) != 0)
			add_text(&s, columns[i].key, value);
	}
	if (strcmp(lfb_row_get(row, LFB_COL_alloc), "pool") == 0)
		add_text(&s, "alloc", "pool");
	add_threads(&s, row);
	add_params(&s, lfb_row_get(row, LFB_COL_params));
	qsort(s.text, s.count, sizeof(s.text[0]), by_text);
	out[0] = '\0';
	for (size_t i = 0; i < s.count && used < EXPORT_SHAPE_BYTES; i++)
		used += (size_t)snprintf(out + used, EXPORT_SHAPE_BYTES - used, "%s%s", i > 0 ? "/" : "", s.text[i]);
	return out;
}
