/* error.c - see error.h. */
#include "text/error.h"

#include <stdarg.h>
#include <stdio.h>

int lfb_fail(struct lfb_error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (error != NULL) {
		va_start(arguments, format);
		(void)vsnprintf(error->text, sizeof(error->text), format, arguments);
		va_end(arguments);
	}
	return code;
}
