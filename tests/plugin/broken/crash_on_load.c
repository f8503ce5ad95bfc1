/* crash_on_load - dies while it is being loaded, before anybody has called it. */
#define BROKEN_NAME "crash_on_load"
#include "broken.h"

static __attribute__((constructor)) void crash(void)
{
	broken_fault();
}
