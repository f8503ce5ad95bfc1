/* elf_symbols.c - see elf_symbols.h. The layout is that of the System V ABI's chapter on object files, from <elf.h>. */
#include "plugin/elf_symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	int fd;
	uint64_t size;
};

/*
 * `bytes` of the file from `offset`. false: not all of that is there. Read, not mapped: a file that a compiler is writing anew may
 * be shorter by now, and what is mapped of it then faults.
 */
static bool take(const struct file *file, uint64_t offset, void *out, size_t bytes)
{
	return offset <= file->size && bytes <= file->size - offset && pread(file->fd, out, bytes, (off_t)offset) == (ssize_t)bytes;
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

/* The table of texts that `table` points into, and whether `table` itself lies in the file and has entries of `entry_bytes`. */
static bool texts_of(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, size_t entry_bytes, Elf64_Shdr *texts)
{
	return table->sh_entsize == entry_bytes && table->sh_offset <= file->size && table->sh_size <= file->size - table->sh_offset &&
	       section(file, header, table->sh_link, texts);
}

/* The text at `at` of a table of texts. */
static void copy_text(const struct file *file, const Elf64_Shdr *texts, uint64_t at, char *out, size_t out_bytes)
{
	size_t n = 0;

	for (; n + 1 < out_bytes && at < texts->sh_size && n < texts->sh_size - at; n++) {
		unsigned char c;

		if (!take(file, texts->sh_offset + at + n, &c, 1) || c == '\0')
			break;
		out[n] = c >= ' ' && c < 0x7F ? (char)c : '?';
	}
	out[n] = '\0';
}

/* What is looked for, and what was found. */
struct query {
	uint64_t at, offset; /* of a function: the address, and how far behind the start */
	char *name;
	size_t name_bytes;
};

/* Looks through one section of the type it is for. Returns 1 with a name, 0 or -ENOEXEC. */
typedef int (*finder)(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, struct query *query);

typedef bool (*symbol_test)(const Elf64_Sym *symbol, uint64_t at);

/* The first symbol of a table that passes; its name goes to the query. */
static int find_symbol(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, symbol_test passes, struct query *query)
{
	Elf64_Shdr texts;
	Elf64_Sym symbol;

	if (!texts_of(file, header, table, sizeof(symbol), &texts))
		return -ENOEXEC;
	for (uint64_t i = 0; i < table->sh_size / sizeof(symbol); i++) {
		if (!take(file, table->sh_offset + i * sizeof(symbol), &symbol, sizeof(symbol)))
			return -ENOEXEC;
		if (symbol.st_shndx == SHN_UNDEF || !passes(&symbol, query->at))
			continue;
		copy_text(file, &texts, symbol.st_name, query->name, query->name_bytes);
		query->offset = query->at - symbol.st_value;
		return 1;
	}
	return 0;
}

static bool is_unique(const Elf64_Sym *symbol, uint64_t at)
{
	(void)at;
	return ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE;
}

static int find_unique(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, struct query *query)
{
	return find_symbol(file, header, table, is_unique, query);
}

static bool covers(const Elf64_Sym *symbol, uint64_t at)
{
	return ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && at >= symbol->st_value && at - symbol->st_value < symbol->st_size;
}

static int find_function(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, struct query *query)
{
	return find_symbol(file, header, table, covers, query);
}

static int find_soname(const struct file *file, const Elf64_Ehdr *header, const Elf64_Shdr *table, struct query *query)
{
	Elf64_Shdr texts;
	Elf64_Dyn entry;

	if (!texts_of(file, header, table, sizeof(entry), &texts))
		return -ENOEXEC;
	for (uint64_t i = 0; i < table->sh_size / sizeof(entry); i++) {
		if (!take(file, table->sh_offset + i * sizeof(entry), &entry, sizeof(entry)))
			return -ENOEXEC;
		if (entry.d_tag == DT_NULL)
			break;
		if (entry.d_tag != DT_SONAME)
			continue;
		copy_text(file, &texts, entry.d_un.d_val, query->name, query->name_bytes);
		return 1;
	}
	return 0;
}

/* The section of that type; whatever the dynamic linker loads has one of each. */
static int look_through(const struct file *file, uint32_t type, finder find, struct query *query)
{
	Elf64_Ehdr header;

	if (!take(file, 0, &header, sizeof(header)) || !is_ours(&header))
		return -ENOEXEC;
	for (uint64_t i = 0; i < header.e_shnum; i++) {
		Elf64_Shdr table;

		if (!section(file, &header, i, &table))
			return -ENOEXEC;
		if (table.sh_type == type)
			return find(file, &header, &table, query);
	}
	return -ENOEXEC;
}

static int look_into(const char *path, uint32_t type, finder find, struct query *query)
{
	/* Not for ever, where it is a pipe. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	int rc;

	if (fd < 0)
		return -errno;
	rc = fstat(fd, &status) != 0 ? -errno : S_ISREG(status.st_mode) ? 0 : -ENOEXEC;
	if (rc == 0) {
		const struct file file = { fd, (uint64_t)status.st_size };

		rc = look_through(&file, type, find, query);
	}
	(void)close(fd);
	return rc;
}

int lfb_elf_unique_symbol(const char *path, char *name, size_t name_bytes)
{
	return look_into(path, SHT_DYNSYM, find_unique, &(struct query){ .name = name, .name_bytes = name_bytes });
}

int lfb_elf_soname(const char *path, char *name, size_t name_bytes)
{
	return look_into(path, SHT_DYNAMIC, find_soname, &(struct query){ .name = name, .name_bytes = name_bytes });
}

int lfb_elf_function_at(const char *path, uint64_t at, char *name, size_t name_bytes, uint64_t *offset)
{
	struct query query = { .at = at, .name = name, .name_bytes = name_bytes };
	int rc = look_into(path, SHT_SYMTAB, find_function, &query);

	if (rc != 1)
		rc = look_into(path, SHT_DYNSYM, find_function, &query);
	*offset = query.offset;
	return rc;
}
