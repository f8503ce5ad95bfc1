/* object.c - see object.h. */
#include "object.h"

#include "elf_symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What an object needs, as its process reports it; more is refused. */
#define LIBRARIES_MAX 128u
#define LOAD_SECONDS 10u
#define ADVICE "compare whole programs with --program-base and --program-head"

int gate_object_copy(const char *path)
{
	const int from = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	int to, rc = 0;

	if (from < 0)
		return -errno;
	to = memfd_create("lfbench-object", MFD_CLOEXEC);
	if (to < 0 || fstat(from, &status) != 0)
		rc = -errno;
	for (off_t done = 0; rc == 0 && done < status.st_size;) {
		const ssize_t n = sendfile(to, from, &done, (size_t)(status.st_size - done));

		if (n <= 0)
			rc = n < 0 ? -errno : -EIO;
	}
	close(from);
	if (rc != 0 && to >= 0)
		close(to);
	return rc != 0 ? rc : to;
}

/* One library in a process: which file it is, and under which name it would be found again. */
struct library {
	char name[128]; /* the last part of its path: what DT_NEEDED asks for, or what that leads to */
	char path[256];
	dev_t device;
	ino_t inode;
};

struct libraries {
	struct library list[LIBRARIES_MAX];
	size_t count;
	bool loaded;
	char why[256]; /* not loaded */
};

static int note_library(struct dl_phdr_info *info, size_t size, void *context)
{
	struct libraries *const all = context;
	const char *const slash = info->dlpi_name != NULL ? strrchr(info->dlpi_name, '/') : NULL;
	struct library *const library = &all->list[all->count];
	struct stat status;

	(void)size;
	/* The program itself has no name, the vdso has no file. */
	if (slash == NULL || all->count == LIBRARIES_MAX || stat(info->dlpi_name, &status) != 0)
		return 0;
	(void)snprintf(library->name, sizeof(library->name), "%s", slash + 1);
	(void)snprintf(library->path, sizeof(library->path), "%s", info->dlpi_name);
	library->device = status.st_dev;
	library->inode = status.st_ino;
	all->count++;
	return 0;
}

/* In a process of its own: load the object, see what is there, tell the parent. Does not return. */
static void load_alone(const char *path, struct libraries *all)
{
	void *object;

	(void)alarm(LOAD_SECONDS);
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		(void)snprintf(all->why, sizeof(all->why), "%s", dlerror());
	else
		(void)dl_iterate_phdr(note_library, all);
	all->loaded = object != NULL;
	_exit(0);
}

/* What the process of an object maps. The result is in memory that both processes see. */
static int libraries_of(const char *path, struct libraries **out, struct lfb_error *error)
{
	struct libraries *const all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char file[PATH_MAX + 2];
	int status = 0;
	pid_t child;

	if (all == MAP_FAILED)
		return lfb_fail(error, -ENOMEM, "out of memory");
	/* dlopen searches the library path for a name without '/'. */
	(void)snprintf(file, sizeof(file), "%s%s", strchr(path, '/') != NULL ? "" : "./", path);
	child = fork();
	if (child == 0)
		load_alone(file, all);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (child > 0 && all->loaded && WIFEXITED(status) && all->count <= LIBRARIES_MAX) {
		*out = all;
		return 0;
	}
	if (child < 0)
		(void)lfb_fail(error, 0, "no process: %s", strerror(errno));
	else
		(void)lfb_fail(error, 0, "%.150s cannot be loaded: %.250s", path, all->why[0] != '\0' ? all->why : "its process crashed or hung");
	(void)munmap(all, sizeof(*all));
	return child < 0 ? -EAGAIN : -EBADMSG;
}

/* A library of the same name that is another file: in one process the first would serve both sides. */
static int check_libraries(const struct libraries *base, const struct libraries *head, const char *base_path, const char *head_path,
			   struct lfb_error *error)
{
	for (size_t i = 0; i < base->count; i++) {
		const struct library *const a = &base->list[i];

		for (size_t k = 0; k < head->count; k++) {
			const struct library *const b = &head->list[k];

			if (strcmp(a->name, b->name) != 0 || (a->device == b->device && a->inode == b->inode))
				continue;
			if (strcmp(a->path, base_path) == 0 || strcmp(b->path, head_path) == 0)
				continue; /* the two builds themselves: they are copied */
			return lfb_fail(error, -EXDEV,
					"base and head need different files of the library %.80s (%.100s and %.100s); in one process one of them would serve both: " ADVICE,
					a->name, a->path, b->path);
		}
	}
	return 0;
}

static int check_unique(const char *path, struct lfb_error *error)
{
	char name[128];
	const int rc = gate_elf_unique_symbol(path, name, sizeof(name));

	if (rc < 0)
		return lfb_fail(error, rc, "%.200s cannot be read as an object: %s", path, rc == -ENOEXEC ? "it is no ELF file of this machine's kind" : strerror(-rc));
	if (rc > 0)
		return lfb_fail(error, -EXDEV,
				"%.150s defines the unique symbol %.100s, of which a process has only one: the two builds would share it; compile with -fno-gnu-unique, or " ADVICE,
				path, name);
	return 0;
}

int gate_object_check(const char *base, const char *head, struct lfb_error *error)
{
	struct libraries *of_base = NULL, *of_head = NULL;
	int rc = check_unique(base, error);

	if (rc == 0)
		rc = check_unique(head, error);
	if (rc == 0)
		rc = libraries_of(base, &of_base, error);
	if (rc == 0)
		rc = libraries_of(head, &of_head, error);
	if (rc == 0)
		rc = check_libraries(of_base, of_head, base, head, error);
	if (of_base != NULL)
		(void)munmap(of_base, sizeof(*of_base));
	if (of_head != NULL)
		(void)munmap(of_head, sizeof(*of_head));
	return rc;
}

/* Whether the rest of both files is the same. */
static int same_bytes(FILE *a, FILE *b)
{
	char of_a[4096], of_b[sizeof(of_a)];
	size_t n;

	do {
		n = fread(of_a, 1, sizeof(of_a), a);
		if (fread(of_b, 1, sizeof(of_b), b) != n || memcmp(of_a, of_b, n) != 0)
			return 0;
	} while (n == sizeof(of_a));
	return ferror(a) || ferror(b) ? -EIO : 1;
}

int gate_object_same(const char *base, const char *head)
{
	FILE *const a = fopen(base, "rbe"), *const b = fopen(head, "rbe");
	int rc = a == NULL || b == NULL ? -errno : same_bytes(a, b);

	if (a != NULL)
		(void)fclose(a);
	if (b != NULL)
		(void)fclose(b);
	return rc;
}
