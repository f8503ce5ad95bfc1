/*
 * pick.h - which queue for that shape: the fastest of those that promise what is needed, what cannot be told from it, and by how
 * much the others are slower.
 *
 * DESIGN. Queues are only ranked with queues that promise the same order and the same kind of memory; how many threads may push and
 * pop is settled by the shape, which they all ran. Whether two are resolved is read off their intervals: where these overlap, the
 * two may be in either order. Two intervals of 95 % hold both medians at once with at least 90 %, so that is what the bounds of a ratio say.
 */
#ifndef LFBENCH_PICK_H
#define LFBENCH_PICK_H

#include "summary/summary.h"

/* What can be asked of a queue; the order from the strictest. */
enum lfb_need { LFB_NEED_FIFO_BOUNDED, LFB_NEED_FIFO_UNBOUNDED, LFB_NEED_PER_PRODUCER, LFB_NEED_OTHER, LFB_NEEDS };

/* "strict FIFO, bounded" ...; ended by NULL. */
extern const char *const lfb_need_names[LFB_NEEDS + 1];
/* What it is good for, in a clause. */
extern const char *const lfb_need_meanings[LFB_NEEDS];

/* What a queue promises, by its declared semantics. */
enum lfb_need lfb_need_of(const struct lfb_row *row);

/* The queues of one group that promise the same, by rank. */
struct lfb_class {
	enum lfb_need need;
	const struct lfb_entry **entries; /* with figures, the fastest first */
	size_t count;
	size_t tied;	     /* that are not resolved from the first, it apart */
	bool lacks_interval; /* of some: nothing is established */
	bool unlike_threads; /* some allow fewer threads than others */
};

/* Those of the group, by need; classes without a queue have a count of 0. Returns 0 or -ENOMEM; free in either case. */
int lfb_classes_make(const struct lfb_group *group, struct lfb_class classes[LFB_NEEDS]);
void lfb_classes_free(struct lfb_class classes[LFB_NEEDS]);

/* How a queue stands to a faster one. */
struct lfb_against {
	double ratio;		/* of their times per operation, above 1 where it is slower */
	bool resolved;		/* their intervals are apart */
	bool has_interval;	/* of both: else low and high are unset, and nothing is resolved */
	double low, high;	/* hold the ratio of the true medians with at least 90 % */
};
struct lfb_against lfb_entry_against(const struct lfb_entry *entry, const struct lfb_entry *faster);

#endif
