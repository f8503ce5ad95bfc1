/*
 * test_arena.c - the harness's memory: it never moves, is faulted in before it is given out,
 * grows only as far as was reserved, and what is taken from it is aligned and does not overlap.
 */
#include "unit.h"

#include "trial/arena.h"
#include "statistics/stats.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define MIB ((size_t)1 << 20)
#define RESERVED (64 * MIB)

static struct lfb_arena map(void)
{
	struct lfb_arena arena;

	assert_int_equal(lfb_arena_map(&arena, RESERVED), 0);
	assert_non_null(arena.base);
	assert_int_equal(arena.size_bytes, 0);
	assert_int_equal(arena.used_bytes, 0);
	return arena;
}

static void nothing_before_it_is_prepared(void **state)
{
	struct lfb_arena arena = map();

	(void)state;
	assert_null(lfb_arena_alloc(&arena, 1));
	lfb_arena_unmap(&arena, RESERVED);
	assert_null(arena.base);
	lfb_arena_unmap(&arena, RESERVED); /* once more does nothing */
}

static void stays_where_it_is(void **state)
{
	struct lfb_arena arena = map();
	unsigned char *const base = arena.base;
	void *first;

	(void)state;
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 1), 0);
	assert_true(arena.size_bytes >= 1);
	first = lfb_arena_alloc(&arena, 1000);
	assert_non_null(first);
	memset(first, 0x5A, 1000);
	/* Larger and smaller again: the same addresses, everything given back. */
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 20 * MIB), 0);
	assert_true(arena.size_bytes >= 20 * MIB);
	assert_int_equal(arena.used_bytes, 0);
	assert_ptr_equal(lfb_arena_alloc(&arena, 7), first);
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 3), 0);
	assert_true(arena.size_bytes >= 20 * MIB);
	assert_ptr_equal(lfb_arena_alloc(&arena, 20 * MIB), first);
	assert_ptr_equal(arena.base, base);
	memset(arena.base, 0xA5, arena.size_bytes);
	lfb_arena_unmap(&arena, RESERVED);
}

/* Every page is there before the queue touches it: no fault falls into a timed trial. */
static void is_faulted_in(void **state)
{
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	struct lfb_arena arena = map();
	unsigned char *present;
	struct rusage before, after;

	(void)state;
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 8 * MIB), 0);
	present = malloc(arena.size_bytes / page_bytes + 1);
	assert_non_null(present);
	assert_int_equal(mincore(arena.base, arena.size_bytes, present), 0);
	for (size_t page = 0; page < arena.size_bytes / page_bytes; page++)
		if ((present[page] & 1) == 0)
			fail_msg("page %zu is not there", page);
	free(present);
	(void)getrusage(RUSAGE_SELF, &before);
	for (size_t at = 0; at < arena.size_bytes; at += page_bytes)
		((volatile unsigned char *)arena.base)[at]++;
	(void)getrusage(RUSAGE_SELF, &after);
	if (!UNIT_SANITIZED) /* their shadow memory has faults of its own */
		assert_in_range(after.ru_minflt - before.ru_minflt, 0, 20);
	lfb_arena_unmap(&arena, RESERVED);
}

static void not_beyond_what_was_reserved(void **state)
{
	struct lfb_arena arena = map();

	(void)state;
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, RESERVED + 1), -ENOMEM);
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, RESERVED), 0);
	assert_int_equal(arena.size_bytes, RESERVED);
	arena.base[RESERVED - 1] = 1;
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, RESERVED + 1), -ENOMEM);
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 1), 0); /* still usable */
	lfb_arena_unmap(&arena, RESERVED);
}

/* A size that a plug-in's figures multiplied to: rounding it up must not wrap to nothing. */
static void absurd_sizes(void **state)
{
	struct lfb_arena arena = map();

	(void)state;
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, SIZE_MAX), -ENOMEM);
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, SIZE_MAX - 1000), -ENOMEM);
	assert_int_equal(lfb_arena_prepare(&arena, RESERVED, SIZE_MAX / 2), -ENOMEM);
	lfb_arena_unmap(&arena, RESERVED);
	assert_int_equal(lfb_arena_map(&arena, SIZE_MAX / 2), -ENOMEM);
	assert_null(arena.base);
}

/* More than the machine has free is refused, instead of waking the kernel's OOM killer. */
static void not_more_than_the_machine_has(void **state)
{
	const size_t available = lfb_memory_available_bytes(), reserved = (size_t)1 << 36; /* a sanitizer has no room for more */
	struct lfb_arena arena;

	(void)state;
	assert_true(available > 0);
	if (available > reserved / 2 || lfb_arena_map(&arena, reserved) != 0)
		skip();
	assert_int_equal(lfb_arena_prepare(&arena, reserved, available + available / 2), -ENOMEM);
	assert_int_equal(arena.size_bytes, 0);
	lfb_arena_unmap(&arena, reserved);
}

static void pieces_are_aligned_and_apart(void **state)
{
	struct lfb_arena arena = map();
	struct lfb_rng rng;

	(void)state;
	lfb_rng_seed(&rng, 1);
	for (unsigned round = 0; round < 50; round++) {
		unsigned char *end;

		assert_int_equal(lfb_arena_prepare(&arena, RESERVED, 2 * MIB), 0);
		end = arena.base;
		for (;;) {
			const size_t bytes = 1 + lfb_rng_below(&rng, 40000);
			unsigned char *const piece = lfb_arena_alloc(&arena, bytes);

			if (piece == NULL) {
				/* Only when it really does not fit. */
				assert_true((size_t)(arena.base + arena.size_bytes - end) < bytes + LFB_LINE);
				break;
			}
			assert_int_equal((uintptr_t)piece % LFB_LINE, 0);
			assert_true(piece >= end && piece < end + LFB_LINE);
			end = piece + bytes;
			assert_true(end <= arena.base + arena.size_bytes);
		}
	}
	lfb_arena_unmap(&arena, RESERVED);
}

static void exhaustion(void **state)
{
	unsigned char memory[4 * LFB_LINE] __attribute__((aligned(LFB_LINE)));
	struct lfb_arena arena = { memory, sizeof(memory), 0 };

	(void)state;
	assert_null(lfb_arena_alloc(&arena, sizeof(memory) + 1));
	assert_null(lfb_arena_alloc(&arena, SIZE_MAX));
	assert_int_equal(arena.used_bytes, 0); /* a refusal takes nothing */
	assert_ptr_equal(lfb_arena_alloc(&arena, sizeof(memory)), memory);
	assert_null(lfb_arena_alloc(&arena, 1));
	arena.used_bytes = 0;
	assert_ptr_equal(lfb_arena_alloc(&arena, 3 * LFB_LINE + 1), memory);
	assert_null(lfb_arena_alloc(&arena, 1)); /* the rest is less than the alignment */
	arena.used_bytes = 3 * LFB_LINE;
	assert_null(lfb_arena_alloc(&arena, SIZE_MAX - LFB_LINE)); /* which wraps around to what would fit */
	assert_null(lfb_arena_alloc(&arena, SIZE_MAX));
	assert_ptr_equal(lfb_arena_alloc(&arena, LFB_LINE), memory + 3 * LFB_LINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_before_it_is_prepared),
		cmocka_unit_test(stays_where_it_is),
		cmocka_unit_test(is_faulted_in),
		cmocka_unit_test(not_beyond_what_was_reserved),
		cmocka_unit_test(absurd_sizes),
		cmocka_unit_test(not_more_than_the_machine_has),
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(exhaustion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
