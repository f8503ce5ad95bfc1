/*
 * error.h - how the library tells its caller what went wrong: a return code for
 * the program, a sentence for the user. The library itself never prints.
 */
#ifndef LFBENCH_ERROR_H
#define LFBENCH_ERROR_H

struct lfb_error {
	char text[512];
};

/* Format the sentence into `error` (which may be NULL) and return `code`. */
int lfb_fail(struct lfb_error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
