/* label.c - see label.h. Names of functions that only the static symbol table has are read from the file. */
#include "label.h"

#include "plugin/elf_symbols.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

static const char *file_name(const char *path)
{
	const char *const slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* "function+0x4c (file+0x12f4c)" */
static void label_address(uintptr_t address, char *out, size_t bytes)
{
	struct link_map *map = NULL;
	uint64_t offset = 0;
	char name[80] = "";
	Dl_info info;

	if (address == 0 || dladdr1((const void *)address, &info, (void **)&map, RTLD_DL_LINKMAP) == 0 || map == NULL || info.dli_fname == NULL) {
		(void)snprintf(out, bytes, "0x%jx", (uintmax_t)address);
		return;
	}
	if (lfb_elf_function_at(info.dli_fname, address - map->l_addr, name, sizeof(name), &offset) == 1)
		(void)snprintf(out, bytes, "%s+0x%jx (%.60s+0x%jx)", name, (uintmax_t)offset, file_name(info.dli_fname), (uintmax_t)(address - map->l_addr));
	else
		(void)snprintf(out, bytes, "%.60s+0x%jx", file_name(info.dli_fname), (uintmax_t)(address - map->l_addr));
}

void label_place(const struct place *place, char *out, size_t bytes)
{
	char at[160], from[160];
	Dl_info info;

	label_address(place->pc, at, sizeof(at));
	if (place->entry == 0) {
		(void)snprintf(out, bytes, "%s", at);
		return;
	}
	label_address(place->own, from, sizeof(from));
	if (dladdr((const void *)place->entry, &info) != 0 && info.dli_sname != NULL)
		(void)snprintf(out, bytes, "%s, in %.60s, called from %s", at, info.dli_sname, from);
	else
		(void)snprintf(out, bytes, "%s, called from %s", at, from);
}

bool place_is_allocator(const struct place *place)
{
	static const char *const names[] = { "malloc", "calloc", "realloc", "reallocarray", "free", "cfree", "aligned_alloc", "posix_memalign", "memalign",
					     "__libc_malloc", "__libc_free", "__libc_calloc", "__libc_realloc", "__libc_memalign" };
	Dl_info info;

	if (place->entry == 0 || dladdr((const void *)place->entry, &info) == 0 || info.dli_sname == NULL)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(info.dli_sname, names[i]) == 0)
			return true;
	/* operator new and delete, in all their forms */
	return strncmp(info.dli_sname, "_Znw", 4) == 0 || strncmp(info.dli_sname, "_Zna", 4) == 0 || strncmp(info.dli_sname, "_Zdl", 4) == 0 ||
	       strncmp(info.dli_sname, "_Zda", 4) == 0;
}
