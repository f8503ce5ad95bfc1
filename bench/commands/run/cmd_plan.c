/* cmd_plan.c - `lfbench plan` (and `run --dry-run`): what a run would do. Runs nothing. */
#include "commands/commands.h"
#include "commands/run/plan_print.h"

#include "plan/options.h"
#include "plugin/paths.h"
#include "commands/show/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void print_help(void)
{
	(void)printf("lfbench plan - what 'lfbench run' would do with the same options; runs nothing\n\n"
		     "Usage: lfbench plan [options]\n\n"
		     "Prints the cells, those that cannot run with the reason, the order of the launches, the\n"
		     "seed that gives this order again, and the time it will take.\n\nOptions:\n");
	lfb_options_print(stdout, LFB_SCOPE_RUN, NULL);
	(void)printf("\nExamples:\n  lfbench plan\n  lfbench plan --workload pairs --threads 1-4 --backend ck_ring_mpmc,mutex_ring --seed 7\n");
}

int cmd_plan(int argc, char **argv)
{
	struct lfb_options options;
	struct lfb_paths paths;
	struct lfb_plan plan = { .cell_count = 0 };
	struct lfb_error error;
	int code = 0;

	if (lfb_options_parse(&options, LFB_SCOPE_RUN, argc, argv, &error) != 0)
		return render_error("plan", error.text);
	if (options.help) {
		print_help();
		return 0;
	}
	if (!options.seed_given)
		options.seed = plan_new_seed();
	if (lfb_paths_find(&paths, &error) != 0 || lfb_plan_make(&options, &paths, &plan, &error) != 0)
		code = render_error("plan", error.text);
	else
		plan_print(stdout, &plan, &options);
	lfb_plan_free(&plan);
	lfb_options_free(&options);
	return code;
}
