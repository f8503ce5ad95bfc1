/* count_ck.c - ConcurrencyKit's primitives, each counted once and with its meaning unchanged. */
#include "expect.h"

#include <lfbench/counting_ck.h>

/* All operations of one width, on `type`. */
#define EXPECT_WIDTH(width, type)                                                                                      \
	static void expect_##width(void)                                                                               \
	{                                                                                                              \
		type x = 5, found = 0;                                                                                 \
                                                                                                                       \
		SWAPS(ck_pr_cas_##width(&x, 5, 6));                                                                    \
		SWAP_FAILS(ck_pr_cas_##width(&x, 5, 7));                                                               \
		SWAPS(ck_pr_cas_##width##_value(&x, 6, 7, &found));                                                    \
		SWAP_FAILS(ck_pr_cas_##width##_value(&x, 6, 8, &found));                                               \
		REQUIRE(x == 7 && found == 7);                                                                         \
		RMW(7, ck_pr_fas_##width(&x, 1));                                                                      \
		RMW(1, ck_pr_faa_##width(&x, 2));                                                                      \
		COUNTED(1, 0, 0, ck_pr_add_##width(&x, 4));                                                            \
		COUNTED(1, 0, 0, ck_pr_sub_##width(&x, 1));                                                            \
		REQUIRE(x == 6);                                                                                       \
		COUNTED(1, 0, 0, ck_pr_or_##width(&x, 1));                                                             \
		COUNTED(1, 0, 0, ck_pr_and_##width(&x, 3));                                                            \
		COUNTED(1, 0, 0, ck_pr_xor_##width(&x, 1));                                                            \
		REQUIRE(x == 2);                                                                                       \
		COUNTED(1, 0, 0, ck_pr_inc_##width(&x));                                                               \
		COUNTED(1, 0, 0, ck_pr_dec_##width(&x));                                                               \
		COUNTED(1, 0, 0, ck_pr_not_##width(&x));                                                               \
		COUNTED(1, 0, 0, ck_pr_neg_##width(&x));                                                               \
		REQUIRE(x == 3);                                                                                       \
		NOT_COUNTED(ck_pr_store_##width(&x, 9); REQUIRE(ck_pr_load_##width(&x) == 9));                         \
	}                                                                                                              \
	LFB_STATIC_ASSERT(sizeof(type) > 0, "ends in a semicolon")

EXPECT_WIDTH(64, uint64_t);
EXPECT_WIDTH(32, uint32_t);
EXPECT_WIDTH(16, uint16_t);
EXPECT_WIDTH(8, uint8_t);
EXPECT_WIDTH(uint, unsigned);
EXPECT_WIDTH(int, int);

static void expect_pointers(void)
{
	int cells[2];
	int *p = &cells[0], *found = NULL;

	SWAPS(ck_pr_cas_ptr(&p, &cells[0], &cells[1]));
	SWAP_FAILS(ck_pr_cas_ptr(&p, &cells[0], NULL));
	SWAP_FAILS(ck_pr_cas_ptr_value(&p, &cells[0], NULL, &found));
	REQUIRE(found == &cells[1]);
	COUNTED(1, 0, 0, REQUIRE(ck_pr_fas_ptr(&p, &cells[0]) == &cells[1]));
	NOT_COUNTED(ck_pr_store_ptr(&p, NULL); REQUIRE(ck_pr_load_ptr(&p) == NULL));
	NOT_COUNTED(ck_pr_fence_memory(); ck_pr_stall());
}

static void expect_bits(void)
{
	unsigned x = 0;

	RMW(false, ck_pr_bts_uint(&x, 3));
	RMW(true, ck_pr_btc_uint(&x, 3));
	RMW(false, ck_pr_btr_uint(&x, 3));
	COUNTED(1, 0, 0, ck_pr_inc_uint(&x));
#ifdef CK_F_PR_DEC_UINT_ZERO
	{
		bool zero = false;

		COUNTED(1, 0, 0, ck_pr_dec_uint_zero(&x, &zero));
		REQUIRE(zero);
	}
#endif
}

#ifdef CK_F_PR_CAS_64_2
static void expect_two_words(void)
{
	uint64_t x[2] __attribute__((aligned(16))) = { 1, 2 }, next[2] = { 3, 4 }, found[2] = { 0, 0 };

	SWAP_FAILS(ck_pr_cas_64_2_value(x, found, next, found));
	REQUIRE(found[0] == 1 && found[1] == 2);
	SWAPS(ck_pr_cas_64_2(x, found, next));
	REQUIRE(x[0] == 3 && x[1] == 4);
	COUNTED(1, 0, 0, ck_pr_load_64_2(x, found));
	REQUIRE(found[0] == 3 && found[1] == 4);
}
#endif

void expect_ck(void)
{
	expect_64();
	expect_32();
	expect_16();
	expect_8();
	expect_uint();
	expect_int();
	expect_pointers();
	expect_bits();
#ifdef CK_F_PR_CAS_64_2
	expect_two_words();
#endif
}
