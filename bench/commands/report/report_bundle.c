/*
 * report_bundle.c - the web front end as scripts/report/build.mjs leaves it: report.js, and beside it report.js.sha256, by which the page
 * allows that script and no other. See report.h.
 */
#include "commands/report/report.h"

#include "plugin/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_BYTES_MAX ((size_t)8 << 20)
#define HOW "install Node.js 18 or later with npm, and run scripts/report/build BUILD_FOLDER"

static char *read_whole(const char *path, size_t most, size_t *bytes)
{
	FILE *const in = fopen(path, "re");
	char *text;

	if (in == NULL)
		return NULL;
	text = malloc(most + 1);
	*bytes = text != NULL ? fread(text, 1, most + 1, in) : 0;
	if (text != NULL && (ferror(in) || *bytes == 0 || *bytes > most)) {
		free(text);
		text = NULL;
	}
	if (text != NULL)
		text[*bytes] = '\0';
	(void)fclose(in);
	return text;
}

static bool read_hash(const char *path, char hash[64])
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t bytes = 0;
	char *const text = read_whole(path, 4096, &bytes);
	const size_t length = text != NULL ? strspn(text, base64) : 0;
	const bool good = length > 0 && length < 64;

	if (good)
		(void)snprintf(hash, 64, "%.*s", (int)length, text);
	free(text);
	return good;
}

/* It stands in a <script> element: what would end that, or begin a comment in it, esbuild escapes. */
static bool fits_script(const char *script)
{
	return strcasestr(script, "</script") == NULL && strstr(script, "<!--") == NULL;
}

void report_bundle_find(struct report_bundle *bundle)
{
	char folder[PATH_MAX], path[PATH_MAX + 32];

	*bundle = (struct report_bundle){ .script = NULL };
	if (!lfb_report_dir(folder)) {
		(void)snprintf(bundle->missing, sizeof(bundle->missing), "this lfbench was built without its web front end: " HOW);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/report.js", folder);
	bundle->script = read_whole(path, SCRIPT_BYTES_MAX, &bundle->bytes);
	(void)snprintf(path, sizeof(path), "%s/report.js.sha256", folder);
	if (bundle->script != NULL && fits_script(bundle->script) && strlen(bundle->script) == bundle->bytes && read_hash(path, bundle->hash))
		return;
	(void)snprintf(bundle->missing, sizeof(bundle->missing), "the web front end in %.300s is not whole: " HOW, folder);
	report_bundle_free(bundle);
}

void report_bundle_free(struct report_bundle *bundle)
{
	free(bundle->script);
	bundle->script = NULL;
}
