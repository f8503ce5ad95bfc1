/* signals.c - see signals.h. */
#include "commands/signals.h"

#include <string.h>

volatile sig_atomic_t signals_caught;

static void on_signal(int number)
{
	signals_caught = number;
}

void signals_catch(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	action.sa_flags = (int)SA_RESETHAND; /* the second one has its default effect */
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	(void)sigaction(SIGPIPE, &action, NULL);
}

int signals_exit_code(void)
{
	return 128 + (int)signals_caught;
}
