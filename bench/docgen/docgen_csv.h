/* docgen_csv.h - the manual page of the results file, from the tables that reader and writer use. */
#ifndef LFBENCH_DOCGEN_CSV_H
#define LFBENCH_DOCGEN_CSV_H

#include <stdio.h>

/* Print lfbench-csv(5) in mdoc. */
void docgen_man_csv(FILE *out);

#endif
