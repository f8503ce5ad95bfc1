/*
 * numbers.h - numbers, durations and lists as users write them, read strictly: the
 * whole text must be understood, and what does not fit is an error, not a clamp.
 */
#ifndef LFBENCH_NUMBERS_H
#define LFBENCH_NUMBERS_H

#include "text/error.h"

#include <stddef.h>
#include <stdint.h>

/* A count: 200000, 200k, 1e6, 1.5M (k, M, G are decimal). Returns 0 or -EINVAL. */
int lfb_parse_count(const char *text, uint64_t *out, struct lfb_error *error);

/* A duration with its unit: 25ms, 1.5s, 300us, 2m. In nanoseconds. Returns 0 or -EINVAL. */
int lfb_parse_duration(const char *text, uint64_t *out_ns, struct lfb_error *error);

/* Values of one swept dimension, in the order given. */
#define LFB_LIST_MAX 256

struct lfb_list {
	size_t count;
	uint64_t values[LFB_LIST_MAX];
};

/* "1,2,4" or "1-8" or "1,4-6": counts within [min, max]. Returns 0 or -EINVAL. */
int lfb_parse_count_list(const char *text, uint64_t min, uint64_t max, struct lfb_list *out, struct lfb_error *error);

/* "spin,yield": words of a NULL-terminated table, stored as their indices. */
int lfb_parse_name_list(const char *text, const char *const *names, struct lfb_list *out, struct lfb_error *error);

/*
 * a * b and a + b; UINT64_MAX where that does not fit. For limits and estimates made of numbers
 * that users give: one that wraps round would be short instead of long.
 */
static inline uint64_t lfb_product_u64(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static inline uint64_t lfb_sum_u64(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Nanoseconds for a person: "25 ms", "1.5 s", "2 min 3 s". Returns out. */
const char *lfb_duration_text(uint64_t ns, char *out, size_t out_bytes);

#endif
