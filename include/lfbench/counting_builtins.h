/*
 * counting_builtins.h - part of counting.h, counting flavour only: the compiler's atomic built-ins
 * as macros around themselves.
 *
 * The arguments are passed on unread, however many there are, so that what the compiler accepts
 * stays what it accepts.
 */
#ifndef LFBENCH_COUNTING_BUILTINS_H
#define LFBENCH_COUNTING_BUILTINS_H

#define LFB_COUNTED_RMW(operation) (lfb_count_rmw(), operation)

/* Of the memory model of C11. A weak compare-and-swap that fails for no reason has failed. */
#define __atomic_compare_exchange_n(...) lfb_count_cas(__atomic_compare_exchange_n(__VA_ARGS__))
#define __atomic_compare_exchange(...) lfb_count_cas(__atomic_compare_exchange(__VA_ARGS__))
#define __atomic_exchange_n(...) LFB_COUNTED_RMW(__atomic_exchange_n(__VA_ARGS__))
#define __atomic_exchange(...) LFB_COUNTED_RMW(__atomic_exchange(__VA_ARGS__))
#define __atomic_test_and_set(...) LFB_COUNTED_RMW(__atomic_test_and_set(__VA_ARGS__))
#define __atomic_fetch_add(...) LFB_COUNTED_RMW(__atomic_fetch_add(__VA_ARGS__))
#define __atomic_fetch_sub(...) LFB_COUNTED_RMW(__atomic_fetch_sub(__VA_ARGS__))
#define __atomic_fetch_and(...) LFB_COUNTED_RMW(__atomic_fetch_and(__VA_ARGS__))
#define __atomic_fetch_or(...) LFB_COUNTED_RMW(__atomic_fetch_or(__VA_ARGS__))
#define __atomic_fetch_xor(...) LFB_COUNTED_RMW(__atomic_fetch_xor(__VA_ARGS__))
#define __atomic_fetch_nand(...) LFB_COUNTED_RMW(__atomic_fetch_nand(__VA_ARGS__))
#define __atomic_add_fetch(...) LFB_COUNTED_RMW(__atomic_add_fetch(__VA_ARGS__))
#define __atomic_sub_fetch(...) LFB_COUNTED_RMW(__atomic_sub_fetch(__VA_ARGS__))
#define __atomic_and_fetch(...) LFB_COUNTED_RMW(__atomic_and_fetch(__VA_ARGS__))
#define __atomic_or_fetch(...) LFB_COUNTED_RMW(__atomic_or_fetch(__VA_ARGS__))
#define __atomic_xor_fetch(...) LFB_COUNTED_RMW(__atomic_xor_fetch(__VA_ARGS__))
#define __atomic_nand_fetch(...) LFB_COUNTED_RMW(__atomic_nand_fetch(__VA_ARGS__))

/* The older ones. __sync_lock_release is a store. */
#define __sync_bool_compare_and_swap(...) lfb_count_cas(__sync_bool_compare_and_swap(__VA_ARGS__))
/* It succeeded if what it found is what it was to find. */
#define __sync_val_compare_and_swap(pointer, old, ...)                                                                 \
	__extension__({                                                                                                \
		const __typeof__(*(pointer)) lfb_old_ = (old);                                                         \
		const __typeof__(*(pointer)) lfb_found_ =                                                              \
			__sync_val_compare_and_swap((pointer), lfb_old_, __VA_ARGS__);                                 \
		(void)lfb_count_cas(lfb_found_ == lfb_old_);                                                           \
		lfb_found_;                                                                                            \
	})
#define __sync_lock_test_and_set(...) LFB_COUNTED_RMW(__sync_lock_test_and_set(__VA_ARGS__))
#define __sync_fetch_and_add(...) LFB_COUNTED_RMW(__sync_fetch_and_add(__VA_ARGS__))
#define __sync_fetch_and_sub(...) LFB_COUNTED_RMW(__sync_fetch_and_sub(__VA_ARGS__))
#define __sync_fetch_and_and(...) LFB_COUNTED_RMW(__sync_fetch_and_and(__VA_ARGS__))
#define __sync_fetch_and_or(...) LFB_COUNTED_RMW(__sync_fetch_and_or(__VA_ARGS__))
#define __sync_fetch_and_xor(...) LFB_COUNTED_RMW(__sync_fetch_and_xor(__VA_ARGS__))
#define __sync_fetch_and_nand(...) LFB_COUNTED_RMW(__sync_fetch_and_nand(__VA_ARGS__))
#define __sync_add_and_fetch(...) LFB_COUNTED_RMW(__sync_add_and_fetch(__VA_ARGS__))
#define __sync_sub_and_fetch(...) LFB_COUNTED_RMW(__sync_sub_and_fetch(__VA_ARGS__))
#define __sync_and_and_fetch(...) LFB_COUNTED_RMW(__sync_and_and_fetch(__VA_ARGS__))
#define __sync_or_and_fetch(...) LFB_COUNTED_RMW(__sync_or_and_fetch(__VA_ARGS__))
#define __sync_xor_and_fetch(...) LFB_COUNTED_RMW(__sync_xor_and_fetch(__VA_ARGS__))
#define __sync_nand_and_fetch(...) LFB_COUNTED_RMW(__sync_nand_and_fetch(__VA_ARGS__))

#ifdef __clang__
/* What clang's <stdatomic.h> and libc++'s <atomic> are made of, and what gcc does not have. */
#define __c11_atomic_compare_exchange_strong(...) lfb_count_cas(__c11_atomic_compare_exchange_strong(__VA_ARGS__))
#define __c11_atomic_compare_exchange_weak(...) lfb_count_cas(__c11_atomic_compare_exchange_weak(__VA_ARGS__))
#define __c11_atomic_exchange(...) LFB_COUNTED_RMW(__c11_atomic_exchange(__VA_ARGS__))
#define __c11_atomic_fetch_add(...) LFB_COUNTED_RMW(__c11_atomic_fetch_add(__VA_ARGS__))
#define __c11_atomic_fetch_sub(...) LFB_COUNTED_RMW(__c11_atomic_fetch_sub(__VA_ARGS__))
#define __c11_atomic_fetch_and(...) LFB_COUNTED_RMW(__c11_atomic_fetch_and(__VA_ARGS__))
#define __c11_atomic_fetch_or(...) LFB_COUNTED_RMW(__c11_atomic_fetch_or(__VA_ARGS__))
#define __c11_atomic_fetch_xor(...) LFB_COUNTED_RMW(__c11_atomic_fetch_xor(__VA_ARGS__))
#define __c11_atomic_fetch_nand(...) LFB_COUNTED_RMW(__c11_atomic_fetch_nand(__VA_ARGS__))
#define __c11_atomic_fetch_max(...) LFB_COUNTED_RMW(__c11_atomic_fetch_max(__VA_ARGS__))
#define __c11_atomic_fetch_min(...) LFB_COUNTED_RMW(__c11_atomic_fetch_min(__VA_ARGS__))
#define __atomic_fetch_max(...) LFB_COUNTED_RMW(__atomic_fetch_max(__VA_ARGS__))
#define __atomic_fetch_min(...) LFB_COUNTED_RMW(__atomic_fetch_min(__VA_ARGS__))
#define __atomic_max_fetch(...) LFB_COUNTED_RMW(__atomic_max_fetch(__VA_ARGS__))
#define __atomic_min_fetch(...) LFB_COUNTED_RMW(__atomic_min_fetch(__VA_ARGS__))
#endif

#endif
