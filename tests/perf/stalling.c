/* stalling - its consumer stops for 10 ms once a second, as one does that is descheduled or collects garbage. */
#define TIMED_NAME "stalling"
#define STALL_NS UINT64_C(10000000)
#define PERIOD_NS UINT64_C(1000000000)
#define TIMED_BEFORE(q) stall_if_due(q)

struct q;
static inline void stall_if_due(struct q *q);

#include "timed.h"

static inline void stall_if_due(struct q *q)
{
	const uint64_t now_ns = lfb_ticks_clock();

	if (q->next_ns == 0)
		q->next_ns = now_ns + PERIOD_NS / 2; /* the first one in the middle of the first second */
	if (now_ns < q->next_ns)
		return;
	timed_spin(STALL_NS);
	q->next_ns += PERIOD_NS;
}
