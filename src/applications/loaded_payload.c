/*
 * loaded_payload.c - what an item carries beyond its 8 bytes, see loaded.h.
 *
 * DESIGN. Item n of a producer is in buffer n % window of that producer, so the value that goes through the queue is as
 * good as a pointer, and a wrong value cannot lead outside. A flag per buffer says that its item has not been read: the
 * producer waits for it before writing over it. With by=pointer the item is written and read in place; with
 * by=value the producer prepares it in a buffer of its own and copies it in, and the consumer copies it out, as a queue
 * with slots of that size does. That the bytes are there when the value is, is up to the queue: no flag is read for it.
 */
#include "loaded.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

/* For the buffers of all producers; more only where each would get less than WINDOW_MIN. */
#define MEMORY_BYTES ((size_t)64 << 20)
#define WINDOW_MIN 4u
#define STEP UINT64_C(0x9E3779B97F4A7C15)
/* Tries for a buffer before the CPU is given up. */
#define SPINS 64u

/* The flag is ahead of the bytes, on a line of its own. */
static uint32_t *flag_of(unsigned char *slot)
{
	return (uint32_t *)(void *)slot;
}

size_t lfb_payload_slot_bytes(size_t payload_bytes)
{
	return LFB_LINE + ((payload_bytes + LFB_LINE - 1) & ~(size_t)(LFB_LINE - 1));
}

uint64_t lfb_payload_window(uint64_t capacity, uint32_t producers, uint32_t consumers, size_t payload_bytes)
{
	const uint64_t affordable = MEMORY_BYTES / (lfb_payload_slot_bytes(payload_bytes) * producers);
	const uint64_t useful = capacity < UINT32_MAX ? capacity + consumers + 1 : UINT32_MAX; /* in the queue, being read, being written */
	const uint64_t window = useful < affordable ? useful : affordable;

	return window > WINDOW_MIN ? window : WINDOW_MIN;
}

int lfb_payload_open(struct loaded *app, size_t bytes, bool by_value)
{
	const uint32_t producers = app->setup.producing, consumers = app->consumers;
	const size_t slot_bytes = lfb_payload_slot_bytes(bytes);
	struct loaded_payload *const payload = &app->payload;
	const uint64_t window = lfb_payload_window(app->setup.shape->capacity, producers, consumers, bytes);
	unsigned char *at;

	payload->map_bytes = (producers * (window + 1) + consumers) * slot_bytes;
	at = (unsigned char *)mmap(NULL, payload->map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (at == MAP_FAILED)
		return -ENOMEM;
	payload->map = at;
	payload->bytes = bytes;
	payload->by_value = by_value;
	payload->window = window;
	payload->producers = producers;
	for (uint32_t p = 0; p < producers; p++, at += (window + 1) * slot_bytes)
		app->producer[p].buffers = (struct loaded_buffers){ .slots = at, .own = at + window * slot_bytes };
	for (uint32_t c = 0; c < consumers; c++, at += slot_bytes)
		app->consumer[c].own = at;
	return 0;
}

void lfb_payload_close(struct loaded_payload *payload)
{
	if (payload->map != NULL)
		(void)munmap(payload->map, payload->map_bytes);
	payload->map = NULL;
}

/* Eight bytes at a time, each word another; the last may be cut. Two values have no word of one place in common. */
void lfb_payload_write(unsigned char *to, size_t bytes, uint64_t value)
{
	uint64_t word = lfb_mix(value);
	size_t at = 0;

	for (; at + sizeof(word) <= bytes; at += sizeof(word), word += STEP)
		memcpy(to + at, &word, sizeof(word));
	memcpy(to + at, &word, bytes - at);
}

bool lfb_payload_matches(const unsigned char *from, size_t bytes, uint64_t value)
{
	uint64_t word = lfb_mix(value), differ = 0, seen;
	size_t at = 0;

	for (; at + sizeof(word) <= bytes; at += sizeof(word), word += STEP) {
		memcpy(&seen, from + at, sizeof(seen));
		differ |= seen ^ word;
	}
	return differ == 0 && memcmp(from + at, &word, bytes - at) == 0;
}

static unsigned char *slot_of(const struct loaded_payload *payload, const struct loaded_producer *producer, uint64_t n)
{
	return producer->buffers.slots + n % payload->window * lfb_payload_slot_bytes(payload->bytes);
}

/* Until the buffer's last item has been read. The acquire pairs with the release in lfb_payload_receive. */
static bool wait_for(struct lfb_thread *t, struct loaded_producer *p, uint32_t *flag)
{
	if (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == 0)
		return true;
	p->slot_waits++;
	for (unsigned spins = 0; __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0; spins++) {
		if (__atomic_load_n(&t->shared->abort, __ATOMIC_RELAXED))
			return false;
		if (spins < SPINS)
			lfb_pause();
		else
			(void)sched_yield();
	}
	return true;
}

bool lfb_payload_send(struct lfb_thread *t, struct loaded_producer *p, uint64_t n)
{
	const struct loaded_payload *const payload = &p->app->payload;
	const uint64_t value = lfb_app_value(p->index, n);
	unsigned char *const slot = slot_of(payload, p, n);

	if (payload->by_value)
		lfb_payload_write(p->buffers.own, payload->bytes, value);
	if (!wait_for(t, p, flag_of(slot)))
		return false;
	if (payload->by_value)
		memcpy(slot + LFB_LINE, p->buffers.own, payload->bytes);
	else
		lfb_payload_write(slot + LFB_LINE, payload->bytes, value);
	__atomic_store_n(flag_of(slot), 1, __ATOMIC_RELAXED); /* its reader learns of it through the queue */
	return true;
}

void lfb_payload_take_back(struct loaded_producer *p, uint64_t n)
{
	__atomic_store_n(flag_of(slot_of(&p->app->payload, p, n)), 0, __ATOMIC_RELAXED); /* nobody else has seen it */
}

void lfb_payload_receive(struct loaded_consumer *c, uint64_t value)
{
	const struct loaded_payload *const payload = &c->app->payload;
	const uint64_t producer = value >> LFB_VALUE_SHIFT, number = value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1);
	const unsigned char *from;
	unsigned char *slot;

	if (producer >= payload->producers || number == 0) {
		c->mismatches++;
		return;
	}
	slot = slot_of(payload, &c->app->producer[producer], number - 1);
	from = slot + LFB_LINE;
	if (payload->by_value)
		from = (const unsigned char *)memcpy(c->own, from, payload->bytes);
	c->mismatches += !lfb_payload_matches(from, payload->bytes, value);
	/* Release: pairs with the acquire in wait_for; the producer writes over what has been read. */
	__atomic_store_n(flag_of(slot), 0, __ATOMIC_RELEASE);
}
