/* html.c - see html.h. */
#include "commands/report/html.h"

#include "text/safe_text.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#define PIECE_BYTES 256

static void put_character(FILE *out, char character)
{
	switch (character) {
	case '<':
		(void)fputs("&lt;", out);
		break;
	case '>':
		(void)fputs("&gt;", out);
		break;
	case '&':
		(void)fputs("&amp;", out);
		break;
	case '"':
		(void)fputs("&quot;", out);
		break;
	case '\'':
		(void)fputs("&#39;", out);
		break;
	default:
		(void)fputc(character, out);
	}
}

void html_text(FILE *out, const char *text)
{
	/* Replacing makes text up to three times as long, so a piece of it at a time, cut where a character begins. */
	while (*text != '\0') {
		const size_t bytes = lfb_text_cut(text, PIECE_BYTES / 4);
		char part[PIECE_BYTES], safe[PIECE_BYTES];

		memcpy(part, text, bytes);
		part[bytes] = '\0';
		(void)lfb_safe_text(part, false, safe, sizeof(safe));
		for (const char *c = safe; *c != '\0'; c++)
			put_character(out, *c);
		text += bytes;
	}
}

void html_put(FILE *out, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			(void)fputc(*format, out);
			continue;
		}
		format++;
		if (*format == 's')
			html_text(out, va_arg(arguments, const char *));
		else if (*format == 'z')
			(void)fprintf(out, "%zu", va_arg(arguments, size_t));
		else
			(void)fputc(*format, out);
	}
	va_end(arguments);
}
