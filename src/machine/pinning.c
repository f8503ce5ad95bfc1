/* pinning.c - see pinning.h. */
#include "machine/pinning.h"

#include "machine/topology.h"

#include <errno.h>
#include <string.h>

int lfb_pinning_load(struct lfb_pinning *pinning, struct lfb_error *error)
{
	const int rc = lfb_topology_load(&pinning->topology);

	if (rc != 0)
		return lfb_fail(error, rc, "cannot tell which CPUs may be used: %s", strerror(-rc));
	pinning->usable = (unsigned)lfb_topology_usable(pinning->topology)->count;
	return 0;
}

int lfb_pinning_resolve(const struct lfb_pinning *pinning, const char *pin, unsigned threads, struct lfb_cpu_list *out,
			struct lfb_error *error)
{
	struct lfb_cpu_list wanted = { 0 };
	enum lfb_pin policy;
	int rc = lfb_pin_parse(pin, &policy, &wanted, error);

	if (rc == 0 && policy == LFB_PIN_CPUS) {
		rc = lfb_cpus_take(pinning->topology, &wanted, threads, out, error);
	} else if (rc == 0) {
		rc = lfb_cpus_place(pinning->topology, policy, threads, out);
		if (rc != 0)
			(void)lfb_fail(error, rc, "out of memory");
	}
	lfb_cpu_list_clear(&wanted);
	return rc;
}

void lfb_pinning_free(struct lfb_pinning *pinning)
{
	lfb_topology_free(pinning->topology);
	pinning->topology = NULL;
}
