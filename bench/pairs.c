/* pairs - every thread pushes one value and pops one, over and over. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("pairs", argc, argv);
}
