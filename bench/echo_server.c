/* echo_server - TCP on loopback: accepted sockets go through the queue to workers that echo. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("echo_server", argc, argv);
}
