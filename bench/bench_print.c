/* bench_print.c - see bench_print.h. */
#include "bench_print.h"

#include "commands/show/render.h"
#include "plan/names.h"
#include "plan/options.h"
#include "statistics/stats.h"

#include <stdio.h>
#include <string.h>

/* The lines above the trials: what runs. */
static void print_heading(const struct bench_output *out, const struct lfb_row *row)
{
	(void)printf("%s  ", out->workload);
	render_safe(stdout, lfb_row_get(row, LFB_COL_backend));
	(void)printf("  %s producers, %s consumers, capacity %s, wait %s, CPUs %s\n", lfb_row_get(row, LFB_COL_producers),
		     lfb_row_get(row, LFB_COL_consumers),
		     lfb_row_get(row, *lfb_row_get(row, LFB_COL_capacity_effective) ? LFB_COL_capacity_effective : LFB_COL_capacity),
		     lfb_row_get(row, LFB_COL_wait), *lfb_row_get(row, LFB_COL_cpus) ? lfb_row_get(row, LFB_COL_cpus) : "not pinned");
}

/* " p99 1.2 us": a figure, unless the row has none. */
static void print_figure(const struct lfb_row *row, enum lfb_column column, const char *name)
{
	const char *const value = lfb_row_get(row, column);

	if (*value != '\0')
		(void)printf("  %s %s", name, value);
}

static void print_latency(const struct lfb_row *row)
{
	(void)printf("  trial %-3s %s loop, %s", lfb_row_get(row, LFB_COL_trial), lfb_row_get(row, LFB_COL_lat_mode),
		     *lfb_row_get(row, LFB_COL_lat_max_ns) != '\0' ? "ns:" : "OVERLOADED, no percentiles:");
	print_figure(row, LFB_COL_lat_min_ns, "min");
	print_figure(row, LFB_COL_lat_p50_ns, "p50");
	print_figure(row, LFB_COL_lat_p90_ns, "p90");
	print_figure(row, LFB_COL_lat_p99_ns, "p99");
	print_figure(row, LFB_COL_lat_p999_ns, "p99.9");
	print_figure(row, LFB_COL_lat_max_ns, "max");
	print_figure(row, LFB_COL_lat_samples, " samples");
	if (*lfb_row_get(row, LFB_COL_rate_offered_per_s) != '\0')
		(void)printf("\n            offered %.4g, achieved %.4g items/s", lfb_row_get_f64(row, LFB_COL_rate_offered_per_s, 0),
			     lfb_row_get_f64(row, LFB_COL_rate_achieved_per_s, 0));
	(void)printf("\n");
}

static void print_contention(const struct lfb_row *row)
{
	static const struct {
		enum lfb_column column;
		const char *name;
	} figures[] = {
		{ LFB_COL_rmw_ops, "rmw" },		 { LFB_COL_cas_failures, "cas failed" }, { LFB_COL_lock_contended, "lock waits" },
		{ LFB_COL_push_full, "full" },		 { LFB_COL_pop_empty, "empty" },	 { LFB_COL_parks, "parks" },
		{ LFB_COL_ctx_voluntary, "switches (own)" }, { LFB_COL_ctx_involuntary, "switches (forced)" }, { LFB_COL_depth_max, "depth" },
	};

	(void)printf("  trial %-3s %s ops:", lfb_row_get(row, LFB_COL_trial), lfb_row_get(row, LFB_COL_ops));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		print_figure(row, figures[i].column, figures[i].name);
	(void)printf("\n");
}

static void print_throughput(struct bench_output *out, const struct lfb_row *row)
{
	out->ns_per_op[out->trials] = lfb_row_get_f64(row, LFB_COL_ns_per_op, 0);
	(void)printf("  trial %-3s %9.2f ns/op  %9.2f M ops/s  %s items\n", lfb_row_get(row, LFB_COL_trial), out->ns_per_op[out->trials],
		     lfb_row_get_f64(row, LFB_COL_ops_per_s, 0) / 1e6, lfb_row_get(row, LFB_COL_items));
	out->trials++;
}

void bench_print_trial(struct bench_output *out, const struct lfb_row *row)
{
	const char *const pass = lfb_row_get(row, LFB_COL_pass);

	if (!out->heading_printed)
		print_heading(out, row);
	out->heading_printed = true;
	if (strcmp(lfb_row_get(row, LFB_COL_status), "ok") == 0) {
		if (strcmp(pass, lfb_pass_names[LFB_PASS_LATENCY]) == 0)
			print_latency(row);
		else if (strcmp(pass, lfb_pass_names[LFB_PASS_CONTENTION]) == 0)
			print_contention(row);
		else
			print_throughput(out, row);
	} else {
		(void)printf("  trial %-3s %s: ", lfb_row_get(row, LFB_COL_trial), lfb_row_get(row, LFB_COL_status));
		render_safe(stdout, lfb_row_get(row, LFB_COL_reason));
		(void)printf("\n");
	}
	if (*lfb_row_get(row, LFB_COL_flags) != '\0' && strcmp(lfb_row_get(row, LFB_COL_trial), "1") == 0)
		(void)printf("  flags: %s\n", lfb_row_get(row, LFB_COL_flags));
	(void)fflush(stdout);
}

void bench_print_own_figure(const struct lfb_detail *detail)
{
	(void)printf("            %-24s %.6g %s\n", detail->metric, detail->value, detail->unit);
}

void bench_print_median(struct bench_output *out)
{
	if (out->csv != NULL || out->trials == 0)
		return;
	(void)printf("  median    %9.2f ns/op  over %zu trials of one launch. For an interval, start several: lfbench run --launches 6\n",
		     lfb_median(out->ns_per_op, out->trials), out->trials);
}
