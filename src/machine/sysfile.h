/*
 * sysfile.h - the small text files the kernel shows under /proc and /sys.
 *
 * Every reader takes a root: "" for the machine itself, a folder that holds a
 * fake /proc and /sys in tests.
 */
#ifndef LFBENCH_SYSFILE_H
#define LFBENCH_SYSFILE_H

#include <stddef.h>
#include <stdint.h>

/* What is read of a file at most; a longer one is cut after its last whole line. */
#define LFB_SYSFILE_MAX 65536

/*
 * Read root/path. `*text` is terminated, without trailing white space, and the caller's to
 * free. Returns 0 or -errno (`*text` is then untouched).
 */
int lfb_sysfile_read(const char *root, const char *path, char **text);

/* The same for a file that holds one number. Returns 0, -errno, or -EINVAL for anything else. */
int lfb_sysfile_u64(const char *root, const char *path, uint64_t *value);

/*
 * The value of a line "key : value" or "key value" of `text`, copied without the white space
 * around it and cut to fit. Returns 0 or -ENOENT.
 */
int lfb_sysfile_field(const char *text, const char *key, char *out, size_t out_bytes);

/* The same where the value begins with a number, in front of its unit. Returns 0, -ENOENT or -EINVAL. */
int lfb_sysfile_field_u64(const char *text, const char *key, uint64_t *value);

#endif
