/* raw.c - see raw.h. */
#include "raw.h"

#include "cells.h"
#include "results/csv_file.h"
#include "results/row.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

static const char *const control_names[] = { "", "self", "reference" };
static const char *const arm_names[GATE_ARMS] = { "base", "head" };

static int written(int rc)
{
	return rc >= 0 ? 0 : errno != 0 ? -errno : -EIO;
}

int gate_raw_write_header(FILE *out)
{
	errno = 0;
	return written(fputs("gate,stage,cell,workload,backend,shape,metric,control,replicate,loaded_first,layout_base,layout_head,items,"
			     "blocks,dropped,d,base_ns,head_ns,block_variance,probe_first_ns,probe_last_ns,setup_ns,blocks_ns,seed\n",
			     out));
}

/* A figure that may not have been measured, with its comma. */
static void put_figure(FILE *out, double value, bool measured)
{
	char text[LFB_F64_TEXT_BYTES];

	(void)fprintf(out, "%s,", measured && isfinite(value) ? lfb_f64_text(value, text) : "");
}

/* ln ratios need more digits than a cost: 1e-6 is a millionth. */
static void put_ratio(FILE *out, double d)
{
	if (isfinite(d))
		(void)fprintf(out, "%.8f", d);
	(void)fputc(',', out);
}

int gate_raw_write(FILE *out, uint64_t run_seed, const struct gate_record *record)
{
	const struct gate_duet_result *const result = record->result;
	const struct gate_cell *const cell = record->cell;
	const bool compared = result->blocks > 0;
	char shape[GATE_SHAPE_TEXT_BYTES];
	int rc;

	errno = 0;
	(void)fprintf(out, "%" PRIu64 ",%s,%zu,%s,", run_seed, gate_stage_names[record->stage], record->cell_index, cell->shape.workload->name);
	rc = lfb_csv_write_field(out, cell->label);
	(void)fprintf(out, ",%s,%s,%s,%zu,%s,%zu,%zu,%" PRIu64 ",%" PRIu32 ",%" PRIu32 ",", gate_shape_text(&cell->shape, shape, sizeof(shape)),
		      gate_metric_names[cell->metric], control_names[cell->control], record->replicate, arm_names[record->plan->loaded_first],
		      record->layout[GATE_BASE], record->layout[GATE_HEAD], result->items, result->blocks, result->dropped);
	put_ratio(out, compared ? result->d : NAN);
	put_figure(out, result->ns[GATE_BASE], compared);
	put_figure(out, result->ns[GATE_HEAD], compared);
	put_figure(out, result->block_variance, compared && result->block_variance > 0);
	put_figure(out, result->probe_first_ns, result->probe_first_ns > 0);
	put_figure(out, result->probe_last_ns, result->probe_last_ns > 0);
	if (rc == 0)
		rc = written(fprintf(out, "%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n", result->setup_ns, result->blocks_ns, record->plan->seed));
	return rc;
}
