/* clock.c - see clock.h. */
#include "machine/clock.h"
#include "machine/sysfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define COST_BATCHES 64
#define COST_READS 256

uint64_t lfb_clock_now_ns(void)
{
	struct timespec now;

	/* Cannot fail: the clock exists since Linux 2.6.28 and the pointer is good. */
	(void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

double lfb_clock_cost_ns(void)
{
	uint64_t least = UINT64_MAX;

	/* The least, not the mean: an interrupt can only ever make a batch longer. */
	for (int batch = 0; batch < COST_BATCHES; batch++) {
		const uint64_t start = lfb_clock_now_ns();
		uint64_t now = start;

		for (int i = 0; i < COST_READS; i++)
			now = lfb_clock_now_ns();
		if (now - start < least)
			least = now - start;
	}
	return (double)least / COST_READS;
}

bool lfb_clock_tsc_invariant(void)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;

	/* Advanced power management leaf; bit 8 of EDX is "invariant TSC". */
	return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1u << 8)) != 0;
#elif defined(__aarch64__)
	return true;
#else
	return false;
#endif
}

int lfb_clock_source(const char *root, char *out, size_t out_bytes)
{
	char *text;
	const int rc =
		lfb_sysfile_read(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource", &text);

	if (rc != 0)
		return rc;
	(void)snprintf(out, out_bytes, "%s", text);
	free(text);
	return 0;
}

static void utc(char out[LFB_CLOCK_TEXT_BYTES], const char *format)
{
	const time_t now = time(NULL);
	struct tm parts;

	if (gmtime_r(&now, &parts) == NULL || strftime(out, LFB_CLOCK_TEXT_BYTES, format, &parts) == 0)
		out[0] = '\0'; /* a year of more than ten digits */
}

void lfb_clock_utc_text(char out[LFB_CLOCK_TEXT_BYTES])
{
	utc(out, "%Y-%m-%dT%H:%M:%SZ");
}

void lfb_clock_utc_compact(char out[LFB_CLOCK_TEXT_BYTES])
{
	utc(out, "%Y%m%dT%H%M%SZ");
}
