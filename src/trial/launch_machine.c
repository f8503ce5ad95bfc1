/* launch_machine.c - see launch_machine.h. */
#include "trial/launch_machine.h"

#include "machine/affinity.h"
#include "machine/clock_offset.h"

#include <math.h>
#include <string.h>

/* How long gaps are looked for after each trial. */
#define GAPS_NS UINT64_C(1000000)

static bool reading_known(const struct lfb_regime *regime, struct lfb_regime_reading *reading)
{
	return lfb_regime_probe(regime, reading) == 0 && !isnan(lfb_regime_ns(reading));
}

static void choose_cpus(struct lfb_launch_machine *machine, const unsigned *cpus, unsigned count)
{
	for (unsigned i = 0; i < count && machine->cpus < LFB_LAUNCH_CPUS; i++) {
		bool known = false;

		for (unsigned j = 0; j < machine->cpus; j++)
			known |= machine->cpu[j] == cpus[i];
		if (!known)
			machine->cpu[machine->cpus++] = cpus[i];
	}
}

static void start_on(struct lfb_launch_machine *machine, const unsigned *cpus, unsigned count, const struct lfb_timebase *timebase)
{
	lfb_regime_choose(cpus, count, &machine->regime);
	choose_cpus(machine, cpus, count);
	if (timebase != NULL)
		machine->skew_ns = lfb_clock_offset_among(timebase, cpus, count);
	machine->after_known = reading_known(&machine->regime, &machine->after);
}

void lfb_launch_machine_start(struct lfb_launch_machine *machine, const unsigned *cpus, unsigned threads,
			      const struct lfb_timebase *timebase)
{
	struct lfb_cpu_list allowed = { 0 };

	memset(machine, 0, sizeof(*machine));
	machine->skew_ns = NAN;
	if (cpus != NULL) {
		start_on(machine, cpus, threads, timebase);
	} else if (lfb_affinity_read(&allowed) == 0) {
		start_on(machine, allowed.cpus, (unsigned)(allowed.count < threads ? allowed.count : threads), timebase);
		lfb_cpu_list_clear(&allowed);
	}
}

void lfb_launch_machine_probe(struct lfb_launch_machine *machine)
{
	machine->before = machine->after;
	machine->before_known = machine->after_known;
	machine->after_known = reading_known(&machine->regime, &machine->after);
	if (machine->cpus > 0 && lfb_gaps_measure(machine->cpu, machine->cpus, GAPS_NS, machine->gaps) != 0)
		for (unsigned i = 0; i < machine->cpus; i++)
			machine->gaps[i] = (struct lfb_gaps){ NAN, NAN, NAN };
}

bool lfb_launch_machine_changed(const struct lfb_launch_machine *machine)
{
	return machine->before_known && machine->after_known && lfb_regime_changed(&machine->before, &machine->after);
}

void lfb_launch_machine_fill(struct lfb_row *row, const struct lfb_launch_machine *machine)
{
	if (machine->before_known)
		lfb_row_set_f64(row, LFB_COL_probe_before_ns, lfb_regime_ns(&machine->before));
	if (machine->after_known)
		lfb_row_set_f64(row, LFB_COL_probe_after_ns, lfb_regime_ns(&machine->after));
	if (!isnan(machine->skew_ns))
		lfb_row_set_f64(row, LFB_COL_tsc_skew_ns, machine->skew_ns);
}
