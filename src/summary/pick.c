/* pick.c - see pick.h. */
#include "summary/pick.h"

#include "plan/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const lfb_need_names[LFB_NEEDS + 1] = { "strict FIFO, bounded", "strict FIFO, unbounded", "FIFO per producer", "other order", NULL };

const char *const lfb_need_meanings[LFB_NEEDS] = {
	"values leave in the order in which they came; when it is full, pushing waits or fails",
	"values leave in the order in which they came; it grows with what is in it",
	"values of one producer keep their order, those of two producers may not",
	"another order, none, or one that its rows do not say",
};

/* "mpmc" and "fifo" of "mpmc-fifo". */
static const char *order_of(const struct lfb_row *row)
{
	const char *const semantics = lfb_row_get(row, LFB_COL_semantics);
	const char *const dash = strchr(semantics, '-');

	return dash != NULL ? dash + 1 : "";
}

static bool same_threads(const struct lfb_row *a, const struct lfb_row *b)
{
	const char *const left = lfb_row_get(a, LFB_COL_semantics), *const right = lfb_row_get(b, LFB_COL_semantics);
	const size_t length = strcspn(left, "-");

	return length == strcspn(right, "-") && memcmp(left, right, length) == 0;
}

enum lfb_need lfb_need_of(const struct lfb_row *row)
{
	const char *const order = order_of(row);

	const char *const bounded = lfb_row_get(row, LFB_COL_bounded);

	if (strcmp(order, lfb_order_names[LFB_ORDER_PER_PRODUCER]) == 0)
		return LFB_NEED_PER_PRODUCER;
	if (strcmp(order, lfb_order_names[LFB_ORDER_FIFO]) != 0)
		return LFB_NEED_OTHER;
	return strcmp(bounded, "1") == 0 ? LFB_NEED_FIFO_BOUNDED : strcmp(bounded, "0") == 0 ? LFB_NEED_FIFO_UNBOUNDED : LFB_NEED_OTHER;
}

struct lfb_against lfb_entry_against(const struct lfb_entry *entry, const struct lfb_entry *faster)
{
	const struct lfb_figure *const a = &entry->ns_per_op, *const b = &faster->ns_per_op;
	struct lfb_against against = { .ratio = a->median / b->median, .has_interval = a->has_interval && b->has_interval };

	if (against.has_interval) {
		against.low = a->low / b->high;
		against.high = a->high / b->low;
		against.resolved = a->low > b->high;
	}
	return against;
}

static void add(struct lfb_class *class, const struct lfb_entry *entry)
{
	if (class->count > 0) {
		class->tied += !lfb_entry_against(entry, class->entries[0]).resolved;
		class->unlike_threads |= !same_threads(&entry->row, &class->entries[0]->row);
	}
	class->lacks_interval |= !entry->ns_per_op.has_interval;
	class->entries[class->count++] = entry;
}

int lfb_classes_make(const struct lfb_group *group, struct lfb_class classes[LFB_NEEDS])
{
	for (size_t i = 0; i < LFB_NEEDS; i++)
		classes[i] = (struct lfb_class){ .need = (enum lfb_need)i };
	for (size_t i = 0; i < LFB_NEEDS; i++) {
		classes[i].entries = (const struct lfb_entry **)calloc(group->ranked + 1, sizeof(classes[i].entries[0]));
		if (classes[i].entries == NULL)
			return -ENOMEM;
	}
	for (size_t e = group->references; e < group->references + group->ranked; e++)
		add(&classes[lfb_need_of(&group->entries[e]->row)], group->entries[e]);
	return 0;
}

void lfb_classes_free(struct lfb_class classes[LFB_NEEDS])
{
	for (size_t i = 0; i < LFB_NEEDS; i++) {
		free((void *)classes[i].entries);
		classes[i].entries = NULL;
	}
}
