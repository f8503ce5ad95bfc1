/*
 * test_backends.c - the counting flavours as they were built, loaded and driven without the harness:
 * one thread must count exactly what the table says, two what the items moved require.
 *
 * Their counters lie in the little static TLS that glibc keeps for objects loaded late: two dozen do not
 * fit in one process. So the program starts itself once per backend, with its name as argument.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after these */
#include <cmocka.h>

#include "counting_table.h"

#include <dirent.h>
#include <dlfcn.h>
#include <lfbench/backend.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA_BYTES ((size_t)64 << 20)
#define THREADS_MAX 2u

/* One queue, and the orders of those who use it. */
struct rig {
	const struct lfb_backend *backend;
	struct lfb_arena arena;
	struct lfb_report report;
	struct lfb_shared shared;
	struct lfb_thread thread[THREADS_MAX];
	unsigned threads;
	void *queue;
};

static struct rig rig;

static void *aligned(size_t bytes)
{
	void *const memory = aligned_alloc(LFB_LINE, (bytes / LFB_LINE + 1) * LFB_LINE);

	assert_non_null(memory);
	memset(memory, 0, bytes);
	return memory;
}

static void path_of(char *path, const char *name, const char *suffix)
{
	const char *const build = getenv("BUILD_DIR");

	assert_non_null(build);
	(void)snprintf(path, PATH_MAX, "%s/backends/%s%s", build, name, suffix);
}

static bool is_built(const char *name)
{
	char path[PATH_MAX];

	path_of(path, name, ".count.so");
	return access(path, F_OK) == 0;
}

/* What backends/NAME.so exports. It stays loaded. */
static const struct lfb_backend *load(const char *name, const char *suffix)
{
	const struct lfb_backend *backend;
	char path[PATH_MAX];
	void *object;

	path_of(path, name, suffix);
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		fail_msg("%s", dlerror());
	backend = (const struct lfb_backend *)dlsym(object, LFB_BACKEND_SYMBOL);
	assert_non_null(backend);
	return backend;
}

static void rig_open(const struct lfb_backend *backend, unsigned threads, uint64_t items)
{
	struct lfb_cell cell = { .size = sizeof(cell), .producers = threads, .consumers = threads, .batch = 1,
				 .capacity = items * threads + 1, .items = items * threads, .arena = &rig.arena,
				 .report = &rig.report };

	rig.backend = backend;
	rig.threads = threads;
	rig.arena.used_bytes = 0;
	memset(&rig.shared, 0, sizeof(rig.shared));
	rig.shared.producers_running = threads;
	memset(rig.thread, 0, sizeof(rig.thread));
	assert_int_equal(backend->ops->create(&cell, &rig.queue), 0);
	for (unsigned i = 0; i < threads; i++) {
		struct lfb_thread *const t = &rig.thread[i];

		t->queue[0] = rig.queue;
		t->handle[0] = aligned(backend->ops->handle_bytes);
		t->shared = &rig.shared;
		t->first_value = ((uint64_t)i << LFB_VALUE_SHIFT) + 1;
		t->items = items;
		t->batch = 1;
	}
}

static void rig_close(void)
{
	rig.backend->ops->destroy(rig.queue);
	for (unsigned i = 0; i < rig.threads; i++)
		free(rig.thread[i].handle[0]);
}

static void work(struct lfb_thread *t, enum lfb_loop_kind kind)
{
	rig.backend->ops->loops[kind][LFB_WAIT_YIELD](t);
}

static void counted_is(const char *name, const char *loop, const struct lfb_counters *c, const struct counts *want)
{
	if (c->rmw != want->rmw || c->cas != want->cas || c->locks != want->locks || c->wakes != want->wakes ||
	    c->hidden != want->hidden)
		fail_msg("%s %s: rmw %llu cas %llu locks %llu wakes %llu hidden %llu; not %llu %llu %llu %llu %llu", name,
			 loop, (unsigned long long)c->rmw, (unsigned long long)c->cas, (unsigned long long)c->locks,
			 (unsigned long long)c->wakes, (unsigned long long)c->hidden, (unsigned long long)want->rmw,
			 (unsigned long long)want->cas, (unsigned long long)want->locks,
			 (unsigned long long)want->wakes, (unsigned long long)want->hidden);
	assert_int_equal(c->cas_failed, 0);
	assert_int_equal(c->lock_contended, 0);
	assert_int_equal(c->lock_wait_ns, 0);
	assert_int_equal(c->parks, 0);
}

static void check_alone(const struct counted_backend *expected, const struct lfb_backend *backend)
{
	struct lfb_thread *const t = &rig.thread[0];

	rig_open(backend, 1, ITEMS);
	assert_int_equal(backend->ops->attach(rig.queue, t->handle[0]), 0);
	work(t, LFB_PRODUCE);
	assert_int_equal(t->pushed, ITEMS);
	counted_is(expected->file, "produce", &t->counters, &expected->produce);
	work(t, LFB_CONSUME);
	assert_int_equal(t->popped, ITEMS);
	counted_is(expected->file, "consume", &t->counters, &expected->consume);
	backend->ops->detach(rig.queue, t->handle[0]);
	rig_close();
	rig_open(backend, 1, ITEMS);
	assert_int_equal(backend->ops->attach(rig.queue, t->handle[0]), 0);
	work(t, LFB_PAIRS);
	assert_int_equal(t->popped, ITEMS);
	counted_is(expected->file, "pairs", &t->counters, &expected->pairs);
	backend->ops->detach(rig.queue, t->handle[0]);
	rig_close();
}

/* As this was compiled; elsewhere the libraries use other instructions. */
static bool is_x86(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

/* The thread sanitizer takes what liburcu's helper thread frees for a race. */
static bool is_followed(const char *name)
{
#ifdef __SANITIZE_THREAD__
	return strncmp(name, "urcu_lfq", strlen("urcu_lfq")) != 0;
#else
	(void)name;
	return true;
#endif
}

/* In a process of its own, which ends with 1 if it fails, as cmocka's fail() has said why. */
static void check_in_process(const char *name)
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/proc/self/exe", "counting_backends", name, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%s: see above", name);
}

static void alone_exactly_as_worked_out(void **state)
{
	unsigned checked = 0;

	(void)state;
	for (unsigned i = 0; i < counted_backend_count; i++) {
		if (!is_built(counted_backends[i].file) || (counted_backends[i].x86 && !is_x86()) ||
		    !is_followed(counted_backends[i].file))
			continue;
		check_in_process(counted_backends[i].file);
		checked++;
	}
	print_message("%u of %u backends in the table checked\n", checked, counted_backend_count);
	assert_true(checked >= 7); /* those without a library */
}

static const struct counted_backend *find(const char *name)
{
	for (unsigned i = 0; i < counted_backend_count; i++)
		if (strcmp(counted_backends[i].file, name) == 0)
			return &counted_backends[i];
	return NULL;
}

/* Whatever is built is in the table. */
static void all_that_was_built(void **state)
{
	char folder[PATH_MAX];
	DIR *dir;

	(void)state;
	(void)snprintf(folder, sizeof(folder), "%s/backends", getenv("BUILD_DIR"));
	dir = opendir(folder);
	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		const char *const end = strstr(e->d_name, ".so");
		char name[NAME_MAX + 1];

		if (end == NULL || end[3] != '\0' || strstr(e->d_name, ".count.so") != NULL || strstr(e->d_name, ".sched.so") != NULL)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)(end - e->d_name), e->d_name);
		if (find(name) == NULL || !is_built(name))
			fail_msg("%s: work out what it counts, and add it to counting_table.c and docs/contention.md", name);
	}
	(void)closedir(dir);
}

static const char *chosen; /* the argument */

/* The timing flavour writes none of the counters. */
static void check_uncounted(const struct lfb_backend *backend)
{
	struct lfb_thread *const t = &rig.thread[0];
	struct lfb_counters untouched;

	rig_open(backend, 1, ITEMS);
	memset(&t->counters, 0xA5, sizeof(t->counters));
	untouched = t->counters;
	assert_int_equal(backend->ops->attach(rig.queue, t->handle[0]), 0);
	work(t, LFB_PAIRS);
	assert_int_equal(t->popped, ITEMS);
	assert_memory_equal(&t->counters, &untouched, sizeof(untouched));
	backend->ops->detach(rig.queue, t->handle[0]);
	rig_close();
}

/* Each flavour says which one it is, and the counting one counts what was worked out. */
static void one_backend(void **state)
{
	(void)state;
	assert_non_null(find(chosen));
	assert_int_equal(load(chosen, ".so")->counting, 0);
	assert_int_equal(load(chosen, ".count.so")->counting, 1);
	check_uncounted(load(chosen, ".so"));
	check_alone(find(chosen), load(chosen, ".count.so"));
}

static void *member(void *argument)
{
	struct lfb_thread *const t = (struct lfb_thread *)argument;

	if (rig.backend->ops->attach(t->queue[0], t->handle[0]) != 0)
		abort();
	work(t, LFB_PAIRS);
	rig.backend->ops->detach(t->queue[0], t->handle[0]);
	return NULL;
}

/* Two threads that run pairs against each other; their counters added up, and their failed tries. */
static struct lfb_counters run_two(const char *name, uint64_t items, uint64_t *failed_tries)
{
	const struct lfb_backend *const backend = load(name, ".count.so");
	struct lfb_counters sum = { .rmw = 0 };
	pthread_t id[THREADS_MAX];

	assert_non_null(backend);
	rig_open(backend, 2, items);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&id[i], NULL, member, &rig.thread[i]), 0);
	*failed_tries = 0;
	for (unsigned i = 0; i < 2; i++) {
		const struct lfb_counters *const c = &rig.thread[i].counters;

		assert_int_equal(pthread_join(id[i], NULL), 0);
		sum.rmw += c->rmw;
		sum.cas += c->cas;
		sum.cas_failed += c->cas_failed;
		sum.locks += c->locks;
		sum.lock_contended += c->lock_contended;
		*failed_tries += rig.thread[i].push_full + rig.thread[i].pop_empty;
	}
	rig_close();
	return sum;
}

/* However many attempts were lost: those that succeeded moved an item each, and each try took the lock once. */
static void two_threads(void **state)
{
	enum { EACH = 100000 };
	uint64_t tries;
	struct lfb_counters c = run_two("vyukov_mpmc", EACH, &tries);

	(void)state;
	assert_int_equal(c.cas - c.cas_failed, 4 * EACH);
	assert_int_equal(c.rmw, c.cas);
	c = run_two("mutex_ring", EACH, &tries);
	assert_int_equal(c.locks, 4 * EACH + tries);
	assert_true(c.lock_contended <= c.locks);
	c = run_two("faa", EACH, &tries);
	assert_in_range(c.rmw, 4 * EACH, 4 * EACH + 2 + 2 * tries);
#ifndef __SANITIZE_THREAD__
	if (is_built("ck_ring_mpmc")) {
		c = run_two("ck_ring_mpmc", EACH, &tries);
		assert_int_equal(c.cas - c.cas_failed, 4 * EACH);
		c = run_two("spin_ring", EACH, &tries);
		assert_int_equal(c.locks, 4 * EACH + tries);
		assert_true(c.rmw >= c.locks + c.lock_contended); /* one exchange more for each that waited */
	}
#endif
}

static int map(void **state)
{
	(void)state;
	rig.arena.size_bytes = ARENA_BYTES;
	rig.arena.base = (unsigned char *)aligned(ARENA_BYTES);
	return 0;
}

static int unmap(void **state)
{
	(void)state;
	free(rig.arena.base);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest one[] = { cmocka_unit_test(one_backend) };
	const struct CMUnitTest all[] = {
		cmocka_unit_test(alone_exactly_as_worked_out),
		cmocka_unit_test(all_that_was_built),
		cmocka_unit_test(two_threads),
	};

	chosen = argc == 2 ? argv[1] : NULL;
	return chosen != NULL ? cmocka_run_group_tests(one, map, unmap) : cmocka_run_group_tests(all, map, unmap);
}
