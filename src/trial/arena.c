/* arena.c - see arena.h. */
#include "trial/arena.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whole huge pages, so that how much was asked for does not decide how it is mapped. */
#define STEP_BYTES ((size_t)2 << 20)

int lfb_arena_map(struct lfb_arena *arena, size_t reserve_bytes)
{
	void *const base = mmap(NULL, reserve_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	memset(arena, 0, sizeof(*arena));
	if (base == MAP_FAILED)
		return -ENOMEM;
	arena->base = (unsigned char *)base;
	return 0;
}

size_t lfb_memory_available_bytes(void)
{
	FILE *const file = fopen("/proc/meminfo", "re");
	char line[128];
	unsigned long long kb;
	size_t bytes = SIZE_MAX;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "MemAvailable: %llu kB", &kb) == 1)
			bytes = (size_t)kb << 10;
	if (file != NULL)
		(void)fclose(file);
	return bytes;
}

int lfb_arena_prepare(struct lfb_arena *arena, size_t reserved_bytes, size_t bytes)
{
	/* Divided first: what is asked for may be anything that a plug-in's figures multiply to. */
	const size_t wanted = (bytes / STEP_BYTES + (bytes % STEP_BYTES != 0)) * STEP_BYTES;
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

	arena->used_bytes = 0;
	if (bytes <= arena->size_bytes)
		return 0;
	if (bytes > reserved_bytes || wanted > reserved_bytes || wanted - arena->size_bytes > lfb_memory_available_bytes())
		return -ENOMEM;
	if (mprotect(arena->base + arena->size_bytes, wanted - arena->size_bytes, PROT_READ | PROT_WRITE) != 0)
		return -ENOMEM;
	for (size_t at = arena->size_bytes; at < wanted; at += page_bytes)
		((volatile unsigned char *)arena->base)[at] = 1;
	arena->size_bytes = wanted;
	return 0;
}

void lfb_arena_unmap(struct lfb_arena *arena, size_t reserved_bytes)
{
	if (arena->base != NULL)
		(void)munmap(arena->base, reserved_bytes);
	memset(arena, 0, sizeof(*arena));
}
