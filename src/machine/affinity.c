/* affinity.c - see affinity.h, and lfb_thread_pin in topology.h. */
#include "machine/affinity.h"
#include "machine/topology.h"

#include <errno.h>
#include <sched.h>

/* The numbers in `set` as a list. */
static int list_of(const cpu_set_t *set, unsigned room, size_t bytes, struct lfb_cpu_list *out)
{
	struct lfb_cpu_list list = { 0 };

	for (unsigned cpu = 0; cpu < room; cpu++) {
		if (CPU_ISSET_S(cpu, bytes, set) && lfb_cpu_list_add(&list, cpu) != 0) {
			lfb_cpu_list_clear(&list);
			return -ENOMEM;
		}
	}
	*out = list;
	return 0;
}

int lfb_affinity_read(struct lfb_cpu_list *out)
{
	int rc = -EINVAL;

	/* The kernel says EINVAL while the set is smaller than its own. */
	for (unsigned room = 1024; rc == -EINVAL && room <= LFB_CPUS_MAX; room *= 2) {
		const size_t bytes = CPU_ALLOC_SIZE(room);
		cpu_set_t *const set = CPU_ALLOC(room);

		if (set == NULL)
			return -ENOMEM;
		CPU_ZERO_S(bytes, set);
		rc = sched_getaffinity(0, bytes, set) == 0 ? list_of(set, room, bytes, out) : -errno;
		CPU_FREE(set);
	}
	return rc;
}

/* Whether the calling thread is on `cpu` now, and may be nowhere else. */
static int verify(unsigned cpu)
{
	struct lfb_cpu_list list = { 0 };
	const int rc = lfb_affinity_read(&list);
	bool there;

	if (rc != 0)
		return rc;
	there = list.count == 1 && list.cpus[0] == cpu && sched_getcpu() == (int)cpu;
	lfb_cpu_list_clear(&list);
	return there ? 0 : -EXDEV;
}

int lfb_thread_pin(unsigned cpu)
{
	const size_t bytes = CPU_ALLOC_SIZE(cpu + 1);
	cpu_set_t *set;
	int rc;

	if (cpu >= LFB_CPUS_MAX)
		return -EINVAL;
	set = CPU_ALLOC(cpu + 1);
	if (set == NULL)
		return -ENOMEM;
	CPU_ZERO_S(bytes, set);
	CPU_SET_S(cpu, bytes, set);
	rc = sched_setaffinity(0, bytes, set) == 0 ? 0 : -errno;
	CPU_FREE(set);
	return rc != 0 ? rc : verify(cpu);
}
