/* count_urcu.c - liburcu's atomics, each counted once and with its meaning unchanged. */
#include "expect.h"

#define _LGPL_SOURCE
#include <lfbench/counting_urcu.h>

void expect_urcu(void)
{
	unsigned long x = 5;
	int y = 5;

	COUNTED(1, 1, 0, REQUIRE(uatomic_cmpxchg(&y, 5, 6) == 5));
	COUNTED(1, 1, 0, REQUIRE(uatomic_cmpxchg(&x, 5, 6) == 5));
	COUNTED(1, 1, 1, REQUIRE(uatomic_cmpxchg(&x, 5, 7) == 6));
	RMW(6, uatomic_xchg(&x, 1));
	RMW(3, uatomic_add_return(&x, 2));
	COUNTED(1, 0, 0, uatomic_add(&x, 4));
	COUNTED(1, 0, 0, uatomic_sub(&x, 1));
	COUNTED(1, 0, 0, uatomic_inc(&x));
	COUNTED(1, 0, 0, uatomic_dec(&x));
	REQUIRE(x == 6);
	COUNTED(1, 0, 0, uatomic_or(&x, 1));
	COUNTED(1, 0, 0, uatomic_and(&x, 3));
	REQUIRE(x == 3);
	NOT_COUNTED(uatomic_set(&x, 8); REQUIRE(uatomic_read(&x) == 8));
}
