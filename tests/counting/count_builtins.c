/* count_builtins.c - the compiler's atomic built-ins, each counted once and with its meaning unchanged; C11. */
#include "expect.h"

#include <stdatomic.h>

#define SC __ATOMIC_SEQ_CST

static void expect_c11_model(void)
{
	uint64_t x = 5, y = 5, z = 0;

	RMW(5, __atomic_exchange_n(&x, 6, SC));
	COUNTED(1, 0, 0, __atomic_exchange(&x, &y, &z, SC));
	REQUIRE(x == 5 && z == 6);
	SWAPS(__atomic_compare_exchange_n(&x, &y, 7, false, SC, SC));
	SWAP_FAILS(__atomic_compare_exchange_n(&x, &y, 8, false, SC, SC));
	REQUIRE(y == 7);
	SWAPS(__atomic_compare_exchange(&x, &y, &z, false, SC, SC));
	REQUIRE(x == 6);
	SWAP_FAILS(__atomic_compare_exchange(&x, &y, &z, false, SC, SC));
	RMW(6, __atomic_fetch_add(&x, 4, SC));
	RMW(10, __atomic_fetch_sub(&x, 3, SC));
	RMW(7, __atomic_fetch_and(&x, 6, SC));
	RMW(6, __atomic_fetch_or(&x, 1, SC));
	RMW(7, __atomic_fetch_xor(&x, 2, SC));
	RMW(5, __atomic_fetch_nand(&x, 1, SC));
	REQUIRE(x == ~UINT64_C(1));
	x = 1;
	RMW(4, __atomic_add_fetch(&x, 3, SC));
	RMW(2, __atomic_sub_fetch(&x, 2, SC));
	RMW(2, __atomic_and_fetch(&x, 6, SC));
	RMW(3, __atomic_or_fetch(&x, 1, SC));
	RMW(1, __atomic_xor_fetch(&x, 2, SC));
	RMW(~UINT64_C(1), __atomic_nand_fetch(&x, 1, SC));
}

static void expect_sync_model(void)
{
	int x = 5;

	SWAPS(__sync_bool_compare_and_swap(&x, 5, 6));
	SWAP_FAILS(__sync_bool_compare_and_swap(&x, 5, 7));
	COUNTED(1, 1, 0, REQUIRE(__sync_val_compare_and_swap(&x, 6, 7) == 6));
	COUNTED(1, 1, 1, REQUIRE(__sync_val_compare_and_swap(&x, 6, 8) == 7));
	RMW(7, __sync_lock_test_and_set(&x, 1));
	NOT_COUNTED(__sync_lock_release(&x));
	RMW(0, __sync_fetch_and_add(&x, 6));
	RMW(6, __sync_fetch_and_sub(&x, 1));
	RMW(5, __sync_fetch_and_or(&x, 2));
	RMW(7, __sync_fetch_and_and(&x, 3));
	RMW(3, __sync_fetch_and_xor(&x, 1));
	RMW(2, __sync_fetch_and_nand(&x, 2));
	REQUIRE(x == ~2);
	x = 2;
	RMW(5, __sync_add_and_fetch(&x, 3));
	RMW(4, __sync_sub_and_fetch(&x, 1));
	RMW(6, __sync_or_and_fetch(&x, 2));
	RMW(2, __sync_and_and_fetch(&x, 3));
	RMW(3, __sync_xor_and_fetch(&x, 1));
	RMW(~3, __sync_nand_and_fetch(&x, 7));
}

/* <stdatomic.h> is made of the same; x++ on an _Atomic is not, and is known not to be counted. */
static void expect_stdatomic(void)
{
	atomic_uint x = 1;
	atomic_flag flag = ATOMIC_FLAG_INIT;
	unsigned expected = 1;

	SWAPS(atomic_compare_exchange_strong(&x, &expected, 2));
	SWAP_FAILS(atomic_compare_exchange_strong(&x, &expected, 3));
	RMW(2, atomic_exchange(&x, 4));
	RMW(4, atomic_fetch_add_explicit(&x, 1, memory_order_relaxed));
	RMW(5, atomic_fetch_sub(&x, 1));
	RMW(4, atomic_fetch_or(&x, 1));
	RMW(5, atomic_fetch_and(&x, 1));
	RMW(1, atomic_fetch_xor(&x, 1));
	RMW(false, atomic_flag_test_and_set(&flag));
	NOT_COUNTED(atomic_flag_clear(&flag));
}

/* Neither loads nor stores nor fences are; nor what is called by the name in parentheses. */
static void expect_the_rest_uncounted(void)
{
	uint64_t x = 0;

	NOT_COUNTED(__atomic_store_n(&x, 1, SC); REQUIRE(__atomic_load_n(&x, SC) == 1));
	NOT_COUNTED(__sync_synchronize());
#ifndef __SANITIZE_THREAD__ /* which does not know them */
	NOT_COUNTED(__atomic_thread_fence(SC));
#endif
	NOT_COUNTED(REQUIRE((__atomic_fetch_add)(&x, 1, SC) == 1));
	/* One inside the arguments of another is counted as well. */
	COUNTED(2, 0, 0, REQUIRE(__atomic_fetch_add(&x, __atomic_exchange_n(&x, 3, SC), SC) == 3));
}

void expect_builtins(void)
{
	expect_c11_model();
	expect_sync_model();
	expect_stdatomic();
	expect_the_rest_uncounted();
}
