/* flags.c - see flags.h. */
#include "results/flags.h"

#include <string.h>

const struct lfb_word lfb_flag_words[] = {
	{ "oversubscribed", "more threads than CPUs: the figures are about the scheduler as much as about the queue",
	  "use fewer threads, or read these rows as a test under overload" },
	{ "unpinned", "a thread was not held on its CPU: the scheduler may have moved it",
	  "see lfbench doctor for what forbids pinning; expect a wider spread" },
	{ "debug", "built without optimisation: the figures say nothing about speed", "build the release preset" },
	{ "sanitizer", "built with a sanitizer, which slows every access to memory", "build the release preset" },
	{ "regime", "the core-to-core round trip before the trial and after it disagree: the machine changed under it",
	  "take more launches, on a quieter machine if there is one" },
	{ "overloaded", "the producers could not keep up with the rate asked for, so there are no percentiles",
	  "ask for a lower --rate or --load" },
	{ "pilot", "a trial that served to find out how many launches --precision takes; part of no median",
	  NULL },
	{ NULL, NULL, NULL },
};

const struct lfb_word lfb_status_words[] = {
	{ "ok", "the queue behaved during this very trial; the figures are there", NULL },
	{ "invalid", "verification failed: values were lost, invented, repeated or out of order",
	  "do not use this queue" },
	{ "crashed", "the process died; the reason names the signal", "run that one cell by itself under a debugger" },
	{ "timeout", "the trial did not end in its time limit", "raise --timeout, or look for a hang" },
	{ "resource", "memory, threads or addresses ran out", "use fewer items or threads, or a bounded queue" },
	{ "unsupported", "the backend does not allow this setting, as a second consumer on an SPSC ring", NULL },
	{ "incompatible", "the file is no backend, or was built against another ABI",
	  "build it again against this lfbench" },
	{ "interrupted", "the run was stopped by a signal before this was over", "lfbench run --resume goes on" },
	{ NULL, NULL, NULL },
};

const struct lfb_word *lfb_word_find(const struct lfb_word *words, const char *word, size_t length)
{
	for (; words->word != NULL; words++)
		if (strlen(words->word) == length && memcmp(words->word, word, length) == 0)
			return words;
	return NULL;
}
