/* cover.c - see cover.h: a hash table with linear probing. */
#include "cover.h"

/* The slot of `pc`, or an empty one for it; COVER_ROOM: there is none. */
static unsigned find(const struct cover *cover, uintptr_t pc)
{
	unsigned at = (unsigned)(lfb_mix(pc) % COVER_ROOM);

	for (unsigned i = 0; i < COVER_ROOM; i++, at = (at + 1) % COVER_ROOM)
		if (cover->slot[at].pc == pc || cover->slot[at].pc == 0)
			return at;
	return COVER_ROOM;
}

void cover_know(struct cover *cover, uintptr_t pc)
{
	const unsigned at = find(cover, pc);

	if (at == COVER_ROOM || cover->slot[at].pc == pc)
		return;
	cover->slot[at].pc = pc;
	cover->known++;
}

void cover_try(struct cover *cover, uintptr_t pc, enum lfb_role role)
{
	const unsigned at = find(cover, pc);

	if (at == COVER_ROOM)
		return;
	cover_know(cover, pc);
	cover->tried[role] += !cover->slot[at].tried[role];
	cover->slot[at].tried[role] = true;
}

bool cover_is_tried(const struct cover *cover, uintptr_t pc, enum lfb_role role)
{
	const unsigned at = find(cover, pc);

	return at != COVER_ROOM && cover->slot[at].tried[role];
}
