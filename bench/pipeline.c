/* pipeline - stages in a line, or a diamond, with a queue between each two. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("pipeline", argc, argv);
}
