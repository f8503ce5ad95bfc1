/* render_table.c - see render_table.h. */
#include "commands/show/render_table.h"

#include "text/safe_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CELL_BYTES RENDER_CELL_BYTES
#define NO_MARK RENDER_NO_MARK

/* What a line of the table is made of: a mark, the columns of the view, and an empty one for texts that span the rest. */
#define LAYOUT_MAX (RENDER_COLUMNS + 2)
struct layout {
	struct lfb_table_column column[LAYOUT_MAX];
	size_t count;
};

static struct layout lay_out(const struct render_view *view)
{
	struct layout layout = { .count = 1, .column[0] = { .title = "", .tight = true } };

	for (size_t i = 0; i < view->count; i++) {
		const struct render_column_info *const info = &render_columns[view->column[i]];

		layout.column[layout.count++] = (struct lfb_table_column){
			.title = info->title,
			.right = info->right,
			.bar = view->column[i] == RENDER_BAR,
			.shrink = info->shrink,
			.rank = view->chosen ? 0 : info->rank,
		};
	}
	layout.column[layout.count++] = (struct lfb_table_column){ .title = "" };
	return layout;
}

/* A queue that has figures. `best` is the most operations per second in the table. */
static void add_figures(struct lfb_table *table, const struct render_scene *scene, const struct lfb_entry *entry, double best,
			uint32_t common_flags, enum lfb_style style)
{
	static const char *const marks[2][2] = { { NO_MARK, "!" }, { "=", "=!" } };
	const bool tied = entry->unresolved && render_view_is_ranking(scene->view), timed = entry->launches > 0;
	char texts[RENDER_COLUMNS][CELL_BYTES];
	const char *cells[LAYOUT_MAX] = { marks[tied][entry->incomplete] };
	size_t count = 1;

	for (size_t i = 0; i < scene->view->count; i++)
		cells[count++] = render_cell(entry, scene->view->column[i], common_flags, scene->medium->ascii, texts[i]);
	cells[count] = "";
	lfb_table_add(table, style, cells, entry->reference || !timed ? -1 : entry->ops_per_s.median / best);
}

/* A line for each way the entry was not ok: in place of figures, or below them. */
static int add_problems(struct lfb_table *table, const struct lfb_entry *entry)
{
	for (size_t p = 0; p < entry->problem_count; p++) {
		char *const text = render_problem(&entry->problems[p]);
		const bool named = p == 0 && !render_has_figures(entry);

		if (text == NULL)
			return -ENOMEM;
		lfb_table_add(table, render_is_unsupported(&entry->problems[p]) ? LFB_STYLE_DIM : LFB_STYLE_BAD,
			      (const char *const[]){ NO_MARK, named ? entry->label : "", text, NULL }, -1);
		free(text);
	}
	return 0;
}

static int add_entry(struct lfb_table *table, const struct render_scene *scene, const struct lfb_group *group,
		     const struct lfb_entry *entry)
{
	const enum lfb_style style = entry->reference			  ? LFB_STYLE_DIM
				     : entry == render_winner(group) ? LFB_STYLE_BEST
								     : LFB_STYLE_PLAIN;

	if (render_has_figures(entry))
		add_figures(table, scene, entry, render_best_rate(group), group->common_flags, style);
	else if (entry->problem_count == 0)
		lfb_table_add(table, LFB_STYLE_DIM, (const char *const[]){ NO_MARK, entry->label, render_absence(entry), NULL }, -1);
	return add_problems(table, entry);
}

static int fill_table(struct lfb_table *table, const struct render_scene *scene, const struct lfb_group *group)
{
	const struct lfb_entry **const order = render_order(group, scene->view);
	int rc = order == NULL ? -ENOMEM : 0;

	for (size_t e = 0; e < group->entry_count && rc == 0; e++) {
		if (e > 0 && e == group->references)
			lfb_table_add_gap(table);
		rc = add_entry(table, scene, group, order[e]);
	}
	free((void *)order);
	return rc;
}

/* That the machine changed; plain characters only, since what is described is made safe as a whole. */
static void describe_machine(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group)
{
	(void)summary;
	render_regimes_text(out, &group->regimes, true);
}

int render_paragraph(FILE *out, render_describe_fn describe, const struct lfb_summary *summary,
		     const struct lfb_group *group, unsigned column, const struct lfb_medium *medium)
{
	char *text = NULL, *safe = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&text, &bytes);

	if (memory == NULL)
		return -ENOMEM;
	describe(memory, summary, group);
	if (fclose(memory) == 0)
		safe = malloc(bytes * 3 + 1); /* a replaced byte may become three */
	if (safe != NULL) {
		if (column == 0)
			(void)fputs("  ", out);
		lfb_text_write_wrapped(out, lfb_safe_text(text, medium->ascii, safe, bytes * 3 + 1),
				       column == 0 ? 2 : column, 2, medium->width);
		(void)fputc('\n', out);
	}
	free(text);
	free(safe);
	return safe != NULL ? 0 : -ENOMEM;
}

static int print_heading(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
			 const struct lfb_medium *medium)
{
	char workload[CELL_BYTES];
	int rc;

	(void)lfb_safe_text(lfb_row_get(&group->row, LFB_COL_workload), medium->ascii, workload, sizeof(workload));
	lfb_style_begin(out, medium, LFB_STYLE_TITLE);
	(void)fputs(workload, out);
	lfb_style_end(out, medium, LFB_STYLE_TITLE);
	(void)fputs(": ", out);
	rc = render_paragraph(out, render_describe_shape, summary, group, (unsigned)lfb_text_columns(workload, SIZE_MAX) + 2,
			       medium);
	if (rc != 0 || group->launches_max == 0)
		return rc;
	rc = render_paragraph(out, render_describe_lines, summary, group, 0, medium);
	if (rc != 0 || !group->regimes.found)
		return rc;
	return render_paragraph(out, describe_machine, summary, group, 0, medium);
}

static int print_table(FILE *out, const struct lfb_group *group, const struct render_scene *scene)
{
	const struct layout layout = lay_out(scene->view);
	struct lfb_table *const table = lfb_table_new(layout.column, layout.count, scene->medium);
	int rc = -ENOMEM;

	if (table != NULL)
		rc = fill_table(table, scene, group);
	if (rc == 0)
		rc = lfb_table_write(table, out);
	lfb_table_free(table);
	return rc;
}

int render_group(FILE *out, const struct lfb_summary *summary, const struct lfb_group *group,
		 const struct render_scene *scene)
{
	const struct lfb_medium *const medium = scene->medium;
	int rc = print_heading(out, summary, group, medium);

	if (rc == 0)
		rc = print_table(out, group, scene);
	if (rc == 0)
		rc = render_regimes(out, group, medium);
	if (rc == 0)
		rc = render_loads(out, group, medium);
	if (rc == 0)
		rc = render_why(out, group, medium);
	return rc == 0 ? render_remarks(out, group, medium) : rc;
}
