/* report_parts.h - what the files of report.h share with each other: a function per section of the page. Not for others. */
#ifndef LFBENCH_REPORT_PARTS_H
#define LFBENCH_REPORT_PARTS_H

#include "summary/pick.h"
#include "commands/report/report.h"

/* Anchors of the sections. */
#define REPORT_ANSWER "which"
#define REPORT_SHAPES "shapes"
#define REPORT_COMPARE "compare"
#define REPORT_SURE "sure"
#define REPORT_WHY "why"
#define REPORT_MACHINE "machine"

/* "pairs: 2 threads, capacity 1023", the caller's to free, not made safe; NULL: out of memory. */
char *report_title(const struct report *report, const struct lfb_group *group);
/* The same as a link to the group's table. Returns 0 or -ENOMEM. */
int report_put_shape(FILE *out, const struct report *report, size_t group);
/* The last part of a path. */
const char *report_base_name(const char *path);

/* Each writes its section, heading and all. Return 0 or -errno. */
int report_put_answer(FILE *out, const struct report *report);
int report_put_shapes(FILE *out, const struct report *report);
int report_put_compare(FILE *out, const struct report *report);
int report_put_sure(FILE *out, const struct report *report);
int report_put_why(FILE *out, const struct report *report);
int report_put_machine(FILE *out, const struct report *report);

/* Cells over time, as a table (returns 0 or -ENOMEM), and as the member "history" of the data; NULL: out of memory. */
int report_put_history(FILE *out, const struct report *report);
struct json_t *report_history_json(const struct report *report);

/* Verdicts as tables, and as the member "verdicts" of the data; NULL: out of memory. */
void report_put_verdicts(FILE *out, const struct report_verdicts *verdicts);
struct json_t *report_verdicts_json(const struct report_verdicts *verdicts);

/* "1.32", "1.10 to 1.58": how a queue stands to a faster one. */
#define REPORT_TEXT_BYTES 256
const char *report_ratio_text(const struct lfb_against *against, char out[REPORT_TEXT_BYTES]);

/*
 * Around the tables of a section, after its heading and first words. Of many shapes an HTML parser takes seconds: where there is a script
 * to do it later, such tables are in a <noscript>, which is a text to a browser that runs scripts and tables to any other.
 */
void report_begin_tables(FILE *out, const struct report *report);
void report_end_tables(FILE *out, const struct report *report);

/* Text between <style> and </style>: scripts/report/page.css, put into the program when it is built. */
extern const char report_page_css[];

#endif
