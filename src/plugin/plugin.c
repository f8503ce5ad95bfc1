/*
 * plugin.c - see plugin.h. The object is somebody else's: every field is checked
 * before it is believed, and texts are copied into bounded buffers.
 */
#include "plugin/plugin.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

/* More than this for one thread's handle is a mistake. */
#define HANDLE_BYTES_MAX (1u << 20)
#define BUILD_ID_BYTES 20u

/* Keeps what the struct of the object really has; the rest stays zero. */
static int read_backend(const struct lfb_backend *theirs, struct lfb_backend *out, struct lfb_error *error)
{
	memset(out, 0, sizeof(*out));
	if (theirs->abi != LFB_ABI)
		return lfb_fail(error, -ENOEXEC, "made for backend ABI %u, this lfbench speaks %u: rebuild it with these headers",
				theirs->abi, LFB_ABI);
	if (theirs->size < sizeof(struct lfb_backend))
		return lfb_fail(error, -ENOEXEC, "its description has %u bytes, ABI %u has %zu: rebuild it with these headers",
				theirs->size, LFB_ABI, sizeof(struct lfb_backend));
	memcpy(out, theirs, sizeof(*out));
	return 0;
}

/* Whether a bool from elsewhere is one: looked at as a byte, since reading any other as a bool is undefined. */
static bool is_bool(const bool *value)
{
	unsigned char byte;

	memcpy(&byte, value, sizeof(byte));
	return byte <= 1;
}

static bool claims_are_known(const struct lfb_claims *c)
{
	return is_bool(&c->bounded) && is_bool(&c->reference) && c->producers <= LFB_MANY && c->consumers <= LFB_MANY && c->order < LFB_ORDERS && c->empty < LFB_ANSWERS &&
	       c->full < LFB_ANSWERS && c->push < LFB_PROGRESSES && c->pop < LFB_PROGRESSES;
}

/* Loops of every kind that poll and that park; blocking ones for all kinds of single items, or for none. */
static bool loops_are_there(const struct lfb_ops *ops)
{
	for (unsigned kind = 0; kind < LFB_LOOP_KINDS_NEEDED; kind++) {
		const bool batch = kind == LFB_PRODUCE_BATCH || kind == LFB_CONSUME_BATCH || kind == LFB_CONSUME_BATCH_AUDIT ||
				   kind == LFB_PRODUCE_BATCH_CLOSED || kind == LFB_CONSUME_BATCH_CLOSED;

		if (ops->loops[kind][LFB_WAIT_SPIN] == NULL || ops->loops[kind][LFB_WAIT_YIELD] == NULL ||
		    ops->loops[kind][LFB_WAIT_BACKOFF] == NULL || ops->loops[kind][LFB_WAIT_PARK] == NULL ||
		    (!batch && (ops->loops[kind][LFB_WAIT_BLOCK] != NULL) != (ops->close != NULL)))
			return false;
	}
	return true;
}

static int check_backend(const struct lfb_backend *backend, struct lfb_error *error)
{
	const struct lfb_ops *const ops = backend->ops;

	if (backend->name == NULL || backend->name[0] == '\0' || backend->loops_rev == NULL || ops == NULL)
		return lfb_fail(error, -ENOEXEC, "it does not say its name, or has no functions (use LFB_BACKEND)");
	if (!claims_are_known(&backend->claims) || backend->alloc >= LFB_ALLOCS)
		return lfb_fail(error, -ENOEXEC, "one of its claims has a value this lfbench does not know");
	if (ops->create == NULL || ops->destroy == NULL || ops->attach == NULL || ops->detach == NULL || ops->pop == NULL ||
	    ops->loops == NULL || ops->loop_kinds < LFB_LOOP_KINDS_NEEDED || !loops_are_there(ops))
		return lfb_fail(error, -ENOEXEC, "some of its functions are missing (include <lfbench/loops.h>)");
	if (ops->handle_bytes > HANDLE_BYTES_MAX)
		return lfb_fail(error, -ENOEXEC, "its handle has %u bytes, more than %u", ops->handle_bytes, HANDLE_BYTES_MAX);
	return 0;
}

static void copy_text(char *out, size_t out_bytes, const char *text)
{
	(void)snprintf(out, out_bytes, "%s", text != NULL ? text : "");
}

/* Writes the GNU build id found in a note segment, in hex. */
static bool note_build_id(const unsigned char *at, size_t bytes, char out[41])
{
	while (bytes >= sizeof(ElfW(Nhdr))) {
		const ElfW(Nhdr) *const note = (const ElfW(Nhdr) *)(const void *)at;
		const size_t name_bytes = ((size_t)note->n_namesz + 3) & ~(size_t)3;
		const size_t value_bytes = ((size_t)note->n_descsz + 3) & ~(size_t)3;
		const unsigned char *value;

		if (sizeof(*note) + name_bytes + value_bytes > bytes)
			return false;
		value = at + sizeof(*note) + name_bytes;
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(at + sizeof(*note), "GNU", 4) == 0) {
			for (size_t i = 0; i < note->n_descsz && i < BUILD_ID_BYTES; i++)
				(void)snprintf(out + 2 * i, 3, "%02x", value[i]);
			return true;
		}
		at = value + value_bytes;
		bytes -= sizeof(*note) + name_bytes + value_bytes;
	}
	return false;
}

struct build_id_search {
	ElfW(Addr) base;
	char *out;
};

static int find_build_id(struct dl_phdr_info *info, size_t size, void *context)
{
	const struct build_id_search *const search = (const struct build_id_search *)context;

	(void)size;
	if (info->dlpi_addr != search->base)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_NOTE &&
		    note_build_id((const unsigned char *)(info->dlpi_addr + segment->p_vaddr), segment->p_memsz, search->out))
			break;
	}
	return 1;
}

static void read_build_id(void *object, char out[41])
{
	struct link_map *map = NULL;

	out[0] = '\0';
	if (dlinfo(object, RTLD_DI_LINKMAP, &map) == 0) {
		struct build_id_search search = { map->l_addr, out };

		(void)dl_iterate_phdr(find_build_id, &search);
	}
}

static void fill_info(struct lfb_plugin *plugin, const struct lfb_backend *backend)
{
	struct lfb_backend_info *const info = &plugin->info;

	copy_text(info->name, sizeof(info->name), backend->name);
	copy_text(info->summary, sizeof(info->summary), backend->summary);
	copy_text(info->library, sizeof(info->library), backend->library);
	copy_text(info->version, sizeof(info->version), backend->version);
	copy_text(info->built_with, sizeof(info->built_with), backend->built_with);
	copy_text(info->loops_rev, sizeof(info->loops_rev), backend->loops_rev);
	read_build_id(plugin->object, info->build_id);
	info->claims = backend->claims;
	info->alloc = backend->alloc;
	info->slot_bytes = backend->slot_bytes;
	info->node_bytes = backend->node_bytes;
	info->has_block = backend->ops->close != NULL;
	info->counting = backend->counting != 0;
}

bool lfb_backend_info_check(struct lfb_backend_info *info)
{
	info->name[sizeof(info->name) - 1] = '\0';
	info->summary[sizeof(info->summary) - 1] = '\0';
	info->library[sizeof(info->library) - 1] = '\0';
	info->version[sizeof(info->version) - 1] = '\0';
	info->built_with[sizeof(info->built_with) - 1] = '\0';
	info->loops_rev[sizeof(info->loops_rev) - 1] = '\0';
	info->build_id[sizeof(info->build_id) - 1] = '\0';
	return claims_are_known(&info->claims) && is_bool(&info->has_block) && is_bool(&info->counting) && info->alloc < LFB_ALLOCS;
}

int lfb_plugin_open(const char *path, struct lfb_plugin *plugin, struct lfb_error *error)
{
	const struct lfb_backend *exported;
	struct lfb_backend backend;
	int rc;

	memset(plugin, 0, sizeof(*plugin));
	plugin->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (plugin->object == NULL)
		return lfb_fail(error, -ENOEXEC, "cannot be loaded: %s", dlerror());
	exported = (const struct lfb_backend *)dlsym(plugin->object, LFB_BACKEND_SYMBOL);
	if (exported == NULL) {
		rc = lfb_fail(error, -ENOEXEC, "no lfbench backend: it has no symbol '" LFB_BACKEND_SYMBOL "' (use LFB_BACKEND)");
		goto close;
	}
	rc = read_backend(exported, &backend, error);
	if (rc == 0)
		rc = check_backend(&backend, error);
	if (rc != 0)
		goto close;
	plugin->ops = backend.ops;
	fill_info(plugin, &backend);
	return 0;
close:
	lfb_plugin_close(plugin);
	return rc;
}

void lfb_plugin_close(struct lfb_plugin *plugin)
{
	if (plugin->object != NULL)
		(void)dlclose(plugin->object);
	plugin->object = NULL;
}
