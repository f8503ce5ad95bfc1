/*
 * safe_text.h - text from a file, made fit for a terminal or a log.
 *
 * A results file may come from anywhere, and a terminal obeys what is printed on it: escape
 * sequences move the cursor or set the window's title, and Unicode's direction marks make a
 * line read as something else. All of that is replaced by U+FFFD or, in plain ASCII, '?'.
 */
#ifndef LFBENCH_SAFE_TEXT_H
#define LFBENCH_SAFE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copy `text` into `out`, with control characters, direction marks and whatever is not valid
 * UTF-8 replaced one for one; with `ascii` everything outside ASCII, too. Cut between
 * characters to fit `out_bytes`, which counts the final NUL and must not be 0. Returns `out`.
 */
const char *lfb_safe_text(const char *text, bool ascii, char *out, size_t out_bytes);

/*
 * Columns of a terminal that the first `bytes` bytes of valid UTF-8 take up (SIZE_MAX: all of
 * it): wide characters count twice, combining marks not at all.
 */
size_t lfb_text_columns(const char *text, size_t bytes);

/* Bytes of the longest beginning of valid UTF-8 that takes up at most `columns` columns. */
size_t lfb_text_fit(const char *text, size_t columns);

/* Bytes of the longest beginning that is at most `bytes` long and does not end inside a character; what is not UTF-8 may be cut anywhere. */
size_t lfb_text_cut(const char *text, size_t bytes);

#endif
