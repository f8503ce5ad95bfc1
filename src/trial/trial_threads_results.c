/* trial_threads_results.c - see trial_threads_parts.h: what the threads counted, read when all of them have left. */
#include "trial/trial_threads_parts.h"

#include <errno.h>
#include <stdlib.h>

void lfb_crew_results(const struct lfb_crew *crew, struct lfb_trial_result *result)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0;

	result->thread = (struct lfb_thread_result *)calloc(crew->count, sizeof(result->thread[0]));
	result->threads = result->thread != NULL ? crew->count : 0;
	for (uint32_t i = 0; i < crew->count; i++) {
		const struct member *const m = &crew->members[i];

		first_ns = m->start_ns < first_ns ? m->start_ns : first_ns;
		last_ns = m->end_ns > last_ns ? m->end_ns : last_ns;
		result->unpinned |= m->unpinned;
		if (result->thread != NULL)
			result->thread[i] = (struct lfb_thread_result){
				.role = m->role->name,
				.pushes = m->place.pushes_to >= 0 || m->role->produces,
				.pops = m->place.pops_from >= 0,
				.pushed = m->order.pushed,
				.popped = m->order.popped,
				.hash = m->order.hash,
				.push_full = m->order.push_full,
				.pop_empty = m->order.pop_empty,
				.parks = m->order.parks,
				.wakes = m->order.wakes,
				.drops = m->order.drops,
				.duration_ns = m->end_ns - m->start_ns,
				.usage = m->usage,
				.counters = m->order.counters,
			};
	}
	result->duration_ns = last_ns - first_ns;
}

struct lfb_traffic lfb_crew_traffic(const struct lfb_crew *crew, int queue)
{
	struct lfb_traffic traffic = { 0, 0, 0 };

	for (uint32_t i = 0; i < crew->count; i++) {
		const struct member *const m = &crew->members[i];

		if (m->place.pushes_to == queue) {
			traffic.pushed += m->order.pushed;
			traffic.popped += m->order.drops; /* accounted for, as if popped */
			traffic.hash += m->order.drops_hash;
		}
		if (m->place.pops_from == queue) {
			traffic.popped += m->order.popped;
			traffic.hash += m->order.hash;
			if (m->place.pushes_to < 0)
				traffic.pushed += m->order.pushed; /* tasks that submit tasks */
		}
	}
	return traffic;
}

int lfb_crew_logs(const struct lfb_crew *crew, int queue, struct lfb_popped **out, uint32_t *count)
{
	struct lfb_popped *const logs = (struct lfb_popped *)calloc(crew->count, sizeof(logs[0]));

	if (logs == NULL)
		return -ENOMEM;
	*count = 0;
	for (uint32_t i = 0; i < crew->count; i++) {
		const struct lfb_thread *const order = &crew->members[i].order;

		if (crew->members[i].place.pops_from != queue)
			continue;
		logs[*count].values = order->log;
		logs[*count].count = order->popped < order->log_slots ? order->popped : order->log_slots;
		++*count;
	}
	*out = logs;
	return 0;
}

void *lfb_crew_host_handle(struct lfb_crew *crew, unsigned queue)
{
	return lfb_crew_handle(crew, crew->count, queue);
}
