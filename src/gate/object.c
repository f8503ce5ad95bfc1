/* object.c - see object.h. */
#include "object.h"

#include "plugin/elf_symbols.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
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
#define NAME_BYTES 256u
#define ADVICE "compare whole programs with --program-base and --program-head"

int gate_object_copy(const char *path)
{
	const int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not for ever, where it is a pipe */
	struct stat status;
	int to, rc = 0;

	if (from < 0)
		return -errno;
	to = memfd_create("lfbench-object", MFD_CLOEXEC);
	if (to < 0 || fstat(from, &status) != 0)
		rc = -errno;
	else if (!S_ISREG(status.st_mode))
		rc = -ENOEXEC;
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

/* One library in a process: which file it is, and under which names it would be found again. */
struct library {
	char name[NAME_BYTES];   /* the last part of its path: what DT_NEEDED asked for */
	char soname[NAME_BYTES]; /* what it calls itself; "": nothing */
	char path[PATH_MAX];
	dev_t device;
	ino_t inode;
};

struct libraries {
	struct library list[LIBRARIES_MAX];
	size_t count;
	bool loaded, too_many;
	char why[256]; /* not loaded */
};

static int note_library(struct dl_phdr_info *info, size_t size, void *context)
{
	struct libraries *const all = context;
	const char *const slash = info->dlpi_name != NULL ? strrchr(info->dlpi_name, '/') : NULL;
	struct library *library;
	struct stat status;

	(void)size;
	/* The program itself has no name, the vdso has no file. */
	if (slash == NULL || stat(info->dlpi_name, &status) != 0)
		return 0;
	all->too_many = all->count == LIBRARIES_MAX;
	if (all->too_many)
		return 1;
	library = &all->list[all->count++];
	(void)snprintf(library->name, sizeof(library->name), "%s", slash + 1);
	(void)snprintf(library->path, sizeof(library->path), "%s", info->dlpi_name);
	library->device = status.st_dev;
	library->inode = status.st_ino;
	return 0;
}

/* In a process of its own: load the object, see what is there, tell the parent. Does not return. */
static void load_alone(const char *path, struct libraries *all)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	void *object;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		(void)signal(faults[i], SIG_DFL); /* whatever this process does about them, its child ends */
	(void)alarm(LOAD_SECONDS);
	(void)dup2(nowhere, STDOUT_FILENO); /* its constructors may print */
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		(void)snprintf(all->why, sizeof(all->why), "%s", dlerror());
	else
		(void)dl_iterate_phdr(note_library, all);
	all->loaded = object != NULL;
	_exit(0);
}

/* Runs load_alone on memory that both processes see. Returns whether that process came to its end, or -errno. */
static int see_alone(const char *path, struct libraries *all)
{
	char file[PATH_MAX + 2];
	int status = 0;
	pid_t child;

	/* dlopen searches the library path for a name without '/'. */
	(void)snprintf(file, sizeof(file), "%s%s", strchr(path, '/') != NULL ? "" : "./", path);
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		load_alone(file, all);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Foreign code ran where these were written, and may have left somebody who still writes: they are a copy by now. */
static int check_libraries_seen(struct libraries *all, const char *path, bool ended, struct lfb_error *error)
{
	all->why[sizeof(all->why) - 1] = '\0';
	if (!ended || !all->loaded || all->count > LIBRARIES_MAX)
		return lfb_fail(error, -EBADMSG, "%.150s cannot be loaded: %.250s", path, all->why[0] != '\0' ? all->why : "its process crashed or hung");
	if (all->too_many)
		return lfb_fail(error, -EXDEV, "%.150s needs more than %u libraries, too many to tell apart from another build's: " ADVICE, path, LIBRARIES_MAX);
	for (size_t i = 0; i < all->count; i++) {
		struct library *const library = &all->list[i];

		library->name[sizeof(library->name) - 1] = '\0';
		library->path[sizeof(library->path) - 1] = '\0';
		if (lfb_elf_soname(library->path, library->soname, sizeof(library->soname)) != 1)
			library->soname[0] = '\0';
	}
	return 0;
}

/* What the process of an object maps. To be freed by the caller where 0 is returned. */
static int libraries_of(const char *path, struct libraries **out, struct lfb_error *error)
{
	struct libraries *const seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct libraries *const all = malloc(sizeof(*all));
	int rc = seen == MAP_FAILED || all == NULL ? -ENOMEM : see_alone(path, seen);

	if (rc >= 0) {
		memcpy(all, seen, sizeof(*all));
		rc = check_libraries_seen(all, path, rc == 1, error);
	} else {
		(void)lfb_fail(error, rc, "no process to load %.150s in: %s", path, strerror(-rc));
	}
	if (seen != MAP_FAILED)
		(void)munmap(seen, sizeof(*seen));
	if (rc == 0)
		*out = all;
	else
		free(all);
	return rc;
}

/* One build, and what is mapped beside it. */
struct build {
	struct stat status;
	struct libraries *libraries;
};

static bool one_file(const struct library *a, const struct library *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* The builds themselves are copied, and so are no libraries. */
static bool is_build(const struct build *build, const struct library *library)
{
	return library->device == build->status.st_dev && library->inode == build->status.st_ino;
}

/* Whether the dynamic linker, which has one, would take it for the other: it goes by what is asked for, or by what a library calls itself. */
static bool one_name(const struct library *a, const struct library *b)
{
	return strcmp(a->name, b->name) == 0 || strcmp(a->soname, b->name) == 0 || strcmp(a->name, b->soname) == 0 ||
	       (a->soname[0] != '\0' && strcmp(a->soname, b->soname) == 0);
}

/* A library of the same name that is another file: in one process the first would serve both sides. */
static int check_names(const struct build *base, const struct build *head, struct lfb_error *error)
{
	for (size_t i = 0; i < base->libraries->count; i++) {
		const struct library *const a = &base->libraries->list[i];

		for (size_t k = 0; k < head->libraries->count; k++) {
			const struct library *const b = &head->libraries->list[k];

			if (!one_name(a, b) || one_file(a, b) || is_build(base, a) || is_build(head, b))
				continue;
			return lfb_fail(error, -EXDEV,
					"base and head need different files of the library %.80s (%.100s and %.100s); in one process one of them would serve both: " ADVICE,
					a->soname[0] != '\0' ? a->soname : a->name, a->path, b->path);
		}
	}
	return 0;
}

/* A library that only `build` needs, not `other`, and that defines a unique symbol. Returns it, its symbol in `symbol`, or NULL. */
static const struct library *own_unique(const struct build *build, const struct build *other, char *symbol, size_t symbol_bytes)
{
	for (size_t i = 0; i < build->libraries->count; i++) {
		const struct library *const library = &build->libraries->list[i];
		bool common = is_build(build, library);

		for (size_t k = 0; !common && k < other->libraries->count; k++)
			common = one_file(library, &other->libraries->list[k]);
		if (!common && lfb_elf_unique_symbol(library->path, symbol, symbol_bytes) == 1)
			return library;
	}
	return NULL;
}

/* Two releases of a C++ library may be named apart and yet share their templates' statics. Which ones would be a long comparison; this is rare. */
static int check_unique_libraries(const struct build *base, const struct build *head, struct lfb_error *error)
{
	char of_base[NAME_BYTES], of_head[NAME_BYTES];
	const struct library *const a = own_unique(base, head, of_base, sizeof(of_base));
	const struct library *const b = own_unique(head, base, of_head, sizeof(of_head));

	if (a == NULL || b == NULL)
		return 0;
	return lfb_fail(error, -EXDEV,
			"base needs the library %.100s and head %.100s; both define unique symbols (%.60s, %.60s), of which a process has only one: " ADVICE, a->path,
			b->path, of_base, of_head);
}

static int check_unique(const char *path, struct lfb_error *error)
{
	char name[NAME_BYTES];
	const int rc = lfb_elf_unique_symbol(path, name, sizeof(name));

	if (rc < 0)
		return lfb_fail(error, rc, "%.200s cannot be read as an object: %s", path,
				rc == -ENOEXEC ? "it is no ELF file of this machine's kind, damaged, or stripped of its section headers" : strerror(-rc));
	if (rc > 0)
		return lfb_fail(error, -EXDEV,
				"%.150s defines the unique symbol %.100s, of which a process has only one: the two builds would share it; compile with -fno-gnu-unique, or " ADVICE,
				path, name);
	return 0;
}

/* What can be said of one build by itself. */
static int look_at(struct build *build, const char *path, struct lfb_error *error)
{
	int rc = check_unique(path, error);

	if (rc == 0 && stat(path, &build->status) != 0)
		rc = lfb_fail(error, -errno, "%.200s: %s", path, strerror(errno));
	return rc == 0 ? libraries_of(path, &build->libraries, error) : rc;
}

int gate_object_check(const char *base_path, const char *head_path, struct lfb_error *error)
{
	struct build base = { .libraries = NULL }, head = { .libraries = NULL };
	int rc = look_at(&base, base_path, error);

	if (rc == 0)
		rc = look_at(&head, head_path, error);
	if (rc == 0)
		rc = check_names(&base, &head, error);
	if (rc == 0)
		rc = check_unique_libraries(&base, &head, error);
	free(base.libraries);
	free(head.libraries);
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
	FILE *const a = fopen(base, "rbe");
	FILE *const b = a != NULL ? fopen(head, "rbe") : NULL;
	const int rc = b != NULL ? same_bytes(a, b) : -errno;

	if (a != NULL)
		(void)fclose(a);
	if (b != NULL)
		(void)fclose(b);
	return rc;
}
