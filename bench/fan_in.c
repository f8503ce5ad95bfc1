/* fan_in - one-shot threads that each put a result into a small queue, then join. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("fan_in", argc, argv);
}
