/* logger_sink.c - where the lines of the logger go, see logger.h. */
#include "logger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without a terminal lines are wrapped as on a common one. */
#define COLUMNS_OF_A_FILE 80u
/* How often a writer that waits for a terminal looks whether it is called off. */
#define LOOK_MS 50
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t fnv(uint64_t hash, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * FNV_PRIME;
	return hash;
}

/* Until the terminal takes more, which can be never: its reader may have stopped. Returns 0, or -errno. */
static int await_room(const struct logger_sink *sink)
{
	struct pollfd terminal = { .fd = sink->fd, .events = POLLOUT };

	if (poll(&terminal, 1, LOOK_MS) < 0 && errno != EINTR)
		return -errno;
	return __atomic_load_n(&sink->called_off, __ATOMIC_RELAXED) ? -ECANCELED : 0;
}

/* All of it, or an error: a terminal may take it in parts. */
static int write_all(const struct logger_sink *sink, const char *bytes, size_t count)
{
	while (count > 0) {
		const ssize_t n = write(sink->fd, bytes, count);
		const int rc = n >= 0 || errno == EINTR ? 0 : errno == EAGAIN ? await_room(sink) : -errno;

		if (rc != 0)
			return rc;
		if (n < 0)
			continue;
		bytes += n;
		count -= (size_t)n;
	}
	return 0;
}

static int flush(struct logger_sink *sink)
{
	const size_t count = sink->buffered;

	sink->buffered = 0;
	if (sink->error == 0 && sink->fd >= 0)
		sink->error = -write_all(sink, sink->buffer, count);
	return -sink->error;
}

/* For lfb_term_log. Bytes for nobody are formatted and counted all the same. */
static int take(void *context, const char *bytes, size_t count)
{
	struct logger_sink *const sink = (struct logger_sink *)context;

	sink->bytes += count;
	if (sink->kind == LFB_SINK_FILE)
		sink->hash = fnv(sink->hash, bytes, count);
	while (count > 0) {
		const size_t room = sizeof(sink->buffer) - sink->buffered, part = count < room ? count : room;

		memcpy(sink->buffer + sink->buffered, bytes, part);
		sink->buffered += part;
		bytes += part;
		count -= part;
		if (sink->buffered == sizeof(sink->buffer))
			(void)flush(sink);
	}
	return 0; /* an error is kept, and the queue is drained all the same */
}

void lfb_logger_sink_line(struct logger_sink *sink)
{
	if (sink->kind == LFB_SINK_TERMINAL)
		(void)flush(sink);
}

void lfb_logger_sink_call_off(struct logger_sink *sink)
{
	__atomic_store_n(&sink->called_off, true, __ATOMIC_RELAXED);
}

/* A file without a name: it goes with the process, however that ends. */
static int open_file(struct logger_sink *sink)
{
	const char *const folder = getenv("TMPDIR");
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/lfbench-log-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
	sink->fd = mkostemp(path, O_CLOEXEC);
	if (sink->fd < 0)
		return -errno;
	(void)unlink(path);
	sink->is_own_fd = true;
	return 0;
}

/*
 * Opened anew even where it is standard error: O_NONBLOCK is of the open file, which other processes share. Where it cannot be,
 * standard error does as it is.
 */
static int open_terminal(struct logger_sink *sink)
{
	const bool on_stderr = isatty(STDERR_FILENO) != 0;

	sink->fd = open(on_stderr ? "/proc/self/fd/2" : "/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	sink->is_own_fd = sink->fd >= 0;
	if (sink->fd < 0 && on_stderr)
		sink->fd = STDERR_FILENO;
	sink->terminal_fd = sink->fd;
	return sink->fd >= 0 ? 0 : -ENOTSUP;
}

int lfb_logger_sink_open(struct logger *app, char *reason, size_t reason_bytes)
{
	struct logger_sink *const sink = &app->sink;
	int rc = 0;

	sink->kind = (enum lfb_sink)app->setup.shape->param[LFB_PARAM_sink];
	sink->fd = sink->terminal_fd = -1;
	sink->hash = FNV_BASIS;
	if (sink->kind == LFB_SINK_FILE)
		rc = open_file(sink);
	else if (sink->kind == LFB_SINK_TERMINAL)
		rc = open_terminal(sink);
	if (rc == -ENOTSUP)
		(void)snprintf(reason, reason_bytes, "sink=terminal: standard error is no terminal, and there is no /dev/tty");
	else if (rc != 0)
		(void)snprintf(reason, reason_bytes, "sink=file: no temporary file can be made (TMPDIR): %s", strerror(-rc));
	return rc != 0 ? rc : lfb_term_log_open(&app->log, sink->terminal_fd, COLUMNS_OF_A_FILE, take, sink);
}

/* Read the file back: what was handed over must be in it, byte for byte. */
static int check_file(const struct logger_sink *sink)
{
	uint64_t hash = FNV_BASIS, bytes = 0;
	char buffer[16384];
	ssize_t n;

	while ((n = pread(sink->fd, buffer, sizeof(buffer), (off_t)bytes)) > 0) {
		hash = fnv(hash, buffer, (size_t)n);
		bytes += (uint64_t)n;
	}
	if (n < 0)
		return -errno;
	return bytes == sink->bytes && hash == sink->hash ? 0 : -EBADMSG;
}

int lfb_logger_sink_finish(struct logger_sink *sink)
{
	const int rc = flush(sink);

	return rc == 0 && sink->kind == LFB_SINK_FILE ? check_file(sink) : rc;
}

void lfb_logger_sink_close(struct logger_sink *sink)
{
	if (sink->is_own_fd)
		(void)close(sink->fd);
}
