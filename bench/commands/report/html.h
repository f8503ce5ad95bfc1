/* html.h - writing HTML of which no text from a file can become a part. */
#ifndef LFBENCH_HTML_H
#define LFBENCH_HTML_H

#include <stdio.h>

/* Write a text of any origin: as in safe_text.h, and what is markup as references; for element content and quoted attributes. */
void html_text(FILE *out, const char *text);

/*
 * Write markup: %s is a text as html_text writes it, %z a size_t, %% a percent sign; all else is written as it is, so the format is
 * always a constant.
 */
void html_put(FILE *out, const char *format, ...);

#endif
