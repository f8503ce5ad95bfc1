/*
 * plugin.h - a backend's shared object, loaded into this process.
 *
 * Loading runs code of the object (its constructors). A program that must survive
 * any file, as `lfbench list` and `lfbench run` must, asks inspect.h instead.
 */
#ifndef LFBENCH_PLUGIN_H
#define LFBENCH_PLUGIN_H

#include "text/error.h"

#include <lfbench/backend.h>

/* What is known of a backend without running it: plain data, safe to send through a pipe. */
struct lfb_backend_info {
	char name[64];
	char summary[160];
	char library[64];
	char version[32];
	char built_with[96];
	char loops_rev[16];
	char build_id[41]; /* 20 bytes in hex; empty: the object has none */
	struct lfb_claims claims;
	enum lfb_alloc alloc;
	uint32_t slot_bytes, node_bytes;
	bool has_block;
	bool counting; /* the counting flavour */
};

struct lfb_plugin {
	void *object; /* of dlopen */
	const struct lfb_ops *ops;
	struct lfb_backend_info info;
};

/*
 * Load `path` and check that it is a backend of this ABI. Returns 0; -ENOEXEC if it is
 * no backend or of another ABI, with the reason in `error`. Not thread-safe.
 */
int lfb_plugin_open(const char *path, struct lfb_plugin *plugin, struct lfb_error *error);
/* Make `info`, which came from another process, safe to use. false: its values are not known ones. */
bool lfb_backend_info_check(struct lfb_backend_info *info);

void lfb_plugin_close(struct lfb_plugin *plugin);

#endif
