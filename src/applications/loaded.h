/*
 * loaded.h - what the parts of the workload producer_consumer share when it has more to do than moving values:
 * work, payloads, items in the queue beforehand, other ways to stop, task_done and join.
 *
 * DESIGN. Two functions, lfb_loaded_feed on the producers' side (loaded_feed.c) and lfb_loaded_serve on the consumers'
 * (loaded_serve.c), do everything in one fixed order; what a shape does not ask for is a branch that always goes the
 * same way. Each thread has a line of its own to count on. Values stay producer and number, so every trial is
 * verified like those without an application; what an item carries is found from its value (loaded_payload.c).
 */
#ifndef LFBENCH_APPLICATIONS_LOADED_H
#define LFBENCH_APPLICATIONS_LOADED_H

#include "applications/application.h"
#include "trial/work.h"

/* One producer's ring of buffers, and the buffer it prepares an item in (by value). */
struct loaded_buffers {
	unsigned char *slots; /* `window` of them, each lfb_payload_slot_bytes long */
	unsigned char *own;
};

struct loaded_payload {
	size_t bytes;      /* 0: the value is all there is */
	bool by_value;
	uint64_t window;   /* buffers per producer */
	unsigned char *map;
	size_t map_bytes;
	uint32_t producers;
};

/* Written by its own thread only; read by others after it has been joined, or through loaded.unfinished. */
struct loaded_producer {
	struct loaded *app;
	uint32_t index;
	uint64_t items;      /* to push when it stops by count */
	uint64_t fed;        /* items given out, those of the prefill included */
	uint64_t prefilled;
	uint64_t worked;     /* items whose work is done: all before this one */
	uint64_t sentinels;  /* pushed */
	uint64_t slot_waits; /* items that had to wait for a buffer */
	uint64_t until_ns, next_look, stride; /* stop=time */
	uint64_t schedule_ticks; /* open loop; 0: not yet known */
	bool finished, last;
	struct loaded_buffers buffers;
} __attribute__((aligned(LFB_LINE)));

struct loaded_consumer {
	struct loaded *app;
	uint64_t done;       /* items marked done */
	uint64_t sentinels;
	uint64_t mismatches; /* payloads that were not what was written */
	unsigned char *own;  /* by value: where an item is copied to */
} __attribute__((aligned(LFB_LINE)));

enum loaded_joined { LOADED_NOT_YET, LOADED_JOINED, LOADED_CALLED_OFF };

struct loaded {
	struct lfb_app_setup setup;
	struct lfb_work work_push, work_pop;
	uint64_t burst;      /* items whose work is done at once; 0: one by one */
	uint64_t time_ns;    /* stop=time; 0: by count */
	bool sentinels, join;
	uint32_t consumers;
	lfb_loop try_push;   /* of the backend */
	struct loaded_payload payload;
	struct loaded_producer *producer;
	struct loaded_consumer *consumer;
	uint64_t *fed;       /* by producer, for the sum that is expected */
	/* Of the join: what it found when it returned. */
	uint64_t join_wait_ns, joined_pushed, joined_done;
	/* Producers that have items yet to give out. */
	uint32_t feeding __attribute__((aligned(LFB_LINE)));
	/* join=yes: items that are not marked done, and producers that have not finished. */
	uint64_t unfinished __attribute__((aligned(LFB_LINE)));
	uint32_t joined __attribute__((aligned(LFB_LINE))); /* enum loaded_joined; slept on */
};

/* A value's number among all of the trial's, by which its work is chosen. */
static inline uint64_t loaded_item(const struct loaded *app, uint64_t producer, uint64_t n)
{
	return n * app->setup.producing + producer;
}

/* Hooks of the loops and of the trial, see backend.h and application.h. */
bool lfb_loaded_feed(struct lfb_thread *thread, uint64_t *value);
void lfb_loaded_warm(struct lfb_thread *order);
bool lfb_loaded_serve(struct lfb_thread *thread, uint64_t value);

/* One item, or one producer, less to wait for; who takes the last away ends the join. Any thread. */
void lfb_loaded_done(struct loaded *app);

/* How many buffers a producer gets: as many as can be in flight, within the memory set aside. */
uint64_t lfb_payload_window(uint64_t capacity, uint32_t producers, uint32_t consumers, size_t payload_bytes);
size_t lfb_payload_slot_bytes(size_t payload_bytes);

/* Take the memory, present before the clock starts, and deal it out. Returns 0 or -ENOMEM; free also then. */
int lfb_payload_open(struct loaded *app, size_t bytes, bool by_value);
void lfb_payload_close(struct loaded_payload *payload);

/* Fill with, and compare to, the pattern that belongs to a value. */
void lfb_payload_write(unsigned char *to, size_t bytes, uint64_t value);
bool lfb_payload_matches(const unsigned char *from, size_t bytes, uint64_t value);

/* Write the payload of a producer's nth item, waiting for its buffer. false: called off. */
bool lfb_payload_send(struct lfb_thread *thread, struct loaded_producer *producer, uint64_t n);
/* That item was not pushed after all: its buffer is free again. */
void lfb_payload_take_back(struct loaded_producer *producer, uint64_t n);
/* Read it, compare it, and give the buffer back. Any value may come, also one that nobody sent. */
void lfb_payload_receive(struct loaded_consumer *consumer, uint64_t value);

#endif
