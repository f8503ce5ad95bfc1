/* env_machine.c - facts about the processor, and whether it is a real one. See env_facts.h. */
#include "machine/env_facts.h"
#include "machine/sysfile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define CPUINFO "/proc/cpuinfo"

/* x86 has a name for the model, arm64 two numbers. */
static void look_cpu_model(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char model[128], part[32];
	char *text;

	if (lfb_sysfile_read(view->root, CPUINFO, &text) != 0)
		return;
	if (lfb_sysfile_field(text, "model name", model, sizeof(model)) == 0)
		lfb_fact_set(fact, LFB_VERDICT_OK, "%s", model);
	else if (lfb_sysfile_field(text, "CPU implementer", model, sizeof(model)) == 0 &&
		 lfb_sysfile_field(text, "CPU part", part, sizeof(part)) == 0)
		lfb_fact_set(fact, LFB_VERDICT_OK, "implementer %s, part %s", model, part);
	free(text);
}

static void look_architecture(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	struct utsname names;

	(void)view;
	if (uname(&names) == 0)
		lfb_fact_set(fact, LFB_VERDICT_OK, "%s", names.machine);
}

static void look_hardware(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	char *vendor = NULL, *product = NULL;

	if (lfb_sysfile_read(view->root, "/sys/class/dmi/id/sys_vendor", &vendor) == 0 &&
	    lfb_sysfile_read(view->root, "/sys/class/dmi/id/product_name", &product) == 0)
		lfb_fact_set(fact, LFB_VERDICT_OK, "%.80s %.80s", vendor, product);
	free(vendor);
	free(product);
}

/* Whether a list of words separated by blanks has this one. */
static bool has_word(const char *text, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

/* Vendors in the DMI tables that only virtual machines have. Clouds also rent out real ones. */
static bool vendor_is_virtual(const char *root)
{
	static const char *const vendors[] = { "QEMU", "VMware", "Xen", "Parallels", "innotek" };
	bool found = false;
	char *text;

	if (lfb_sysfile_read(root, "/sys/class/dmi/id/sys_vendor", &text) != 0)
		return false;
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		found = found || strncmp(text, vendors[i], strlen(vendors[i])) == 0;
	free(text);
	return found;
}

/* The x86 flag "hypervisor": 1, 0, or -1 where the processor's flags are not shown under that name (arm64). */
static int hypervisor_flag(const char *root)
{
	char flags[8192];
	char *text;
	int found = -1;

	if (lfb_sysfile_read(root, CPUINFO, &text) != 0)
		return -1;
	if (lfb_sysfile_field(text, "flags", flags, sizeof(flags)) == 0)
		found = has_word(flags, "hypervisor");
	free(text);
	return found;
}

static bool file_exists(const char *root, const char *path)
{
	char *text;

	if (lfb_sysfile_read(root, path, &text) != 0)
		return false;
	free(text);
	return true;
}

int lfb_env_is_virtual(const struct lfb_env_view *view)
{
	const int flag = hypervisor_flag(view->root);

	if (flag == 1 || file_exists(view->root, "/sys/hypervisor/type") || vendor_is_virtual(view->root) ||
	    file_exists(view->root, "/proc/device-tree/hypervisor/compatible"))
		return 1;
	return flag;
}

/* The 12 letters a hypervisor shows in CPUID leaf 0x40000000, without blanks at the end. Empty: none. */
static void cpuid_name(char out[13])
{
	memset(out, 0, 13);
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax, words[3];

	__cpuid(0x40000000, eax, words[0], words[1], words[2]);
	(void)eax;
	memcpy(out, words, sizeof(words));
	for (size_t length = strlen(out); length > 0 && out[length - 1] == ' '; length--)
		out[length - 1] = '\0';
#endif
}

static void look_hypervisor(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const int is_virtual = lfb_env_is_virtual(view);
	char name[13] = "";
	char *type;

	if (is_virtual < 0)
		return;
	if (is_virtual == 0) {
		lfb_fact_set(fact, LFB_VERDICT_OK, "none");
		return;
	}
	if (lfb_sysfile_read(view->root, "/sys/hypervisor/type", &type) == 0) {
		lfb_fact_set(fact, LFB_VERDICT_WARN, "yes: %.40s", type);
		free(type);
		return;
	}
	/* Leaf 0x40000000 means something only after the processor has said that it is virtual. */
	if (view->live && hypervisor_flag(view->root) == 1)
		cpuid_name(name);
	lfb_fact_set(fact, LFB_VERDICT_WARN, "yes%s%s%s", name[0] != '\0' ? ", calls itself \"" : "", name,
		     name[0] != '\0' ? "\"" : "");
}

const struct lfb_env_kind lfb_env_machine_kinds[] = {
	{
		.key = "cpu_model",
		.label = "CPU",
		.group = LFB_FACTS_MACHINE,
		.look = look_cpu_model,
		.unknown = "Results cannot be ascribed to a processor.",
	},
	{
		.key = "architecture",
		.label = "architecture",
		.group = LFB_FACTS_MACHINE,
		.look = look_architecture,
		.unknown = "Results cannot be ascribed to an architecture.",
	},
	{
		.key = "hardware",
		.label = "hardware",
		.group = LFB_FACTS_MACHINE,
		.look = look_hardware,
		.unknown = "No DMI tables: the results do not say which machine or instance type they are from.",
	},
	{
		.key = "hypervisor",
		.label = "virtual machine",
		.group = LFB_FACTS_MACHINE,
		.warned = LFB_FIT_WITHIN_RUN,
		.look = look_hypervisor,
		.meaning = "The host moves virtual CPUs between cores at any moment: the time between two of them can "
			   "change several times over while a run lasts, and nothing inside the machine shows it.",
		.advice = "Compare backends within one run, with many launches; repeat the run before believing a "
			  "difference.",
		.unknown = "Whether a host moves these CPUs about cannot be told on this processor.",
	},
	{ .key = NULL },
};
