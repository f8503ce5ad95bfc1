/*
 * counting_ck.h - counting flavour: ConcurrencyKit's atomics (ck_pr.h), which are assembly, and its
 * spin locks. To be included before any other header of CK; in the timing flavour it is empty.
 *
 * The primitives become macros around themselves once ck_pr.h has defined them, so all headers of
 * CK that come later are counted, in inline functions and in names made by token pasting alike.
 * Each call counts as one read-modify-write, also where CK emulates it by a loop of its own. Where
 * CK is made of compiler built-ins instead of assembly, counting.h has counted them already.
 *
 * A load of two words (ck_pr_load_64_2) counts as well: processors have it as a compare-and-swap
 * whose failure is welcome. As an attempt of one it is not counted.
 *
 * What CK does in its own functions (ck_epoch_poll and so on) cannot be counted.
 */
#ifndef LFBENCH_COUNTING_CK_H
#define LFBENCH_COUNTING_CK_H

#include <lfbench/counting.h>

#if LFB_COUNTING

#ifdef CK_PR_H
#error "Include <lfbench/counting_ck.h> before the headers of ConcurrencyKit, or they are not counted."
#endif

#include <ck_pr.h>

#if !CK_USE_CC_BUILTINS &&                                                                                             \
	(defined(__x86_64__) || defined(__i386__) || defined(__aarch64__) || defined(__arm__) || defined(__powerpc__) ||   \
	 defined(__s390x__) || defined(__sparc_v9__))
#include <lfbench/counting_ck_pr.h>
#endif

/* After the primitives, so that a lock's own are counted. */
#include <ck_spinlock.h>

/*
 * The default lock. Between the try and CK's own loop, wait as that loop waits between its tries: then
 * an acquisition takes as many read-modify-writes as in the timing flavour.
 */
static inline void lfb_counted_ck_fas_lock(ck_spinlock_fas_t *lock)
{
	uint64_t since_ns = 0;

	if (!ck_spinlock_fas_trylock(lock)) {
		lfb_count_busy(&since_ns);
		do
			ck_pr_stall();
		while (ck_spinlock_fas_locked(lock));
		ck_spinlock_fas_lock(lock);
	}
	lfb_count_locked(since_ns);
}

/*
 * The others' trylock does something else than their lock, so these only look first: one that is taken
 * by another thread between the look and the lock has waited unseen.
 */
#define LFB_COUNTED_CK_LOCK(kind, function)                                                                            \
	static inline void lfb_counted_ck_##function(ck_spinlock_##kind##_t *lock)                                     \
	{                                                                                                              \
		uint64_t since_ns = 0;                                                                                 \
                                                                                                                       \
		if (ck_spinlock_##kind##_locked(lock))                                                                 \
			lfb_count_busy(&since_ns);                                                                     \
		ck_spinlock_##function(lock);                                                                          \
		lfb_count_locked(since_ns);                                                                            \
	}                                                                                                              \
	LFB_STATIC_ASSERT(sizeof(ck_spinlock_##kind##_t) > 0, "ends in a semicolon")

LFB_COUNTED_CK_LOCK(fas, fas_lock_eb);
LFB_COUNTED_CK_LOCK(cas, cas_lock);
LFB_COUNTED_CK_LOCK(cas, cas_lock_eb);
LFB_COUNTED_CK_LOCK(dec, dec_lock);
LFB_COUNTED_CK_LOCK(dec, dec_lock_eb);
LFB_COUNTED_CK_LOCK(ticket, ticket_lock);

static inline bool lfb_counted_ck_trylock(bool locked)
{
	if (locked)
		lfb_count_locked(0);
	return locked;
}

/* ck_spinlock_lock and so on are macros that name these. */
#define ck_spinlock_fas_lock(...) lfb_counted_ck_fas_lock(__VA_ARGS__)
#define ck_spinlock_fas_lock_eb(...) lfb_counted_ck_fas_lock_eb(__VA_ARGS__)
#define ck_spinlock_cas_lock(...) lfb_counted_ck_cas_lock(__VA_ARGS__)
#define ck_spinlock_cas_lock_eb(...) lfb_counted_ck_cas_lock_eb(__VA_ARGS__)
#define ck_spinlock_dec_lock(...) lfb_counted_ck_dec_lock(__VA_ARGS__)
#define ck_spinlock_dec_lock_eb(...) lfb_counted_ck_dec_lock_eb(__VA_ARGS__)
#define ck_spinlock_ticket_lock(...) lfb_counted_ck_ticket_lock(__VA_ARGS__)
#define ck_spinlock_fas_trylock(...) lfb_counted_ck_trylock(ck_spinlock_fas_trylock(__VA_ARGS__))
#define ck_spinlock_cas_trylock(...) lfb_counted_ck_trylock(ck_spinlock_cas_trylock(__VA_ARGS__))
#define ck_spinlock_dec_trylock(...) lfb_counted_ck_trylock(ck_spinlock_dec_trylock(__VA_ARGS__))
#ifdef CK_F_SPINLOCK_TICKET_TRYLOCK
#define ck_spinlock_ticket_trylock(...) lfb_counted_ck_trylock(ck_spinlock_ticket_trylock(__VA_ARGS__))
#endif

#endif

#endif
