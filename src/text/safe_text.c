/* safe_text.c - see safe_text.h. */
#include "text/safe_text.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Characters that steer a terminal or the direction of text; sorted. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x061C, 0x061C }, { 0x200B, 0x200F },	  { 0x2028, 0x202E },
	{ 0x2060, 0x206F }, { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF },
};

/*
 * Decode the character at `text` (Unicode 15, table 3-7: no overlong forms, no surrogates).
 * Returns its length in bytes, 0 if it is not valid UTF-8.
 */
static size_t decode(const unsigned char *text, uint32_t *character)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char lead = text[0];
	const size_t length = lead < 0x80   ? 1
			      : lead < 0xC2 ? 0
			      : lead < 0xE0 ? 2
			      : lead < 0xF0 ? 3
			      : lead < 0xF5 ? 4
					    : 0;
	uint32_t value = length == 1 ? lead : lead & (0x7Fu >> length);

	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3Fu);
	}
	if (length == 0 || value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*character = value;
	return length;
}

static bool is_unsafe(uint32_t character)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (character >= unsafe[i].first && character <= unsafe[i].last)
			return true;
	return false;
}

const char *lfb_safe_text(const char *text, bool ascii, char *out, size_t out_bytes)
{
	const char *const replacement = ascii ? "?" : REPLACEMENT;
	size_t used = 0;

	while (*text != '\0') {
		uint32_t character = 0;
		const size_t length = decode((const unsigned char *)text, &character);
		const bool replace = length == 0 || is_unsafe(character) || (ascii && character >= 0x80);
		const size_t wanted = replace ? strlen(replacement) : length;

		if (wanted >= out_bytes - used)
			break;
		memcpy(out + used, replace ? replacement : text, wanted);
		used += wanted;
		text += length == 0 ? 1 : length;
	}
	out[used] = '\0';
	return out;
}

size_t lfb_text_cut(const char *text, size_t bytes)
{
	size_t used = 0;

	while (text[used] != '\0') {
		uint32_t character;
		const size_t length = decode((const unsigned char *)text + used, &character);
		const size_t wanted = length == 0 ? 1 : length;

		if (wanted > bytes - used)
			break;
		used += wanted;
	}
	return used;
}

/* Marks that sit on the character before them; the blocks that Latin text uses. */
static bool is_combining(uint32_t character)
{
	return (character >= 0x0300 && character <= 0x036F) || (character >= 0x20D0 && character <= 0x20FF) ||
	       (character >= 0xFE00 && character <= 0xFE0F);
}

/* East Asian wide and fullwidth characters and emoji take two columns; blocks, not the exact table. */
static bool is_wide(uint32_t character)
{
	return (character >= 0x1100 && character <= 0x115F) || (character >= 0x2E80 && character <= 0xA4CF) ||
	       (character >= 0xAC00 && character <= 0xD7A3) || (character >= 0xF900 && character <= 0xFAFF) ||
	       (character >= 0xFE30 && character <= 0xFE6F) || (character >= 0xFF00 && character <= 0xFF60) ||
	       (character >= 0x1F300 && character <= 0x1FAFF) || (character >= 0x20000 && character <= 0x3FFFD);
}

/* Moves *text behind its first character. Returns the columns it takes up. */
static size_t step(const char **text)
{
	uint32_t character = 0;
	const size_t length = decode((const unsigned char *)*text, &character);

	*text += length == 0 ? 1 : length;
	return is_combining(character) ? 0 : is_wide(character) ? 2 : 1;
}

size_t lfb_text_columns(const char *text, size_t bytes)
{
	const char *const start = text;
	size_t columns = 0;

	while (*text != '\0' && (size_t)(text - start) < bytes)
		columns += step(&text);
	return columns;
}

size_t lfb_text_fit(const char *text, size_t columns)
{
	const char *const start = text;
	const char *end = text;

	while (*text != '\0') {
		const size_t more = step(&text);

		if (more > columns)
			break;
		columns -= more;
		end = text;
	}
	return (size_t)(end - start);
}
