/*
 * test_plugin.c - loading a shared object and believing only what was checked: real backends of
 * the build, files that are none, and descriptions as another process may send them.
 */
#include "unit.h"

#include "plugin/plugin.h"

#include <errno.h>

static void real_backends(void **state)
{
	struct lfb_error error = { "" };
	struct lfb_plugin plugin;
	char path[PATH_MAX];

	(void)state;
	unit_file("BUILD_DIR", "backends/mutex_ring.so", path);
	if (lfb_plugin_open(path, &plugin, &error) != 0)
		fail_msg("%s", error.text);
	assert_string_equal(plugin.info.name, "mutex_ring");
	assert_string_equal(plugin.info.library, "own");
	assert_true(atoi(plugin.info.loops_rev) >= 1);
	assert_true(strlen(plugin.info.summary) > 0);
	assert_true(strlen(plugin.info.version) > 0);
	unit_has(plugin.info.built_with, "g");
	assert_int_equal(strlen(plugin.info.build_id), 40);
	assert_int_equal(strspn(plugin.info.build_id, "0123456789abcdef"), 40);
	assert_true(plugin.info.claims.bounded);
	assert_false(plugin.info.claims.reference);
	assert_int_equal(plugin.info.claims.order, LFB_ORDER_FIFO);
	assert_int_equal(plugin.info.alloc, LFB_ALLOC_NONE);
	assert_int_equal(plugin.info.slot_bytes, 8);
	assert_false(plugin.info.has_block);
	assert_non_null(plugin.ops->create);
	assert_true(lfb_backend_info_check(&plugin.info));
	lfb_plugin_close(&plugin);
	lfb_plugin_close(&plugin); /* once more does nothing */
}

/* The build id is the file's own: as the bytes of its note say, and another one for another file. */
static void build_ids(void **state)
{
	static const char *const files[] = { "backends/mutex_ring.so", "backends/null.so" };
	char ids[COUNT(files)][41];

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct lfb_plugin plugin;
		char path[PATH_MAX];
		unsigned char *bytes, id[20];
		size_t size;
		FILE *file;

		unit_file("BUILD_DIR", files[i], path);
		assert_int_equal(lfb_plugin_open(path, &plugin, NULL), 0);
		(void)snprintf(ids[i], sizeof(ids[i]), "%s", plugin.info.build_id);
		lfb_plugin_close(&plugin);
		assert_int_equal(strlen(ids[i]), 40);
		for (unsigned byte = 0; byte < 20; byte++) {
			const char digits[3] = { ids[i][2 * byte], ids[i][2 * byte + 1], '\0' };

			id[byte] = (unsigned char)strtoul(digits, NULL, 16);
		}
		file = fopen(path, "rb");
		assert_non_null(file);
		bytes = malloc((size_t)1 << 22);
		assert_non_null(bytes);
		size = fread(bytes, 1, (size_t)1 << 22, file);
		(void)fclose(file);
		assert_non_null(memmem(bytes, size, id, sizeof(id)));
		free(bytes);
	}
	assert_string_not_equal(ids[0], ids[1]);
}

static void blocking_and_pooled_backends(void **state)
{
	struct lfb_plugin plugin;
	char path[PATH_MAX];

	(void)state;
	unit_file("BUILD_DIR", "backends/mutex_cond.so", path);
	assert_int_equal(lfb_plugin_open(path, &plugin, NULL), 0);
	assert_true(plugin.info.has_block);
	lfb_plugin_close(&plugin);
	unit_file("BUILD_DIR", "backends/two_lock.so", path);
	assert_int_equal(lfb_plugin_open(path, &plugin, NULL), 0);
	assert_int_equal(plugin.info.alloc, LFB_ALLOC_MALLOC);
	lfb_plugin_close(&plugin);
	unit_file("BUILD_DIR", "backends/two_lock.pool.so", path);
	assert_int_equal(lfb_plugin_open(path, &plugin, NULL), 0);
	assert_string_equal(plugin.info.name, "two_lock");
	assert_int_equal(plugin.info.alloc, LFB_ALLOC_POOL);
	assert_true(plugin.info.node_bytes >= 8);
	lfb_plugin_close(&plugin);
}

/* Two builds side by side, as the comparing of builds needs it: a copy is another object. */
static void two_copies_at_once(void **state)
{
	char path[PATH_MAX], copy[] = "/tmp/lfbench-plugin-XXXXXX.so", command[2 * PATH_MAX + 16];
	struct lfb_plugin one, other;
	int fd;

	(void)state;
	unit_file("BUILD_DIR", "backends/mutex_ring.so", path);
	fd = mkstemps(copy, 3);
	assert_true(fd >= 0);
	(void)close(fd);
	(void)snprintf(command, sizeof(command), "cp '%s' '%s'", path, copy);
	assert_int_equal(system(command), 0);
	assert_int_equal(lfb_plugin_open(path, &one, NULL), 0);
	assert_int_equal(lfb_plugin_open(copy, &other, NULL), 0);
	assert_ptr_not_equal(one.ops, other.ops);
	assert_string_equal(one.info.build_id, other.info.build_id);
	lfb_plugin_close(&one);
	lfb_plugin_close(&other);
	assert_int_equal(unlink(copy), 0);
}

static void refused(const char *path, const char *why)
{
	struct lfb_error error = { "" };
	struct lfb_plugin plugin;

	assert_int_equal(lfb_plugin_open(path, &plugin, &error), -ENOEXEC);
	unit_has(error.text, why);
	assert_null(plugin.object); /* nothing stays loaded */
	assert_int_equal(lfb_plugin_open(path, &plugin, NULL), -ENOEXEC);
}

static void files_that_are_no_backends(void **state)
{
	(void)state;
	refused("/nowhere/at_all.so", "cannot be loaded");
	refused("/bin/sh", "");
	refused("/etc/passwd", "cannot be loaded");
	refused("/tmp", "cannot be loaded");
	refused("libm.so.6", "no symbol 'lfb_backend'"); /* a library that is fine, but no backend */
}

static void broken_backends(void **state)
{
	static const struct {
		const char *file, *why;
	} broken[] = {
		{ "wrong_abi.so", "ABI" },
		{ "no_symbol.so", "no symbol 'lfb_backend'" },
		{ "short_struct.so", "bytes" },
		{ "not_elf.so", "cannot be loaded" },
	};
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++)
		refused(unit_file("BROKEN_DIR", broken[i].file, path), broken[i].why);
}

static struct lfb_backend_info good_info(void)
{
	struct lfb_backend_info info;

	memset(&info, 0, sizeof(info));
	info.claims = (struct lfb_claims){
		.producers = LFB_MANY, .consumers = LFB_ONE, .order = LFB_ORDER_FIFO, .bounded = true
	};
	return info;
}

static void info_from_another_process(void **state)
{
	struct lfb_backend_info info = good_info();

	(void)state;
	assert_true(lfb_backend_info_check(&info));
	/* Texts without an end get one. */
	memset(info.name, 'n', sizeof(info.name));
	memset(info.summary, 's', sizeof(info.summary));
	memset(info.library, 'l', sizeof(info.library));
	memset(info.version, 'v', sizeof(info.version));
	memset(info.built_with, 'b', sizeof(info.built_with));
	memset(info.loops_rev, 'r', sizeof(info.loops_rev));
	memset(info.build_id, 'i', sizeof(info.build_id));
	assert_true(lfb_backend_info_check(&info));
	assert_int_equal(strlen(info.name), sizeof(info.name) - 1);
	assert_int_equal(strlen(info.summary), sizeof(info.summary) - 1);
	assert_int_equal(strlen(info.library), sizeof(info.library) - 1);
	assert_int_equal(strlen(info.version), sizeof(info.version) - 1);
	assert_int_equal(strlen(info.built_with), sizeof(info.built_with) - 1);
	assert_int_equal(strlen(info.loops_rev), sizeof(info.loops_rev) - 1);
	assert_int_equal(strlen(info.build_id), sizeof(info.build_id) - 1);
}

static void info_with_unknown_values(void **state)
{
	const unsigned wild = 0xABCDEF;
	struct lfb_backend_info info;

	(void)state;
#define WILD(field)                                                                                                    \
	do {                                                                                                           \
		info = good_info();                                                                                    \
		memcpy(&info.field, &wild, sizeof(info.field));                                                        \
		if (lfb_backend_info_check(&info))                                                                     \
			fail_msg("a wild value of " #field " was believed");                                           \
	} while (0)
	WILD(claims.producers);
	WILD(claims.consumers);
	WILD(claims.order);
	WILD(claims.empty);
	WILD(claims.full);
	WILD(claims.push);
	WILD(claims.pop);
	WILD(alloc);
	/* A bool that is neither true nor false makes branches go both ways. */
	WILD(claims.bounded);
	WILD(claims.reference);
	WILD(has_block);
#undef WILD
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_backends),
		cmocka_unit_test(build_ids),
		cmocka_unit_test(blocking_and_pooled_backends),
		cmocka_unit_test(two_copies_at_once),
		cmocka_unit_test(files_that_are_no_backends),
		cmocka_unit_test(broken_backends),
		cmocka_unit_test(info_from_another_process),
		cmocka_unit_test(info_with_unknown_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
