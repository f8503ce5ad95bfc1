/* child.c - the process in which threads are stopped, see progress.h. */
#include "parts.h"

#include "machine/clock.h"
#include "plan/names.h"
#include "results/row.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Should the parent be stopped. */
#define ALARM_S 900u

const char *const question_names[QUESTIONS + 1] = { "stall", "solo", "solo_one", "finish", "memory", NULL };
static const char *const role_names[LFB_ROLES + 1] = { "push", "pop", NULL };

static int write_all(const void *data, size_t bytes)
{
	for (const char *at = (const char *)data; bytes > 0;) {
		const ssize_t n = write(PROGRESS_FD, at, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		bytes -= (size_t)n;
	}
	return 0;
}

struct request {
	const char *path;
	enum question question;
	enum lfb_role role;
	uint64_t seed, budget_ns, bound, all, by_signal;
};

static bool read_arguments(char **argv, struct request *request)
{
	const int question = lfb_name_find(question_names, argv[ARGUMENT_QUESTION]), role = lfb_name_find(role_names, argv[ARGUMENT_ROLE]);

	request->path = argv[ARGUMENT_PATH];
	request->question = (enum question)question;
	request->role = (enum lfb_role)role;
	return question >= 0 && role >= 0 && lfb_u64_parse(argv[ARGUMENT_SEED], &request->seed) && lfb_u64_parse(argv[ARGUMENT_BUDGET_NS], &request->budget_ns) &&
	       lfb_u64_parse(argv[ARGUMENT_BOUND], &request->bound) && lfb_u64_parse(argv[ARGUMENT_ALL], &request->all) &&
	       lfb_u64_parse(argv[ARGUMENT_BY_SIGNAL], &request->by_signal);
}

static bool is_ours(const struct crew *crew, pid_t thread)
{
	bool ours = thread == getpid();

	for (unsigned v = 0; v < CREW_VICTIMS; v++)
		ours |= thread == crew->victim[v].tid;
	for (unsigned r = 0; r < LFB_ROLES; r++)
		ours |= thread == crew->survivor[r].tid;
	return ours;
}

static void read_name(const char *thread, char *out, size_t bytes)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%.20s/comm", thread);
	file = fopen(path, "re");
	if (file != NULL && fgets(out, (int)bytes, file) != NULL)
		out[strcspn(out, "\n")] = '\0';
	if (file != NULL)
		(void)fclose(file);
}

/* Threads of this process that are not the probe's: the backend started them. */
static void find_helpers(const struct crew *crew, struct progress_answer *answer)
{
	DIR *const folder = opendir("/proc/self/task");
	const struct dirent *entry;
	char own[sizeof(answer->helper)] = "", number[24];

	(void)snprintf(number, sizeof(number), "%d", (int)getpid());
	read_name(number, own, sizeof(own));
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		const pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);

		if (thread <= 0 || is_ours(crew, thread))
			continue;
		answer->helpers++;
		read_name(entry->d_name, answer->helper, sizeof(answer->helper));
		if (strcmp(answer->helper, own) == 0) /* it never got a name of its own */
			answer->helper[0] = '\0';
	}
	if (folder != NULL)
		(void)closedir(folder);
}

static int ask(const struct request *request, const struct lfb_plugin *plugin, uint64_t start_ns, struct progress_answer *answer, struct lfb_error *error)
{
	static int (*const questions[QUESTIONS])(struct inquiry *) = { inquire_stall, inquire_solo, inquire_solo_one, inquire_finish, inquire_memory };
	struct inquiry inquiry = {
		.role = request->role,
		.random = request->seed,
		.until_ns = start_ns + request->budget_ns,
		.bound = request->bound,
		.all = request->all != 0,
		.finding = answer->finding,
		.error = error,
	};
	int rc;

	answer->by_signal = request->by_signal != 0 || !lfb_stall_trap_works();
	rc = crew_open(plugin, answer->by_signal ? LFB_STALL_SIGNAL : LFB_STALL_TRAP, &inquiry.crew, error);
	if (rc == 0)
		rc = questions[request->question](&inquiry);
	if (rc == 0)
		find_helpers(inquiry.crew, answer);
	return rc;
}

static int serve(const struct request *request, uint64_t start_ns)
{
	struct lfb_plugin plugin;
	struct lfb_error error = { "" };
	struct progress_answer answer;
	int rc;

	memset(&answer, 0, sizeof(answer));
	rc = lfb_plugin_open(request->path, &plugin, &error);
	answer.rc = rc == 0 ? ask(request, &plugin, start_ns, &answer, &error) : rc;
	(void)snprintf(answer.text, sizeof(answer.text), "%.*s", (int)sizeof(answer.text) - 1, error.text);
	return write_all(&answer, sizeof(answer));
}

int lfb_progress_launch_main(int argc, char **argv)
{
	const uint64_t start_ns = lfb_clock_now_ns();
	struct request request;

	if (argc != PROGRESS_ARGUMENTS || fcntl(PROGRESS_FD, F_SETFD, FD_CLOEXEC) != 0 || !read_arguments(argv, &request)) {
		(void)fprintf(stderr, "lfbench: " LFB_PROGRESS_LAUNCH_COMMAND " is for lfbench check itself.\n");
		return 2;
	}
	(void)alarm(ALARM_S);
	/* Not through the exit handlers of a library that may have been destroyed, and not with threads that are stopped in it. */
	_exit(serve(&request, start_ns) == 0 ? 0 : 2);
}
