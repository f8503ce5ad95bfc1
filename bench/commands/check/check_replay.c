/* check_replay.c - see check_replay.h. */
#include "check_replay.h"

#include "check/history_file.h"
#include "commands/check/check_print.h"
#include "commands/show/render.h"

#include <errno.h>
#include <string.h>

static int judge_file(FILE *in, const struct check_options *options)
{
	const char *const name = strcmp(options->replay, "-") == 0 ? "standard input" : options->replay;
	const struct lfb_medium medium = render_medium(stdout, options->color, options->ascii);
	struct lfb_history *history;
	struct lfb_check_result result;
	struct lfb_error error = { "" };
	int rc = lfb_history_read(in, name, &history, &error);

	if (rc != 0)
		return render_error("check", error.text);
	rc = lfb_check(history, &result, &error);
	if (rc == 0 && check_print_replay(stdout, name, history, &result, &medium) != 0)
		rc = lfb_fail(&error, -EIO, "the verdict cannot be written; is the disk full?");
	lfb_history_free(history);
	if (rc != 0)
		return render_error("check", error.text);
	return result.verdict == LFB_CHECK_REFUTED ? 4 : 0;
}

int check_replay(const struct check_options *options)
{
	char text[PATH_MAX + 100];
	FILE *in = stdin;
	int code;

	if (strcmp(options->replay, "-") != 0)
		in = fopen(options->replay, "re");
	if (in == NULL) {
		(void)snprintf(text, sizeof(text), "%s: %s", options->replay, strerror(errno));
		return render_error("check", text);
	}
	code = judge_file(in, options);
	if (in != stdin)
		(void)fclose(in);
	return code;
}
