/* breaks_traps - crashes in a push when it is stepped through: it has a handler of its own for the traps, and the trap flag stays set. */
#include <signal.h>
#include <stdlib.h>
static void on_trap(int number)
{
	(void)number;
	abort();
}
#define LIAR_NAME "breaks_traps"
#define LIAR_BEFORE_PUSH(q, h) (void)signal(SIGTRAP, on_trap)
#define LIAR_AFTER_PUSH(q, h)
#include "liar.h"
