/* elf_symbols.h - what an ELF file says of itself to the dynamic linker, without loading it. The file is untrusted: every offset is checked. */
#ifndef LFBENCH_ELF_SYMBOLS_H
#define LFBENCH_ELF_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Whether a file defines a symbol of binding STB_GNU_UNIQUE, which the dynamic linker makes one of for the whole process. Returns 1 with its name, cut to
 * fit and made of printable characters; 0; -ENOEXEC: not a 64-bit ELF file of this byte order, damaged, or without the section headers that lead
 * to its symbols; else -errno.
 */
int lfb_elf_unique_symbol(const char *path, char *name, size_t name_bytes);

/* The name under which the dynamic linker finds it again, DT_SONAME. Returns 1 with it, as above; 0: it has none; else as above. */
int lfb_elf_soname(const char *path, char *name, size_t name_bytes);

/*
 * The function that the address `at` lies in, as the file numbers addresses; *offset: how far behind its start. Those that only the static
 * symbol table knows are found too, while it has not been stripped. Returns 1 with its name, as above; 0: there is none; else as above.
 */
int lfb_elf_function_at(const char *path, uint64_t at, char *name, size_t name_bytes, uint64_t *offset);

#endif
