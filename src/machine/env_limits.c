/*
 * env_limits.c - facts about the CPU time a control group grants. See env_facts.h.
 *
 * DESIGN. A limit counts wherever it stands between this process's group and the root of the
 * hierarchy that is mounted here, so every level is asked and the tightest one wins. Both
 * versions of control groups differ in file names only, which is one table. Limits above
 * the mounted root, as a container's host may have set, are invisible from inside.
 */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hierarchy {
	const char *fstype;
	const char *controller; /* "": version 2, where all controllers share one hierarchy */
};

static const struct hierarchy hierarchies[] = { { "cgroup2", "" }, { "cgroup", "cpu" } };

#define HIERARCHIES (sizeof(hierarchies) / sizeof(hierarchies[0]))

/* What the levels say together. */
struct quota {
	bool found;  /* some level told */
	double cpus; /* the tightest limit; 0: none */
	uint64_t periods, throttled;
};

static bool list_has(const char *list, const char *word)
{
	const size_t length = strlen(word);

	for (; list != NULL; list = strchr(list, ',')) {
		list += *list == ',';
		if (strncmp(list, word, length) == 0 && (list[length] == ',' || list[length] == '\0'))
			return true;
	}
	return false;
}

/* Whether a line of mountinfo mounts the hierarchy; then also where, and which group its top is. */
static bool parse_mount(const char *line, const struct hierarchy *hierarchy, char mount[PATH_MAX], char top[PATH_MAX])
{
	char fstype[32], options[256];
	const char *const rest = strstr(line, " - ");

	if (rest == NULL || sscanf(line, "%*s %*s %*s %4095s %4095s", top, mount) != 2 ||
	    sscanf(rest, " - %31s %*s %255s", fstype, options) != 2)
		return false;
	return strcmp(fstype, hierarchy->fstype) == 0 &&
	       (hierarchy->controller[0] == '\0' || list_has(options, hierarchy->controller));
}

static bool find_mount(const char *root, const struct hierarchy *hierarchy, char mount[PATH_MAX], char top[PATH_MAX])
{
	char *text, *at = NULL;
	bool found = false;

	if (lfb_sysfile_read(root, "/proc/self/mountinfo", &text) != 0)
		return false;
	for (char *line = strtok_r(text, "\n", &at); line != NULL && !found; line = strtok_r(NULL, "\n", &at))
		found = parse_mount(line, hierarchy, mount, top);
	free(text);
	return found;
}

/* The group of this process in the hierarchy, as /proc/self/cgroup names it: "id:controllers:/path". */
static bool find_group(const char *root, const struct hierarchy *hierarchy, char group[PATH_MAX])
{
	char *text, *at = NULL;
	bool found = false;

	if (lfb_sysfile_read(root, "/proc/self/cgroup", &text) != 0)
		return false;
	for (char *line = strtok_r(text, "\n", &at); line != NULL && !found; line = strtok_r(NULL, "\n", &at)) {
		char *const controllers = strchr(line, ':');
		char *const path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;

		if (path == NULL)
			continue;
		*path = '\0';
		found = hierarchy->controller[0] == '\0' ? controllers[1] == '\0'
							 : list_has(controllers + 1, hierarchy->controller);
		(void)snprintf(group, PATH_MAX, "%s", path + 1);
	}
	free(text);
	return found;
}

/* The group's path below the mount: without what the mount already stands for, "" if it is not below. */
static const char *below(const char *group, const char *top)
{
	const size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	if (strstr(group, "..") != NULL || strncmp(group, top, length) != 0 ||
	    (group[length] != '/' && group[length] != '\0'))
		return "";
	return strcmp(group + length, "/") == 0 ? "" : group + length;
}

/* The text of folder/name, or NULL; to be freed. */
static char *read_in(const char *root, const char *folder, const char *name)
{
	char path[PATH_MAX];
	char *text = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
		(void)lfb_sysfile_read(root, path, &text);
	return text;
}

static void tighten(struct quota *quota, double limit_us, double period_us)
{
	if (limit_us > 0 && period_us > 0 && (quota->cpus == 0 || limit_us / period_us < quota->cpus))
		quota->cpus = limit_us / period_us;
}

/* cpu.max of version 2: "max 100000" or "50000 100000". */
static void ask_max(const char *root, const char *folder, struct quota *quota)
{
	char *const text = read_in(root, folder, "cpu.max");
	double limit_us, period_us;

	if (text != NULL && strncmp(text, "max ", 4) == 0) {
		quota->found = true;
	} else if (text != NULL && sscanf(text, "%lf %lf", &limit_us, &period_us) == 2) {
		quota->found = true;
		tighten(quota, limit_us, period_us);
	}
	free(text);
}

/* The two files of version 1; -1 is no limit. */
static void ask_cfs(const char *root, const char *folder, struct quota *quota)
{
	char *const limit = read_in(root, folder, "cpu.cfs_quota_us");
	char *const period = read_in(root, folder, "cpu.cfs_period_us");
	double limit_us, period_us;

	if (limit != NULL && period != NULL && sscanf(limit, "%lf", &limit_us) == 1 &&
	    sscanf(period, "%lf", &period_us) == 1) {
		quota->found = true;
		tighten(quota, limit_us, period_us);
	}
	free(limit);
	free(period);
}

static void ask_level(const char *root, const char *folder, struct quota *quota)
{
	char *const stat = read_in(root, folder, "cpu.stat");
	uint64_t periods = 0, throttled = 0;

	ask_max(root, folder, quota);
	ask_cfs(root, folder, quota);
	if (stat != NULL) {
		(void)lfb_sysfile_field_u64(stat, "nr_periods", &periods);
		(void)lfb_sysfile_field_u64(stat, "nr_throttled", &throttled);
	}
	quota->periods += periods;
	quota->throttled += throttled;
	free(stat);
}

/*
 * The true root of version 2 has no cpu.max, because it cannot be limited; that its controllers
 * include cpu tells it from a hierarchy that does not manage CPU time.
 */
static bool root_manages_cpu(const char *root, const char *mount)
{
	char *const text = read_in(root, mount, "cgroup.controllers");
	bool found = false;
	char *at = NULL;

	if (text == NULL)
		return false;
	for (char *word = strtok_r(text, " ", &at); word != NULL; word = strtok_r(NULL, " ", &at))
		found = found || strcmp(word, "cpu") == 0;
	free(text);
	return found;
}

/* Ask every level from the process's group up to the top of the mount. */
static void ask_hierarchy(const char *root, const struct hierarchy *hierarchy, struct quota *quota)
{
	char mount[PATH_MAX], top[PATH_MAX], group[PATH_MAX], folder[2 * PATH_MAX];
	size_t mount_length;

	if (!find_mount(root, hierarchy, mount, top) || !find_group(root, hierarchy, group))
		return;
	(void)snprintf(folder, sizeof(folder), "%s%s", mount, below(group, top));
	mount_length = strlen(mount);
	for (;;) {
		char *slash;

		ask_level(root, folder, quota);
		slash = strrchr(folder, '/');
		if (strlen(folder) <= mount_length || slash == NULL)
			break;
		*slash = '\0';
	}
	quota->found = quota->found || (hierarchy->controller[0] == '\0' && root_manages_cpu(root, mount));
}

static struct quota find_quota(const char *root)
{
	struct quota quota = { 0 };

	for (size_t i = 0; i < HIERARCHIES && !quota.found; i++)
		ask_hierarchy(root, &hierarchies[i], &quota);
	return quota;
}

static void look_quota(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const struct quota quota = find_quota(view->root);

	if (!quota.found)
		return;
	if (quota.cpus > 0)
		lfb_fact_set(fact, LFB_VERDICT_WARN, "%.2f CPUs", quota.cpus);
	else
		lfb_fact_set(fact, LFB_VERDICT_OK, "none");
}

static void look_throttled(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const struct quota quota = find_quota(view->root);

	if (!quota.found)
		return;
	if (quota.throttled > 0)
		lfb_fact_set(fact, LFB_VERDICT_WARN, "in %llu of %llu periods so far",
			     (unsigned long long)quota.throttled, (unsigned long long)quota.periods);
	else
		lfb_fact_set(fact, LFB_VERDICT_OK, quota.cpus > 0 ? "never so far" : "never (no quota)");
}

const struct lfb_env_kind lfb_env_limit_kinds[] = {
	{
		.key = "cgroup_quota",
		.label = "CPU quota",
		.group = LFB_FACTS_LIMITS,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_quota,
		.meaning = "Threads that together use more than this are all stopped until the next period (often for "
			   "tens of milliseconds), in the middle of whatever they do.",
		.advice =
			"Lift the limit (docker run without --cpus, systemd without CPUQuota=), or use fewer threads.",
		.unknown = "A control group may limit the CPU time without showing it here.",
	},
	{
		.key = "cgroup_throttled",
		.label = "throttled",
		.group = LFB_FACTS_LIMITS,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_throttled,
		.meaning = "The quota has stopped threads of this control group: trials will have gaps.",
		.advice = "Lift the limit, or use fewer threads.",
		.unknown = "Whether threads get stopped by a CPU quota cannot be told.",
	},
	{ .key = NULL },
};
