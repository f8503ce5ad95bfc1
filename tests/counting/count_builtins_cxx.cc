/* count_builtins_cxx.cc - C++'s atomics and mutex, which are made of the same built-ins and functions. */
#include "expect.h"

#include <atomic>
#include <memory>
#include <mutex>

static void expect_std_atomic()
{
	std::atomic<uint64_t> x{ 5 };
	std::atomic<int *> pointer{ nullptr };
	std::atomic_flag flag = ATOMIC_FLAG_INIT;
	int cells[4];
	uint64_t expected = 5;

	SWAPS(x.compare_exchange_strong(expected, 6));
	SWAP_FAILS(x.compare_exchange_strong(expected, 7));
	SWAP_FAILS(x.compare_exchange_weak(expected = 1, 7, std::memory_order_acq_rel));
	RMW(6u, x.exchange(1));
	RMW(1u, x.fetch_add(3, std::memory_order_relaxed));
	RMW(4u, x.fetch_sub(1));
	RMW(3u, x.fetch_and(2));
	RMW(2u, x.fetch_or(1));
	RMW(3u, x.fetch_xor(1));
	RMW(3u, ++x);
	RMW(3u, x--);
	RMW(7u, x += 5);
	RMW(nullptr, pointer.exchange(cells));
	RMW(cells, pointer.fetch_add(1));
	RMW(false, flag.test_and_set());
	NOT_COUNTED(x.store(9); REQUIRE(x.load() == 9));
}

/* A struct goes through the built-ins that take addresses. */
static void expect_generic()
{
	struct pair {
		uint32_t a, b;
	};
	std::atomic<pair> x{ pair{ 1, 2 } };
	pair expected = { 1, 2 };

	SWAPS(x.compare_exchange_strong(expected, pair{ 3, 4 }));
	SWAP_FAILS(x.compare_exchange_strong(expected, pair{ 5, 6 }));
	COUNTED(1, 0, 0, REQUIRE(x.exchange(pair{ 7, 8 }).a == 3));
}

static void expect_mutex()
{
	std::mutex mutex;

	expect_forget();
	{
		const std::lock_guard<std::mutex> guard(mutex);

		REQUIRE(lfb_counted.locks == 1);
	}
	REQUIRE(mutex.try_lock());
	REQUIRE(lfb_counted.locks == 2 && lfb_counted.lock_contended == 0);
	REQUIRE(lfb_counted.hidden == (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS));
	mutex.unlock();
}

void expect_builtins_cxx(void)
{
	expect_std_atomic();
	expect_generic();
	expect_mutex();
}
