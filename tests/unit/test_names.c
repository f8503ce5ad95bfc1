/* test_names.c - words of enumerations, and the nearest word against a brute-force edit distance. */
#include "unit.h"

#include "plan/names.h"
#include "statistics/stats.h"
#include "plan/workload.h"

static void every_table_has_its_words(void **state)
{
	static const struct {
		const char *const *names;
		int count;
	} tables[] = {
		{ lfb_wait_names, LFB_WAITS },	   { lfb_alloc_names, LFB_ALLOCS },
		{ lfb_order_names, LFB_ORDERS },   { lfb_progress_names, LFB_PROGRESSES },
		{ lfb_answer_names, LFB_ANSWERS },
	};

	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		for (int i = 0; i < tables[t].count; i++) {
			assert_non_null(tables[t].names[i]);
			assert_int_equal(lfb_name_find(tables[t].names, tables[t].names[i]),
					 i); /* so no word comes twice */
		}
		assert_null(tables[t].names[tables[t].count]);
	}
}

/* The words stand where the enumerators are: a row that says "spin" was measured spinning. */
static void words_mean_their_enumerators(void **state)
{
	(void)state;
	assert_string_equal(lfb_wait_names[LFB_WAIT_SPIN], "spin");
	assert_string_equal(lfb_wait_names[LFB_WAIT_YIELD], "yield");
	assert_string_equal(lfb_wait_names[LFB_WAIT_BLOCK], "block");
	assert_string_equal(lfb_wait_names[LFB_WAIT_BACKOFF], "backoff");
	assert_string_equal(lfb_wait_names[LFB_WAIT_PARK], "park");
	assert_string_equal(lfb_alloc_names[LFB_ALLOC_NONE], "none");
	assert_string_equal(lfb_alloc_names[LFB_ALLOC_MALLOC], "malloc");
	assert_string_equal(lfb_alloc_names[LFB_ALLOC_POOL], "pool");
	assert_string_equal(lfb_order_names[LFB_ORDER_FIFO], "fifo");
	assert_string_equal(lfb_order_names[LFB_ORDER_PER_PRODUCER], "per_producer");
	assert_string_equal(lfb_order_names[LFB_ORDER_LIFO], "lifo");
	assert_string_equal(lfb_order_names[LFB_ORDER_NONE], "none");
	assert_string_equal(lfb_progress_names[LFB_BLOCKING], "blocking");
	assert_string_equal(lfb_progress_names[LFB_LOCK_FREE], "lock_free");
	assert_string_equal(lfb_progress_names[LFB_WAIT_FREE], "wait_free");
	assert_string_equal(lfb_answer_names[LFB_ANSWER_NEVER], "never");
	assert_string_equal(lfb_answer_names[LFB_ANSWER_STRICT], "strict");
	assert_string_equal(lfb_answer_names[LFB_ANSWER_WEAK], "weak");
}

static void find_is_exact(void **state)
{
	(void)state;
	assert_int_equal(lfb_name_find(lfb_wait_names, "yield"), 1);
	assert_int_equal(lfb_name_find(lfb_wait_names, "Yield"), -1);
	assert_int_equal(lfb_name_find(lfb_wait_names, "yiel"), -1);
	assert_int_equal(lfb_name_find(lfb_wait_names, "yield "), -1);
	assert_int_equal(lfb_name_find(lfb_wait_names, ""), -1);
}

static void join_fits_every_buffer(void **state)
{
	static const char whole[] = "spin, yield, block, backoff, park";
	char out[sizeof(whole) + 8];

	(void)state;
	assert_string_equal(lfb_names_join(lfb_wait_names, out, sizeof(out)), whole);
	assert_ptr_equal(lfb_names_join(lfb_wait_names, out, sizeof(out)), out);
	for (size_t bytes = 1; bytes <= sizeof(whole); bytes++) {
		memset(out, '#', sizeof(out));
		lfb_names_join(lfb_wait_names, out, bytes);
		assert_int_equal(strlen(out), bytes - 1); /* cut, ended, and nothing written behind it */
		assert_memory_equal(out, whole, bytes - 1);
		assert_int_equal(out[bytes], '#');
	}
}

/* Edits from the end of both words, by trying everything. */
static size_t slow_distance(const char *a, size_t i, const char *b, size_t j)
{
	size_t best, other;

	if (i == 0 || j == 0)
		return i + j;
	best = slow_distance(a, i - 1, b, j - 1) + (a[i - 1] != b[j - 1]);
	other = slow_distance(a, i - 1, b, j) + 1;
	best = other < best ? other : best;
	other = slow_distance(a, i, b, j - 1) + 1;
	best = other < best ? other : best;
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
		other = slow_distance(a, i - 2, b, j - 2) + 1;
		best = other < best ? other : best;
	}
	return best;
}

static void random_word(struct lfb_rng *rng, char out[8])
{
	const size_t length = lfb_rng_below(rng, 7);

	for (size_t i = 0; i < length; i++)
		out[i] = (char)('a' + lfb_rng_below(rng, 3));
	out[length] = '\0';
}

/* One or two candidates: which one is returned, and whether one is, shows the distances. */
static void nearest_agrees_with_trying_everything(void **state)
{
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 7);
	for (unsigned round = 0; round < 1500; round++) {
		char word[8], first[8], second[8];
		const char *const names[] = { first, second, NULL };
		const char *expected = NULL;
		size_t one, two, limit;

		random_word(&rng, word);
		random_word(&rng, first);
		random_word(&rng, second);
		one = slow_distance(word, strlen(word), first, strlen(first));
		two = slow_distance(word, strlen(word), second, strlen(second));
		limit = strlen(word) / 3 + 2;
		if (one < limit && one <= two)
			expected = first;
		else if (two < limit)
			expected = second;
		if (lfb_name_nearest(names, word) != expected)
			fail_msg("'%s' among '%s' (%zu) and '%s' (%zu)", word, first, one, second, two);
	}
}

static void misspellings(void **state)
{
	static const char *const backends[] = { "ck_fifo_mpmc", "ck_ring_mpmc", "ck_ring_mpsc",
						"mutex_ring",	"null",		NULL };

	(void)state;
	assert_string_equal(lfb_name_nearest(backends, "mutx_ring"), "mutex_ring");
	assert_string_equal(lfb_name_nearest(backends, "ck_rnig_mpmc"), "ck_ring_mpmc");
	assert_string_equal(lfb_name_nearest(backends, "nul"), "null");
	assert_string_equal(lfb_name_nearest(backends, "mutex-ring"), "mutex_ring");
	assert_null(lfb_name_nearest(backends, "boost_lockfree"));
	assert_null(lfb_name_nearest(backends, ""));
	assert_null(lfb_name_nearest(backends + 5, "null")); /* an empty table */
}

/* Words are compared up to a length, but how far a word may be off must not grow with what was cut. */
static void long_words_are_nothing_like_short_ones(void **state)
{
	char word[4096];

	(void)state;
	for (size_t length = 40; length < sizeof(word); length += length / 3) {
		memset(word, 'x', length);
		word[length] = '\0';
		assert_null(lfb_name_nearest(lfb_wait_names, word));
	}
}

static void semantics(void **state)
{
	struct lfb_claims claims = { .producers = LFB_MANY, .consumers = LFB_MANY, .order = LFB_ORDER_FIFO };
	char out[64], tiny[4];

	(void)state;
	assert_string_equal(lfb_semantics_text(&claims, out, sizeof(out)), "mpmc-fifo");
	claims.consumers = LFB_ONE;
	assert_string_equal(lfb_semantics_text(&claims, out, sizeof(out)), "mpsc-fifo");
	claims.producers = LFB_ONE;
	claims.order = LFB_ORDER_PER_PRODUCER;
	assert_string_equal(lfb_semantics_text(&claims, out, sizeof(out)), "spsc-per_producer");
	claims.consumers = LFB_MANY;
	claims.order = LFB_ORDER_NONE;
	assert_string_equal(lfb_semantics_text(&claims, out, sizeof(out)), "spmc-none");
	assert_string_equal(lfb_semantics_text(&claims, tiny, sizeof(tiny)), "spm");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_has_its_words),
		cmocka_unit_test(words_mean_their_enumerators),
		cmocka_unit_test(find_is_exact),
		cmocka_unit_test(join_fits_every_buffer),
		cmocka_unit_test(nearest_agrees_with_trying_everything),
		cmocka_unit_test(misspellings),
		cmocka_unit_test(long_words_are_nothing_like_short_ones),
		cmocka_unit_test(semantics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
