/* gate_export.h - a gate's verdicts as the neutral list of export.h. */
#ifndef GATE_EXPORT_H
#define GATE_EXPORT_H

#include "text/error.h"
#include "export/export.h"
#include "gate/run.h"

/* Returns 0 or -ENOMEM with a sentence. The list is the caller's to free, also then. */
int gate_export_fill(struct export_list *list, const struct gate_run *run, struct lfb_error *error);

#endif
