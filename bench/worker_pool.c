/* worker_pool - tasks submitted to workers, each with a future that is waited for. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("worker_pool", argc, argv);
}
