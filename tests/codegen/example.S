/*
 * example.S - a "backend" of one hot loop, for self_test.sh: right as it stands, and
 * wrong in one way with each -DBAD_...
 *
 * It is shaped as compilers shape such loops: entered by a jump to its middle, with the
 * failure path (a CAS to try again, a pause) behind it, at places that nobody aligned.
 */
	.text
	.p2align 6
#ifdef BAD_START
	nop
#endif
	.type lfb_consume_poll, @function
lfb_consume_poll:
	xorl %eax, %eax
.Lagain: /* only after a wait: not where the hot loop begins */
	movq %rdi, %rdx
	jmp .Ltry
	.p2align 6
#ifdef BAD_LOOP
	nop
#endif
.Lsuccess:
	addq $1, %rax
#ifdef BAD_TLS
	addq $1, %fs:-80
#endif
#ifdef GUARD
	movq %fs:0x28, %rsi
#endif
#ifdef BAD_INDIRECT_CALL
	call *%rdx
#endif
#ifdef BAD_MEMORY_CALL
	call *8(%rdx)
#endif
#ifdef BAD_JUMP
	jmp *(%rdx,%rax,8)
#endif
#ifdef BAD_CALL
	call getpid@PLT
#endif
	cmpq %rax, %rcx
	je .Lout
.Ltry:
	cmpq %rax, (%rdx)
	jne .Lsuccess
.Lretry:
	lock cmpxchgq %rcx, (%rdx)
	je .Lsuccess
	testq %rcx, %rcx
	jne .Lretry
.Lpause:
#if defined(YIELDS)
	call sched_yield@PLT
#elif defined(SLOW) || defined(BAD_SLOW)
	call lfb_pop_polling
#elif !defined(BAD_RETRY)
	pause
#endif
	decq %rcx
	jne .Lpause
	jmp .Lfailed
.Lout:
#ifdef BAD_TAIL_CALL
	jmp getpid@PLT
#else
	ret
#endif
.Lfailed:
#ifdef BAD_COLD
	jmp lfb_consume_poll.cold
#else
	jmp .Lagain
#endif
	.size lfb_consume_poll, . - lfb_consume_poll
#ifdef BAD_COLD
	.section .text.unlikely, "ax", @progbits
	.type lfb_consume_poll.cold, @function
lfb_consume_poll.cold:
	call getpid@PLT
	ret
	.size lfb_consume_poll.cold, . - lfb_consume_poll.cold
#endif
#if defined(SLOW) || defined(BAD_SLOW)
	.type lfb_pop_polling, @function
lfb_pop_polling: /* where functions start that are not loops is nobody's concern */
	pause
#ifdef BAD_SLOW
	call getpid@PLT
#endif
	ret
	.size lfb_pop_polling, . - lfb_pop_polling
#endif
#ifdef BAD_SCHEDULING
	.globl __tsan_read8
	.type __tsan_read8, @function
__tsan_read8:
	ret
	.size __tsan_read8, 1
#endif
#ifdef BAD_SYMBOL
	.data
	.type lfb_counted, @object
lfb_counted:
	.quad 0
	.size lfb_counted, 8
#endif
	.section .note.GNU-stack, "", @progbits
