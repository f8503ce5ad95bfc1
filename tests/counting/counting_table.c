/* counting_table.c - see counting_table.h. In terms of N items; what is added to that is explained beside it. */
#include "counting_table.h"

#include <lfbench/backend.h>
#include <lfbench/counting.h>

#define N ITEMS

/* The consume loop asks twice more at the end, and is told EMPTY: once before it looks whether all is produced. */
#define EMPTIES 2u
/* null and faa: a handle's share is dealt once (quota.h). */
#define DEAL 1u

/* Nodes of the pool: the depot's lock, an exchange, for each 64 nodes that come from it ... */
#define REFILLS (N / 64)
/* ... or go back to it. The first two magazines are kept. */
#define SPILLS (N / 64 - 2)
/* In pairs the node just popped is the one pushed next. */
#define ONE_REFILL 1u

/* Each 64 pops ck_fifo_mpmc looks for free nodes: 5 lists exchanged for an empty one, and 2 sums, of the one list with nodes. */
#define POLLS (N / 64 * (5 + 2))

/* moodycamel, once per producer: linked into the list (a CAS) and counted. */
#define MC_PRODUCER 2u
/* Its first 6 blocks of 32 items come from a pool by fetch-and-add; in pairs the first is used over and over. */
#define MC_BLOCKS 6u
/* Once per consumer a number is drawn, and after each 256 items consumers are told to rotate. */
#define MC_CONSUMER (1 + N / 256)

#define GLIBC (LFB_HIDDEN_RMW | LFB_HIDDEN_CAS)
#define CALL_RCU (LFB_HIDDEN_RMW | LFB_HIDDEN_PARK)

const struct counted_backend counted_backends[] = {
	{ "null", false, { 0, 0, 0, 0, 0 }, { DEAL, 0, 0, 0, 0 }, { DEAL, 0, 0, 0, 0 } },
	{ "faa", false, { N, 0, 0, 0, 0 }, { N + DEAL, 0, 0, 0, 0 }, { 2 * N + DEAL, 0, 0, 0, 0 } },
	{ "mutex_ring", false, { 0, 0, N, 0, GLIBC }, { 0, 0, N + EMPTIES, 0, GLIBC }, { 0, 0, 2 * N, 0, GLIBC } },
	/* The last producer closes the queue: the lock once more, and two broadcasts. */
	{ "mutex_cond", false, { 0, 0, N + 1, 2, GLIBC }, { 0, 0, N + EMPTIES, 0, GLIBC },
	  { 0, 0, 2 * N, 0, GLIBC } },
	{ "spin_ring", false, { N, 0, N, 0, 0 }, { N + EMPTIES, 0, N + EMPTIES, 0, 0 },
	  { 2 * N, 0, 2 * N, 0, 0 } },
	{ "two_lock", false, { 0, 0, N, 0, GLIBC }, { 0, 0, N + EMPTIES, 0, GLIBC }, { 0, 0, 2 * N, 0, GLIBC } },
	{ "two_lock.pool", false, { REFILLS, 0, N + REFILLS, 0, GLIBC },
	  { SPILLS, 0, N + EMPTIES + SPILLS, 0, GLIBC }, { ONE_REFILL, 0, 2 * N + ONE_REFILL, 0, GLIBC } },
	{ "vyukov_mpmc", false, { N, N, 0, 0, 0 }, { N, N, 0, 0, 0 }, { 2 * N, 2 * N, 0, 0, 0 } },
	{ "ck_ring_spsc", false, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 } },
	{ "ck_ring_mpsc", false, { N, N, 0, 0, 0 }, { 0, 0, 0, 0, 0 }, { N, N, 0, 0, 0 } },
	{ "ck_ring_spmc", false, { 0, 0, 0, 0, 0 }, { N, N, 0, 0, 0 }, { N, N, 0, 0, 0 } },
	{ "ck_ring_mpmc", false, { N, N, 0, 0, 0 }, { N, N, 0, 0, 0 }, { 2 * N, 2 * N, 0, 0, 0 } },
	{ "ck_fifo_spsc", false, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0 } },
	{ "ck_fifo_spsc.pool", false, { REFILLS, 0, REFILLS, 0, 0 }, { 0, 0, 0, 0, 0 },
	  { ONE_REFILL, 0, ONE_REFILL, 0, 0 } },
	/* An exchange to enter the epoch section, of an EMPTY pop too. Push: link, move the tail. Pop: move the head. */
	{ "ck_fifo_mpmc", true, { 3 * N, 2 * N, 0, 0, 0 }, { 2 * N + EMPTIES + POLLS, N, 0, 0, 0 },
	  { 5 * N + POLLS, 3 * N, 0, 0, 0 } },
	{ "ck_fifo_mpmc.pool", true, { 3 * N + REFILLS, 2 * N, REFILLS, 0, 0 },
	  { 2 * N + EMPTIES + POLLS + SPILLS, N, SPILLS, 0, 0 },
	  { 5 * N + POLLS + ONE_REFILL, 3 * N, ONE_REFILL, 0, 0 } },
	{ "urcu_wfcq", true, { N, 0, 0, 0, 0 }, { 1, 1, 0, 0, 0 }, { 2 * N, N, 0, 0, 0 } },
	{ "urcu_wfcq.pool", true, { N + REFILLS, 0, REFILLS, 0, 0 }, { 1 + SPILLS, 1, SPILLS, 0, 0 },
	  { 2 * N + ONE_REFILL, N, ONE_REFILL, 0, 0 } },
	{ "urcu_wfcq_mutex", true, { N, 0, 0, 0, 0 }, { 1, 1, N + EMPTIES, 0, GLIBC },
	  { 2 * N, N, N, 0, GLIBC } },
	{ "urcu_wfcq_mutex.pool", true, { N + REFILLS, 0, REFILLS, 0, 0 },
	  { 1 + SPILLS, 1, N + EMPTIES + SPILLS, 0, GLIBC }, { 2 * N + ONE_REFILL, N, N + ONE_REFILL, 0, GLIBC } },
	/* Popping: the first dummy is taken off first, and behind the last item a new one (two CAS) is put. */
	{ "urcu_lfq", true, { 2 * N, 2 * N, 0, 0, 0 }, { N + 3, N + 3, 0, 0, CALL_RCU },
	  { 6 * N, 6 * N, 0, 0, CALL_RCU } },
	{ "urcu_lfq_qsbr", true, { 2 * N, 2 * N, 0, 0, 0 }, { N + 3, N + 3, 0, 0, CALL_RCU },
	  { 6 * N, 6 * N, 0, 0, CALL_RCU } },
	{ "moodycamel", false, { MC_PRODUCER + MC_BLOCKS, 1, 0, 0, 0 }, { 2 * N + MC_CONSUMER, 0, 0, 0, 0 },
	  { 2 * N + MC_PRODUCER + 1 + MC_CONSUMER, 1, 0, 0, 0 } },
};

const unsigned counted_backend_count = sizeof(counted_backends) / sizeof(counted_backends[0]);
