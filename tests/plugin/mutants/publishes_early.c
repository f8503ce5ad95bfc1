/*
 * publishes_early - Vyukov's ring with two lines exchanged: a push passes its slot on and then writes the item, some words and the value. A pop in
 * between gets what was there before.
 */
#define PUBLISH(slot, ticket, v)                                                                                       \
	do {                                                                                                           \
		__atomic_store_n(&(slot)->sequence, (ticket) + 1, __ATOMIC_RELEASE);                                   \
		for (unsigned w = 0; w < WORDS; w++)                                                                   \
			(slot)->words[w] = (v);                                                                        \
		(slot)->value = (v);                                                                                   \
	} while (0)
#define MUTANT_NAME "publishes_early"
#include "tickets.h"
