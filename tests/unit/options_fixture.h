/*
 * options_fixture.h - parse a command line written as one text, and look whether it was taken.
 */
#ifndef LFBENCH_TESTS_UNIT_OPTIONS_FIXTURE_H
#define LFBENCH_TESTS_UNIT_OPTIONS_FIXTURE_H

#include "plan/options.h"

#include <errno.h>

#define ARGUMENTS_MAX 32

static struct lfb_options options;
static struct lfb_error error;

/* Parses "a b c", split at spaces; '' stands for an empty argument. Texts stay valid until the next call. */
static inline int parse(enum lfb_option_scope scope, const char *line)
{
	static char text[512];
	char *argv[ARGUMENTS_MAX + 1] = { text }, *rest = NULL;
	int argc = 1;

	assert_true(strlen(line) + 9 < sizeof(text));
	(void)stpcpy(stpcpy(text, "program "), line);
	(void)strtok_r(text, " ", &rest);
	for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < ARGUMENTS_MAX);
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	argv[argc] = NULL;
	lfb_options_free(&options);
	memset(&error, 0, sizeof(error));
	return lfb_options_parse(&options, scope, argc, argv, &error);
}

static inline void takes(enum lfb_option_scope scope, const char *line)
{
	if (parse(scope, line) != 0)
		fail_msg("'%s': %s", line, error.text);
}

static inline void refuses(enum lfb_option_scope scope, const char *line, const char *why)
{
	if (parse(scope, line) != -EINVAL)
		fail_msg("'%s' was taken", line);
	if (strstr(error.text, why) == NULL)
		fail_msg("'%s': '%s' does not say '%s'", line, error.text, why);
}

static inline int free_options(void **state)
{
	(void)state;
	lfb_options_free(&options);
	return 0;
}

#endif
