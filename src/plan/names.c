/* names.c - see names.h. */
#include "plan/names.h"
#include "plan/pass.h"

#include <stdio.h>
#include <string.h>

const char *const lfb_pass_names[] = { "throughput", "latency", "contention", NULL };
const char *const lfb_arrival_names[] = { "poisson", "fixed", NULL };
const char *const lfb_wait_names[LFB_WAITS + 1] = { "spin", "yield", "block", "backoff", "park", NULL };
const char *const lfb_alloc_names[LFB_ALLOCS + 1] = { "none", "malloc", "pool", NULL };
const char *const lfb_order_names[LFB_ORDERS + 1] = { "fifo", "per_producer", "lifo", "none", NULL };
const char *const lfb_progress_names[LFB_PROGRESSES + 1] = { "blocking", "lock_free", "wait_free", NULL };
const char *const lfb_answer_names[LFB_ANSWERS + 1] = { "never", "strict", "weak", NULL };

int lfb_name_find(const char *const *names, const char *word)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	return -1;
}

const char *lfb_names_join(const char *const *names, char *out, size_t out_bytes)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; names[i] != NULL && used < out_bytes; i++) {
		const int n = snprintf(out + used, out_bytes - used, "%s%s", i == 0 ? "" : ", ", names[i]);

		used += n > 0 ? (size_t)n : 0;
	}
	return out;
}

/* Longest word compared; longer names are cut, which is good enough for a hint. */
#define WORD_MAX 48

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	const size_t a_length = smaller(strlen(a), WORD_MAX), b_length = smaller(strlen(b), WORD_MAX);

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *const now = rows[i % 3], *const before = rows[(i + 2) % 3], *const two_before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			now[j] = smaller(before[j - 1] + (a[i - 1] != b[j - 1]), smaller(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = smaller(now[j], two_before[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

const char *lfb_name_nearest(const char *const *names, const char *word)
{
	const char *nearest = NULL;
	size_t least = strlen(word) / 3 + 2; /* further away than this is another word */

	if (strlen(word) > WORD_MAX)
		return NULL; /* cut, it would be nearer to all words than it is */

	for (int i = 0; names[i] != NULL; i++) {
		const size_t distance = edit_distance(word, names[i]);

		if (distance < least) {
			least = distance;
			nearest = names[i];
		}
	}
	return nearest;
}

const char *lfb_semantics_text(const struct lfb_claims *claims, char *out, size_t out_bytes)
{
	(void)snprintf(out, out_bytes, "%cp%cc-%s", claims->producers == LFB_MANY ? 'm' : 's',
		       claims->consumers == LFB_MANY ? 'm' : 's', lfb_order_names[claims->order]);
	return out;
}
