/* burst - a burst of items pushed, then drained, over and over. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("burst", argc, argv);
}
