/* test_primitives.c - runs the expectations of the translation units in the counting flavour (expect.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after these */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

void expect_builtins(void);
void expect_builtins_cxx(void);
void expect_pthread(void);
void expect_ck(void);
void expect_ck_locks(void);
void expect_ck_epoch(void);
void expect_urcu(void);
void expect_failed(const char *file, int line, const char *text) __attribute__((noreturn));

/* May be called by any thread, so it ends the process instead of the test. */
void expect_failed(const char *file, int line, const char *text)
{
	(void)fprintf(stderr, "%s:%d: %s\n", file, line, text);
	(void)fflush(NULL);
	_Exit(1);
}

static void builtins(void **state)
{
	(void)state;
	expect_builtins();
}

static void builtins_of_cxx(void **state)
{
	(void)state;
	expect_builtins_cxx();
}

static void pthread_locks(void **state)
{
	(void)state;
	expect_pthread();
}

#ifdef HAVE_CK
static void ck_primitives(void **state)
{
	(void)state;
	expect_ck();
}

static void ck_locks(void **state)
{
	(void)state;
	expect_ck_locks();
}

static void ck_epoch_is_the_librarys(void **state)
{
	(void)state;
	expect_ck_epoch();
}
#endif

#ifdef HAVE_URCU
static void urcu_primitives(void **state)
{
	(void)state;
	expect_urcu();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtins),
		cmocka_unit_test(builtins_of_cxx),
		cmocka_unit_test(pthread_locks),
#ifdef HAVE_CK
		cmocka_unit_test(ck_primitives),
		cmocka_unit_test(ck_locks),
		cmocka_unit_test(ck_epoch_is_the_librarys),
#endif
#ifdef HAVE_URCU
		cmocka_unit_test(urcu_primitives),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
