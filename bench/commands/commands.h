/* commands.h - the subcommands of lfbench. Each takes its own argv (argv[0] is its name) and returns the exit status. */
#ifndef LFBENCH_COMMANDS_H
#define LFBENCH_COMMANDS_H

int cmd_list(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_latency(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *summary;
};

/* All of them, ended by one without a name. */
extern const struct command commands[];

#endif
