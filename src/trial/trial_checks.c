/* trial_checks.c - see trial_parts.h: whether the queue behaved, in this very trial. */
#include "trial/trial_parts.h"

#include "trial/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* One pop by the host. If a sample is logged and it says EMPTY, that belongs to it. */
static bool drain_one(struct trial *t, unsigned i, void *handle)
{
	const struct lfb_recording_plan *const plan = t->setup->recording;
	const uint64_t call = plan != NULL ? lfb_stamp_call(plan->time.use_counter) : 0;
	uint64_t value;

	if (t->setup->plugin->ops->pop(t->queues[i], handle, &value))
		return true;
	if (plan != NULL)
		lfb_recording_drained(&t->recording, call, lfb_stamp_return(plan->time.use_counter));
	return false;
}

/* Items still in queue `i` after all threads have left; more than were pushed means it invents them. */
static uint64_t drain(struct trial *t, unsigned i)
{
	const struct lfb_ops *const ops = t->setup->plugin->ops;
	void *const handle = lfb_crew_host_handle(t->crew, i);
	uint64_t left = 0;

	if (ops->attach(t->queues[i], handle) != 0) {
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "the host thread cannot attach to the queue");
		return 0;
	}
	while (left <= t->items && drain_one(t, i, handle))
		left++;
	ops->detach(t->queues[i], handle);
	return left;
}

/* Count and hash of what went through queue `i` of a trial that ran to its end, in which `left` values stayed. */
static void check_sums(struct trial *t, unsigned i, const struct lfb_app_traffic *expected, uint64_t left)
{
	const struct lfb_traffic traffic = lfb_crew_traffic(t->crew, (int)i);
	const uint64_t items = expected->pushed;

	if (left > 0)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values stayed in the queue, which had said EMPTY", left, items);
	else if (traffic.popped < items)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values lost", items - traffic.popped, items);
	else if (traffic.popped > items)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "%" PRIu64 " values popped, only %" PRIu64 " were pushed", traffic.popped, items);
	else if (traffic.hash != expected->hash)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "the count is right but values are not: some were changed, repeated or exchanged");
}

void lfb_trial_check_called_off(struct trial *t)
{
	for (unsigned i = 0; i < lfb_shape_queues(t->setup->shape); i++) {
		const struct lfb_traffic traffic = lfb_crew_traffic(t->crew, (int)i);
		const uint64_t left = drain(t, i);

		if (traffic.popped + left < traffic.pushed)
			lfb_trial_fail(t, LFB_STATUS_INVALID, "%" PRIu64 " of %" PRIu64 " values lost; threads waited for them until the time limit",
			     traffic.pushed - traffic.popped - left, traffic.pushed);
	}
}

static void check_audit(struct trial *t, const struct lfb_pushed *pushed, unsigned i)
{
	const enum lfb_order order = t->setup->plugin->info.claims.order;
	const bool joined = t->setup->shape->param[LFB_PARAM_topology] == LFB_STAGES_DIAMOND; /* of one source, on two ways */
	const bool ordered = (order == LFB_ORDER_FIFO || order == LFB_ORDER_PER_PRODUCER) && !joined;
	struct lfb_popped *popped = NULL;
	uint32_t poppers = 0;
	char reason[200];
	int rc = lfb_crew_logs(t->crew, (int)i, &popped, &poppers);

	if (rc == 0)
		rc = lfb_verify_audit(pushed, popped, poppers, ordered, reason, sizeof(reason));
	free(popped);
	if (rc == -EBADMSG)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "%s", reason);
	else if (rc != 0)
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "no memory to audit the trial");
}

void lfb_trial_check_memory(struct trial *t)
{
	uint64_t push_full = 0;

	for (unsigned i = 0; i < t->result->threads; i++)
		push_full += t->result->thread[i].push_full;
	if (!t->setup->plugin->info.claims.bounded && push_full > 0)
		lfb_trial_fail(t, LFB_STATUS_RESOURCE, "the unbounded queue ran out of memory: try fewer --items or a shorter --duration");
}

/* What the application says of its own doings. */
static void judge(struct trial *t)
{
	char reason[200] = "";

	int rc = 0;

	if (t->work.app != NULL && t->work.app->judge != NULL && t->result->status == LFB_STATUS_OK)
		rc = t->work.app->judge(t->work.app_state, reason, sizeof(reason));
	if (rc != 0)
		lfb_trial_fail(t, rc == -EBADMSG ? LFB_STATUS_INVALID : LFB_STATUS_RESOURCE, "%s", reason);
}

/* The sample: it says in which way a queue is wrong, where the sums only say that it is. */
static void check_history(struct trial *t)
{
	char reason[sizeof(t->result->reason)] = "";

	if (t->work.recording != NULL && t->setup->sink != NULL)
		lfb_recording_send(t->setup->sink, &t->recording);
	else if (t->work.recording != NULL && lfb_recording_judge(&t->recording, &t->result->history_ops, reason, sizeof(reason)) != 0)
		lfb_trial_fail(t, LFB_STATUS_INVALID, "%s", reason);
}

void lfb_trial_verify(struct trial *t)
{
	const struct lfb_pushed pushed = { .items = t->produced, .producers = t->producing };
	struct lfb_app_traffic all;

	if (t->setup->plugin->info.claims.reference)
		return;
	all = (struct lfb_app_traffic){ .pushed = t->items, .hash = lfb_verify_expected_hash(&pushed) };
	for (unsigned i = 0; i < lfb_shape_queues(t->setup->shape); i++) {
		struct lfb_app_traffic expected = all;
		uint64_t left;

		if (t->work.app != NULL && t->work.app->expect != NULL)
			t->work.app->expect(t->work.app_state, i, &expected);
		/* An exact audit is of all values: of a queue that gets only some of them there is the sum. */
		if (t->audit && t->result->status == LFB_STATUS_OK && expected.pushed == all.pushed && expected.hash == all.hash)
			check_audit(t, &pushed, i);
		left = drain(t, i);
		check_history(t);
		check_sums(t, i, &expected, left);
	}
	judge(t);
}
