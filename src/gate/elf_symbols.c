/* elf_symbols.c - see elf_symbols.h. The layout is that of the System V ABI's chapter on object files, from <elf.h>. */
#include "elf_symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	const unsigned char *bytes;
	size_t size;
};

/* `bytes` of the file from `offset`, copied, since nothing in it need be aligned. false: not all of that is there. */
static bool take(const struct file *file, uint64_t offset, void *out, size_t bytes)
{
	if (offset > file->size || bytes > file->size - offset)
		return false;
	memcpy(out, file->bytes + offset, bytes);
	return true;
}

static bool is_ours(const Elf64_Ehdr *header)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const unsigned char order = ELFDATA2LSB;
#else
	const unsigned char order = ELFDATA2MSB;
#endif
	return memcmp(header->e_ident, ELFMAG, SELFMAG) == 0 && header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_ident[EI_DATA] == order &&
	       header->e_shentsize == sizeof(Elf64_Shdr);
}

static bool section(const struct file *file, const Elf64_Ehdr *header, uint64_t index, Elf64_Shdr *out)
{
	uint64_t offset;

	return index < header->e_shnum && !__builtin_add_overflow(header->e_shoff, index * sizeof(*out), &offset) &&
	       take(file, offset, out, sizeof(*out));
}

static void copy_name(const struct file *file, const Elf64_Shdr *strings, uint32_t at, char *name, size_t name_bytes)
{
	size_t n = 0;

	for (; n + 1 < name_bytes && at < strings->sh_size && at + n < strings->sh_size; n++) {
		unsigned char c;

		if (!take(file, strings->sh_offset + at + n, &c, 1) || c == '\0')
			break;
		name[n] = c >= ' ' && c < 0x7F ? (char)c : '?';
	}
	name[n] = '\0';
}

/* Looks through one symbol table. Returns as gate_elf_unique_symbol does. */
static int find_unique(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, char *name, size_t name_bytes)
{
	Elf64_Shdr strings;

	if (table->sh_entsize != sizeof(Elf64_Sym) || !section(file, header, table->sh_link, &strings))
		return -ENOEXEC;
	if (table->sh_offset > file->size || table->sh_size > file->size - table->sh_offset)
		return -ENOEXEC;
	for (uint64_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym symbol;

		if (!take(file, table->sh_offset + i * sizeof(symbol), &symbol, sizeof(symbol)))
			return -ENOEXEC;
		if (ELF64_ST_BIND(symbol.st_info) != STB_GNU_UNIQUE || symbol.st_shndx == SHN_UNDEF)
			continue;
		copy_name(file, &strings, symbol.st_name, name, name_bytes);
		return 1;
	}
	return 0;
}

static int look_through(const struct file *file, char *name, size_t name_bytes)
{
	Elf64_Ehdr header;

	if (!take(file, 0, &header, sizeof(header)) || !is_ours(&header))
		return -ENOEXEC;
	for (uint64_t i = 0; i < header.e_shnum; i++) {
		Elf64_Shdr table;

		if (!section(file, &header, i, &table))
			return -ENOEXEC;
		if (table.sh_type == SHT_DYNSYM)
			return find_unique(file, &header, &table, name, name_bytes);
	}
	return 0;
}

int gate_elf_unique_symbol(const char *path, char *name, size_t name_bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	struct file file;
	void *map;
	int rc;

	if (fd < 0)
		return -errno;
	rc = fstat(fd, &status) != 0 ? -errno : status.st_size <= 0 ? -ENOEXEC : 0;
	map = rc == 0 ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (rc == 0 && map == MAP_FAILED)
		rc = -errno;
	(void)close(fd);
	if (map == MAP_FAILED)
		return rc;
	file = (struct file){ map, (size_t)status.st_size };
	rc = look_through(&file, name, name_bytes);
	(void)munmap(map, file.size);
	return rc;
}
