/*
 * fuzz_samples.c - libFuzzer target for what `lfbench run --check history` judges: samples from a process in which foreign code ran.
 *
 * Most random bytes are no head, so the input is put together as one: the first byte says how many threads, the following ones how long their logs
 * are, the rest is logged. Whatever it is: nothing may crash, and every verdict must make sense. Built as fuzz_history.c says.
 */
#include "trial/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VERDICTS 4u
#define THREADS 4u

/* As recording_judge.c has it. */
struct head {
	uint32_t head_bytes, op_bytes;
	uint64_t trial, epsilon_ticks;
	uint32_t threads, whole;
	uint64_t counts[LFB_HISTORY_THREADS_MAX];
};

static void receive(const void *bytes, size_t size)
{
	const struct lfb_claims claims = { .order = LFB_ORDER_FIFO, .empty = LFB_ANSWER_STRICT };
	struct lfb_recording_verdict verdicts[VERDICTS];
	const size_t count = lfb_recording_receive(bytes, size, &claims, verdicts, VERDICTS);

	if (count > VERDICTS)
		abort();
	for (size_t i = 0; i < count; i++)
		if ((verdicts[i].rc != 0 && verdicts[i].rc != -EBADMSG) || (verdicts[i].rc != 0) != (verdicts[i].reason[0] != '\0'))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head head = { .head_bytes = sizeof(head), .op_bytes = sizeof(struct lfb_history_op), .trial = 1, .whole = 1 };
	char *stream;

	receive(data, size); /* as it is */
	if (size < 1 + THREADS)
		return 0;
	head.threads = data[0] % (THREADS + 1);
	for (uint32_t t = 0; t < head.threads; t++)
		head.counts[t] = data[1 + t] % 32;
	size -= 1 + THREADS;
	stream = malloc(sizeof(head) + size);
	if (stream == NULL)
		return 0;
	memcpy(stream, &head, sizeof(head));
	memcpy(stream + sizeof(head), data + 1 + THREADS, size);
	receive(stream, sizeof(head) + size);
	free(stream);
	return 0;
}

#ifdef LFB_FUZZ_STANDALONE
int main(void)
{
	static uint8_t bytes[4096];
	uint64_t state = 1;

	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			state = state * UINT64_C(6364136223846793005) + 1;
			bytes[i] = (uint8_t)(state >> 56) & (i % 2 == 0 ? 0xFF : 0x01); /* many small numbers */
		}
		(void)LLVMFuzzerTestOneInput(bytes, (size_t)(state >> 40) % sizeof(bytes));
	}
	return 0;
}
#endif
