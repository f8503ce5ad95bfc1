/*
 * inspect.h - what a shared object says of itself, asked in a process of its own:
 * a file that crashes, hangs or exits while it is loaded costs its caller nothing.
 */
#ifndef LFBENCH_INSPECT_H
#define LFBENCH_INSPECT_H

#include "plugin/plugin.h"

enum lfb_inspect_status { LFB_INSPECT_OK, LFB_INSPECT_INCOMPATIBLE, LFB_INSPECT_CRASHED, LFB_INSPECT_TIMEOUT };

struct lfb_inspection {
	enum lfb_inspect_status status;
	struct lfb_backend_info info; /* with LFB_INSPECT_OK */
	char reason[512];             /* otherwise */
};

/* Always fills `out`. Returns 0, or -errno when no process could be started. */
int lfb_inspect(const char *path, struct lfb_inspection *out);

#endif
