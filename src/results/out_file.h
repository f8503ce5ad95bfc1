/*
 * out_file.h - a results file that is old or new, never torn.
 *
 * DESIGN. Rows go to PATH.partial, in the same directory, and are flushed after every launch;
 * when the run is over the file is synced to disk and renamed to PATH, and the directory is
 * synced. Whoever looks at PATH sees what was there before or the finished run. A run that
 * is killed leaves PATH.partial, which a later run takes up (LFB_OUT_RESUME). A lock on that
 * file keeps two runs from writing it; the kernel drops the lock with the process.
 *
 * Whatever can be known to fail fails in lfb_out_open, before the first trial.
 *
 * Written directly instead, without partial file and rename:
 *   "-"       standard output
 *   "fd:N"    descriptor N, inherited from the parent process
 *   a device, FIFO or the like that exists under that name (/dev/null, /dev/full)
 *
 * Where PATH is a symbolic link, the file it leads to is replaced and the link stays. A link
 * that leads nowhere is refused.
 *
 * The caller must ignore SIGPIPE and SIGXFSZ: a reader that went away and a file size limit
 * are then errors of this file (EPIPE, EFBIG) rather than the end of the process. One thread
 * at a time may use a file.
 */
#ifndef LFBENCH_OUT_FILE_H
#define LFBENCH_OUT_FILE_H

#include "text/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum lfb_out_flags {
	LFB_OUT_FORCE = 1,  /* replace PATH, and throw away a PATH.partial of an earlier run */
	LFB_OUT_RESUME = 2, /* go on with PATH.partial where there is one */
};

struct lfb_out;

/*
 * Open `path` for writing; on success *out is closed by lfb_out_commit or lfb_out_abandon.
 * `flags` are enum lfb_out_flags, or'ed. Returns 0 or -errno, of which
 *   -EEXIST       PATH exists, and LFB_OUT_FORCE was not given
 *   -EINPROGRESS  PATH.partial of an earlier run exists, and neither flag was given
 *   -EBUSY        another process is writing PATH.partial
 *   -EISDIR, -ENOENT, -ENOTDIR, -EACCES, -EROFS ... as from open(2)
 * and `error`, which may be NULL, gets a sentence that names the path (as given: not made safe to print).
 */
int lfb_out_open(const char *path, unsigned flags, struct lfb_out **out, struct lfb_error *error);

/* Why, and what to do about it, for an error of these functions: "it exists; use ...". */
const char *lfb_out_error_text(int error);

/*
 * Where to write. A resumed file stands at its start, to be read and then cut to what is good
 * with one of the lfb_out_truncate functions before anything is written.
 */
FILE *lfb_out_stream(struct lfb_out *out);

/* Whether there was a PATH.partial to go on with. */
bool lfb_out_resumed(const struct lfb_out *out);

/* Where the rows are while the run lasts: PATH.partial, or the path given if written directly. */
const char *lfb_out_path(const struct lfb_out *out);

/* Drop what follows the first `bytes` bytes, and go on writing there. Returns 0 or -errno. */
int lfb_out_truncate(struct lfb_out *out, uint64_t bytes);

/* Drop what follows the last line feed: for companions, whose lines are never quoted. Returns 0 or -errno. */
int lfb_out_truncate_line(struct lfb_out *out);

/*
 * Hand what was written to the kernel: after that a kill -9 does not lose it. Returns 0 or
 * -errno of the first failure since lfb_out_open, however often it is called; -EIO for one
 * that a write to the stream has met before, which was told then what it was.
 */
int lfb_out_flush(struct lfb_out *out);

/*
 * Make the file durable under its name, and close it in any case. Returns 0, or -errno of the
 * first failure: then PATH is what it was and PATH.partial has what could be written. Without
 * LFB_OUT_FORCE a PATH that came up meanwhile is not replaced (-EEXIST).
 */
int lfb_out_commit(struct lfb_out *out);

/* Flush and close without renaming. PATH.partial stays, unless nothing was written. NULL is allowed. */
void lfb_out_abandon(struct lfb_out *out);

#endif
