/* allocator.c - see allocator.h. */
#include "machine/allocator.h"

#include "text/safe_text.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* A symbol as the dynamic linker finds it for everybody. Not `&malloc`: in a program that may be its own jump table. */
static void *look_up(const char *symbol)
{
	return dlsym(RTLD_DEFAULT, symbol);
}

/* The object an address lies in, by where it is loaded; NULL: none. */
static const void *object_of(const void *address, Dl_info *info)
{
	return address != NULL && dladdr(address, info) != 0 ? info->dli_fbase : NULL;
}

/* The function of that name, if it is in the object that malloc is in. */
static void *beside_malloc(const char *symbol)
{
	Dl_info info;
	void *const found = look_up(symbol);
	const void *const object = object_of(found, &info);

	return object != NULL && object == object_of(look_up("malloc"), &info) ? found : NULL;
}

/* ISO C has no cast from an object's to a function's address; POSIX says that it works. */
#define AS_FUNCTION(pointer, address) memcpy(&(pointer), &(address), sizeof(pointer))

/* jemalloc(3): the string "version", as 5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c. */
static bool is_jemalloc(char out[LFB_ALLOCATOR_BYTES])
{
	int (*mallctl)(const char *name, void *old, size_t *old_bytes, void *new, size_t new_bytes);
	const char *version = "";
	size_t bytes = sizeof(version);
	void *const found = beside_malloc("mallctl");

	if (found == NULL)
		return false;
	AS_FUNCTION(mallctl, found);
	if (mallctl("version", &version, &bytes, NULL, 0) != 0)
		version = "";
	(void)snprintf(out, LFB_ALLOCATOR_BYTES, "jemalloc %.*s", (int)strcspn(version, "-"), version);
	return true;
}

/* mimalloc.h: MI_MALLOC_VERSION is 209 for 2.0.9. */
static bool is_mimalloc(char out[LFB_ALLOCATOR_BYTES])
{
	int (*mi_version)(void), version;
	void *const found = beside_malloc("mi_version");

	if (found == NULL)
		return false;
	AS_FUNCTION(mi_version, found);
	version = mi_version();
	if (version >= 100 && version < 1000)
		(void)snprintf(out, LFB_ALLOCATOR_BYTES, "mimalloc %d.%d.%d", version / 100, version / 10 % 10, version % 10);
	else /* of a manner of counting that is not known here */
		(void)snprintf(out, LFB_ALLOCATOR_BYTES, "mimalloc %d", version);
	return true;
}

/* gperftools/tcmalloc.h. */
static bool is_tcmalloc(char out[LFB_ALLOCATOR_BYTES])
{
	const char *(*tc_version)(int *major, int *minor, const char **patch), *patch = "";
	int major = 0, minor = 0;
	void *const found = beside_malloc("tc_version");

	if (found == NULL)
		return false;
	AS_FUNCTION(tc_version, found);
	(void)tc_version(&major, &minor, &patch);
	(void)snprintf(out, LFB_ALLOCATOR_BYTES, "tcmalloc %d.%d%.20s", major, minor, patch != NULL ? patch : "");
	return true;
}

bool lfb_allocator_is_glibc(void)
{
	return beside_malloc("gnu_get_libc_version") != NULL;
}

static bool is_glibc(char out[LFB_ALLOCATOR_BYTES])
{
	if (!lfb_allocator_is_glibc())
		return false;
	(void)snprintf(out, LFB_ALLOCATOR_BYTES, "glibc %s", gnu_get_libc_version());
	return true;
}

/* The file malloc is in. */
static void name_file(char out[LFB_ALLOCATOR_BYTES])
{
	const char *name = "unknown", *base;
	Dl_info info;

	if (object_of(look_up("malloc"), &info) != NULL && info.dli_fname != NULL)
		name = info.dli_fname;
	base = strrchr(name, '/');
	(void)lfb_safe_text(base != NULL ? base + 1 : name, false, out, LFB_ALLOCATOR_BYTES);
}

const char *lfb_allocator_name(char out[LFB_ALLOCATOR_BYTES])
{
	static bool (*const known[])(char[LFB_ALLOCATOR_BYTES]) = { is_glibc, is_jemalloc, is_mimalloc, is_tcmalloc };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i](out))
			return out;
	name_file(out);
	return out;
}
