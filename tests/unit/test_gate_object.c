/*
 * test_gate_object.c - the ways in which two builds in one process silently become one: each is made with real objects, and seen to be
 * avoided or refused; and the reader of ELF files on damaged ones.
 */
#include "unit.h"

#include "gate/elf_symbols.h"
#include "gate/object.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>

static struct lfb_error error;

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

static void unique_symbols(void **state)
{
	char unique[PATH_MAX], plain[PATH_MAX], name[128];

	(void)state;
	(void)unit_file("GATE_DIR", "unique.so", unique);
	(void)unit_file("GATE_DIR", "plain/mutex_ring.so", plain);
	assert_int_equal(gate_elf_unique_symbol(unique, name, sizeof(name)), 1);
	unit_has(name, "counter");
	assert_int_equal(gate_elf_unique_symbol(unique, name, 4), 1);
	assert_int_equal(strlen(name), 3);
	assert_int_equal(gate_elf_unique_symbol(plain, name, sizeof(name)), 0);
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
	assert_int_equal(gate_elf_unique_symbol("/proc/self/cmdline", name, sizeof(name)), -ENOEXEC);
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

/* An object cut off anywhere, or with bytes turned over in its headers, is refused or read, and never read beyond its end. */
static void damaged(void **state)
{
	char path[PATH_MAX], copy[] = "/tmp/lfbench-elf-XXXXXX", name[64];
	static unsigned char bytes[1 << 20];
	FILE *in;
	size_t size;
	const int fd = mkstemp(copy);

	(void)state;
	in = fopen(unit_file("GATE_DIR", "unique.so", path), "rb");
	assert_non_null(in);
	size = fread(bytes, 1, sizeof(bytes), in);
	(void)fclose(in);
	assert_true(fd >= 0 && size > 1000);
	for (size_t cut = 0; cut < size; cut += 1 + size / 200) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bytes, cut, 0), (ssize_t)cut);
		(void)gate_elf_unique_symbol(copy, name, sizeof(name));
	}
	for (size_t at = 0; at < 2000; at++) {
		/* the ELF header, and the section headers at the end */
		const size_t where = at < 64 ? at : size - 2000 + at;

		bytes[where] ^= 0xFF;
		assert_int_equal(pwrite(fd, bytes, size, 0), (ssize_t)size);
		(void)gate_elf_unique_symbol(copy, name, sizeof(name));
		bytes[where] ^= 0xFF;
	}
	(void)close(fd);
	(void)unlink(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_path),	       cmocka_unit_test(one_soname), cmocka_unit_test(unique_symbols),
		cmocka_unit_test(missing_and_foreign), cmocka_unit_test(same_bytes), cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
