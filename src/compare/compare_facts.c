/* compare_facts.c - what NAME.env.json says of a machine, cut to what two machines are compared by. */
#include "compare/compare_parts.h"

#include "text/safe_text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Larger is no description of a machine. */
#define FACTS_BYTES ((size_t)4 << 20)
/* Machines in the companion of merged files that are looked at. */
#define MACHINES_MAX 64u
#define VALUE_BYTES 160

/* Name in the file, and where its value ends for us: at one of these characters. */
static const struct {
	const char *name, *end;
} facts[COMPARE_FACTS] = {
	[COMPARE_CPU_MODEL] = { "cpu_model", "" },
	[COMPARE_ARCHITECTURE] = { "architecture", "" },
	[COMPARE_CPUS_ONLINE] = { "cpus_online", " " },	  /* "2 (0+1)" */
	[COMPARE_CPUS_USABLE] = { "cpus_usable", " " },
	[COMPARE_KERNEL_MAJOR] = { "kernel", "." },	  /* "Linux 6.18.44-fc" */
	[COMPARE_DEBUG_BUILD] = { "debug_build", "" },
	[COMPARE_SANITIZER] = { "sanitizer", "" },
	[COMPARE_HYPERVISOR] = { "hypervisor", "" },
	[COMPARE_KERNEL] = { "kernel", "" },
	[COMPARE_GOVERNOR] = { "governor", "" },
	[COMPARE_TURBO] = { "turbo", "" },
	[COMPARE_SMT] = { "smt", "" },
	[COMPARE_MITIGATIONS] = { "mitigations", "" },
};

void compare_facts_free(struct compare_file *file)
{
	for (size_t i = 0; i < COMPARE_FACTS; i++) {
		free(file->fact[i]);
		file->fact[i] = NULL;
	}
}

#define BETWEEN " | "

static bool has_value(const char *kept, const char *value)
{
	const size_t bytes = strlen(value);

	for (const char *at = kept; at != NULL; at = strstr(at, BETWEEN)) {
		at += at != kept ? strlen(BETWEEN) : 0;
		if (strncmp(at, value, bytes) == 0 && (at[bytes] == '\0' || strncmp(at + bytes, BETWEEN, strlen(BETWEEN)) == 0))
			return true;
	}
	return false;
}

/* "a | b": what several machines are. */
static int join(char **kept, const char *value)
{
	char *longer;

	if (has_value(*kept, value))
		return 0;
	if (asprintf(&longer, "%s%s%s", *kept != NULL ? *kept : "", *kept != NULL ? BETWEEN : "", value) < 0)
		return -ENOMEM;
	free(*kept);
	*kept = longer;
	return 0;
}

/* The facts of one machine; a value that is unknown there is none. */
static int take_machine(struct compare_file *file, const json_t *machine)
{
	const json_t *const all = json_object_get(machine, "facts");
	int rc = 0;

	for (size_t i = 0; i < COMPARE_FACTS && rc == 0; i++) {
		const char *const text = json_string_value(json_object_get(json_object_get(all, facts[i].name), "value"));
		char value[VALUE_BYTES], raw[VALUE_BYTES];

		if (text == NULL || strncmp(text, "unknown", 7) == 0)
			continue;
		(void)snprintf(raw, sizeof(raw), "%.*s", (int)(facts[i].end[0] != '\0' ? strcspn(text, facts[i].end) : strlen(text)), text);
		rc = join(&file->fact[i], lfb_safe_text(raw, false, value, sizeof(value)));
	}
	return rc;
}

static void say_none(struct compare_file *file, const char *why)
{
	(void)snprintf(file->no_facts, sizeof(file->no_facts), "%s", why);
}

static int take(struct compare_file *file, json_t *json)
{
	const json_t *const merged = json_object_get(json, "merged");
	bool any = false;
	int rc = 0;

	if (json_is_array(merged))
		for (size_t i = 0; i < json_array_size(merged) && i < MACHINES_MAX && rc == 0; i++)
			rc = take_machine(file, json_array_get(merged, i));
	else
		rc = take_machine(file, json);
	for (size_t i = 0; i < COMPARE_FACTS; i++)
		any |= file->fact[i] != NULL;
	if (!any)
		say_none(file, "its .env.json says nothing of the machine");
	return rc;
}

int compare_take_facts(struct compare_file *file, const char *json, size_t bytes)
{
	json_error_t why;
	json_t *const parsed = json_loadb(json, bytes, 0, &why);
	int rc = 0;

	if (parsed == NULL)
		say_none(file, "its .env.json is damaged");
	else
		rc = take(file, parsed);
	json_decref(parsed);
	return rc;
}

int compare_read_facts(struct compare_file *file, const char *env_path)
{
	FILE *const in = fopen(env_path, "re");
	char *const text = in != NULL ? (char *)malloc(FACTS_BYTES) : NULL;
	size_t bytes = 0;
	int rc = 0;

	if (in == NULL)
		say_none(file, errno == ENOENT ? "it has no .env.json" : "its .env.json cannot be read");
	else if (text == NULL)
		rc = -ENOMEM;
	else
		bytes = fread(text, 1, FACTS_BYTES, in);
	if (text != NULL && (ferror(in) != 0 || bytes == FACTS_BYTES))
		say_none(file, "its .env.json cannot be read");
	else if (text != NULL)
		rc = compare_take_facts(file, text, bytes);
	free(text);
	if (in != NULL)
		(void)fclose(in);
	return rc;
}
