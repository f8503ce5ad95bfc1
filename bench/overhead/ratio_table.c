/* ratio_table.c - see ratio_table.h. */
#include "ratio_table.h"

#include <inttypes.h>
#include <stdio.h>

/* What the interval says about the target, in words that claim no more than it does. */
static const char *verdict_text(const struct comparison *comparison, const struct summary *summary)
{
	static const char *const texts[VERDICTS] = {
		[VERDICT_NO_TARGET] = "published, no target",
		[VERDICT_MET] = "target met",
		[VERDICT_MISSED] = "TARGET MISSED",
	};
	const enum verdict verdict = comparison_judge(comparison, summary);

	if (verdict != VERDICT_UNRESOLVED)
		return texts[verdict];
	if (summary->high - summary->low > comparison->high - comparison->low)
		return "not resolved: the interval is wider than the target on this machine";
	return "not resolved: the interval crosses the target's edge";
}

static void print_target(const struct comparison *comparison)
{
	char text[32] = "-";

	if (comparison->high > 0 && comparison->low > 0)
		(void)snprintf(text, sizeof(text), "%.2f..%.2f", comparison->low, comparison->high);
	else if (comparison->high > 0)
		(void)snprintf(text, sizeof(text), "<= %.2f", comparison->high);
	(void)printf("  %-10s", text);
}

void ratio_table_print_row(const struct comparison *comparison, struct outcome *outcome)
{
	struct summary summary;

	(void)printf("%-13s %-22s", comparison->name, comparison->against);
	if (!outcome->built) {
		(void)printf(" not built: install libck-dev, then configure and build again\n");
		return;
	}
	comparison_summarise(outcome, &summary);
	(void)printf(" %6.3f  %6.3f..%-6.3f %9.3f %9.3f %11u", summary.ratio, summary.low, summary.high,
		     summary.suite_ns, summary.hand_ns, outcome->done);
	print_target(comparison);
	(void)printf(" %s\n", verdict_text(comparison, &summary));
}

void ratio_table_print_head(uint64_t seed, bool quick)
{
	(void)printf("Cost of the suite's loop / cost of a loop written by hand; seed %" PRIu64 "%s\n", seed,
		     quick ? "; --quick: these figures prove nothing" : "");
	(void)printf("%-13s %-22s %6s  %-14s %9s %9s %11s  %-10s %s\n", "backend", "against", "ratio", "95 % interval",
		     "suite", "hand", "replicates", "target", "verdict");
	(void)printf("%-13s %-22s %6s  %-14s %9s %9s\n", "", "", "", "", "ns/item", "ns/item");
}
