/* logger - threads push lines, one thread wraps and writes them. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("logger", argc, argv);
}
