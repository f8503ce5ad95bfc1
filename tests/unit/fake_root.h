/*
 * fake_root.h - a made-up machine for tests: a folder with a /proc and /sys of its own,
 * and what lfb_env_gather finds there.
 */
#ifndef LFBENCH_TESTS_FAKE_ROOT_H
#define LFBENCH_TESTS_FAKE_ROOT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "machine/env.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CPU "/sys/devices/system/cpu"

/* A test with a tree of its own as its state. */
#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, make_tree, drop_tree)

struct tree {
	char root[64];
	struct lfb_topology *topology;
	struct lfb_env *env;
};

static inline int make_tree(void **state)
{
	struct tree *const tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	(void)snprintf(tree->root, sizeof(tree->root), "/tmp/lfbench-env-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	*state = tree;
	return 0;
}

static inline int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int drop_tree(void **state)
{
	struct tree *const tree = *state;

	lfb_env_free(tree->env);
	lfb_topology_free(tree->topology);
	assert_int_equal(nftw(tree->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(tree);
	return 0;
}

/* Write root/path, with the folders on the way. */
static inline void put(const struct tree *tree, const char *path, const char *text)
{
	char full[512];
	FILE *file;

	assert_true(snprintf(full, sizeof(full), "%s%s", tree->root, path) < (int)sizeof(full));
	for (char *slash = strchr(full + strlen(tree->root) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Gather, on a machine as hwloc describes it (NULL: none). */
static inline void gather(struct tree *tree, const char *description)
{
	lfb_env_free(tree->env);
	lfb_topology_free(tree->topology);
	tree->env = NULL;
	tree->topology = NULL;
	if (description != NULL)
		assert_int_equal(lfb_topology_load_synthetic(description, NULL, &tree->topology), 0);
	assert_int_equal(lfb_env_gather(tree->root, tree->topology, 0, &tree->env), 0);
}

static inline const struct lfb_fact *fact_of(const struct tree *tree, const char *key)
{
	const struct lfb_fact *const fact = lfb_env_find(tree->env, key);

	if (fact == NULL)
		fail_msg("there is no fact '%s'", key);
	return fact;
}

static inline void expect(const struct tree *tree, const char *key, enum lfb_verdict verdict, const char *value)
{
	const struct lfb_fact *const fact = fact_of(tree, key);

	if (fact->verdict != verdict || strcmp(fact->value, value) != 0)
		fail_msg("%s: expected %s \"%s\", found %s \"%s\"", key, lfb_verdict_names[verdict], value,
			 lfb_verdict_names[fact->verdict], fact->value);
}

#endif
