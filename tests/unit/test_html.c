/* test_html.c - no text of a file becomes markup. */
#include "unit.h"

#include "commands/report/html.h"

static char *written(const char *format, const char *text, size_t number)
{
	char *out = NULL;
	size_t bytes = 0;
	FILE *const memory = open_memstream(&out, &bytes);

	html_put(memory, format, text, number);
	assert_int_equal(fclose(memory), 0);
	return out;
}

static void escapes_markup(void **state)
{
	char *const text = written("<b>%s</b> %z%%", "<a href='x' title=\"y\">&amp;\x1b[31m\xC2\x9B\xE2\x80\xAE", 7);

	(void)state;
	assert_string_equal(text, "<b>&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD</b> 7%");
	free(text);
}

/* Longer than any piece, and with characters across the pieces' ends. */
static void keeps_all_of_it(void **state)
{
	char given[2000], *text;

	(void)state;
	for (size_t start = 0; start < 4; start++) {
		memset(given, 'x', start);
		for (size_t i = start; i + 3 < sizeof(given); i += 3)
			memcpy(given + i, "\xE2\x82\xAC", 3);
		given[sizeof(given) - 3 - (sizeof(given) - 3 - start) % 3] = '\0';
		text = written("%s", given, 0);
		assert_string_equal(text, given);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_markup),
		cmocka_unit_test(keeps_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
