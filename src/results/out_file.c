/* out_file.c - see out_file.h. */
#include "results/out_file.h"

#include "results/row.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL_SUFFIX ".partial"
#define DESCRIPTOR_PREFIX "fd:"

struct lfb_out {
	FILE *stream;
	int directory;	    /* of the file, kept open: the working directory may change; -1: written directly */
	char *path;	    /* as the user sees it: with .partial, or what was given */
	char *name;	    /* in the directory; NULL: written directly */
	char *partial_name; /* likewise */
	bool force;
	bool resumed;
	int error; /* the first, as -errno */
};

static int remember(struct lfb_out *out, int status)
{
	if (out->error == 0)
		out->error = status;
	return out->error;
}

/* Frees all but what is on disk. Returns the status of closing. */
static int out_free(struct lfb_out *out)
{
	int status = 0;

	if (out->stream != NULL && fclose(out->stream) != 0)
		status = -errno;
	if (out->directory >= 0)
		(void)close(out->directory);
	free(out->path);
	free(out->name);
	free(out->partial_name);
	free(out);
	return status;
}

/* Takes over `descriptor`. */
static int open_stream(struct lfb_out *out, int descriptor, const char *mode)
{
	int status;

	if (descriptor < 0)
		return -errno;
	out->stream = fdopen(descriptor, mode);
	if (out->stream != NULL)
		return 0;
	status = -errno;
	(void)close(descriptor);
	return status;
}

/* A descriptor this process already has. Duplicated, so that closing the file leaves it open. */
static int open_descriptor(struct lfb_out *out, int descriptor)
{
	const int mode = fcntl(descriptor, F_GETFL);

	if (mode < 0)
		return -errno;
	if ((mode & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	return open_stream(out, fcntl(descriptor, F_DUPFD_CLOEXEC, 3), "w");
}

static int open_numbered(struct lfb_out *out, const char *digits)
{
	uint64_t descriptor;

	if (!lfb_u64_parse(digits, &descriptor) || descriptor > INT_MAX)
		return -EINVAL;
	return open_descriptor(out, (int)descriptor);
}

/* Opens or makes PATH.partial. Returns the descriptor or -errno; *existed tells which. */
static int open_or_make(const struct lfb_out *out, bool *existed)
{
	/* O_NONBLOCK: a FIFO of that name must not hang us; it has no effect on a file. */
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int descriptor = openat(out->directory, out->partial_name, flags | O_CREAT | O_EXCL, 0666);

	*existed = descriptor < 0 && errno == EEXIST;
	if (*existed)
		descriptor = openat(out->directory, out->partial_name, flags);
	return descriptor < 0 ? -errno : descriptor;
}

/*
 * The lock is taken before the file is touched, since it may be another run's. Between opening
 * and locking that run may have finished: then the name leads elsewhere, or nowhere.
 */
static int lock_partial(const struct lfb_out *out, int descriptor, struct stat *locked)
{
	struct stat named;

	if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (fstat(descriptor, locked) != 0)
		return -errno;
	if (!S_ISREG(locked->st_mode))
		return -EINVAL;
	if (fstatat(out->directory, out->partial_name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
	    named.st_ino != locked->st_ino)
		return -EBUSY;
	return 0;
}

static int open_partial(struct lfb_out *out, unsigned flags)
{
	bool existed;
	struct stat locked;
	const int descriptor = open_or_make(out, &existed);
	int status;

	if (descriptor < 0)
		return descriptor;
	status = lock_partial(out, descriptor, &locked);
	if (status == 0 && existed && (flags & (LFB_OUT_FORCE | LFB_OUT_RESUME)) == 0)
		status = -EINPROGRESS;
	if (status == 0 && (flags & LFB_OUT_RESUME) != 0)
		out->resumed = locked.st_size > 0;
	else if (status == 0 && ftruncate(descriptor, 0) != 0)
		status = -errno;
	if (status == 0)
		return open_stream(out, descriptor, "r+");
	(void)close(descriptor);
	return status;
}

/* `path` is where the file really is: its links are resolved. */
static int open_in_directory(struct lfb_out *out, char *path, unsigned flags)
{
	char *const slash = strrchr(path, '/');
	const char *const name = slash == NULL ? path : slash + 1;
	const char *const directory = slash == NULL ? "." : slash == path ? "/" : path;

	if (name[0] == '\0')
		return path[0] == '\0' ? -ENOENT : -EISDIR;
	if (asprintf(&out->name, "%s", name) < 0 || asprintf(&out->partial_name, "%s" PARTIAL_SUFFIX, name) < 0 ||
	    asprintf(&out->path, "%s" PARTIAL_SUFFIX, path) < 0)
		return -ENOMEM;
	if (slash != NULL)
		*slash = '\0';
	out->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->directory < 0)
		return -errno;
	return open_partial(out, flags);
}

/* Something of that name is there already. */
static int open_existing(struct lfb_out *out, const char *path, const struct stat *found, unsigned flags)
{
	char *resolved;
	int status;

	if (S_ISDIR(found->st_mode))
		return -EISDIR;
	if (!S_ISREG(found->st_mode)) {
		out->path = strdup(path);
		if (out->path == NULL)
			return -ENOMEM;
		return open_stream(out, open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), "w");
	}
	if ((flags & LFB_OUT_FORCE) == 0)
		return -EEXIST;
	resolved = realpath(path, NULL);
	if (resolved == NULL)
		return -errno;
	status = open_in_directory(out, resolved, flags);
	free(resolved);
	return status;
}

static int open_path(struct lfb_out *out, const char *path, unsigned flags)
{
	struct stat found;
	char *copy;
	int status;

	if (stat(path, &found) == 0)
		return open_existing(out, path, &found, flags);
	if (errno != ENOENT)
		return -errno;
	if (lstat(path, &found) == 0) /* a link that leads nowhere */
		return -ENOENT;
	copy = strdup(path);
	status = copy == NULL ? -ENOMEM : open_in_directory(out, copy, flags);
	free(copy);
	return status;
}

static const struct {
	int error;
	const char *text;
} error_texts[] = {
	{ EEXIST, "it exists already. Choose another name, or replace it with --force" },
	{ EINPROGRESS, "an interrupted run left its .partial file. Go on with --resume, or start over with --force" },
	{ EBUSY, "another lfbench is writing its .partial file. Wait for that run, or choose another name" },
	{ EISDIR, "it is a directory. Name a file in it" },
	{ ENOENT, "its directory does not exist, or it is a link that leads nowhere. Make the directory first" },
	{ ENOTDIR, "a part of the path is a file, not a directory. Check the spelling" },
	{ EACCES, "no permission to write there. Choose a directory of your own" },
	{ EROFS, "the file system is read-only. Choose another directory" },
	{ EBADF, "the descriptor is not open for writing. Open it before lfbench starts" },
	{ ENOSPC, "the disk is full. Make room, or choose another place" },
	{ EDQUOT, "your disk quota is used up. Make room, or choose another place" },
	{ EFBIG, "it would exceed the size limit of files. Raise it (ulimit -f)" },
	{ EPIPE, "whoever read it has gone. Nothing more could be written" },
};

const char *lfb_out_error_text(int error)
{
	for (size_t i = 0; i < sizeof(error_texts) / sizeof(error_texts[0]); i++)
		if (error_texts[i].error == -error)
			return error_texts[i].text;
	return strerror(-error);
}

int lfb_out_open(const char *path, unsigned flags, struct lfb_out **out, struct lfb_error *error)
{
	const size_t prefix = sizeof(DESCRIPTOR_PREFIX) - 1;
	struct lfb_out *const new = calloc(1, sizeof(*new));
	int status;

	if (new == NULL)
		return lfb_fail(error, -ENOMEM, "out of memory");
	new->directory = -1;
	new->force = (flags & LFB_OUT_FORCE) != 0;
	if (strcmp(path, "-") == 0)
		status = open_descriptor(new, STDOUT_FILENO);
	else if (strncmp(path, DESCRIPTOR_PREFIX, prefix) == 0)
		status = open_numbered(new, path + prefix);
	else
		status = open_path(new, path, flags);
	if (status == 0 && new->path == NULL && (new->path = strdup(path)) == NULL)
		status = -ENOMEM;
	if (status == 0) {
		*out = new;
		return 0;
	}
	(void)out_free(new);
	return lfb_fail(error, status, "cannot write '%s': %s", path, lfb_out_error_text(status));
}

FILE *lfb_out_stream(struct lfb_out *out)
{
	return out->stream;
}

bool lfb_out_resumed(const struct lfb_out *out)
{
	return out->resumed;
}

const char *lfb_out_path(const struct lfb_out *out)
{
	return out->path;
}

int lfb_out_truncate(struct lfb_out *out, uint64_t bytes)
{
	if (fflush(out->stream) != 0 || ftruncate(fileno(out->stream), (off_t)bytes) != 0 ||
	    fseeko(out->stream, (off_t)bytes, SEEK_SET) != 0)
		return remember(out, -errno);
	return 0;
}

int lfb_out_truncate_line(struct lfb_out *out)
{
	uint64_t at = 0, good = 0;
	int character;

	rewind(out->stream);
	while ((character = getc(out->stream)) != EOF) {
		at++;
		if (character == '\n')
			good = at;
	}
	if (ferror(out->stream))
		return remember(out, -errno);
	return lfb_out_truncate(out, good);
}

int lfb_out_flush(struct lfb_out *out)
{
	errno = 0;
	if (fflush(out->stream) != 0 || ferror(out->stream))
		return remember(out, errno != 0 ? -errno : -EIO);
	return out->error;
}

/* Rename, and refuse to replace anything unless told to. */
static int rename_partial(const struct lfb_out *out)
{
	const unsigned no_replace = out->force ? 0 : RENAME_NOREPLACE;

	if (renameat2(out->directory, out->partial_name, out->directory, out->name, no_replace) == 0)
		return 0;
	/* Some file systems (NFS, for one) do not know RENAME_NOREPLACE. */
	if ((errno != EINVAL && errno != ENOSYS) ||
	    renameat(out->directory, out->partial_name, out->directory, out->name) != 0)
		return -errno;
	return 0;
}

static int sync_and_rename(struct lfb_out *out)
{
	int status;

	if (fsync(fileno(out->stream)) != 0)
		return -errno;
	status = rename_partial(out);
	if (status != 0)
		return status;
	/* Some file systems cannot sync a directory; the file itself is safe by then. */
	if (fsync(out->directory) != 0 && errno != EINVAL)
		return -errno;
	return 0;
}

int lfb_out_commit(struct lfb_out *out)
{
	int status = lfb_out_flush(out), closed;

	if (status == 0 && out->name != NULL)
		status = sync_and_rename(out);
	closed = out_free(out);
	return status != 0 ? status : closed;
}

void lfb_out_abandon(struct lfb_out *out)
{
	struct stat found;

	if (out == NULL)
		return;
	(void)lfb_out_flush(out);
	if (out->name != NULL && fstat(fileno(out->stream), &found) == 0 && found.st_size == 0)
		(void)unlinkat(out->directory, out->partial_name, 0);
	(void)out_free(out);
}
