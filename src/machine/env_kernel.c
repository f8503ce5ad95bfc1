/* env_kernel.c - facts about the kernel and the C library. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <dirent.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void look_kernel(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char *text;

	if (lfb_sysfile_read(view->root, "/proc/sys/kernel/osrelease", &text) != 0)
		return;
	lfb_fact_set(fact, LFB_VERDICT_OK, "Linux %.200s", text);
	free(text);
}

static void look_libc(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	(void)view;
	lfb_fact_set(fact, LFB_VERDICT_OK, "glibc %s", gnu_get_libc_version());
}

static void look_aslr(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	static const char *const levels[] = { "off", "without the heap", "full" };
	uint64_t level;

	if (lfb_sysfile_u64(view->root, "/proc/sys/kernel/randomize_va_space", &level) == 0 && level < 3)
		lfb_fact_set(fact, level == 2 ? LFB_VERDICT_OK : LFB_VERDICT_NOTE, "%s", levels[level]);
}

struct mitigations {
	unsigned mitigated, vulnerable, not_affected, unknown;
	char mitigated_names[256];
	bool page_table_isolation;
};

/* File one line of /sys/devices/system/cpu/vulnerabilities under what it says. */
static void count_mitigation(struct mitigations *sum, const char *name, const char *text)
{
	const size_t used = strlen(sum->mitigated_names);

	if (strncmp(text, "Not affected", 12) == 0) {
		sum->not_affected++;
	} else if (strstr(text, "Mitigation:") != NULL) {
		/* Also "KVM: Mitigation: ..." and "Mitigation: ...; SMT vulnerable". */
		sum->mitigated++;
		(void)snprintf(sum->mitigated_names + used, sizeof(sum->mitigated_names) - used, "%s%s",
			       used > 0 ? ", " : "", name);
		if (strcmp(name, "meltdown") == 0 && strstr(text, "PTI") != NULL)
			sum->page_table_isolation = true;
	} else if (strstr(text, "ulnerable") != NULL) {
		sum->vulnerable++;
	} else {
		sum->unknown++;
	}
}

static void set_mitigations(struct lfb_fact *fact, const struct mitigations *sum)
{
	const bool some = sum->mitigated > 0;

	lfb_fact_set(fact, sum->page_table_isolation ? LFB_VERDICT_NOTE : LFB_VERDICT_OK,
		     "%u mitigated%s%s%s%s, %u vulnerable, %u not affected, %u unclear", sum->mitigated,
		     some ? " (" : "", sum->mitigated_names, some ? ")" : "",
		     sum->page_table_isolation ? " with page-table isolation" : "", sum->vulnerable, sum->not_affected,
		     sum->unknown);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void look_mitigations(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	static const char folder[] = "/sys/devices/system/cpu/vulnerabilities";
	struct mitigations sum = { 0 };
	char path[PATH_MAX];
	struct dirent **entries;
	int count;

	(void)snprintf(path, sizeof(path), "%s%s", view->root, folder);
	count = scandir(path, &entries, NULL, by_name);
	for (int i = 0; i < count; i++) {
		char *text;

		(void)snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (lfb_sysfile_read(view->root, path, &text) == 0) {
			count_mitigation(&sum, entries[i]->d_name, text);
			free(text);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (sum.mitigated + sum.vulnerable + sum.not_affected > 0)
		set_mitigations(fact, &sum);
}

const struct lfb_env_kind lfb_env_kernel_kinds[] = {
	{
		.key = "kernel",
		.label = "kernel",
		.group = LFB_FACTS_KERNEL,
		.look = look_kernel,
		.unknown = "Results cannot be ascribed to a kernel.",
	},
	{
		.key = "libc",
		.label = "C library",
		.group = LFB_FACTS_KERNEL,
		.look = look_libc,
		.unknown = "Results with mutexes and malloc cannot be ascribed to a C library.",
	},
	{
		.key = "aslr",
		.label = "address randomisation",
		.group = LFB_FACTS_KERNEL,
		.look = look_aslr,
		.meaning = "Launches land at much the same addresses, so their spread leaves out what addresses do: "
			   "intervals come out too narrow.",
		.advice = "sudo sysctl kernel.randomize_va_space=2, and no setarch -R",
		.unknown = "Whether launches differ in their addresses is not shown.",
	},
	{
		.key = "mitigations",
		.label = "CPU vulnerabilities",
		.group = LFB_FACTS_KERNEL,
		.look = look_mitigations,
		.meaning = "Page-table isolation makes every system call dearer: queues that block or yield pay it, "
			   "spinning ones do not.",
		.advice = "Compare blocking with spinning queues only among machines that have the same setting.",
		.unknown = "System calls may or may not pay for mitigations.",
	},
	{ .key = NULL },
};
