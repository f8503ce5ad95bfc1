/*
 * object.h - whether two shared objects can be told apart in one process.
 *
 * Two builds that are loaded together can silently run the same code: the same path opened twice is one
 * object; a library that both need, in two versions but with one soname, is found once; C++ inline and
 * template statics (STB_GNU_UNIQUE) are merged across the whole process. The first is avoided by private
 * copies, the others are looked for, and refused.
 */
#ifndef LFBENCH_GATE_OBJECT_H
#define LFBENCH_GATE_OBJECT_H

#include "text/error.h"

#include <stdbool.h>

/*
 * A copy of the file in memory that dlopen takes for an object of its own. Returns a descriptor, which must stay open
 * as long as anything may be loaded (the loader knows an object by its name, /proc/self/fd/N), or -errno.
 */
int gate_object_copy(const char *path);

/*
 * Whether these two files, loaded into one process, are measured apart. Each is loaded alone in a process of its
 * own, forked from this one (which must not have loaded either, nor what only one of them needs), to see what it needs.
 * Returns 0; -EXDEV with a sentence that names the library or the symbol that would be shared and says
 * to use --program-base and --program-head; -EBADMSG: one cannot be loaded, or crashes or hangs then; -ENOEXEC: no object; else -errno.
 * Not for a process with other threads.
 */
int gate_object_check(const char *base, const char *head, struct lfb_error *error);

/* Whether the two files have the same bytes. Returns 1, 0, or -errno. */
int gate_object_same(const char *base, const char *head);

#endif
