/*
 * test_paths.c - from a --backend argument to a file: names and files, pool flavours, what is
 * not there, and a folder of backends that somebody else filled.
 */
#include "unit.h"

#include "plugin/paths.h"

#include <errno.h>

static char folder[PATH_MAX];
static struct lfb_paths paths;
static struct lfb_error error;

static void touch(const char *name)
{
	char path[PATH_MAX + 64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
	static const char *const files[] = { "ring.so",	   "list.so",	"list.pool.so",	   "apple.so", "lonely.pool.so",
					     ".hidden.so", "notes.txt", "unavailable.tsv", "plain",	  "ring.count.so", "ring.sched.so" };

	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/lfbench-paths-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(paths.backends, sizeof(paths.backends), "%s", folder);
	for (size_t i = 0; i < COUNT(files); i++)
		touch(files[i]);
	return 0;
}

static int remove_folder(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
	return system(command);
}

/* The file that `argument` means, below the folder; "": none. */
static void means(const char *argument, bool pool, const char *file)
{
	char out[PATH_MAX] = "", expected[PATH_MAX + 64];
	const int rc = lfb_backend_path(&paths, argument, pool, out, &error);

	(void)snprintf(expected, sizeof(expected), "%s/%s", folder, file);
	if (file[0] == '\0')
		assert_int_equal(rc, -ENOENT);
	else if (rc != 0)
		fail_msg("'%s': %s", argument, error.text);
	else
		assert_string_equal(out, expected);
}

static void names(void **state)
{
	(void)state;
	means("ring", false, "ring.so");
	means("list", false, "list.so");
	means("list", true, "list.pool.so");
	means("ring", true, "ring.so"); /* a ring has no nodes to pool */
}

static void names_that_are_none(void **state)
{
	(void)state;
	means("rign", false, "");
	unit_has(error.text, "unknown backend 'rign'; did you mean 'ring'?");
	means("telepathy", false, "");
	unit_has(error.text, "unknown backend 'telepathy'; 'lfbench list' shows all");
	means("", false, "");
	means(".hidden", false, "");
	means(".", false, "");
	means("..", false, "");
	means("notes.txt", false, "");
	means("plain", false, "");
	/* Flavours are asked for with --alloc, not by name. */
	means("list.pool", false, "");
	means("list.pool", true, "");
	means("lonely", false, "");
	means("lonely", true, "lonely.pool.so");
}

static void files(void **state)
{
	char argument[PATH_MAX + 64], out[PATH_MAX];

	(void)state;
	(void)snprintf(argument, sizeof(argument), "%s/ring.so", folder);
	means(argument, false, "ring.so");
	means(argument, true, "ring.so");
	(void)snprintf(argument, sizeof(argument), "%s/list.so", folder);
	means(argument, false, "list.so");
	means(argument, true, "list.pool.so");
	(void)snprintf(argument, sizeof(argument), "%s/list.pool.so", folder);
	means(argument, false, "list.pool.so"); /* as given */
	means(argument, true, "list.pool.so");
	(void)snprintf(argument, sizeof(argument), "%s/plain", folder);
	means(argument, false, "plain");
	means(argument, true, "plain");
	(void)snprintf(argument, sizeof(argument), "%s/missing.so", folder);
	means(argument, false, "");
	unit_has(error.text, "missing.so");
	unit_has(error.text, "No such file");
	/* A file in the working folder: dlopen would look for a bare name elsewhere. */
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(lfb_backend_path(&paths, "ring.so", false, out, &error), 0);
	assert_string_equal(out, "./ring.so");
	assert_int_equal(lfb_backend_path(&paths, "list.so", true, out, &error), 0);
	assert_string_equal(out, "./list.pool.so");
	assert_int_equal(lfb_backend_path(&paths, "./ring.so", true, out, &error), 0);
	assert_string_equal(out, "./ring.so");
	assert_int_equal(lfb_backend_path(&paths, "nothing.so", true, out, &error), -ENOENT);
	assert_int_equal(chdir("/"), 0);
}

static void names_or_files(void **state)
{
	(void)state;
	assert_true(lfb_backend_is_file("./x"));
	assert_true(lfb_backend_is_file("x.so"));
	assert_true(lfb_backend_is_file("/x"));
	assert_true(lfb_backend_is_file("a/b"));
	assert_true(lfb_backend_is_file(".so"));
	assert_false(lfb_backend_is_file("x"));
	assert_false(lfb_backend_is_file("x.so.1"));
	assert_false(lfb_backend_is_file("so"));
	assert_false(lfb_backend_is_file(""));
}

/* Every length around the limit: refused, or a path that fits. */
static void long_paths(void **state)
{
	static char argument[2 * PATH_MAX];
	char out[PATH_MAX];

	(void)state;
	for (size_t length = PATH_MAX - 30; length < PATH_MAX + 30; length++) {
		memset(argument, 'a', length);
		argument[length] = '\0';
		assert_true(lfb_backend_path(&paths, argument, false, out, &error) < 0);
		assert_true(lfb_backend_path(&paths, argument, true, out, &error) < 0);
		/* The same as a path that exists: ./././ ... /ring.so */
		for (size_t i = 0; i < length; i++)
			argument[i] = i % 2 == 0 ? '.' : '/';
		memcpy(argument + length - 8, "/ring.so", 8);
		(void)lfb_backend_path(&paths, argument, true, out, &error);
		assert_non_null(memchr(out, '\0', sizeof(out)));
	}
}

static void list_of_names(void **state)
{
	static const char *const expected[] = { "apple", "list", "ring" };
	struct lfb_paths nowhere = { .backends = "/nowhere" };
	char **found = lfb_backend_names(&paths, &error);

	(void)state;
	assert_non_null(found);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_non_null(found[i]);
		assert_string_equal(found[i], expected[i]);
	}
	assert_null(found[COUNT(expected)]);
	lfb_backend_names_free(found);
	assert_null(lfb_backend_names(&nowhere, &error));
	unit_has(error.text, "/nowhere");
	unit_has(error.text, "LFBENCH_BACKEND_DIR");
	lfb_backend_names_free(NULL);
	assert_int_equal(lfb_backend_path(&nowhere, "ring", false, (char[PATH_MAX]){ "" }, &error), -ENOENT);
	unit_has(error.text, "/nowhere");
}

static void folders_of_a_build(void **state)
{
	struct lfb_paths found;
	char real[PATH_MAX];

	(void)state;
	assert_int_equal(unsetenv("LFBENCH_BACKEND_DIR"), 0);
	assert_int_equal(lfb_paths_find(&found, &error), 0);
	assert_int_equal(found.backends[0], '/');
	assert_int_equal(found.bench[0], '/');
	/* This test lies beside the backends of its build, as lfbench does. */
	unit_file("BUILD_DIR", "backends/null.so", real);
	assert_int_equal(lfb_backend_path(&found, "null", false, real, &error), 0);
	assert_int_equal(access(real, R_OK), 0);
}

static void folder_from_the_environment(void **state)
{
	static char long_name[PATH_MAX + 1];
	struct lfb_paths found;

	(void)state;
	assert_int_equal(setenv("LFBENCH_BACKEND_DIR", folder, 1), 0);
	assert_int_equal(lfb_paths_find(&found, &error), 0);
	assert_string_equal(found.backends, folder);
	assert_int_equal(setenv("LFBENCH_BACKEND_DIR", "", 1), 0);
	assert_int_equal(lfb_paths_find(&found, &error), 0);
	assert_true(found.backends[0] != '\0'); /* empty is as if it were not set */
	memset(long_name, 'x', sizeof(long_name) - 1);
	assert_int_equal(setenv("LFBENCH_BACKEND_DIR", long_name, 1), 0);
	assert_int_equal(lfb_paths_find(&found, &error), -ENAMETOOLONG);
	assert_int_equal(unsetenv("LFBENCH_BACKEND_DIR"), 0);
}

static void other_flavours_are_found_beside(void **state)
{
	char path[PATH_MAX], found[PATH_MAX];

	(void)state;
	assert_int_equal(lfb_backend_path(&paths, "ring", false, path, &error), 0);
	assert_true(lfb_scheduling_path(path, found));
	assert_string_equal(strrchr(found, '/'), "/ring.sched.so");
	assert_true(lfb_counting_path(path, found));
	assert_string_equal(strrchr(found, '/'), "/ring.count.so");
	assert_int_equal(lfb_backend_path(&paths, "apple", false, path, &error), 0);
	assert_false(lfb_scheduling_path(path, found) || lfb_counting_path(path, found) || lfb_scheduling_path("plain", found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(files),
		cmocka_unit_test(names_or_files),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(list_of_names),
		cmocka_unit_test(folders_of_a_build),
		cmocka_unit_test(folder_from_the_environment),
		cmocka_unit_test(other_flavours_are_found_beside),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
