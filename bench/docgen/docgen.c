/*
 * docgen - makes a document, to standard output; docgen.h says from what and why.
 *
 *   docgen man-csv          lfbench-csv(5)
 *   docgen fill TEMPLATE    the template with its placeholders filled: lfbench(1), lfbench-check(1), the completion
 */
#include "docgen/docgen.h"
#include "docgen/docgen_csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct docgen_filler *const tables[] = { docgen_man_fillers, docgen_completion_fillers };

/* "@WORD argument@\n" to WORD and argument, in place. false: an ordinary line. */
static bool is_placeholder(char *line, char **word, char **argument)
{
	const size_t length = strcspn(line, "\n");
	char *space;

	if (length < 3 || line[0] != '@' || line[length - 1] != '@')
		return false;
	line[length - 1] = '\0';
	*word = line + 1;
	*argument = NULL;
	space = strchr(*word, ' ');
	if (space != NULL) {
		*space = '\0';
		*argument = space + 1;
	}
	return true;
}

static bool fill_in(FILE *out, const char *word, const char *argument)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct docgen_filler *filler = tables[t]; filler->word != NULL; filler++)
			if (strcmp(filler->word, word) == 0)
				return filler->fill(out, argument);
	return false;
}

static int copy_filled(const char *path, FILE *in, FILE *out)
{
	char *line = NULL, *word, *argument;
	size_t room = 0;
	int rc = 0;

	for (unsigned number = 1; rc == 0 && getline(&line, &room, in) >= 0; number++) {
		if (!is_placeholder(line, &word, &argument)) {
			(void)fputs(line, out);
		} else if (!fill_in(out, word, argument)) {
			(void)fprintf(stderr, "docgen: %s:%u: nothing is known to fill in here\n", path, number);
			rc = -EINVAL;
		}
	}
	free(line);
	return rc;
}

static int make_filled(const char *path, FILE *out)
{
	FILE *const in = fopen(path, "re");
	int rc = -ENOENT;

	if (in == NULL) {
		(void)fprintf(stderr, "docgen: %s: %s\n", path, strerror(errno));
		return rc;
	}
	rc = copy_filled(path, in, out);
	(void)fclose(in);
	return rc;
}

static int make_csv_page(const char *path, FILE *out)
{
	(void)path;
	docgen_man_csv(out);
	return 0;
}

static const struct verb {
	const char *name;
	int arguments;
	int (*make)(const char *argument, FILE *out); /* 0 or -errno, after saying why */
} verbs[] = {
	{ "man-csv", 0, make_csv_page },
	{ "fill", 1, make_filled },
};

static const struct verb *find_verb(int argc, char **argv)
{
	for (size_t i = 0; argc >= 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, argv[1]) == 0 && verbs[i].arguments == argc - 2)
			return &verbs[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct verb *const verb = find_verb(argc, argv);

	if (verb == NULL) {
		(void)fprintf(stderr, "Usage: docgen man-csv | fill TEMPLATE\n");
		return 2;
	}
	if (verb->make(argv[2], stdout) != 0)
		return 2;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "docgen: the document cannot be written: %s\n", strerror(errno));
		return 2;
	}
	return 0;
}
