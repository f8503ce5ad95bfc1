/* lfbench - the command that plans, runs and shows; the benchmark binaries do the measuring. */
#include "check/launch.h"
#include "commands/commands.h"
#include "gate/launch.h"
#include "plan/names.h"
#include "progress/progress.h"
#include "commands/show/render.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

static void print_help(FILE *out)
{
	(void)fprintf(out, "lfbench - benchmark concurrent queues, and trust the figures\n\nUsage: lfbench COMMAND [options]\n\nCommands:\n");
	for (const struct command *c = commands; c->name != NULL; c++)
		(void)fprintf(out, "  %-8s %s\n", c->name, c->summary);
	(void)fprintf(out, "\nExamples:\n"
			   "  lfbench run                                    the default sweep, about a minute\n"
			   "  lfbench run --backend ck_ring_mpmc,mutex_ring --producers 1,2 -o today.csv\n"
			   "  lfbench show today.csv\n"
			   "  lfbench gate --base old/my_queue.so --head new/my_queue.so\n"
			   "\n'lfbench COMMAND --help' tells more; so do lfbench(1) and lfbench-csv(5).\n");
}

static int unknown(const char *word)
{
	const char *names[32] = { NULL };
	const char *nearest;

	for (size_t i = 0; commands[i].name != NULL; i++)
		names[i] = commands[i].name;
	nearest = lfb_name_nearest(names, word);
	(void)fprintf(stderr, "lfbench: unknown command '");
	render_safe(stderr, word);
	if (nearest != NULL)
		(void)fprintf(stderr, "'; did you mean '%s'?\n", nearest);
	else
		(void)fprintf(stderr, "'; 'lfbench --help' shows all\n");
	return 2;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)printf("lfbench %s (%s)\n", LFB_VERSION, LFB_COMMIT);
		return 0;
	}
	if (strcmp(argv[1], GATE_LAUNCH_COMMAND) == 0) /* from lfbench gate, which starts this program again */
		return gate_launch_main(argc, argv);
	if (strcmp(argv[1], LFB_CHECK_LAUNCH_COMMAND) == 0) /* from lfbench check */
		return lfb_check_launch_main(argc, argv);
	if (strcmp(argv[1], LFB_PROGRESS_LAUNCH_COMMAND) == 0) /* as well */
		return lfb_progress_launch_main(argc, argv);
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return c->main(argc - 1, argv + 1);
	return unknown(argv[1]);
}
