/* judge.c - see progress.h: what the findings make of a claim. */
#include "progress.h"

#include <stddef.h>

static bool is(const struct lfb_progress_finding *f, enum lfb_progress_verdict verdict)
{
	return f->verdict == verdict;
}

/* The first finding of that kind about a role: of the pairs, and of the one that is left alone. */
static const struct lfb_progress_finding *find(const struct lfb_progress_result *r, unsigned role, enum lfb_progress_verdict verdict, unsigned *stopped)
{
	for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++) {
		*stopped = of;
		if (is(&r->pair[of][role], verdict))
			return &r->pair[of][role];
	}
	*stopped = LFB_PROGRESS_ROLES;
	return is(&r->solo[role], verdict) ? &r->solo[role] : NULL;
}

static struct lfb_progress_judgement failed(const struct lfb_progress_finding *by)
{
	return (struct lfb_progress_judgement){ .claim = LFB_PROGRESS_CLAIM_FAILED, .by = by, .stopped = LFB_PROGRESS_ROLES };
}

/* It was not seen to block. */
static struct lfb_progress_judgement judge_finish(const struct lfb_progress_result *r, unsigned role, enum lfb_progress claim)
{
	const struct lfb_progress_finding *const finish = &r->finish[role];
	struct lfb_progress_judgement j = { .known = true, .seen = LFB_LOCK_FREE, .by = finish, .stopped = LFB_PROGRESS_ROLES };

	if (is(finish, LFB_PROGRESS_CRASHED) || is(finish, LFB_PROGRESS_HUNG))
		return failed(finish);
	if (is(&r->memory[role], LFB_PROGRESS_CRASHED) || is(&r->memory[role], LFB_PROGRESS_HUNG))
		return failed(&r->memory[role]);
	if (is(finish, LFB_PROGRESS_UNREFUTED))
		j.seen = LFB_WAIT_FREE;
	if (claim == LFB_WAIT_FREE)
		j.claim = is(finish, LFB_PROGRESS_BLOCKS) ? LFB_PROGRESS_CLAIM_REFUTED : j.seen == LFB_WAIT_FREE ? LFB_PROGRESS_CLAIM_KEPT : LFB_PROGRESS_CLAIM_OPEN;
	else
		j.claim = LFB_PROGRESS_CLAIM_KEPT;
	return j;
}

struct lfb_progress_judgement lfb_progress_judge(const struct lfb_progress_result *r, unsigned role, enum lfb_progress claim)
{
	struct lfb_progress_judgement j = { .claim = LFB_PROGRESS_CLAIM_OPEN, .stopped = LFB_PROGRESS_ROLES };
	const struct lfb_progress_finding *found;
	unsigned stopped;

	for (enum lfb_progress_verdict bad = LFB_PROGRESS_CRASHED; bad <= LFB_PROGRESS_HUNG; bad++)
		if ((found = find(r, role, bad, &stopped)) != NULL)
			return failed(found);
	found = find(r, role, LFB_PROGRESS_BLOCKS, &stopped);
	if (found != NULL) {
		j = (struct lfb_progress_judgement){ .known = true, .seen = LFB_BLOCKING, .by = found, .stopped = stopped };
		j.claim = claim == LFB_BLOCKING ? LFB_PROGRESS_CLAIM_KEPT : LFB_PROGRESS_CLAIM_REFUTED;
		return j;
	}
	found = find(r, role, LFB_PROGRESS_INCONCLUSIVE, &stopped);
	if (found != NULL || find(r, role, LFB_PROGRESS_UNREFUTED, &stopped) == NULL) {
		j.by = found;
		return j;
	}
	return judge_finish(r, role, claim);
}

uint64_t lfb_progress_points(const struct lfb_progress_result *r)
{
	uint64_t points = 0;

	for (unsigned of = 0; of < LFB_PROGRESS_ROLES; of++) {
		uint64_t most = 0; /* both roles are watched at the same place */

		for (unsigned role = 0; role < LFB_PROGRESS_ROLES; role++)
			most = r->pair[of][role].points > most ? r->pair[of][role].points : most;
		points += most + r->memory[of].points;
	}
	return points + (r->solo[0].points > r->solo[1].points ? r->solo[0].points : r->solo[1].points);
}
