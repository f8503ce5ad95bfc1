/* env_build.c - facts about how lfbench itself was built. See env_facts.h. */
#include "machine/env_facts.h"
#include "version.h"

#include <hwloc.h>
#include <jansson.h>
#include <string.h>

/* clang tells by __has_feature what gcc tells by a macro; a UBSan build shows in neither. */
#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define SANITIZER "address"
#elif defined(__SANITIZE_THREAD__) || HAS_FEATURE(thread_sanitizer)
#define SANITIZER "thread"
#else
#define SANITIZER ""
#endif

#ifdef __OPTIMIZE__
#define OPTIMIZED 1
#else
#define OPTIMIZED 0
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *lfb_env_build_flags(void)
{
	static const char *const flags[2][2] = { { "", "sanitizer" }, { "debug", "debug;sanitizer" } };

	return flags[!OPTIMIZED][sizeof(SANITIZER) > 1];
}

static void look_version(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	static const char commit[] = LFB_COMMIT;

	(void)view;
	if (strcmp(commit, "unknown") == 0)
		lfb_fact_set(fact, LFB_VERDICT_UNKNOWN, "%s, commit unknown", LFB_VERSION);
	else
		lfb_fact_set(fact, strchr(commit, '+') != NULL ? LFB_VERDICT_NOTE : LFB_VERDICT_OK, "%s, commit %s",
			     LFB_VERSION, commit);
}

static void look_compiler(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	(void)view;
	lfb_fact_set(fact, LFB_VERDICT_OK, "%s", COMPILER);
}

static void look_debug(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	(void)view;
	lfb_fact_set(fact, OPTIMIZED ? LFB_VERDICT_OK : LFB_VERDICT_WARN, "%s", OPTIMIZED ? "no" : "yes");
}

static void look_sanitizer(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	(void)view;
	if (sizeof(SANITIZER) > 1)
		lfb_fact_set(fact, LFB_VERDICT_WARN, "%s", SANITIZER);
	else
		lfb_fact_set(fact, LFB_VERDICT_OK, "none");
}

static void look_hwloc(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	const unsigned interface = hwloc_get_api_version();

	(void)view;
	lfb_fact_set(fact, LFB_VERDICT_OK, "built with %s, running interface %u.%u.%u", HWLOC_VERSION, interface >> 16,
		     (interface >> 8) & 0xff, interface & 0xff);
}

static void look_jansson(const struct lfb_env_view *view, struct lfb_fact *fact)
{
	(void)view;
	lfb_fact_set(fact, LFB_VERDICT_OK, "%s", jansson_version_str());
}

const struct lfb_env_kind lfb_env_build_kinds[] = {
	{
		.key = "lfbench",
		.label = "lfbench",
		.group = LFB_FACTS_BUILD,
		.look = look_version,
		.meaning = "Built from files that differ from the commit (+): nobody else can build the same.",
		.advice = "Commit before publishing figures.",
		.unknown = "Built outside a git clone: the column commit does not say which revision was measured.",
	},
	{
		.key = "compiler",
		.label = "compiler",
		.group = LFB_FACTS_BUILD,
		.look = look_compiler,
	},
	{
		.key = "debug_build",
		.label = "debug build",
		.group = LFB_FACTS_BUILD,
		.warned = LFB_FIT_NONE,
		.look = look_debug,
		.meaning = "Compiled without optimisation: figures say nothing about any queue.",
		.advice = "cmake --preset release && cmake --build --preset release",
	},
	{
		.key = "sanitizer",
		.label = "sanitizer",
		.group = LFB_FACTS_BUILD,
		.warned = LFB_FIT_NONE,
		.look = look_sanitizer,
		.meaning = "Every memory access is checked: figures say nothing about any queue.",
		.advice = "cmake --preset release && cmake --build --preset release",
	},
	{
		.key = "hwloc",
		.label = "hwloc",
		.group = LFB_FACTS_BUILD,
		.look = look_hwloc,
	},
	{
		.key = "jansson",
		.label = "jansson",
		.group = LFB_FACTS_BUILD,
		.look = look_jansson,
	},
	{ .key = NULL },
};
