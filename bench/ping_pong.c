/* ping_pong - one value at a time out on one queue and back on another. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("ping_pong", argc, argv);
}
