/* schedule_step.c - see schedule_step.h. All but the noting of code runs in a signal handler. */
#include "schedule_step.h"

#include "single_step.h"

#include <errno.h>
#include <lfbench/history.h>
#include <lfbench/ticks.h>
#include <link.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

#define OBJECTS_MAX 128u
#define RANGES_MAX 64u
#define KERNEL_SIGSET_BYTES 8u

/* Written before there are threads. */
static struct {
	uintptr_t before[OBJECTS_MAX]; /* where objects lie that were there before */
	unsigned objects;
	struct {
		uintptr_t begin, end;
	} code[RANGES_MAX];
	unsigned ranges;
} noted;

static __thread struct lfb_schedule_member *stepped;
static __thread bool always; /* also between operations */
static __thread bool faults; /* whoever reads the counter stops */

static bool was_there(uintptr_t base)
{
	for (unsigned i = 0; i < noted.objects; i++)
		if (noted.before[i] == base)
			return true;
	return false;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	if (noted.objects < OBJECTS_MAX)
		noted.before[noted.objects++] = (uintptr_t)info->dlpi_phdr;
	return 0;
}

static int note_code(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	if (was_there((uintptr_t)info->dlpi_phdr))
		return 0;
	for (unsigned i = 0; i < info->dlpi_phnum && noted.ranges < RANGES_MAX; i++) {
		const ElfW(Phdr) *const segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) != 0) {
			noted.code[noted.ranges].begin = info->dlpi_addr + segment->p_vaddr;
			noted.code[noted.ranges].end = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
			noted.ranges++;
		}
	}
	return 0;
}

void lfb_schedule_step_before_load(void)
{
	(void)dl_iterate_phdr(note_object, NULL);
}

void lfb_schedule_step_after_load(void)
{
	(void)dl_iterate_phdr(note_code, NULL);
}

static bool is_queue_code(uint64_t rip)
{
	for (unsigned i = 0; i < noted.ranges; i++)
		if (rip >= noted.code[i].begin && rip < noted.code[i].end)
			return true;
	return false;
}

/* Whether the bytes at `rip` + `offset` are these. What is about to be executed can be read, and what was executed just before, too. */
static bool is_code(uint64_t rip, int offset, const char *bytes, size_t count)
{
	return memcmp((const void *)(uintptr_t)(rip + (uint64_t)(int64_t)offset), bytes, count) == 0;
}

#define RDTSC "\x0f\x31"
#define RDTSCP "\x0f\x01\xf9"
#define PAUSE "\xf3\x90"
#define SYSCALL "\x0f\x05"
#define IS(rip, offset, bytes) is_code(rip, offset, bytes, sizeof(bytes) - 1)

/* Bytes of an instruction that reads the processor's counter; 0: it is another. */
static unsigned counter_bytes(uint64_t rip)
{
	return IS(rip, 0, RDTSC) ? sizeof(RDTSC) - 1 : IS(rip, 0, RDTSCP) ? sizeof(RDTSCP) - 1 : 0;
}

static uint64_t real_counter(void)
{
	uint64_t now;

	(void)lfb_single_step_at_rdtsc(false);
	now = lfb_ticks_counter();
	(void)lfb_single_step_at_rdtsc(true);
	return now;
}

/* rdtscp's third answer is the number of the CPU, for those who set it up so: 0. */
static void answer_counter(struct lfb_step_registers *r, unsigned bytes, bool queue_code)
{
	uint64_t now;

	if (!queue_code)
		now = real_counter();
	else if (stepped->inside && IS(r->rip, -(int)(sizeof(LFB_STAMP_RETURN_CODE) - 1), LFB_STAMP_RETURN_CODE))
		now = lfb_schedule_done(stepped);
	else if (!stepped->inside && IS(r->rip, sizeof(RDTSC) - 1, LFB_STAMP_CALL_CODE))
		now = lfb_schedule_call(stepped);
	else
		now = lfb_scheduler_stamp(&stepped->crew->scheduler, false);
	r->stepping = always || stepped->inside;
	r->rax = now & UINT32_MAX;
	r->rdx = now >> 32;
	r->rcx = bytes == sizeof(RDTSCP) - 1 ? 0 : r->rcx;
	r->rip += bytes;
}

static void yield(void)
{
	lfb_scheduler_yield(&stepped->crew->scheduler, stepped->index);
}

/* With a time limit: it is over at once. To be woken for nothing is allowed to a futex, and whoever waits looks again. */
static int64_t futex_wait(const uint32_t *word, uint32_t seen, bool limited)
{
	/* Who has the turn is alone with it; atomic, since a helper thread of a library may write. */
	if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != seen)
		return -EAGAIN;
	if (limited) {
		yield();
		return -ETIMEDOUT;
	}
	lfb_scheduler_block(&stepped->crew->scheduler, stepped->index, word);
	return 0;
}

/* Does it, and returns whether it has. Linux takes the number in rax, the arguments in rdi, rsi, rdx, r10. */
static bool answer_futex(struct lfb_step_registers *r)
{
	const void *const word = (const void *)(uintptr_t)r->rdi;
	uint32_t woken;

	switch ((unsigned)r->rsi & FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
		r->rax = (uint64_t)futex_wait(word, (uint32_t)r->rdx, r->r10 != 0);
		return true;
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET:
		woken = lfb_scheduler_wake(&stepped->crew->scheduler, word, (uint32_t)r->rdx);
		r->rax = woken > 0 ? woken : r->rax;
		return woken > 0;
	default:
		return false;
	}
}

/* Blocking signals is pretended: the kernel ends a process whose blocked SIGTRAP is due. Nobody sends others. */
static void pretend_mask(const struct lfb_step_registers *r)
{
	if (r->rdx != 0)
		memset((void *)(uintptr_t)r->rdx, 0, KERNEL_SIGSET_BYTES);
}

/* Returns whether it was done here. */
static bool answer_syscall(struct lfb_step_registers *r)
{
	switch (r->rax) {
	case SYS_futex:
		return answer_futex(r);
#ifdef SYS_nanosleep
	case SYS_nanosleep:
#endif
	case SYS_clock_nanosleep:
	case SYS_sched_yield:
		yield();
		r->rax = 0;
		return true;
	case SYS_rt_sigprocmask:
		pretend_mask(r);
		r->rax = 0;
		return true;
	default:
		return false;
	}
}

/* Before each instruction. What is done here is stepped over, and then the next one is before the thread. */
static void on_instruction(struct lfb_step_registers *r)
{
	if (stepped == NULL) { /* a thread that a library has started, and that inherited this: it is no part of it */
		r->stepping = false;
		(void)lfb_single_step_at_rdtsc(false);
		return;
	}
	do {
		const bool queue_code = is_queue_code(r->rip);
		const unsigned counter = counter_bytes(r->rip);

		if (counter > 0 && (queue_code || faults)) {
			answer_counter(r, counter, queue_code);
			continue;
		}
		if (IS(r->rip, 0, SYSCALL) && answer_syscall(r)) {
			r->rip += sizeof(SYSCALL) - 1;
			continue;
		}
		if (queue_code)
			stepped->crew->scheduler.runner[stepped->index].place = (const void *)(uintptr_t)r->rip;
		if (IS(r->rip, 0, PAUSE))
			yield();
		else if (queue_code && stepped->inside)
			lfb_scheduler_step(&stepped->crew->scheduler, stepped->index);
		return;
	} while (r->stepping);
}

int lfb_schedule_step_prepare(void)
{
	return lfb_single_step_install(on_instruction);
}

void lfb_schedule_step_begin(struct lfb_schedule_member *member, bool throughout)
{
	stepped = member;
	faults = !throughout && lfb_single_step_at_rdtsc(true);
	always = !faults;
	if (always)
		lfb_single_step_begin();
}

void lfb_schedule_step_end(void)
{
	if (always)
		lfb_single_step_end();
	else
		(void)lfb_single_step_at_rdtsc(false);
}
