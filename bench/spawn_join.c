/* spawn_join - creating and joining a thread per task, against handing it to a pool. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("spawn_join", argc, argv);
}
