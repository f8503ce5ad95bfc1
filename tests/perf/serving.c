/*
 * serving - each pop serves its item for 1 ms: the D of M/D/1. It looks again at once while the ring is
 * empty, since the back-off of the loops around it would add to the waits that are compared with a formula.
 */
#define TIMED_NAME "serving"
#define TIMED_SERVE(q) timed_spin(1000000)
#define TIMED_POLLS 1000000
#include "timed.h"
