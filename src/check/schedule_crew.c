/* schedule_crew.c - see schedule_crew.h. */
#include "schedule_crew.h"

#include "trial/arena.h"
#include "trial/parking.h"
#include "record_parts.h"
#include "schedule_step.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Pops beyond what was pushed, of who pops what is left. */
#define SPARE_POPS 16u

static struct lfb_schedule_member *member_of(struct lfb_scheduling *hooks)
{
	return (struct lfb_schedule_member *)(void *)hooks;
}

static bool lies_in(const volatile void *address, const void *begin, const void *end)
{
	return (uintptr_t)address >= (uintptr_t)begin && (uintptr_t)address < (uintptr_t)end;
}

/* What is the thread's own, or the host's, is no place to be interrupted: nobody could tell. */
static void on_access(struct lfb_scheduling *hooks, const volatile void *address, const void *place)
{
	struct lfb_schedule_member *const m = member_of(hooks);

	if (lies_in(address, m->stack, m->stack_end) || lies_in(address, m->crew, m->crew + 1))
		return;
	m->crew->scheduler.runner[m->index].place = place;
	lfb_scheduler_step(&m->crew->scheduler, m->index);
}

static void on_yield(struct lfb_scheduling *hooks)
{
	lfb_scheduler_yield(&member_of(hooks)->crew->scheduler, member_of(hooks)->index);
}

static void on_block(struct lfb_scheduling *hooks, const volatile void *on)
{
	lfb_scheduler_block(&member_of(hooks)->crew->scheduler, member_of(hooks)->index, on);
}

static void on_wake(struct lfb_scheduling *hooks, const volatile void *on, uint32_t most)
{
	(void)lfb_scheduler_wake(&member_of(hooks)->crew->scheduler, on, most);
}

static uint64_t on_call(struct lfb_scheduling *hooks)
{
	return lfb_schedule_call(member_of(hooks));
}

static uint64_t on_done(struct lfb_scheduling *hooks)
{
	return lfb_schedule_done(member_of(hooks));
}

/* The latest moment before an operation, and the earliest after it: as narrow as can be. */
uint64_t lfb_schedule_call(struct lfb_schedule_member *m)
{
	m->crew->scheduler.runner[m->index].place = NULL;
	lfb_scheduler_step(&m->crew->scheduler, m->index);
	m->inside = true;
	return lfb_scheduler_stamp(&m->crew->scheduler, false);
}

uint64_t lfb_schedule_done(struct lfb_schedule_member *m)
{
	const uint64_t now = lfb_scheduler_stamp(&m->crew->scheduler, true);

	m->inside = false;
	m->crew->scheduler.runner[m->index].place = NULL;
	lfb_scheduler_step(&m->crew->scheduler, m->index);
	return now;
}

static void fail(struct lfb_schedule_crew *crew, int rc, const char *text)
{
	crew->rc = rc;
	(void)snprintf(crew->text, sizeof(crew->text), "%.*s", (int)sizeof(crew->text) - 1, text);
	crew->outcome = LFB_SCHEDULE_FAILED;
}

/* From within a thread that cannot go on, and none can: the process ends here. */
static void on_fault(void *context, enum lfb_schedule_fault fault)
{
	fail(context, -ETIMEDOUT,
	     fault == LFB_SCHEDULE_DEADLOCK ? "deadlock: every thread that is left waits for another" :
					      "livelock: all threads go on and on, and none finishes its operation");
	_exit(0);
}

/* The loop of the backend, from where the log ends. */
static void follow(struct lfb_schedule_member *m, const struct lfb_history_step *steps, uint64_t count, bool produces)
{
	const struct lfb_ops *const ops = m->crew->recorder->plugin->ops;

	m->history.steps = steps;
	m->history.step_count = count;
	m->history.produces = produces;
	if (m->crew->single_step)
		lfb_schedule_step_begin(m, produces); /* who produces may close the queue, and take its locks */
	ops->loops[LFB_HISTORY][LFB_WAIT_YIELD](&m->order);
	if (m->crew->single_step)
		lfb_schedule_step_end();
	m->order.first_value += m->order.pushed;
}

static void obey(struct lfb_schedule_member *m)
{
	const struct lfb_ops *const ops = m->crew->recorder->plugin->ops;

	switch (m->command) {
	case LFB_COMMAND_ATTACH:
		m->attached = ops->attach(m->order.queue[0], m->order.handle[0]) == 0;
		break;
	case LFB_COMMAND_PROLOGUE:
		follow(m, &m->crew->script.prologue[m->prologue].step, 1, false);
		break;
	case LFB_COMMAND_FOLLOW:
		follow(m, m->steps, m->crew->script.part[m->index].steps, m->crew->script.part[m->index].ends_production);
		break;
	case LFB_COMMAND_DRAIN:
		follow(m, m->steps, 1, false);
		break;
	case LFB_COMMAND_DETACH:
		ops->detach(m->order.queue[0], m->order.handle[0]);
		break;
	}
}

static void *member_main(void *argument)
{
	struct lfb_schedule_member *const m = argument;
	enum lfb_schedule_command obeyed;

	do {
		lfb_scheduler_enter(&m->crew->scheduler, m->index);
		obeyed = m->command;
		obey(m);
		lfb_scheduler_leave(&m->crew->scheduler, m->index);
	} while (obeyed != LFB_COMMAND_DETACH);
	return NULL;
}

static int brief(struct lfb_schedule_crew *crew, unsigned t)
{
	struct lfb_schedule_member *const m = &crew->member[t];

	m->hooks = (struct lfb_scheduling){ on_access, on_yield, on_block, on_wake, on_call, on_done };
	m->crew = crew;
	m->index = t;
	m->history = (struct lfb_history_order){
		.ops = m->ops, .slots = LFB_SCHEDULE_SLOTS_MAX, .meeting = &crew->meeting, .use_counter = 1, .apart = 1, .scheduling = &m->hooks
	};
	m->order.history = &m->history;
	m->order.queue[0] = crew->queue;
	m->order.handle[0] = lfb_record_handle(crew->recorder);
	m->order.shared = &crew->shared;
	m->order.events[0] = &crew->events;
	m->order.parking = &lfb_futex_parking;
	m->order.wait = LFB_WAIT_YIELD;
	m->order.first_value = (uint64_t)t << LFB_VALUE_SHIFT | 1;
	m->stack = crew->stacks + t * LFB_SCHEDULE_STACK_BYTES;
	m->stack_end = m->stack + LFB_SCHEDULE_STACK_BYTES;
	if (t < LFB_SCHEDULE_THREADS_MAX) {
		memcpy(m->steps, crew->script.part[t].step, sizeof(m->steps));
		crew->shared.producers_running += crew->script.part[t].ends_production;
	}
	return m->order.handle[0] != NULL ? 0 : -ENOMEM;
}

static int create(struct lfb_schedule_member *m)
{
	pthread_attr_t attributes;
	int rc = pthread_attr_init(&attributes);

	if (rc != 0)
		return -rc;
	rc = pthread_attr_setstack(&attributes, (void *)(uintptr_t)m->stack, LFB_SCHEDULE_STACK_BYTES);
	if (rc == 0)
		rc = pthread_create(&m->thread, &attributes, member_main, m);
	(void)pthread_attr_destroy(&attributes);
	return -rc;
}

static void command(struct lfb_schedule_crew *crew, unsigned t, enum lfb_schedule_command what)
{
	crew->member[t].command = what;
	lfb_scheduler_run(&crew->scheduler, 1u << t);
}

/* What was told apart: the steps that an operation takes. */
static uint64_t follow_prologue(struct lfb_schedule_crew *crew)
{
	uint64_t ops = 0;

	for (unsigned i = 0; i < LFB_SCHEDULE_PROLOGUE && crew->script.prologue[i].step.times > 0; i++) {
		const struct lfb_schedule_prologue *const p = &crew->script.prologue[i];

		crew->member[p->thread].prologue = i;
		command(crew, p->thread, LFB_COMMAND_PROLOGUE);
		ops += p->step.times;
	}
	return ops > 0 ? (crew->scheduler.steps + ops - 1) / ops : 1;
}

static void follow_scripts(struct lfb_schedule_crew *crew, uint64_t steps_per_op)
{
	const uint32_t all = (1u << crew->script.threads) - 1;

	lfb_scheduler_plan(&crew->scheduler, crew->depth, steps_per_op * crew->script.ops);
	for (unsigned t = 0; t < crew->script.threads; t++)
		crew->member[t].command = LFB_COMMAND_FOLLOW;
	lfb_scheduler_run(&crew->scheduler, all);
}

/*
 * All of them: those of the script, and one who comes when they have left, and pops until EMPTY. It is under the scheduler as they are, since a
 * queue that is no longer whole may keep it for ever.
 */
static unsigned members_of(const struct lfb_schedule_crew *crew)
{
	return crew->script.threads + 1;
}

static void drain(struct lfb_schedule_crew *crew)
{
	struct lfb_schedule_member *const last = &crew->member[crew->script.threads];

	last->steps[0] = (struct lfb_history_step){
		.what = LFB_STEP_POP, .count = 1, .tries = 1, .until = LFB_UNTIL_EMPTY, .times = (uint32_t)crew->script.items + SPARE_POPS
	};
	command(crew, last->index, LFB_COMMAND_DRAIN);
}

static int start(struct lfb_schedule_crew *crew)
{
	int rc = 0;

	for (unsigned t = 0; rc == 0 && t < members_of(crew); t++)
		rc = brief(crew, t);
	for (unsigned t = 0; rc == 0 && t < members_of(crew); t++)
		rc = create(&crew->member[t]);
	for (unsigned t = 0; rc == 0 && t < members_of(crew); t++) {
		command(crew, t, LFB_COMMAND_ATTACH);
		rc = crew->member[t].attached ? 0 : -EIO;
	}
	return rc;
}

void lfb_schedule_crew_run(struct lfb_schedule_crew *crew)
{
	const struct lfb_plugin *const plugin = crew->recorder->plugin;
	struct lfb_schedule_script *const script = &crew->script;
	struct lfb_error error = { "" };
	struct lfb_check_size size;
	int rc;

	lfb_schedule_script_make(&plugin->info.claims, plugin->info.has_block, crew->seed, script);
	lfb_scheduler_init(&crew->scheduler, script->threads + 1, ~crew->seed, on_fault, crew);
	size = (struct lfb_check_size){ script->producers, script->consumers, script->capacity, script->items, 0 };
	rc = lfb_record_queue(crew->recorder, size, &crew->queue, &crew->capacity, &error);
	if (rc == 0)
		rc = start(crew);
	if (rc != 0) {
		fail(crew, rc, error.text[0] != '\0' ? error.text : "the threads cannot be started");
		return;
	}
	follow_scripts(crew, follow_prologue(crew));
	for (unsigned t = 0; t < script->threads; t++)
		command(crew, t, LFB_COMMAND_DETACH);
	drain(crew);
	command(crew, script->threads, LFB_COMMAND_DETACH);
	crew->outcome = LFB_SCHEDULE_FINISHED;
}

size_t lfb_schedule_logged(const struct lfb_schedule_member *member)
{
	size_t count = member->history.used < LFB_SCHEDULE_SLOTS_MAX ? (size_t)member->history.used : LFB_SCHEDULE_SLOTS_MAX;

	while (count < LFB_SCHEDULE_SLOTS_MAX && member->ops[count].kind != LFB_HISTORY_UNUSED)
		count++;
	return count;
}
