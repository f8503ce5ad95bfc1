/*
 * parking.h - sleeping and waking in the kernel, for loops that wait with wait=park (loop_parking.h)
 * and for applications that wait for something of their own.
 */
#ifndef LFBENCH_PARKING_H
#define LFBENCH_PARKING_H

#include <lfbench/backend.h>

/* By futex: sleep while *word is `seen`; wake that many of those who sleep on a word. */
extern const struct lfb_parking lfb_futex_parking;

/* Make all who sleep on the event, or are about to, look again. From any thread. */
void lfb_event_broadcast(struct lfb_waiters *event);

#endif
