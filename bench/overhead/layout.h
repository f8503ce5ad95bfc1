/*
 * layout.h - moves the code of a shared object: forced in front of a source file
 * (-include) with -DLAYOUT=0..3, so that the file itself stays as it is.
 *
 * DESIGN. Where a loop lands decides which sets of the instruction cache and which
 * entries of the branch predictor it shares with its caller, its callees and the
 * other arm. One build is one sample of that; four builds, each shifted by another
 * number of lines and pages, are four. All functions stay on 64-byte boundaries: that
 * is a promise of the build (-falign-functions), not of the place. Layouts 1 and 3
 * are also compiled with -fno-toplevel-reorder, which turns the order of the
 * functions round (see CMakeLists.txt).
 */
#ifndef OVERHEAD_LAYOUT_H
#define OVERHEAD_LAYOUT_H

#ifndef LAYOUT
#error "compile with -DLAYOUT=0, 1, 2 or 3"
#endif

/* Odd numbers of 64-byte lines, and whole pages on top of them. */
#if LAYOUT == 1
__asm__(".pushsection .text\n\t.balign 64\n\t.skip 13 * 64 + 4096\n\t.popsection");
#elif LAYOUT == 2
__asm__(".pushsection .text\n\t.balign 64\n\t.skip 27 * 64 + 3 * 4096\n\t.popsection");
#elif LAYOUT == 3
__asm__(".pushsection .text\n\t.balign 64\n\t.skip 45 * 64 + 6 * 4096\n\t.popsection");
#elif LAYOUT != 0
#error "LAYOUT is 0, 1, 2 or 3"
#endif

#endif
