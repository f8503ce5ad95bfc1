/*
 * builds.h - what is compared: the shared objects of base and head, found, inspected in processes of their own, and
 * put into pairs.
 *
 * A side is one file or a folder of NAME.so; layouts of the same code are in layouts/K/NAME.so (K from 1) of a folder, see
 * lfbench/layout.h. A backend that only one side has is named and left out.
 */
#ifndef LFBENCH_GATE_BUILDS_H
#define LFBENCH_GATE_BUILDS_H

#include "plugin/plugin.h"
#include "run.h"

struct gate_build {
	char name[64];
	struct gate_paths *paths; /* by layout */
	size_t layouts;
	struct lfb_backend_info info[GATE_ARMS];
	bool identical;     /* all layouts have the same bytes on both sides */
	char unlike[256];   /* in what the two sides differ that a figure would hide: compiler, loops_rev; "" */
};

struct gate_builds {
	struct gate_build *builds;
	size_t count;
	char alone[512]; /* names that only one side has, joined by ", "; "" */
};

/* What is asked for. */
struct gate_sides {
	const char *path[GATE_ARMS];
	const char *names; /* "a,b": only these; NULL: all. Of folders only */
	bool pool;         /* the flavour with pooled nodes, where there is one */
};

/*
 * Find them. Returns 0; -ENOENT where a path does not exist or no backend is common to both; -ENOEXEC for a file that
 * is no backend of this ABI, or of the counting flavour; -EINVAL for a file against a folder, or another backend's file;
 * else -errno; with a sentence. Free with gate_builds_free, also after a failure.
 */
int gate_builds_find(const struct gate_sides *sides, struct gate_builds *builds, struct lfb_error *error);
void gate_builds_free(struct gate_builds *builds);

#endif
