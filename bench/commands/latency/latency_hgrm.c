/*
 * latency_hgrm.c - a file per cell and role for HdrHistogram's plotter. Part of latency_print.h.
 *
 * The names are made of what a file said, so only letters, digits, '_', '-' and '.' get into them, and a cell
 * id or role with anything else is refused: two names that are made alike could be one file.
 */
#include "commands/latency/latency_print.h"

#include "statistics/histogram.h"
#include "results/out_file.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_PART_MAX 64

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_plain_word(const char *word)
{
	const size_t length = strlen(word);

	for (size_t i = 0; i < length; i++)
		if (!is_plain(word[i]))
			return false;
	return length > 0 && length <= NAME_PART_MAX;
}

/* The backend, which may be the path of a plug-in, as a part of a name that need not be its own. */
static void backend_part(const struct latency_cell *cell, char out[NAME_PART_MAX + 1])
{
	const char *const name = cell->row != NULL ? latency_cell_name(cell) : "cell";
	size_t length = 0;

	for (; name[length] != '\0' && length < NAME_PART_MAX; length++)
		out[length] = is_plain(name[length]) ? name[length] : '_';
	out[length] = '\0';
}

static int write_one(const char *directory, bool force, const struct latency_cell *cell, struct lfb_error *error)
{
	char path[PATH_MAX], backend[NAME_PART_MAX + 1];
	struct lfb_out *out;
	int length, rc;

	if (!is_plain_word(cell->cell_id) || !is_plain_word(cell->role))
		return lfb_fail(error, -EINVAL,
				"cell '%.64s', role '%.64s' cannot be part of a file name. Choose others with --cell "
				"and --role",
				cell->cell_id, cell->role);
	backend_part(cell, backend);
	length = snprintf(path, sizeof(path), "%s/%s-%s.%s.hgrm", directory, backend, cell->cell_id, cell->role);
	if (length < 0 || length >= PATH_MAX)
		return lfb_fail(error, -ENAMETOOLONG, "the name of the folder is too long");
	rc = lfb_out_open(path, force ? LFB_OUT_FORCE : 0, &out, error);
	if (rc != 0)
		return rc;
	rc = lfb_histogram_write_hgrm(cell->histogram, lfb_out_stream(out));
	if (rc != 0)
		lfb_out_abandon(out);
	else
		rc = lfb_out_commit(out);
	return rc == 0 ? 0 : lfb_fail(error, rc, "cannot write '%.200s': %s", path, lfb_out_error_text(rc));
}

int latency_write_hgrm(const char *directory, bool force, const struct latency_cells *cells, size_t *written,
		       struct lfb_error *error)
{
	int rc = 0;

	*written = 0;
	if (mkdir(directory, 0777) != 0 && errno != EEXIST)
		return lfb_fail(error, -errno, "cannot make the folder '%.200s': %s", directory, strerror(errno));
	for (size_t i = 0; rc == 0 && i < cells->count; i++) {
		if (lfb_histogram_count(cells->cells[i].histogram) == 0)
			continue;
		rc = write_one(directory, force, &cells->cells[i], error);
		*written += rc == 0;
	}
	return rc;
}
