/*
 * verify.c - see verify.h. Linear in the items: a bit per value, and per producer the
 * last number the current thread popped, stamped with the thread so that it need not be
 * cleared between threads (nothing here is threads squared).
 */
#include "trial/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t lfb_verify_expected_hash(const struct lfb_pushed *pushed)
{
	uint64_t sum = 0;

	for (uint32_t p = 0; p < pushed->producers; p++) {
		const uint64_t first = (uint64_t)p << LFB_VALUE_SHIFT | 1;

		for (uint64_t i = 0; i < pushed->items[p]; i++)
			sum += lfb_mix(first + i);
	}
	return sum;
}

struct last_popped {
	uint64_t number;
	uint32_t popper; /* plus one; 0: nobody yet */
};

struct audit {
	const struct lfb_pushed *pushed;
	uint64_t *first_bit;      /* of each producer in `seen` */
	uint64_t *seen;           /* a bit per value */
	struct last_popped *last; /* per producer */
	bool ordered;
	char *reason;
	size_t reason_bytes;
};

#define WORD_BITS 64u

static int audit_init(struct audit *a)
{
	const uint32_t producers = a->pushed->producers;
	uint64_t bits = 0;

	a->first_bit = (uint64_t *)calloc(producers + (size_t)1, sizeof(a->first_bit[0]));
	a->last = (struct last_popped *)calloc(producers + (size_t)1, sizeof(a->last[0]));
	if (a->first_bit == NULL || a->last == NULL)
		return -ENOMEM;
	for (uint32_t p = 0; p < producers; p++) {
		a->first_bit[p] = bits;
		bits += a->pushed->items[p];
	}
	a->seen = (uint64_t *)calloc(bits / WORD_BITS + 1, sizeof(a->seen[0]));
	return a->seen == NULL ? -ENOMEM : 0;
}

static void audit_free(struct audit *a)
{
	free(a->first_bit);
	free(a->last);
	free(a->seen);
}

/* One value, popped by thread `popper`. */
static int audit_value(struct audit *a, uint64_t value, uint32_t popper)
{
	const uint64_t producer = value >> LFB_VALUE_SHIFT, number = value & ((UINT64_C(1) << LFB_VALUE_SHIFT) - 1);
	uint64_t bit, mask;

	if (producer >= a->pushed->producers || number == 0 || number > a->pushed->items[producer]) {
		(void)snprintf(a->reason, a->reason_bytes, "thread %" PRIu32 " popped %#" PRIx64 ", which was never pushed", popper,
			       value);
		return -EBADMSG;
	}
	bit = a->first_bit[producer] + number - 1;
	mask = UINT64_C(1) << (bit % WORD_BITS);
	if (a->seen[bit / WORD_BITS] & mask) {
		(void)snprintf(a->reason, a->reason_bytes, "value %" PRIu64 " of producer %" PRIu64 " was popped twice", number,
			       producer);
		return -EBADMSG;
	}
	a->seen[bit / WORD_BITS] |= mask;
	if (a->ordered && a->last[producer].popper == popper + 1 && a->last[producer].number > number) {
		(void)snprintf(a->reason, a->reason_bytes,
			       "order: thread %" PRIu32 " popped value %" PRIu64 " of producer %" PRIu64 " after value %" PRIu64, popper,
			       number, producer, a->last[producer].number);
		return -EBADMSG;
	}
	a->last[producer] = (struct last_popped){ .number = number, .popper = popper + 1 };
	return 0;
}

/* Names the first value nobody popped. */
static int audit_missing(struct audit *a)
{
	uint64_t missing = 0, first_number = 0;
	uint32_t first_producer = 0;

	for (uint32_t p = 0; p < a->pushed->producers; p++) {
		for (uint64_t i = 0; i < a->pushed->items[p]; i++) {
			const uint64_t bit = a->first_bit[p] + i;

			if ((a->seen[bit / WORD_BITS] >> (bit % WORD_BITS) & 1) == 0 && missing++ == 0) {
				first_producer = p;
				first_number = i + 1;
			}
		}
	}
	if (missing == 0)
		return 0;
	(void)snprintf(a->reason, a->reason_bytes, "%" PRIu64 " values lost, the first is value %" PRIu64 " of producer %" PRIu32,
		       missing, first_number, first_producer);
	return -EBADMSG;
}

int lfb_verify_audit(const struct lfb_pushed *pushed, const struct lfb_popped *popped, uint32_t poppers, bool ordered,
		     char *reason, size_t reason_bytes)
{
	struct audit a = { .pushed = pushed, .ordered = ordered, .reason = reason, .reason_bytes = reason_bytes };
	int rc = audit_init(&a);

	for (uint32_t thread = 0; rc == 0 && thread < poppers; thread++)
		for (uint64_t i = 0; rc == 0 && i < popped[thread].count; i++)
			rc = audit_value(&a, popped[thread].values[i], thread);
	if (rc == 0)
		rc = audit_missing(&a);
	audit_free(&a);
	return rc;
}
