/* check_progress.c - see check_progress.h. Two lines for each backend, one for push and one for pop. */
#include "check_progress.h"

#include "plan/names.h"
#include "commands/show/render.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct lfb_table_column columns[] = {
	{ .title = "backend" },
	{ .title = "others'" },
	{ .title = "claim" },
	{ .title = "found" },
	{ .title = "verdict" },
	{ .title = "stopped at", .right = true, .rank = 1 },
	{ .title = "share", .right = true, .rank = 2 },
	{ .title = "ends within", .right = true, .rank = 3 },
	{ .title = "memory while it is stopped", .rank = 4 },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define CELL_BYTES 64

static const char *const role_names[LFB_PROGRESS_ROLES] = { "push", "pop" };

static enum lfb_progress claim_of(const struct check_row *row, unsigned role)
{
	return role == LFB_PROGRESS_PUSH ? row->info.claims.push : row->info.claims.pop;
}

static struct lfb_progress_judgement judge(const struct check_row *row, unsigned role)
{
	return lfb_progress_judge(&row->progress, role, claim_of(row, role));
}

static bool leaks(const struct check_row *row)
{
	return row->progress.memory[LFB_PROGRESS_PUSH].verdict == LFB_PROGRESS_BLOCKS || row->progress.memory[LFB_PROGRESS_POP].verdict == LFB_PROGRESS_BLOCKS;
}

static bool has_failed(enum lfb_progress_claim claim)
{
	return claim == LFB_PROGRESS_CLAIM_REFUTED || claim == LFB_PROGRESS_CLAIM_FAILED;
}

bool check_progress_failed(const struct check_row *row)
{
	return row->probed && (leaks(row) || has_failed(judge(row, LFB_PROGRESS_PUSH).claim) || has_failed(judge(row, LFB_PROGRESS_POP).claim));
}

static const char *verdict_word(const struct lfb_progress_judgement *j)
{
	switch (j->claim) {
	case LFB_PROGRESS_CLAIM_REFUTED:
		return "refuted";
	case LFB_PROGRESS_CLAIM_FAILED:
		return j->by != NULL && j->by->verdict == LFB_PROGRESS_CRASHED ? "crashed" : "hung";
	case LFB_PROGRESS_CLAIM_KEPT:
		return "not refuted";
	default:
		return "inconclusive";
	}
}

/* A claim to block that was seen to hold needs no further doubt. */
static const char *role_word(const struct lfb_progress_judgement *j)
{
	return j->claim == LFB_PROGRESS_CLAIM_KEPT && j->seen == LFB_BLOCKING ? "confirmed" : verdict_word(j);
}

const char *check_progress_word(const struct check_row *row)
{
	const struct lfb_progress_judgement push = judge(row, LFB_PROGRESS_PUSH), pop = judge(row, LFB_PROGRESS_POP);

	if (!row->probed)
		return "";
	if (has_failed(push.claim) || has_failed(pop.claim))
		return verdict_word(has_failed(push.claim) ? &push : &pop);
	if (leaks(row))
		return "leaks";
	if (push.claim == LFB_PROGRESS_CLAIM_OPEN || pop.claim == LFB_PROGRESS_CLAIM_OPEN)
		return verdict_word(push.claim == LFB_PROGRESS_CLAIM_OPEN ? &push : &pop);
	return role_word(push.seen == LFB_BLOCKING ? &pop : &push); /* both have to be confirmed */
}

static uint64_t stops(const struct check_row *row, unsigned role)
{
	uint64_t stops = 0;

	for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++)
		stops += row->progress.pair[of][role].points;
	return stops;
}

void check_progress_keep(const struct check_row *row, unsigned role, struct lfb_kept_verdict *out)
{
	const struct lfb_progress_judgement j = judge(row, role);
	const struct lfb_progress_finding *const memory = &row->progress.memory[role];

	out->ops = stops(row, role);
	if (j.claim == LFB_PROGRESS_CLAIM_FAILED) {
		out->verdict = j.by->verdict == LFB_PROGRESS_CRASHED ? LFB_SUITE_CRASHED : LFB_SUITE_HUNG;
		(void)snprintf(out->why, sizeof(out->why), "%s: %.100s", role_names[role], j.by->text);
	} else if (j.claim == LFB_PROGRESS_CLAIM_REFUTED) {
		out->verdict = LFB_SUITE_REFUTED;
		if (j.seen == LFB_BLOCKING)
			(void)snprintf(out->why, sizeof(out->why), "%s: BLOCKING at %.100s", role_names[role], j.by->where);
		else
			(void)snprintf(out->why, sizeof(out->why), "%s: not wait-free within %" PRIu64 " instructions", role_names[role], j.by->steps);
	} else if (memory->verdict == LFB_PROGRESS_BLOCKS) {
		out->verdict = LFB_SUITE_REFUTED;
		(void)snprintf(out->why, sizeof(out->why), "%s: leaks: %.100s", role_names[role], memory->text);
	} else if (j.claim == LFB_PROGRESS_CLAIM_KEPT) {
		out->verdict = j.seen == LFB_BLOCKING ? LFB_SUITE_CONFIRMED : LFB_SUITE_NOT_REFUTED;
	}
}

/* "blocking"; "lock-free?" would be too short: it was only not refuted. */
static const char *found_text(const struct lfb_progress_judgement *j)
{
	if (!j->known)
		return "";
	if (j->seen == LFB_BLOCKING)
		return "BLOCKING";
	return j->seen == LFB_WAIT_FREE ? "WAIT-FREE not refuted" : "LOCK-FREE not refuted";
}

/* Places at which a thread was stopped while this role was watched, and their share of the operations' instructions. */
static void points_text(const struct check_row *row, unsigned role, char *points, char *share)
{
	uint64_t covered = 0, all = 0;

	for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++) {
		covered += row->progress.pair[of][role].covered;
		all += row->progress.pair[of][role].points > 0 ? row->progress.pair[of][role].instructions : 0;
	}
	(void)snprintf(points, CELL_BYTES, "%" PRIu64, stops(row, role));
	share[0] = '\0';
	if (all > 0)
		(void)snprintf(share, CELL_BYTES, "%.0f %%", 100.0 * (double)covered / (double)all);
}

/* Instructions that an operation took although another one came after each. */
static void finish_text(const struct lfb_progress_finding *f, char *out)
{
	out[0] = '\0';
	if (f->verdict == LFB_PROGRESS_BLOCKS)
		(void)snprintf(out, CELL_BYTES, "not %" PRIu64, f->steps);
	else if (f->verdict == LFB_PROGRESS_UNREFUTED)
		(void)snprintf(out, CELL_BYTES, "%" PRIu64 " of %" PRIu64, f->step, f->steps);
}

static void memory_text(const struct lfb_progress_finding *f, char *out)
{
	out[0] = '\0';
	if (f->verdict == LFB_PROGRESS_BLOCKS)
		(void)snprintf(out, CELL_BYTES, "%" PRId64 " B/item are lost", f->inside);
	else if (f->allocator[0] != '\0')
		(void)snprintf(out, CELL_BYTES, "pool is used up");
	else if (f->verdict == LFB_PROGRESS_UNREFUTED && f->step > 0 && f->steps > 0)
		(void)snprintf(out, CELL_BYTES, "grows, %" PRIu64 " B/item", f->step / f->steps);
	else if (f->verdict == LFB_PROGRESS_UNREFUTED)
		(void)snprintf(out, CELL_BYTES, "does not grow");
}

static void add_role(struct lfb_table *table, const struct check_row *row, unsigned role)
{
	const struct lfb_progress_judgement j = judge(row, role);
	char points[CELL_BYTES], share[CELL_BYTES], finish[CELL_BYTES], memory[CELL_BYTES];
	const char *const cells[COLUMNS] = {
		role == LFB_PROGRESS_PUSH ? row->label : "", role_names[role], lfb_progress_names[claim_of(row, role)], found_text(&j), role_word(&j),
		points, share, finish, memory,
	};

	points_text(row, role, points, share);
	finish_text(&row->progress.finish[role], finish);
	memory_text(&row->progress.memory[role], memory);
	lfb_table_add(table, has_failed(j.claim) || row->progress.memory[role].verdict == LFB_PROGRESS_BLOCKS ? LFB_STYLE_BAD : LFB_STYLE_PLAIN, cells, -1);
}

/* "no pop gets through: it says EMPTY with 2 items inside" */
static void print_effect(FILE *out, const struct lfb_progress_finding *f, unsigned role)
{
	if (f->inside < 0)
		(void)fprintf(out, "no other %s returns", role_names[role]);
	else if (role == LFB_PROGRESS_POP)
		(void)fprintf(out, "every pop says EMPTY, with %" PRId64 " item%s inside", f->inside, f->inside == 1 ? "" : "s");
	else
		(void)fprintf(out, "every other push says FULL, with room left");
}

static void print_counts(FILE *out, const struct lfb_progress_finding *f)
{
	if (f->blocked > 1)
		(void)fprintf(out, "    %" PRIu64 " of the %" PRIu64 " instructions tried block it\n", f->blocked, f->points);
}

static void print_pair(FILE *out, const struct lfb_progress_finding *f, unsigned stopped, unsigned role)
{
	if (f->verdict == LFB_PROGRESS_BLOCKS) {
		(void)fprintf(out, "  BLOCKING: with a %s stopped ", role_names[stopped]);
		if (f->steps > 0)
			(void)fprintf(out, "before instruction %" PRIu64 " of %" PRIu64 " ", f->step + 1, f->steps);
		(void)fputs("(start: ", out);
		render_safe(out, f->state);
		(void)fputs(") ", out);
		print_effect(out, f, role);
		(void)fprintf(out, " for %" PRIu64 " ms, and that ends when it goes on, 3 times of 3\n    at ", f->window_ns / 1000000);
		render_safe(out, f->where);
		(void)fputc('\n', out);
		print_counts(out, f);
	} else if (f->verdict != LFB_PROGRESS_UNREFUTED && f->verdict != LFB_PROGRESS_ABSENT) {
		(void)fprintf(out, "  %s stopped, others' %s: %s: ", role_names[stopped], role_names[role],
			      f->verdict == LFB_PROGRESS_CRASHED ? "crashed" : f->verdict == LFB_PROGRESS_HUNG ? "hung" : "inconclusive");
		render_safe(out, f->text);
		(void)fputc('\n', out);
	}
	if (f->allocator[0] != '\0') {
		(void)fprintf(out, "  blocks in the allocator: with a %s stopped there no other %s goes on\n    at ", role_names[stopped], role_names[role]);
		render_safe(out, f->allocator);
		(void)fputc('\n', out);
	}
}

static void print_solo(FILE *out, const struct lfb_progress_result *r, unsigned role)
{
	const struct lfb_progress_finding *const f = &r->solo[role];

	if (f->verdict == LFB_PROGRESS_BLOCKS) {
		(void)fprintf(out, "  BLOCKING: with all others stopped %s does not go on\n    one of them at ", role_names[role]);
		render_safe(out, f->where);
		(void)fputc('\n', out);
	} else if (f->verdict == LFB_PROGRESS_UNREFUTED) {
		(void)fprintf(out, "  with all others stopped, at %" PRIu64 " sets of places: %s goes on\n", f->points, role_names[role]);
	} else if (f->text[0] != '\0' && f->verdict != LFB_PROGRESS_ABSENT) {
		(void)fprintf(out, "  with all others stopped, %s: ", role_names[role]);
		render_safe(out, f->text);
		(void)fputc('\n', out);
	}
}

static void print_finish(FILE *out, const struct lfb_progress_result *r, unsigned role)
{
	const struct lfb_progress_finding *const f = &r->finish[role];

	if (f->verdict == LFB_PROGRESS_BLOCKS) {
		(void)fprintf(out, "  not wait-free at %" PRIu64 ": a %s had not ended after as many instructions, with another operation (", f->steps, role_names[role]);
		render_safe(out, f->state);
		(void)fputs(") after each\n", out);
	} else if (f->text[0] != '\0') {
		(void)fprintf(out, "  wait-freedom of %s: inconclusive: ", role_names[role]);
		render_safe(out, f->text);
		(void)fputc('\n', out);
	}
}

static void print_memory(FILE *out, const struct lfb_progress_result *r, unsigned role)
{
	const struct lfb_progress_finding *const f = &r->memory[role];

	if (f->verdict == LFB_PROGRESS_BLOCKS) {
		(void)fputs("  LEAKS: ", out);
		render_safe(out, f->text);
		(void)fputc('\n', out);
	} else if (f->step > 0 && f->steps > 0) {
		(void)fprintf(out, "  memory grows by %" PRIu64 " bytes per item while a %s is stopped, and comes back\n    at ", f->step / f->steps, role_names[role]);
		render_safe(out, f->where);
		(void)fputc('\n', out);
	} else if (f->allocator[0] != '\0') {
		(void)fprintf(out, "  while a %s is stopped no node comes back: ", role_names[role]);
		render_safe(out, f->allocator);
		(void)fputc('\n', out);
	}
}

static void print_row(FILE *out, const struct check_row *row)
{
	const struct lfb_progress_result *const r = &row->progress;

	(void)fputc('\n', out);
	render_safe(out, row->label);
	(void)fprintf(out, ": threads were stopped by %s", r->by_signal ? "a signal at random moments" : "the trap flag");
	if (r->helpers > 0) {
		(void)fprintf(out, "; %u helper thread%s of its own, never stopped", r->helpers, r->helpers == 1 ? "" : "s");
		if (r->helper[0] != '\0') {
			(void)fputs(": ", out);
			render_safe(out, r->helper);
		}
	}
	(void)fputc('\n', out);
	for (unsigned role = 0; role < LFB_PROGRESS_ROLES; role++)
		for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++)
			print_pair(out, &r->pair[of][role], of, role);
	for (unsigned role = 0; role < LFB_PROGRESS_ROLES; role++) {
		print_solo(out, r, role);
		print_finish(out, r, role);
		print_memory(out, r, role);
	}
}

/* What could not be loaded, or was not come to. */
static void add_unprobed(struct lfb_table *table, const struct check_row *row)
{
	const bool bad = row->result.verdict == LFB_SUITE_CRASHED || row->result.verdict == LFB_SUITE_HUNG;
	const char *const cells[COLUMNS] = { row->label, "", "", "", lfb_suite_verdict_names[bad ? row->result.verdict : LFB_SUITE_INCONCLUSIVE], "", "", "", "" };

	lfb_table_add(table, bad ? LFB_STYLE_BAD : LFB_STYLE_PLAIN, cells, -1);
}

static void print_unprobed(FILE *out, const struct check_row *row)
{
	if (row->result.reason[0] == '\0')
		return;
	(void)fputc('\n', out);
	render_safe(out, row->label);
	(void)fputs(": ", out);
	render_safe(out, row->result.reason);
	(void)fputc('\n', out);
}

void check_progress_explain(FILE *out, const struct check_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (check_progress_failed(&rows[i]))
			print_row(out, &rows[i]);
}

int check_progress_print(FILE *out, const struct check_row *rows, size_t count, const struct lfb_medium *medium)
{
	struct lfb_table *const table = lfb_table_new(columns, COLUMNS, medium);
	int rc;

	if (table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		for (unsigned role = 0; rows[i].probed && role < LFB_PROGRESS_ROLES; role++)
			add_role(table, &rows[i], role);
		if (!rows[i].probed)
			add_unprobed(table, &rows[i]);
	}
	rc = lfb_table_write(table, out);
	lfb_table_free(table);
	for (size_t i = 0; rc == 0 && i < count; i++)
		(rows[i].probed ? print_row : print_unprobed)(out, &rows[i]);
	return rc == 0 && (fflush(out) != 0 || ferror(out)) ? -EIO : rc;
}
