/*
 * scheduling_accesses.h - part of scheduling.h, scheduling flavour only: the functions that gcc and clang call for accesses to memory
 * under -fsanitize=thread. Their names and arguments are those of LLVM's tsan_interface.h and tsan_interface_atomic.h.
 *
 * Each gives the scheduler its turn and then does what it is for. Only one thread runs at a time, so a plain access would do for an
 * atomic one; built-ins are used where the processor has them, since outside a script threads do run side by side. Two words at once
 * are plain: what has them (moodycamel's does not) is only right under the scheduler.
 *
 * Hidden symbols: two objects of this flavour do not meet, nor do they meet the real sanitizer's.
 */
#ifndef LFBENCH_SCHEDULING_ACCESSES_H
#define LFBENCH_SCHEDULING_ACCESSES_H

#ifdef __cplusplus
extern "C" {
#endif

/* Not a place to be interrupted itself. The label, because the compiler takes the plain name for a built-in of its own. */
#define LFB_TSAN(type, name, parameters)                                                                                                     \
	type lfb_tsan_##name parameters __asm__("__tsan_" #name) __attribute__((visibility("hidden"), used, no_sanitize("thread")));         \
	type lfb_tsan_##name parameters

static inline __attribute__((no_sanitize("thread"))) void lfb_scheduled_at(const volatile void *address, const void *place)
{
	if (lfb_scheduled != (struct lfb_scheduling *)0)
		lfb_scheduled->access(lfb_scheduled, address, place);
}

/* For the functions that stand in for others. */
LFB_SLOW __attribute__((no_sanitize("thread"))) void lfb_scheduled_access(const volatile void *address)
{
	lfb_scheduled_at(address, __builtin_return_address(0));
}

LFB_TSAN(void, init, (void)) {}
LFB_TSAN(void, func_entry, (void *caller)) { (void)caller; }
LFB_TSAN(void, func_exit, (void)) {}

#define LFB_TSAN_ACCESS(name)                                                                                                                \
	LFB_TSAN(void, name, (void *address)) { lfb_scheduled_at(address, __builtin_return_address(0)); }

#define LFB_TSAN_PLAIN(bytes)                                                                                                                \
	LFB_TSAN_ACCESS(read##bytes)                                                                                                         \
	LFB_TSAN_ACCESS(write##bytes)                                                                                                        \
	LFB_TSAN_ACCESS(read_write##bytes)                                                                                                   \
	LFB_TSAN_ACCESS(unaligned_read##bytes)                                                                                               \
	LFB_TSAN_ACCESS(unaligned_write##bytes)                                                                                              \
	LFB_TSAN_ACCESS(unaligned_read_write##bytes)

LFB_TSAN_PLAIN(1)
LFB_TSAN_PLAIN(2)
LFB_TSAN_PLAIN(4)
LFB_TSAN_PLAIN(8)
LFB_TSAN_PLAIN(16)
LFB_TSAN_ACCESS(vptr_read)

LFB_TSAN(void, vptr_update, (void **address, void *value))
{
	(void)value;
	lfb_scheduled_at(address, __builtin_return_address(0));
}

LFB_TSAN(void, read_range, (void *address, unsigned long bytes))
{
	(void)bytes;
	lfb_scheduled_at(address, __builtin_return_address(0));
}

LFB_TSAN(void, write_range, (void *address, unsigned long bytes))
{
	(void)bytes;
	lfb_scheduled_at(address, __builtin_return_address(0));
}

/* One thread runs at a time: the baton that it has orders more than any fence. */
LFB_TSAN(void, atomic_thread_fence, (int order)) { (void)order; }
LFB_TSAN(void, atomic_signal_fence, (int order)) { (void)order; }

#define LFB_TSAN_FETCH(bits, T, name)                                                                                                        \
	LFB_TSAN(T, atomic##bits##_fetch_##name, (volatile T * address, T value, int order))                                                 \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		return LFB_TSAN_DO_FETCH(bits, name, address, value);                                                                        \
	}

/* clang looks for the value found; gcc and C11 for whether it was the one. No weak one fails for no reason. */
#define LFB_TSAN_CAS(bits, T, strength)                                                                                                      \
	LFB_TSAN(int, atomic##bits##_compare_exchange_##strength, (volatile T * address, T * expected, T desired, int order, int failure))   \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		(void)failure;                                                                                                               \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		return LFB_TSAN_DO_CAS(bits, address, expected, desired);                                                                    \
	}

#define LFB_TSAN_ATOMIC(bits, T)                                                                                                             \
	LFB_TSAN(T, atomic##bits##_load, (const volatile T *address, int order))                                                             \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		return LFB_TSAN_DO_LOAD(bits, address);                                                                                      \
	}                                                                                                                                    \
	LFB_TSAN(void, atomic##bits##_store, (volatile T * address, T value, int order))                                                     \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		LFB_TSAN_DO_STORE(bits, address, value);                                                                                     \
	}                                                                                                                                    \
	LFB_TSAN(T, atomic##bits##_exchange, (volatile T * address, T value, int order))                                                     \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		return LFB_TSAN_DO_EXCHANGE(bits, address, value);                                                                           \
	}                                                                                                                                    \
	LFB_TSAN(T, atomic##bits##_compare_exchange_val, (volatile T * address, T expected, T desired, int order, int failure))              \
	{                                                                                                                                    \
		(void)order;                                                                                                                 \
		(void)failure;                                                                                                               \
		lfb_scheduled_at(address, __builtin_return_address(0));                                                                      \
		(void)LFB_TSAN_DO_CAS(bits, address, &expected, desired);                                                                    \
		return expected;                                                                                                             \
	}                                                                                                                                    \
	LFB_TSAN_CAS(bits, T, strong)                                                                                                        \
	LFB_TSAN_CAS(bits, T, weak)                                                                                                          \
	LFB_TSAN_FETCH(bits, T, add)                                                                                                         \
	LFB_TSAN_FETCH(bits, T, sub)                                                                                                         \
	LFB_TSAN_FETCH(bits, T, and)                                                                                                         \
	LFB_TSAN_FETCH(bits, T, or)                                                                                                          \
	LFB_TSAN_FETCH(bits, T, xor)                                                                                                         \
	LFB_TSAN_FETCH(bits, T, nand)

/* Sequentially consistent, whatever order was asked for: it is what the scheduler tries. */
#define LFB_TSAN_DO_LOAD(bits, address) __atomic_load_n(address, __ATOMIC_SEQ_CST)
#define LFB_TSAN_DO_STORE(bits, address, value) __atomic_store_n(address, value, __ATOMIC_SEQ_CST)
#define LFB_TSAN_DO_EXCHANGE(bits, address, value) __atomic_exchange_n(address, value, __ATOMIC_SEQ_CST)
#define LFB_TSAN_DO_CAS(bits, address, expected, desired)                                                                                    \
	__atomic_compare_exchange_n(address, expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define LFB_TSAN_DO_FETCH(bits, name, address, value) __atomic_fetch_##name(address, value, __ATOMIC_SEQ_CST)

LFB_TSAN_ATOMIC(8, uint8_t)
LFB_TSAN_ATOMIC(16, uint16_t)
LFB_TSAN_ATOMIC(32, uint32_t)
LFB_TSAN_ATOMIC(64, uint64_t)

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 lfb_tsan_wide;

static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_put(volatile lfb_tsan_wide *address, lfb_tsan_wide value)
{
	const lfb_tsan_wide found = *address;

	*address = value;
	return found;
}

static inline __attribute__((no_sanitize("thread"))) int lfb_wide_cas(volatile lfb_tsan_wide *address, lfb_tsan_wide *expected, lfb_tsan_wide desired)
{
	const lfb_tsan_wide found = *address;
	const int same = found == *expected;

	if (same)
		*address = desired;
	*expected = found;
	return same;
}

static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_add(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, *a + v); }
static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_sub(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, *a - v); }
static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_and(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, *a & v); }
static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_or(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, *a | v); }
static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_xor(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, *a ^ v); }
static inline __attribute__((no_sanitize("thread"))) lfb_tsan_wide lfb_wide_nand(volatile lfb_tsan_wide *a, lfb_tsan_wide v) { return lfb_wide_put(a, ~(*a & v)); }

#undef LFB_TSAN_DO_LOAD
#undef LFB_TSAN_DO_STORE
#undef LFB_TSAN_DO_EXCHANGE
#undef LFB_TSAN_DO_CAS
#undef LFB_TSAN_DO_FETCH
#define LFB_TSAN_DO_LOAD(bits, address) (*(address))
#define LFB_TSAN_DO_STORE(bits, address, value) ((void)lfb_wide_put(address, value))
#define LFB_TSAN_DO_EXCHANGE(bits, address, value) lfb_wide_put(address, value)
#define LFB_TSAN_DO_CAS(bits, address, expected, desired) lfb_wide_cas(address, expected, desired)
#define LFB_TSAN_DO_FETCH(bits, name, address, value) lfb_wide_##name(address, value)

LFB_TSAN_ATOMIC(128, lfb_tsan_wide)
#endif

#ifdef __cplusplus
}
#endif

#endif
