/*
 * counting_urcu.h - counting flavour: liburcu's atomics (urcu/uatomic.h), which are assembly on x86.
 * To be included before any other header of liburcu; in the timing flavour it is empty.
 *
 * The macros that the library's headers use (uatomic_xchg and so on) are defined again, with a count,
 * around the functions beneath them. Where there is no assembly (arm64, RISC-V) those functions
 * are made of compiler built-ins with the operand's size in their name; these are caught instead,
 * so an exchange that is really a loop of compare-and-swaps is counted as what it is. On other
 * processors nothing is caught, and the figures are left empty.
 *
 * What the library does in its own functions (call_rcu, synchronize_rcu) cannot be counted: say
 * lfb_count_hidden() where they are called.
 */
#ifndef LFBENCH_COUNTING_URCU_H
#define LFBENCH_COUNTING_URCU_H

#include <lfbench/counting.h>

#if LFB_COUNTING

#ifdef _URCU_UATOMIC_H
#error "Include <lfbench/counting_urcu.h> before the headers of liburcu, or they are not counted."
#endif

#define LFB_COUNTED_VAL_CAS(operation, old)                                                                            \
	__extension__({                                                                                                \
		const __typeof__(operation) lfb_found_ = (operation);                                                  \
		(void)lfb_count_cas(lfb_found_ == (__typeof__(operation))(old));                                       \
		lfb_found_;                                                                                            \
	})

#define __sync_val_compare_and_swap_1(p, o, n) LFB_COUNTED_VAL_CAS(__sync_val_compare_and_swap_1(p, o, n), o)
#define __sync_val_compare_and_swap_2(p, o, n) LFB_COUNTED_VAL_CAS(__sync_val_compare_and_swap_2(p, o, n), o)
#define __sync_val_compare_and_swap_4(p, o, n) LFB_COUNTED_VAL_CAS(__sync_val_compare_and_swap_4(p, o, n), o)
#define __sync_val_compare_and_swap_8(p, o, n) LFB_COUNTED_VAL_CAS(__sync_val_compare_and_swap_8(p, o, n), o)
#define __sync_bool_compare_and_swap_1(...) lfb_count_cas(__sync_bool_compare_and_swap_1(__VA_ARGS__))
#define __sync_bool_compare_and_swap_2(...) lfb_count_cas(__sync_bool_compare_and_swap_2(__VA_ARGS__))
#define __sync_bool_compare_and_swap_4(...) lfb_count_cas(__sync_bool_compare_and_swap_4(__VA_ARGS__))
#define __sync_bool_compare_and_swap_8(...) lfb_count_cas(__sync_bool_compare_and_swap_8(__VA_ARGS__))
#define __sync_add_and_fetch_1(...) LFB_COUNTED_RMW(__sync_add_and_fetch_1(__VA_ARGS__))
#define __sync_add_and_fetch_2(...) LFB_COUNTED_RMW(__sync_add_and_fetch_2(__VA_ARGS__))
#define __sync_add_and_fetch_4(...) LFB_COUNTED_RMW(__sync_add_and_fetch_4(__VA_ARGS__))
#define __sync_add_and_fetch_8(...) LFB_COUNTED_RMW(__sync_add_and_fetch_8(__VA_ARGS__))
#define __sync_and_and_fetch_1(...) LFB_COUNTED_RMW(__sync_and_and_fetch_1(__VA_ARGS__))
#define __sync_and_and_fetch_2(...) LFB_COUNTED_RMW(__sync_and_and_fetch_2(__VA_ARGS__))
#define __sync_and_and_fetch_4(...) LFB_COUNTED_RMW(__sync_and_and_fetch_4(__VA_ARGS__))
#define __sync_and_and_fetch_8(...) LFB_COUNTED_RMW(__sync_and_and_fetch_8(__VA_ARGS__))
#define __sync_or_and_fetch_1(...) LFB_COUNTED_RMW(__sync_or_and_fetch_1(__VA_ARGS__))
#define __sync_or_and_fetch_2(...) LFB_COUNTED_RMW(__sync_or_and_fetch_2(__VA_ARGS__))
#define __sync_or_and_fetch_4(...) LFB_COUNTED_RMW(__sync_or_and_fetch_4(__VA_ARGS__))
#define __sync_or_and_fetch_8(...) LFB_COUNTED_RMW(__sync_or_and_fetch_8(__VA_ARGS__))

#include <urcu/uatomic.h>

#ifdef _URCU_ARCH_UATOMIC_X86_H

/* UATOMIC_COMPAT as in the library: some 32-bit x86 processors have no cmpxchg. */
#undef uatomic_cmpxchg
#define uatomic_cmpxchg(addr, old, _new)                                                                               \
	__extension__({                                                                                                \
		const __typeof__(*(addr)) lfb_old_ = (old);                                                            \
		const __typeof__(*(addr)) lfb_found_ = UATOMIC_COMPAT(cmpxchg(addr, lfb_old_, _new));                  \
		(void)lfb_count_cas(lfb_found_ == lfb_old_);                                                           \
		lfb_found_;                                                                                            \
	})
#undef uatomic_xchg
#define uatomic_xchg(addr, v) LFB_COUNTED_RMW(UATOMIC_COMPAT(xchg(addr, v)))
#undef uatomic_add_return
#define uatomic_add_return(addr, v) LFB_COUNTED_RMW(UATOMIC_COMPAT(add_return(addr, v)))
#undef uatomic_add
#define uatomic_add(addr, v) LFB_COUNTED_RMW(UATOMIC_COMPAT(add(addr, v)))
#undef uatomic_inc
#define uatomic_inc(addr) LFB_COUNTED_RMW(UATOMIC_COMPAT(inc(addr)))
#undef uatomic_dec
#define uatomic_dec(addr) LFB_COUNTED_RMW(UATOMIC_COMPAT(dec(addr)))
#undef uatomic_and
#define uatomic_and(addr, v) LFB_COUNTED_RMW(UATOMIC_COMPAT(and(addr, v)))
#undef uatomic_or
#define uatomic_or(addr, v) LFB_COUNTED_RMW(UATOMIC_COMPAT(or(addr, v)))

#elif !defined(URCU_ARCH_AARCH64) && !defined(URCU_ARCH_RISCV) && !defined(_URCU_UATOMIC_BUILTINS_H)

#undef LFB_ALWAYS_HIDDEN
#define LFB_ALWAYS_HIDDEN (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS)

#endif

#endif

#endif
