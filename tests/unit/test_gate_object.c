/*
 * test_gate_object.c - the ways in which two builds in one process silently become one: each is made with real objects, and seen to be
 * avoided or refused; and the reader of ELF files on damaged ones.
 */
#include "unit.h"

#include "plugin/elf_symbols.h"
#include "gate/object.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct lfb_error error;

/* A folder of its own for what a test writes. */
static const char *new_folder(char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/lfbench-gate-XXXXXX", getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(out));
	return out;
}

static size_t read_bytes(const char *path, unsigned char *out, size_t room)
{
	FILE *const in = fopen(path, "rb");
	size_t size;

	assert_non_null(in);
	size = fread(out, 1, room, in);
	assert_true(size > 1000 && size < room);
	(void)fclose(in);
	return size;
}

static void write_bytes(const char *path, const unsigned char *bytes, size_t size)
{
	FILE *const out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

/* One path opened twice is one object, and a copy of it is another. */
static void same_path(void **state)
{
	char path[PATH_MAX], name[64];
	void *first, *second, *copy;
	int fd;

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", path);
	first = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	second = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(first);
	assert_ptr_equal(first, second);
	fd = gate_object_copy(path);
	assert_true(fd >= 0);
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	copy = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(copy);
	assert_ptr_not_equal(copy, first);
	assert_ptr_not_equal(dlsym(copy, "lfb_backend"), dlsym(first, "lfb_backend"));
	(void)dlclose(copy);
	(void)dlclose(second);
	(void)dlclose(first);
	(void)close(fd);
	assert_int_equal(gate_object_check(path, path, &error), 0);
}

/* Loaded together, the library that is there first serves both; so it is refused, by its name. */
static void one_soname(void **state)
{
	char base[PATH_MAX], head[PATH_MAX];
	const char *(*answer)(void);
	void *first, *second;

	(void)state;
	(void)unit_file("GATE_DIR", "base/needs_library.so", base);
	(void)unit_file("GATE_DIR", "head/needs_library.so", head);
	first = dlopen(base, RTLD_NOW | RTLD_LOCAL);
	second = dlopen(head, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(first);
	assert_non_null(second);
	*(void **)&answer = dlsym(second, "gate_needs_answer");
	assert_string_equal(answer(), "base"); /* which is not what head was linked with */
	(void)dlclose(second);
	(void)dlclose(first);
	assert_int_equal(gate_object_check(base, head, &error), -EXDEV);
	unit_has(error.text, "libgate_shared.so");
	unit_has(error.text, "--program-base");
	assert_int_equal(gate_object_check(base, base, &error), 0); /* one file for both, on purpose */
}

/* The dynamic linker also goes by what a library calls itself, whatever its file is called. */
static void two_file_names(void **state)
{
	char base[PATH_MAX], head[PATH_MAX], name[64];
	const char *(*answer)(void);
	void *first, *second;

	(void)state;
	(void)unit_file("GATE_DIR", "alias/old/needs_library.so", base);
	(void)unit_file("GATE_DIR", "alias/new/needs_library.so", head);
	first = dlopen(base, RTLD_NOW | RTLD_LOCAL);
	second = dlopen(head, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(first);
	assert_non_null(second);
	*(void **)&answer = dlsym(second, "gate_needs_answer");
	assert_string_equal(answer(), "old");
	(void)dlclose(second);
	(void)dlclose(first);
	assert_int_equal(gate_object_check(base, head, &error), -EXDEV);
	unit_has(error.text, "libgate_alias.so");
	assert_int_equal(gate_object_check(head, base, &error), -EXDEV);
	assert_int_equal(gate_object_check(head, head, &error), 0);
	assert_int_equal(lfb_elf_soname(unit_file("GATE_DIR", "alias/old/libgate_old.so", base), name, sizeof(name)), 1);
	assert_string_equal(name, "libgate_alias.so");
	assert_int_equal(lfb_elf_soname(unit_file("GATE_DIR", "plain/mutex_ring.so", base), name, sizeof(name)), 0);
}

/* Libraries that nobody would find for each other, and whose template's static is one all the same. */
static void unique_in_libraries(void **state)
{
	char one[PATH_MAX], two[PATH_MAX], plain[PATH_MAX];
	int (*next[2])(void);
	void *first, *second;

	(void)state;
	(void)unit_file("GATE_DIR", "needs_unique_one.so", one);
	(void)unit_file("GATE_DIR", "needs_unique_two.so", two);
	(void)unit_file("GATE_DIR", "base/needs_library.so", plain);
	assert_int_equal(gate_object_check(one, two, &error), -EXDEV);
	unit_has(error.text, "libgate_unique_one.so");
	unit_has(error.text, "libgate_unique_two.so");
	assert_int_equal(gate_object_check(one, one, &error), 0);
	assert_int_equal(gate_object_check(one, plain, &error), 0); /* nobody to share it with */
	assert_int_equal(gate_object_check(plain, one, &error), 0);
	/* Last, since what has unique symbols is never unloaded, and the processes that look start with what is loaded here. */
	first = dlopen(one, RTLD_NOW | RTLD_LOCAL);
	second = dlopen(two, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(first);
	assert_non_null(second);
	*(void **)&next[0] = dlsym(first, "gate_needs_unique_next");
	*(void **)&next[1] = dlsym(second, "gate_needs_unique_next");
	assert_int_equal(next[0](), 1);
	assert_int_equal(next[1](), 2); /* not its own counter, which would say 1 */
	(void)dlclose(second);
	(void)dlclose(first);
}

/* Base and head of one name are no library of each other's, however long their paths are, or short. */
static void builds_of_one_name(void **state)
{
	static unsigned char bytes[4 << 20];
	char folder[PATH_MAX], path[2][PATH_MAX + 300], plain[PATH_MAX], before[PATH_MAX], slow[PATH_MAX];
	size_t size;

	(void)state;
	size = read_bytes(unit_file("GATE_DIR", "plain/mutex_ring.so", plain), bytes, sizeof(bytes));
	(void)unit_file("GATE_DIR", "slow/mutex_ring.so", slow);
	(void)new_folder(folder);
	for (int i = 0; i < 2; i++) {
		(void)snprintf(path[i], sizeof(path[i]), "%s/%d%0250d", folder, i, 0);
		assert_int_equal(mkdir(path[i], 0700), 0);
		(void)strcat(path[i], "/mutex_ring.so");
		write_bytes(path[i], bytes, size);
	}
	assert_int_equal(gate_object_check(path[0], path[1], &error), 0);
	assert_non_null(getcwd(before, sizeof(before)));
	*strrchr(plain, '/') = '\0';
	assert_int_equal(chdir(plain), 0);
	assert_int_equal(gate_object_check("mutex_ring.so", slow, &error), 0);
	assert_int_equal(gate_object_check("./mutex_ring.so", "../slow/mutex_ring.so", &error), 0);
	assert_int_equal(chdir(before), 0);
	for (int i = 0; i < 2; i++) {
		(void)unlink(path[i]);
		*strrchr(path[i], '/') = '\0';
		(void)rmdir(path[i]);
	}
	(void)rmdir(folder);
}

static void unique_symbols(void **state)
{
	char unique[PATH_MAX], plain[PATH_MAX], name[128];

	(void)state;
	(void)unit_file("GATE_DIR", "unique.so", unique);
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	assert_int_equal(lfb_elf_unique_symbol(unique, name, sizeof(name)), 1);
	unit_has(name, "counter");
	assert_int_equal(lfb_elf_unique_symbol(unique, name, 4), 1);
	assert_int_equal(strlen(name), 3);
	assert_int_equal(lfb_elf_unique_symbol(plain, name, sizeof(name)), 0);
	assert_int_equal(gate_object_check(plain, unique, &error), -EXDEV);
	unit_has(error.text, "-fno-gnu-unique");
}

static void missing_and_foreign(void **state)
{
	char plain[PATH_MAX], name[16];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	assert_int_equal(gate_object_copy("/nonexistent.so"), -ENOENT);
	assert_int_equal(gate_object_check(plain, "/nonexistent.so", &error), -ENOENT);
	assert_int_equal(gate_object_check("/dev/null", plain, &error), -ENOEXEC);
	assert_int_equal(lfb_elf_unique_symbol("/proc/self/cmdline", name, sizeof(name)), -ENOEXEC);
	assert_int_equal(gate_object_copy("/"), -ENOEXEC);
}

/* Nobody writes to this pipe, so whoever opens it to read would wait for ever. */
static void a_pipe(void **state)
{
	char folder[PATH_MAX], path[PATH_MAX + 16], plain[PATH_MAX];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	(void)snprintf(path, sizeof(path), "%s/pipe.so", new_folder(folder));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(gate_object_copy(path), -ENOEXEC);
	assert_int_equal(gate_object_check(path, plain, &error), -ENOEXEC);
	(void)unlink(path);
	(void)rmdir(folder);
}

/* One that ends the process which loads it is no reason for ours to end. */
static void crashing_on_load(void **state)
{
	char plain[PATH_MAX], crashing[PATH_MAX];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	(void)unit_file("BROKEN_DIR", "crash_on_load.so", crashing);
	assert_int_equal(gate_object_check(plain, crashing, &error), -EBADMSG);
	unit_has(error.text, "crash_on_load.so");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void same_bytes(void **state)
{
	char plain[PATH_MAX], slow[PATH_MAX];

	(void)state;
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	(void)unit_file("GATE_DIR", "slow/mutex_ring.so", slow);
	assert_int_equal(gate_object_same(plain, plain), 1);
	assert_int_equal(gate_object_same(plain, slow), 0);
	assert_true(gate_object_same(plain, "/nonexistent.so") < 0);
}

static void write_byte(const char *path, size_t where, unsigned char byte)
{
	const int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)where), 1);
	(void)close(fd);
}

static void look_at_damaged(const char *path, bool refused)
{
	char name[64];
	uint64_t offset;

	if (!refused) {
		(void)lfb_elf_unique_symbol(path, name, sizeof(name));
		(void)lfb_elf_soname(path, name, sizeof(name));
		(void)lfb_elf_function_at(path, 0x1234, name, sizeof(name), &offset);
		return;
	}
	assert_int_equal(lfb_elf_function_at(path, 0x1234, name, sizeof(name), &offset), -ENOEXEC);
	assert_int_equal(lfb_elf_unique_symbol(path, name, sizeof(name)), -ENOEXEC);
	assert_int_equal(lfb_elf_soname(path, name, sizeof(name)), -ENOEXEC);
}

/*
 * An object cut off before its section headers, which are at its end, is refused. With bytes turned over in its headers it is refused or read, and
 * never read beyond its end. One without section headers can be loaded, but not looked through: it is not taken for clean.
 */
static void damaged(void **state)
{
	static unsigned char bytes[4 << 20];
	char path[PATH_MAX], folder[PATH_MAX], copy[PATH_MAX + 16];
	Elf64_Ehdr header;
	size_t size;

	(void)state;
	size = read_bytes(unit_file("GATE_DIR", "unique.so", path), bytes, sizeof(bytes));
	memcpy(&header, bytes, sizeof(header));
	(void)snprintf(copy, sizeof(copy), "%s/damaged.so", new_folder(folder));
	for (size_t cut = 0; cut < size; cut += 1 + size / 100) {
		write_bytes(copy, bytes, cut);
		look_at_damaged(copy, cut <= header.e_shoff);
	}
	write_bytes(copy, bytes, size);
	for (size_t at = 0; at < 64 + 2000; at++) {
		/* the ELF header, and the section headers at the end */
		const size_t where = at < 64 ? at : size - 2064 + at;

		write_byte(copy, where, (unsigned char)(bytes[where] ^ 0xFF));
		look_at_damaged(copy, false);
		write_byte(copy, where, bytes[where]);
	}
	memset(bytes + offsetof(Elf64_Ehdr, e_shnum), 0, sizeof(Elf64_Half));
	write_bytes(copy, bytes, size);
	look_at_damaged(copy, true);
	(void)unlink(copy);
	(void)rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_path),	       cmocka_unit_test(one_soname),	 cmocka_unit_test(two_file_names),
		cmocka_unit_test(unique_symbols),      cmocka_unit_test(unique_in_libraries), cmocka_unit_test(builds_of_one_name),
		cmocka_unit_test(missing_and_foreign), cmocka_unit_test(a_pipe),	 cmocka_unit_test(crashing_on_load),
		cmocka_unit_test(same_bytes),	       cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
