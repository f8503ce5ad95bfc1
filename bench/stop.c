/* stop - from a request to stop until the last worker has left. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("stop", argc, argv);
}
