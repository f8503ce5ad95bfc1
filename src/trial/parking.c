/* parking.c - see parking.h. */
#include "trial/parking.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What else it may return for (a signal, a word that has changed) means the same: look again. */
static void sleep_on(uint32_t *word, uint32_t seen)
{
	(void)syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void wake(uint32_t *word, uint32_t sleepers)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, sleepers < INT_MAX ? (int)sleepers : INT_MAX, NULL, NULL, 0);
}

const struct lfb_parking lfb_futex_parking = { sleep_on, wake };

/* Release: pairs with the acquire in lfb_event_prepare; whoever reads the new sequence sees why. */
void lfb_event_broadcast(struct lfb_waiters *event)
{
	(void)__atomic_fetch_add(&event->sequence, 1, __ATOMIC_RELEASE);
	wake(&event->sequence, UINT32_MAX);
}
