/* elf_symbols.h - what an ELF file says of itself to the dynamic linker, without loading it. The file is untrusted: every offset is checked. */
#ifndef LFBENCH_GATE_ELF_SYMBOLS_H
#define LFBENCH_GATE_ELF_SYMBOLS_H

#include <stddef.h>

/*
 * Whether a file defines a symbol of binding STB_GNU_UNIQUE, which the dynamic linker makes one of for the whole process. Returns 1 with its name, cut to
 * fit and made of printable characters; 0; -ENOEXEC: not a 64-bit ELF file of this byte order, damaged, or without the section headers that lead
 * to its symbols; else -errno.
 */
int gate_elf_unique_symbol(const char *path, char *name, size_t name_bytes);

/* The name under which the dynamic linker finds it again, DT_SONAME. Returns 1 with it, as above; 0: it has none; else as above. */
int gate_elf_soname(const char *path, char *name, size_t name_bytes);

#endif
