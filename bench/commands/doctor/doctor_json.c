/*
 * doctor_json.c - see doctor_print.h: the doctor's report for programs. The facts are those of
 * NAME.env.json; "measured" (left out if nothing was) and "empty_columns" are added to them. Every figure
 * has its unit in its name, and what could not be measured is null.
 */
#include "commands/doctor/doctor_print.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

/* jansson has no NaN, and rightly so: JSON has none. */
static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* jansson's functions that take over a reference release it also when they fail, and take NULL. */
static json_t *round_trips(const struct doctor_measured *measured)
{
	json_t *const list = json_array();
	const unsigned *const cpus = measured->cpus.cpus;
	int rc = 0;

	for (size_t a = 1; a < measured->cpus.count; a++)
		for (size_t b = 0; b < a; b++)
			rc |= json_array_append_new(
				list, json_pack("{s:i, s:i, s:o, s:o}", "cpu_a", (int)cpus[b], "cpu_b", (int)cpus[a],
						"min_ns", number(measured->round_trip[a][b].min_ns), "median_ns",
						number(measured->round_trip[a][b].median_ns)));
	if (rc == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *offsets(const struct doctor_measured *measured)
{
	json_t *const list = json_array();
	const unsigned *const cpus = measured->cpus.cpus;
	int rc = 0;

	for (size_t i = 1; i < measured->cpus.count; i++)
		rc |= json_array_append_new(list, json_pack("{s:i, s:i, s:o, s:o}", "cpu_a", (int)cpus[0], "cpu_b",
							    (int)cpus[i], "low_ns", number(measured->offset[i].low_ns),
							    "high_ns", number(measured->offset[i].high_ns)));
	if (rc == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *gaps(const struct doctor_measured *measured)
{
	json_t *const list = json_array();
	int rc = 0;

	for (size_t i = 0; i < measured->watched.count; i++)
		rc |= json_array_append_new(list,
					    json_pack("{s:i, s:o, s:o, s:o}", "cpu", (int)measured->watched.cpus[i],
						      "per_s", number(measured->gaps[i].per_s), "largest_ns",
						      number(measured->gaps[i].largest_ns), "share",
						      number(measured->gaps[i].share)));
	if (rc == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *finding_facts(const struct doctor_finding *findings)
{
	json_t *const all = json_object();
	int rc = 0;

	for (int i = 0; i < DOCTOR_FINDINGS; i++)
		rc |= json_object_set_new(all, findings[i].key,
					  json_pack("{s:s, s:s, s:s, s:s*}", "value", findings[i].value, "verdict",
						    lfb_verdict_names[findings[i].verdict], "meaning",
						    findings[i].meaning, "advice", findings[i].advice));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

static json_t *measured_json(const struct doctor_report *report)
{
	const struct doctor_measured *const measured = report->measured;

	return json_pack("{s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "facts", finding_facts(report->findings), "counter",
			 (int)measured->timebase.use_counter, "stamp_ns", number(measured->stamp_ns), "round_trips",
			 round_trips(measured), "clock_offsets", offsets(measured), "tsc_skew_ns",
			 number(measured->skew_ns), "gaps", gaps(measured));
}

/* The words of "cycles, instructions" as an array. */
static json_t *words(const char *text)
{
	json_t *const list = json_array();
	int rc = 0;

	while (*text != '\0') {
		const size_t length = strcspn(text, ",");

		rc |= json_array_append_new(list, json_stringn(text, length));
		text += length;
		text += strspn(text, ", ");
	}
	if (rc == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *empty_json(const struct doctor_report *report)
{
	json_t *const all = json_array();
	int rc = 0;

	for (size_t i = 0; i < report->empties; i++)
		rc |= json_array_append_new(all, json_pack("{s:o, s:s}", "columns", words(report->empty[i].columns),
							   "reason", report->empty[i].reason));
	if (rc == 0)
		return all;
	json_decref(all);
	return NULL;
}

int doctor_write_json(const struct doctor_report *report)
{
	json_t *const all = lfb_env_json(report->env);
	int rc = all == NULL ? -ENOMEM : 0;

	if (rc == 0 && report->measured != NULL)
		rc = json_object_set_new(all, "measured", measured_json(report)) != 0 ? -ENOMEM : 0;
	if (rc == 0)
		rc = json_object_set_new(all, "empty_columns", empty_json(report)) != 0 ? -ENOMEM : 0;
	if (rc == 0 && (json_dumpf(all, stdout, JSON_INDENT(2)) != 0 || putchar('\n') == EOF || fflush(stdout) != 0))
		rc = -EIO;
	json_decref(all);
	return rc;
}
