/* races - a ticket is drawn by a load and a store: two pushes can draw the same one, and one value overwrites the other. */
#define DRAW(tickets, next) (__atomic_load_n(tickets, __ATOMIC_RELAXED) == (next) && (__atomic_store_n(tickets, (next) + 1, __ATOMIC_RELAXED), true))
#define MUTANT_NAME "races"
#include "tickets.h"
