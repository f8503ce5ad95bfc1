/* no_queue - says that the queue is made, and makes none. */
#define BROKEN_NAME "no_queue"
#define BROKEN_CREATED(out, q) (void)(out)
#include "broken.h"
