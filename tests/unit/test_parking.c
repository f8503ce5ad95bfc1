/* test_parking.c - the futex under wait=park: who should not sleep does not, and who sleeps is woken. */
#include "unit.h"

#include "trial/parking.h"

#include <pthread.h>
#include <stdbool.h>

#define LIMIT_S 60u

static int sleep_on_another_value(void *context)
{
	uint32_t word = 1;

	(void)context;
	lfb_futex_parking.sleep(&word, 0);
	return 0;
}

static void a_word_that_has_changed_lets_nobody_sleep(void **state)
{
	(void)state;
	assert_int_equal(unit_in_child(sleep_on_another_value, NULL, LIMIT_S), 0);
}

static void *sleep_until_changed(void *argument)
{
	uint32_t *const word = (uint32_t *)argument;

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == 0)
		lfb_futex_parking.sleep(word, 0);
	return NULL;
}

/* Two sleepers, so that waking one is not enough. */
static int broadcast_to_two(void *context)
{
	struct lfb_waiters event = { 0 };
	pthread_t threads[2];

	(void)context;
	for (size_t i = 0; i < COUNT(threads); i++)
		if (pthread_create(&threads[i], NULL, sleep_until_changed, &event.sequence) != 0)
			return 2;
	(void)usleep(20000); /* they are likely asleep; the outcome must be the same if not */
	lfb_event_broadcast(&event);
	for (size_t i = 0; i < COUNT(threads); i++)
		(void)pthread_join(threads[i], NULL);
	return event.sequence == 1 ? 0 : 1;
}

static void a_broadcast_wakes_all(void **state)
{
	(void)state;
	assert_int_equal(unit_in_child(broadcast_to_two, NULL, LIMIT_S), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_that_has_changed_lets_nobody_sleep),
		cmocka_unit_test(a_broadcast_wakes_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
