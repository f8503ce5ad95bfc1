/* producer_consumer - P producers push, C consumers pop until all is drained. */
#include "bench_main.h"

int main(int argc, char **argv)
{
	return bench_main("producer_consumer", argc, argv);
}
