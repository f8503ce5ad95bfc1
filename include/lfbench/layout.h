/*
 * layout.h - moves the code of a shared object: forced in front of a source file (-include) with
 * -DLFB_LAYOUT=0..31, so that the file itself stays as it is. lfbench_add_backend does so with -DLFBENCH_LAYOUTS=N.
 *
 * DESIGN. Where a loop lands decides which sets of the instruction cache and which entries of the branch
 * predictor it shares with its caller, its callees and whatever runs beside it. One build is one sample of that, and
 * randomised addresses do not vary it: they move whole pages. N builds, each shifted by another number of lines and
 * pages, are N samples (Mytkowicz et al., "Producing Wrong Data Without Doing Anything Obviously Wrong!",
 * ASPLOS 2009). All functions stay on 64-byte boundaries: that is a promise of the build (-falign-functions), not of
 * the place.
 *
 * Padding goes before the code of the file, an odd number of lines and of pages, and another amount behind it, so
 * that libraries that are linked in move against the file. Layout 0 is the object as it is. What is done beside this
 * (order of functions, order of linking) is in LfbenchBackend.cmake.
 *
 * The numbers look random and are fixed: two builds of a layout on two days are the same bytes. x(2x+1) permutes
 * the residues of 2^k (Rivest et al., "The RC6 Block Cipher", 1998), so no two layouts begin at the same
 * place in a page.
 */
#ifndef LFBENCH_LAYOUT_H
#define LFBENCH_LAYOUT_H

#ifndef LFB_LAYOUT
#error "compile with -DLFB_LAYOUT=0 to 31"
#endif
#if LFB_LAYOUT < 0 || LFB_LAYOUT > 31
#error "LFB_LAYOUT is 0 to 31: further ones would begin where another does"
#endif

#if LFB_LAYOUT != 0
/* Computed by the assembler, which is given these as text. */
#define LFB_LAYOUT_LINES(x) 2 * ((x * (2 * x + 1)) % 32) + 1
#define LFB_LAYOUT_LINES_BEHIND(x) 2 * ((x * (2 * x + 5)) % 32) + 1
#define LFB_LAYOUT_PAGES(x) 2 * ((x * 5) % 4) + 1
#define LFB_LAYOUT_TEXT(formula) LFB_LAYOUT_TEXT_OF(formula)
#define LFB_LAYOUT_TEXT_OF(formula) "(" #formula ")"

/* Subsection 1 of .text follows subsection 0, where the compiler puts its functions. */
__asm__(".pushsection .text\n"
	"\t.balign 64\n"
	"\t.skip " LFB_LAYOUT_TEXT(LFB_LAYOUT_LINES(LFB_LAYOUT)) " * 64 + " LFB_LAYOUT_TEXT(LFB_LAYOUT_PAGES(LFB_LAYOUT)) " * 4096\n"
	"\t.popsection\n"
	"\t.pushsection .text, 1\n"
	"\t.skip " LFB_LAYOUT_TEXT(LFB_LAYOUT_LINES_BEHIND(LFB_LAYOUT)) " * 64\n"
	"\t.popsection\n");

#undef LFB_LAYOUT_LINES
#undef LFB_LAYOUT_LINES_BEHIND
#undef LFB_LAYOUT_PAGES
#undef LFB_LAYOUT_TEXT
#undef LFB_LAYOUT_TEXT_OF
#endif

#endif
