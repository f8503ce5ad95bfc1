/* detail.c - see detail.h. */
#include "results/detail.h"

#include "results/row.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53 */

enum field { RUN_ID, CELL_ID, LAUNCH, TRIAL, THREAD, METRIC, UNIT, VALUE, FIELDS };

static bool is_word(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == ',' || *text == '"' || *text == 0x7F)
			return false;
	return true;
}

/* Counts are written in full, as far as a double holds them; the rest as in the rows. */
static const char *value_text(double value, char out[LFB_F64_TEXT_BYTES])
{
	if (fabs(value) > EXACT_MAX || value != floor(value))
		return lfb_f64_text(value, out);
	(void)snprintf(out, LFB_F64_TEXT_BYTES, "%.0f", value);
	return out;
}

int lfb_detail_write_header(FILE *out)
{
	errno = 0;
	if (fputs("run_id,cell_id,launch,trial,thread,metric,unit,value\n", out) >= 0)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

int lfb_detail_write(FILE *out, const struct lfb_detail *detail)
{
	char value[LFB_F64_TEXT_BYTES];
	int written;

	if (!isfinite(detail->value) || !is_word(detail->run_id) || !is_word(detail->cell_id) ||
	    !is_word(detail->thread) || !is_word(detail->metric) || !is_word(detail->unit))
		return -EINVAL;
	errno = 0;
	written = fprintf(out, "%s,%s,%" PRIu64 ",%" PRIu64 ",%s,%s,%s,%s\n", detail->run_id, detail->cell_id,
			  detail->launch, detail->trial, detail->thread, detail->metric, detail->unit,
			  value_text(detail->value, value));
	if (written >= 0)
		return 0;
	return errno != 0 ? -errno : -EIO;
}

/* Cut the line at its commas. Returns false unless there are FIELDS of them, all words. */
static bool split(char *line, char *fields[FIELDS])
{
	size_t count = 0;
	char *field;

	line[strcspn(line, "\r\n")] = '\0';
	while ((field = strsep(&line, ",")) != NULL) {
		if (count == FIELDS || !is_word(field))
			return false;
		fields[count++] = field;
	}
	return count == FIELDS;
}

int lfb_detail_parse(char *line, struct lfb_detail *detail)
{
	char *fields[FIELDS];

	if (!split(line, fields) || !lfb_u64_parse(fields[LAUNCH], &detail->launch) ||
	    !lfb_u64_parse(fields[TRIAL], &detail->trial) || !lfb_f64_parse(fields[VALUE], &detail->value))
		return -EBADMSG;
	detail->run_id = fields[RUN_ID];
	detail->cell_id = fields[CELL_ID];
	detail->thread = fields[THREAD];
	detail->metric = fields[METRIC];
	detail->unit = fields[UNIT];
	return 0;
}
