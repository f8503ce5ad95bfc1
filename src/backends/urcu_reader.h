/*
 * urcu_reader.h - lets a dlopened object reach liburcu's per-thread reader as cheaply
 * as a program linked against the library does.
 *
 * The reader is a thread-local variable of the library. A program reads it relative
 * to the thread pointer; an object that is dlopened calls __tls_get_addr, in every
 * lock and every unlock (measured: 3.4 ns a pair against 1.1 ns). Compiling with
 * -ftls-model=initial-exec does not help: the reader is aligned to 128 bytes, more
 * than glibc's static TLS of a running process offers, so the object would not load.
 *
 * So this keeps the reader's address in a thread-local pointer of the object's own,
 * 8 bytes that do fit, and tells the library's inline functions to go through it,
 * by the macro with which they name thread-local variables. Each thread that uses
 * them calls urcu_reader_find first.
 *
 * Included before the flavour's header; the includer defines URCU_READER, the type
 * of the flavour's reader, which is the only variable those functions access so.
 */
#ifndef LFBENCH_BACKENDS_URCU_READER_H
#define LFBENCH_BACKENDS_URCU_READER_H

#include <lfbench/counting_urcu.h>
#include <urcu/tls-compat.h>

static _Thread_local URCU_READER *urcu_reader __attribute__((tls_model("initial-exec")));

#undef URCU_TLS
#define URCU_TLS(name) (*urcu_reader)

/* Must be a macro: the flavour's header, which comes later, says what rcu_reader is. */
#define urcu_reader_find() ((void)(urcu_reader = &rcu_reader))

#endif
