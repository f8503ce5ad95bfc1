/*
 * logger.h - what the parts of the workload logger share: many threads push lines, one thread wraps and writes them.
 *
 * DESIGN. The queue carries values; the text of a line lies in a slot of its thread's ring (logger_text.c), is written before the push
 * and given back by the writer. Text and length follow from the value, so the writer knows what each line must say and
 * compares every byte before it writes it. The last thread to finish pushes a sentinel; the writer leaves when it has seen
 * that and as many lines as were fed and not dropped, so that nothing is lost whatever order the queue keeps.
 */
#ifndef LFBENCH_APPLICATIONS_LOGGER_H
#define LFBENCH_APPLICATIONS_LOGGER_H

#include "applications/application.h"
#include "text/term_log.h"

/* Of a slot: free, or with the line of that number (from 1) in it. */
#define LOGGER_SLOT_FREE 0u

struct logger_slot {
	uint64_t line; /* LOGGER_SLOT_FREE, or number + 1. Release when it changes hands, acquire by who takes it */
	char text[];
};

struct logger_thread {
	struct logger *app;
	uint32_t index;
	uint64_t items;  /* lines to log */
	uint64_t fed;
	uint64_t slot_waits;
	bool finished;
} __attribute__((aligned(LFB_LINE)));

/* Where lines end up. A terminal may take nothing for as long as it likes: it is written to without blocking. */
struct logger_sink {
	enum lfb_sink kind;
	int fd;          /* -1: none */
	int terminal_fd;
	bool is_own_fd;
	uint64_t bytes;  /* handed over */
	uint64_t hash;   /* FNV-1a of them */
	int error;       /* errno of the write that failed; nothing is written after it */
	bool called_off; /* by the host while the writer waits for a terminal: atomic, relaxed */
	char buffer[65536];
	size_t buffered;
};

struct logger {
	struct lfb_app_setup setup;
	uint64_t line_bytes; /* mean */
	uint64_t window;     /* slots per thread */
	size_t slot_bytes;
	unsigned char *slots;
	size_t slots_bytes;
	struct logger_thread *thread;
	bool ordered;
	/* The writer's */
	struct logger_sink sink;
	struct lfb_term_log log;
	uint64_t *last;      /* number of the last line of each thread, plus 1 */
	uint64_t written, line_bytes_written, wrong, disordered, drops_told;
	bool sentinel_seen;
	/* Threads that have lines yet to feed. Acquire-release: the last one knows what all have fed and dropped. */
	uint32_t feeding __attribute__((aligned(LFB_LINE)));
	uint64_t dropped __attribute__((aligned(LFB_LINE)));
};

/* The text of a thread's nth line, into a slot; its length, a tenth of the mean to about twice of it. */
size_t lfb_logger_length(const struct logger *app, uint32_t thread, uint64_t n);
void lfb_logger_text(const struct logger *app, uint32_t thread, uint64_t n, char *out);
bool lfb_logger_text_is(const struct logger *app, uint32_t thread, uint64_t n, const char *text);

struct logger_slot *lfb_logger_slot(const struct logger *app, uint32_t thread, uint64_t n);

/* Returns 0, or -errno with a sentence. */
int lfb_logger_sink_open(struct logger *app, char *reason, size_t reason_bytes);
/* A line is complete: a terminal is shown it at once. */
void lfb_logger_sink_line(struct logger_sink *sink);
/* By another thread: wait for the terminal no longer. */
void lfb_logger_sink_call_off(struct logger_sink *sink);
/* Hand over what is buffered, and look whether a file holds it. Returns 0, or -errno. */
int lfb_logger_sink_finish(struct logger_sink *sink);
void lfb_logger_sink_close(struct logger_sink *sink);

#endif
