/*
 * params.h - what workloads can be told beyond threads, capacity and waiting: the one table from which
 * the options of run and of the benchmark binaries, their passing on to launches, the sweeping, the columns and
 * the `params` column follow. A setting more is a row more.
 *
 * LFB_PARAMS(X) expands X(id, option, value, kind, words, default, min, max, workloads, column, help):
 *   value      what --help shows for it
 *   kind       how it is read and written: LFB_PARAM_COUNT, _TIME (ns), _WORD (of `words`)
 *   workloads  names of those that take it, separated by spaces; others leave it at its default
 *   column     that it fills, or LFB_COLUMN_COUNT: it goes to `params`, where it is not at its default
 */
#ifndef LFBENCH_PARAMS_H
#define LFBENCH_PARAMS_H

#include "results/columns.h"
#include "text/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lfb_param_kind { LFB_PARAM_COUNT, LFB_PARAM_TIME, LFB_PARAM_WORD };

/* Values of the words below, in their order; those of `overflow` are enum lfb_overflow of backend.h. */
enum lfb_work_dist { LFB_WORK_CONSTANT, LFB_WORK_EXPONENTIAL, LFB_WORK_BIMODAL };
enum lfb_payload_by { LFB_BY_VALUE, LFB_BY_POINTER };
enum lfb_stop { LFB_STOP_COUNT, LFB_STOP_TIME, LFB_STOP_SENTINEL };
enum lfb_creation { LFB_CREATION_UNTIMED, LFB_CREATION_TIMED };
enum lfb_topology_of_stages { LFB_STAGES_LINE, LFB_STAGES_DIAMOND };
enum lfb_executor { LFB_EXECUTOR_POOL, LFB_EXECUTOR_SPAWN };
enum lfb_shutdown { LFB_SHUTDOWN_WAIT, LFB_SHUTDOWN_CANCEL };
enum lfb_family { LFB_FAMILY_IPV4, LFB_FAMILY_IPV6 };
enum lfb_clients { LFB_CLIENTS_GOOD, LFB_CLIENTS_SLOW, LFB_CLIENTS_RESET, LFB_CLIENTS_HALF_CLOSE, LFB_CLIENTS_SILENT, LFB_CLIENTS_MIXED };
enum lfb_sink { LFB_SINK_NULL, LFB_SINK_FILE, LFB_SINK_TERMINAL };
enum lfb_workers_are { LFB_WORKERS_IDLE, LFB_WORKERS_BUSY };
enum lfb_no_yes { LFB_NO, LFB_YES };
enum lfb_check_by { LFB_CHECK_BY_SUM, LFB_CHECK_BY_HISTORY };

#define LFB_PARAMS(X)                                                                                                  \
	X(work_push, "work-push", "TIME", LFB_PARAM_TIME, NULL, 0, 0, 1000000000, "producer_consumer pipeline", LFB_COL_work_push_ns, \
	  "work before each push, mean (default none)") \
	X(work_pop, "work-pop", "TIME", LFB_PARAM_TIME, NULL, 0, 0, 1000000000, "producer_consumer pipeline worker_pool", LFB_COL_work_pop_ns, \
	  "work after each pop, or of a task, mean (default none)") \
	X(work_dist, "work-dist", "HOW", LFB_PARAM_WORD, lfb_work_dist_names, 0, 0, 2, "producer_consumer pipeline worker_pool", LFB_COL_work_dist, \
	  "how work varies: constant, exponential or bimodal (1 in 10 takes 91 times as long); the same for every backend") \
	X(payload, "payload", "BYTES", LFB_PARAM_COUNT, NULL, 8, 8, 65536, "producer_consumer", LFB_COL_payload_bytes, \
	  "bytes of an item, really written, read and compared (default 8: the value itself)") \
	X(by, "by", "HOW", LFB_PARAM_WORD, lfb_payload_by_names, 0, 0, 1, "producer_consumer", LFB_COL_payload_by, \
	  "larger payloads: value copies them into a slot and out of it, pointer leaves them where they are") \
	X(prefill, "prefill", "N", LFB_PARAM_COUNT, NULL, 0, 0, 1 << 24, "producer_consumer", LFB_COLUMN_COUNT, \
	  "items in the queue before the clock starts (default 0)") \
	X(burst, "burst", "N", LFB_PARAM_COUNT, NULL, 0, 0, 1 << 24, "producer_consumer burst", LFB_COLUMN_COUNT, \
	  "producer_consumer: items pushed back to back before their work is done at once; burst: items per burst (default 512)") \
	X(stop, "stop", "HOW", LFB_PARAM_WORD, lfb_stop_names, 0, 0, 2, "producer_consumer", LFB_COLUMN_COUNT, \
	  "what ends a trial: count, time, or a sentinel to each consumer (default count)") \
	X(join, "join", "HOW", LFB_PARAM_WORD, lfb_no_yes_names, 0, 0, 1, "producer_consumer", LFB_COLUMN_COUNT, \
	  "yes: each item is marked done, and a join waits for all of them (default no)") \
	X(creation, "creation", "HOW", LFB_PARAM_WORD, lfb_creation_names, 0, 0, 1, "fan_in", LFB_COLUMN_COUNT, \
	  "whether the time has thread creation and join in it: untimed or timed (default untimed)") \
	X(stages, "stages", "N", LFB_PARAM_COUNT, NULL, 3, 2, 16, "pipeline", LFB_COLUMN_COUNT, \
	  "threads one behind the other, source and sink included (default 3)") \
	X(topology, "topology", "HOW", LFB_PARAM_WORD, lfb_stages_names, 0, 0, 1, "pipeline", LFB_COLUMN_COUNT, \
	  "line, or diamond: a source, two branches, and a sink that joins them (default line)") \
	X(executor, "executor", "HOW", LFB_PARAM_WORD, lfb_executor_names, 0, 0, 1, "worker_pool spawn_join", LFB_COLUMN_COUNT, \
	  "pool: the workers run the tasks; spawn: a thread is made for each (default pool)") \
	X(nested, "nested", "N", LFB_PARAM_COUNT, NULL, 0, 0, 64, "worker_pool", LFB_COLUMN_COUNT, \
	  "tasks that each task submits and waits for (default 0)") \
	X(fail_every, "fail-every", "N", LFB_PARAM_COUNT, NULL, 0, 0, 1 << 30, "worker_pool", LFB_COLUMN_COUNT, \
	  "every Nth task fails, and its future must say so (default 0: none)") \
	X(shutdown, "shutdown", "HOW", LFB_PARAM_WORD, lfb_shutdown_names, 0, 0, 1, "worker_pool", LFB_COLUMN_COUNT, \
	  "at the end, wait for the pending tasks or cancel them (default wait)") \
	X(overflow, "overflow", "HOW", LFB_PARAM_WORD, lfb_overflow_names, 0, 0, 2, "echo_server logger", LFB_COLUMN_COUNT, \
	  "when the queue is full: wait, drop the newest with a count, or overwrite the oldest (default wait)") \
	X(family, "family", "HOW", LFB_PARAM_WORD, lfb_family_names, 0, 0, 1, "echo_server", LFB_COLUMN_COUNT, \
	  "ipv4 (127.0.0.1) or ipv6 (::1) (default ipv4)") \
	X(port, "port", "N", LFB_PARAM_COUNT, NULL, 0, 0, 65535, "echo_server", LFB_COLUMN_COUNT, \
	  "TCP port to listen on (default 0: any that is free)") \
	X(connections, "connections", "N", LFB_PARAM_COUNT, NULL, 8, 1, 4096, "echo_server", LFB_COLUMN_COUNT, \
	  "connections open at once (default 8)") \
	X(message, "message", "BYTES", LFB_PARAM_COUNT, NULL, 64, 1, 1 << 20, "echo_server", LFB_COLUMN_COUNT, \
	  "bytes sent and echoed per connection (default 64)") \
	X(clients, "clients", "HOW", LFB_PARAM_WORD, lfb_clients_names, 0, 0, 5, "echo_server", LFB_COLUMN_COUNT, \
	  "good, slow, reset, half_close, silent (never read), or mixed: a few of each (default good)") \
	X(sink, "sink", "HOW", LFB_PARAM_WORD, lfb_sink_names, 0, 0, 2, "logger", LFB_COLUMN_COUNT, \
	  "where lines go: null (formatted, wrapped, not written), file or terminal (default null)") \
	X(line, "line", "BYTES", LFB_PARAM_COUNT, NULL, 80, 1, 4096, "logger", LFB_COLUMN_COUNT, \
	  "mean length of a line (default 80; lengths vary from a tenth to twice of it)") \
	X(workers_are, "workers-are", "HOW", LFB_PARAM_WORD, lfb_workers_are_names, 0, 0, 1, "stop", LFB_COLUMN_COUNT, \
	  "idle (the queue is empty) or busy when they are asked to stop (default idle)") \
	X(check, "check", "HOW", LFB_PARAM_WORD, lfb_check_by_names, 0, 0, 1, "producer_consumer pairs", LFB_COLUMN_COUNT, \
	  "history: also log a sample of the timed operations and judge whether the queue's claims allow them; sum: do not (default sum)")

/* Every maximum fits 32 bits: struct lfb_shape keeps them so, of which a plan has up to 100,000. */
enum lfb_param {
#define LFB_PARAM_ENUM(id, option, value, kind, words, preset, min, max, workloads, column, help) LFB_PARAM_##id,
	LFB_PARAMS(LFB_PARAM_ENUM)
#undef LFB_PARAM_ENUM
		LFB_PARAM_TOTAL
};

struct lfb_param_info {
	const char *option;
	const char *value;
	enum lfb_param_kind kind;
	const char *const *words;
	uint64_t preset, min, max;
	const char *workloads;
	enum lfb_column column;
	const char *help;
};

/* Indexed by enum lfb_param. */
extern const struct lfb_param_info lfb_params[LFB_PARAM_TOTAL];

/* Words of the kinds above, ended by NULL. */
extern const char *const lfb_work_dist_names[], *const lfb_payload_by_names[], *const lfb_stop_names[], *const lfb_no_yes_names[],
	*const lfb_creation_names[], *const lfb_stages_names[], *const lfb_executor_names[], *const lfb_shutdown_names[],
	*const lfb_overflow_names[], *const lfb_family_names[], *const lfb_clients_names[], *const lfb_sink_names[],
	*const lfb_workers_are_names[], *const lfb_check_by_names[];

/* Whether `words`, separated by spaces, has that word. */
bool lfb_word_in(const char *words, const char *word);

/* Whether the workload of that name takes it. */
bool lfb_param_fits(enum lfb_param param, const char *workload);

/* A value as it is written in arguments and columns, into `out`. Times have no unit in columns. Returns out. */
const char *lfb_param_text(enum lfb_param param, uint64_t value, bool in_column, char *out, size_t out_bytes);

#endif
