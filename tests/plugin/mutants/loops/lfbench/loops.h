/*
 * loops.h - stands in front of the real <lfbench/loops.h> for the mutants: the loops that `lfbench check` runs, and nothing to be
 * timed. A tenth of the time to compile, and there are many mutants.
 */
#ifndef LFBENCH_MUTANT_LOOPS_H
#define LFBENCH_MUTANT_LOOPS_H

#include <lfbench/backend.h>
#include <lfbench/loop_history.h>

static void mutant_history(struct lfb_thread *t)
{
	lfb_history_body(t);
}

static void mutant_try_push(struct lfb_thread *t)
{
	t->pushed = q_push((struct q *)t->queue[0], (struct q_handle *)t->handle[0], t->single);
}

static void mutant_try_pop(struct lfb_thread *t)
{
	t->popped = q_pop((struct q *)t->queue[0], (struct q_handle *)t->handle[0], &t->single);
}

/* Kinds that nobody asks for. */
static void mutant_untimed(struct lfb_thread *t)
{
	(void)t;
	__builtin_trap();
}

#ifdef LFB_HAS_BLOCK
#define MUTANT_SINGLE_ROW(loop) { loop, loop, loop, loop, loop }
#else
#define MUTANT_SINGLE_ROW(loop) { loop, loop, NULL, loop, loop }
#endif
#define MUTANT_ROW MUTANT_SINGLE_ROW(mutant_untimed)
#define MUTANT_ROWS MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW

static const lfb_loop mutant_loops[LFB_HISTORY + 1][LFB_WAITS] = {
	MUTANT_ROWS, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW, MUTANT_ROW,
	MUTANT_SINGLE_ROW(mutant_try_push),
	MUTANT_SINGLE_ROW(mutant_try_pop),
	{ mutant_history, mutant_history, NULL, mutant_history, NULL },
};
LFB_STATIC_ASSERT(LFB_TRY_PUSH == 24 && LFB_HISTORY == 26, "a row for each kind");

static int mutant_create(const struct lfb_cell *cell, void **queue)
{
	struct q *q = NULL;
	const int rc = q_create(cell, &q);

	*queue = q;
	return rc;
}

static void mutant_destroy(void *queue) { q_destroy((struct q *)queue); }
static int mutant_attach(void *queue, void *handle) { return q_attach((struct q *)queue, (struct q_handle *)handle); }
static void mutant_detach(void *queue, void *handle) { q_detach((struct q *)queue, (struct q_handle *)handle); }
static bool mutant_pop(void *queue, void *handle, uint64_t *value) { return q_pop((struct q *)queue, (struct q_handle *)handle, value); }

#ifdef LFB_HAS_BLOCK
static void mutant_close(void *queue) { q_close((struct q *)queue); }
#define MUTANT_CLOSE mutant_close
#else
#define MUTANT_CLOSE NULL
#endif

static const struct lfb_ops mutant_ops = {
	.handle_bytes = (uint32_t)sizeof(struct q_handle),
	.loop_kinds = LFB_HISTORY + 1,
	.create = mutant_create,
	.destroy = mutant_destroy,
	.attach = mutant_attach,
	.detach = mutant_detach,
	.pop = mutant_pop,
	.close = MUTANT_CLOSE,
	.loops = mutant_loops,
};

extern LFB_EXPORT const struct lfb_backend lfb_backend;

/* As in the real one. */
#define LFB_BACKEND(...)                                                                                               \
	const struct lfb_backend lfb_backend = {                                                                       \
		.abi = LFB_ABI,                                                                                        \
		.size = (uint32_t)sizeof(struct lfb_backend),                                                          \
		.ops = &mutant_ops,                                                                                    \
		.loops_rev = "mutant",                                                                                 \
		.built_with = __VERSION__,                                                                             \
		.alloc = LFB_ALLOC_NONE,                                                                               \
		__VA_ARGS__,                                                                                           \
		.counting = 0,                                                                                         \
	}

#endif
