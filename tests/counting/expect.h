/*
 * expect.h - for the translation units of this folder that are compiled in the counting flavour:
 * run one expression, and require what it returned and what was counted meanwhile.
 *
 * The counters belong to the translation unit, so the comparison is here; only a mismatch is
 * reported to the test program (test_primitives.c), which has cmocka.
 */
#ifndef LFBENCH_TESTS_COUNTING_EXPECT_H
#define LFBENCH_TESTS_COUNTING_EXPECT_H

#include <lfbench/counting.h>

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ends the test. */
void expect_failed(const char *file, int line, const char *text) __attribute__((noreturn));

/* Each runs all the expectations of one translation unit. */
void expect_builtins(void);
void expect_builtins_cxx(void);
void expect_pthread(void);
void expect_ck(void);
void expect_ck_locks(void);
void expect_ck_epoch(void);
void expect_urcu(void);

#ifdef __cplusplus
}
#endif

#if LFB_COUNTING

static inline void expect_forget(void)
{
	__builtin_memset(&lfb_counted, 0, sizeof(lfb_counted));
}

static inline void expect_counted(const char *file, int line, const char *text, uint64_t rmw, uint64_t cas, uint64_t failed)
{
	char message[256];

	if (lfb_counted.rmw == rmw && lfb_counted.cas == cas && lfb_counted.cas_failed == failed)
		return;
	(void)snprintf(message, sizeof(message), "%s: rmw %llu, cas %llu, failed %llu; not %llu, %llu, %llu", text,
		       (unsigned long long)lfb_counted.rmw, (unsigned long long)lfb_counted.cas,
		       (unsigned long long)lfb_counted.cas_failed, (unsigned long long)rmw, (unsigned long long)cas,
		       (unsigned long long)failed);
	expect_failed(file, line, message);
}

/* The operation counts as this many read-modify-writes, compare-and-swaps and failures. */
#define COUNTED(rmw, cas, failed, ...)                                                                                 \
	do {                                                                                                           \
		expect_forget();                                                                                       \
		__VA_ARGS__;                                                                                           \
		expect_counted(__FILE__, __LINE__, #__VA_ARGS__, rmw, cas, failed);                                    \
	} while (0)

#define REQUIRE(condition)                                                                                             \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			expect_failed(__FILE__, __LINE__, #condition " does not hold");                                \
	} while (0)

/* The three kinds, with the value they must still return. */
#define RMW(value, ...) COUNTED(1, 0, 0, REQUIRE((__VA_ARGS__) == (value)))
#define SWAPS(...) COUNTED(1, 1, 0, REQUIRE(__VA_ARGS__))
#define SWAP_FAILS(...) COUNTED(1, 1, 1, REQUIRE(!(__VA_ARGS__)))
#define NOT_COUNTED(...) COUNTED(0, 0, 0, __VA_ARGS__)

#endif

#endif
