/* cover.h - which instructions an operation has, by their addresses, and at which of them it was stopped. */
#ifndef LFBENCH_PROGRESS_COVER_H
#define LFBENCH_PROGRESS_COVER_H

#include "crew.h"

/* A power of two; more than are counted are not. */
#define COVER_ROOM 16384u

struct cover {
	unsigned known, tried[LFB_ROLES]; /* how many */
	struct {
		uintptr_t pc; /* 0: none */
		bool tried[LFB_ROLES]; /* with that role watched */
	} slot[COVER_ROOM];
};

void cover_know(struct cover *cover, uintptr_t pc);
void cover_try(struct cover *cover, uintptr_t pc, enum lfb_role role);
bool cover_is_tried(const struct cover *cover, uintptr_t pc, enum lfb_role role);

#endif
