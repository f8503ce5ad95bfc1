/* logger_text.c - the lines of the logger, see logger.h. */
#include "logger.h"

#include <stdio.h>
#include <string.h>

/* Thread and number, which begin every line that has room for them. */
#define HEAD_BYTES 32u

static const char words[] = "the queue is full the queue is empty a worker woke up a worker went to sleep one more item was taken ";

/* Evenly from a tenth to nineteen tenths of the mean, which so is the mean. */
size_t lfb_logger_length(const struct logger *app, uint32_t thread, uint64_t n)
{
	const uint64_t shortest = app->line_bytes / 10 > 0 ? app->line_bytes / 10 : 1;
	const uint64_t longest = 2 * app->line_bytes - shortest;

	return (size_t)(shortest + lfb_mix(lfb_app_value(thread, n)) % (longest - shortest + 1));
}

void lfb_logger_text(const struct logger *app, uint32_t thread, uint64_t n, char *out)
{
	const size_t length = lfb_logger_length(app, thread, n);
	char head[HEAD_BYTES];
	size_t used = (size_t)snprintf(head, sizeof(head), "[%u %llu] ", thread, (unsigned long long)n);

	used = used < length ? used : length;
	memcpy(out, head, used);
	for (size_t at = (size_t)(n % (sizeof(words) - 1)); used < length; at = 0) {
		size_t part = sizeof(words) - 1 - at;

		part = part < length - used ? part : length - used;
		memcpy(out + used, words + at, part);
		used += part;
	}
	out[length] = '\0';
}

bool lfb_logger_text_is(const struct logger *app, uint32_t thread, uint64_t n, const char *text)
{
	char wanted[LFB_TERM_LINE_BYTES];

	lfb_logger_text(app, thread, n, wanted);
	return strcmp(wanted, text) == 0;
}

struct logger_slot *lfb_logger_slot(const struct logger *app, uint32_t thread, uint64_t n)
{
	return (struct logger_slot *)(void *)(app->slots + ((uint64_t)thread * app->window + n % app->window) * app->slot_bytes);
}
