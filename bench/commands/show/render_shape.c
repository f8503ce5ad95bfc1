/* render_shape.c - a shape in words, and what goes for all lines of its table. See render_table.h. */
#include "plan/names.h"
#include "plan/pass.h"
#include "commands/show/render_table.h"
#include "plan/workload.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How a column is said in a heading, and the value that goes without saying. */
static const struct {
	enum lfb_column column;
	const char *before, *after;
	const char *silent;
} said[] = {
	{ LFB_COL_capacity, "capacity ", "", "" },
	{ LFB_COL_batch, "batches of ", "", "1" },
	{ LFB_COL_payload_bytes, "", " bytes each", "8" },
	{ LFB_COL_payload_by, "by ", "", "value" },
	{ LFB_COL_work_push_ns, "", " ns between pushes", "0" },
	{ LFB_COL_work_pop_ns, "", " ns between pops", "0" },
	{ LFB_COL_wait, "wait ", "", "" },
	{ LFB_COL_pin, "pin ", "", "" },
};

/* "1 producer, 2 consumers" or "2 threads". */
static void write_threads(FILE *out, const struct lfb_row *row)
{
	const char *const producers = lfb_row_get(row, LFB_COL_producers), *const consumers =
										   lfb_row_get(row, LFB_COL_consumers);
	const int workload = lfb_name_find(lfb_workload_names, lfb_row_get(row, LFB_COL_workload));

	if (workload >= 0 && lfb_workloads[workload].by_threads)
		(void)fprintf(out, "%u threads",
			      lfb_workload_threads(&lfb_workloads[workload],
						   (uint32_t)lfb_row_get_u64(row, LFB_COL_producers, 0),
						   (uint32_t)lfb_row_get_u64(row, LFB_COL_consumers, 0)));
	else
		(void)fprintf(out, "%s producer%s, %s consumer%s", producers, strcmp(producers, "1") == 0 ? "" : "s",
			      consumers, strcmp(consumers, "1") == 0 ? "" : "s");
}

static void write_range(FILE *out, size_t least, size_t most, const char *noun)
{
	if (least != most)
		(void)fprintf(out, "%zu to ", least);
	(void)fprintf(out, "%zu %s%s", most, noun, most == 1 ? "" : noun[strlen(noun) - 1] == 'h' ? "es" : "s");
}

bool render_has_several_hosts(const struct lfb_summary *summary)
{
	for (size_t g = 1; g < summary->group_count; g++)
		if (strcmp(lfb_row_get(&summary->groups[g]->row, LFB_COL_host),
			   lfb_row_get(&summary->groups[0]->row, LFB_COL_host)) != 0)
			return true;
	return false;
}

/* Without what only says at which load an open loop ran: those are lines, not tables. */
static void describe_params(FILE *out, const char *params)
{
	while (*params != '\0') {
		const size_t bytes = strcspn(params, ";");

		if (bytes > 0 && !lfb_summary_is_load(params))
			(void)fprintf(out, ", %.*s", (int)bytes, params);
		params += bytes + (params[bytes] == ';');
	}
}

/* A pass this version does not know, which has tables of its own. */
static void describe_pass(FILE *out, const char *pass)
{
	if (pass[0] != '\0' && lfb_name_find(lfb_pass_names, pass) < 0)
		(void)fprintf(out, ", %s pass", pass);
}

void render_describe_shape(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	const struct lfb_row *const row = &group->row;

	write_threads(out, row);
	for (size_t i = 0; i < COUNT(said); i++) {
		const char *const value = lfb_row_get(row, said[i].column);

		if (value[0] != '\0' && strcmp(value, said[i].silent) != 0)
			(void)fprintf(out, ", %s%s%s", said[i].before, value, said[i].after);
	}
	describe_params(out, lfb_row_get(row, LFB_COL_params));
	describe_pass(out, lfb_row_get(row, LFB_COL_pass));
	if (render_has_several_hosts(summary))
		(void)fprintf(out, ", on %s", lfb_row_get(row, LFB_COL_host));
}

void render_describe_lines(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	const char *between = " ";

	(void)summary;
	write_range(out, group->launches_min, group->launches_max, "launch");
	(void)fputs(" of ", out);
	write_range(out, group->trials_min, group->trials_max, "trial");
	(void)fputc('.', out);
	if (group->unlike_semantics)
		(void)fputs(" Unlike semantics: rank only like with like.", out);
	if (group->common_flags != 0)
		(void)fputs(" All lines carry flag", out);
	for (size_t i = 0; i < LFB_SUMMARY_FLAGS; i++) {
		if ((group->common_flags >> i & 1) == 0)
			continue;
		(void)fprintf(out, "%s%c", between, render_flag_letter(i));
		between = ", ";
	}
	if (group->common_flags != 0)
		(void)fputc('.', out);
}
