/* sysfile.c - see sysfile.h. */
#include "machine/sysfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Fill `buffer` from the file; a kernel file may come in pieces. Returns the bytes read or -errno. */
static ssize_t read_whole(int fd, char *buffer, size_t room)
{
	size_t used = 0;

	while (used < room) {
		const ssize_t n = read(fd, buffer + used, room - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

/* End the text after its last whole line if it was cut, and drop trailing white space. */
static void trim(char *text, size_t length, bool cut)
{
	text[length] = '\0';
	if (cut) {
		char *const last = strrchr(text, '\n');

		if (last != NULL)
			*last = '\0';
	}
	length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
}

int lfb_sysfile_read(const char *root, const char *path, char **text)
{
	char full[PATH_MAX];
	char *buffer;
	ssize_t length;
	int fd;

	if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	/* O_NONBLOCK: a FIFO in the place of a file must not hang the program. */
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	buffer = malloc(LFB_SYSFILE_MAX + 1);
	length = buffer != NULL ? read_whole(fd, buffer, LFB_SYSFILE_MAX) : -ENOMEM;
	close(fd);
	if (length < 0) {
		free(buffer);
		return (int)length;
	}
	trim(buffer, (size_t)length, length == LFB_SYSFILE_MAX);
	*text = buffer;
	return 0;
}

/* The number `text` begins with; `*end` is what follows. Signs and white space are no number. */
static int leading_u64(const char *text, char **end, uint64_t *value)
{
	unsigned long long number;

	if (!isdigit((unsigned char)text[0]))
		return -EINVAL;
	errno = 0;
	number = strtoull(text, end, 10);
	if (errno != 0)
		return -EINVAL;
	*value = number;
	return 0;
}

int lfb_sysfile_u64(const char *root, const char *path, uint64_t *value)
{
	char *text, *end = NULL;
	uint64_t number;
	int rc = lfb_sysfile_read(root, path, &text);

	if (rc != 0)
		return rc;
	rc = leading_u64(text, &end, &number);
	if (rc == 0 && *end != '\0')
		rc = -EINVAL;
	if (rc == 0)
		*value = number;
	free(text);
	return rc;
}

/* Where the value of `key` starts in the line, or NULL if this is another key's line. */
static const char *value_in(const char *line, const char *key)
{
	const size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	line += length;
	if (*line != ':' && *line != ' ' && *line != '\t')
		return NULL;
	return line + strspn(line, ": \t");
}

int lfb_sysfile_field(const char *text, const char *key, char *out, size_t out_bytes)
{
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		const char *value;
		size_t length;

		line += *line == '\n';
		value = value_in(line, key);
		if (value == NULL)
			continue;
		length = strcspn(value, "\n");
		while (length > 0 && isspace((unsigned char)value[length - 1]))
			length--;
		if (length >= out_bytes)
			length = out_bytes - 1;
		memcpy(out, value, length);
		out[length] = '\0';
		return 0;
	}
	return -ENOENT;
}

int lfb_sysfile_field_u64(const char *text, const char *key, uint64_t *value)
{
	char number[32], *end;
	const int rc = lfb_sysfile_field(text, key, number, sizeof(number));

	return rc != 0 ? rc : leading_u64(number, &end, value);
}
