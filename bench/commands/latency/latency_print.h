/* latency_print.h - the tables of `lfbench latency`, and the .hgrm files. */
#ifndef LFBENCH_LATENCY_PRINT_H
#define LFBENCH_LATENCY_PRINT_H

#include "text/error.h"
#include "commands/latency/latency_cells.h"
#include "text/table.h"

/* One table per shape, then what is in them. Returns 0, -ENOMEM or -EIO. */
int latency_print(FILE *out, const struct latency_cells *cells, const struct lfb_medium *medium);

/*
 * Write BACKEND-CELL.ROLE.hgrm into `directory`, made if it is not there, for every cell that has samples;
 * *written says how many. `force`: replace files. Returns 0, or -errno with a sentence; what was
 * written until then stays.
 */
int latency_write_hgrm(const char *directory, bool force, const struct latency_cells *cells, size_t *written,
		       struct lfb_error *error);

#endif
