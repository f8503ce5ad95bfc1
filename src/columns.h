/*
 * columns.h - the columns of the results file, schema 1: the one table from which
 * the writer, the reader, lfbench-csv(5) and the tests are made.
 *
 * LFB_COLUMNS(X) expands X(name, group, unit, meaning) in file order. New columns
 * are appended under a new schema number; readers take any order and ignore
 * columns they do not know. An empty field always means "not measured".
 */
#ifndef LFBENCH_COLUMNS_H
#define LFBENCH_COLUMNS_H

#define LFB_SCHEMA "1"

#define LFB_COLUMNS(X)                                                                                                 \
	X(schema, "Identity", "", "Number of this set of columns: 1.")                                                 \
	X(run_id, "Identity", "", "The run this row belongs to; the same in all files of a run.")                      \
	X(cell_id, "Identity", "", "Hash of what ran and its shape: equal cells have equal ids in every run.")         \
	X(launch, "Identity", "", "Number of the process that ran the trial, from 1 within the cell.")                 \
	X(trial, "Identity", "", "Number of the trial in its launch, from 1; 0 is the launch as a whole.")             \
	X(order, "Identity", "", "Place of the launch in the shuffled order of the run, from 1.")                      \
	X(time_utc, "Identity", "", "When the trial ended: ISO 8601, UTC.")                                            \
	X(host, "Identity", "", "Name of the machine.")                                                                \
	X(commit, "Identity", "", "Revision lfbench was built from; a + at its end marks local changes.")              \
	X(workload, "What ran", "", "The way the queue was driven.")                                                   \
	X(backend, "What ran", "", "The queue.")                                                                       \
	X(backend_library, "What ran", "", "The library it comes from, with its version; own: part of lfbench.")       \
	X(backend_build_id, "What ran", "", "GNU build id of the shared object: tells one build from another.")        \
	X(flavour, "What ran", "", "timing: no instrumentation.")                                                      \
	X(built_with, "What ran", "", "Compiler of the backend and its hot loops.")                                    \
	X(loops_rev, "What ran", "", "Revision of the hot loops; figures of unlike revisions are not comparable.")     \
	X(semantics, "What ran", "", "Who may push and pop, and the order: mpmc-fifo, mpmc-per_producer ...")          \
	X(progress_push, "What ran", "", "Claimed progress of push: blocking, lock_free or wait_free.")                \
	X(progress_pop, "What ran", "", "Claimed progress of pop.")                                                    \
	X(bounded, "What ran", "", "1 if the queue has a capacity, else 0.")                                           \
	X(producers, "Shape", "threads", "Threads that push.")                                                         \
	X(consumers, "Shape", "threads", "Threads that pop.")                                                          \
	X(capacity, "Shape", "items", "Capacity asked for.")                                                           \
	X(capacity_effective, "Shape", "items", "Capacity the queue really has; empty: unbounded.")                    \
	X(batch, "Shape", "items", "Items per call; 1 is the single-item functions.")                                  \
	X(payload_bytes, "Shape", "bytes", "Size of one item.")                                                        \
	X(payload_by, "Shape", "", "value: the item itself travels through the queue.")                                \
	X(work_push_ns, "Shape", "ns", "Work between pushes; 0 is none.")                                              \
	X(work_pop_ns, "Shape", "ns", "Work between pops; 0 is none.")                                                 \
	X(work_dist, "Shape", "", "Distribution of that work; none.")                                                  \
	X(wait, "Shape", "", "What a thread does when the queue is full or empty: spin, yield or block.")              \
	X(alloc, "Shape", "", "Where nodes come from: none (a ring), malloc or pool.")                                 \
	X(allocator, "Shape", "", "What stands behind it: the C library and its version, or the arena.")               \
	X(pin, "Shape", "", "Placement policy asked for.")                                                             \
	X(cpus, "Shape", "", "CPUs the threads were pinned to, in thread order, joined by +; empty: not pinned.")      \
	X(params, "Shape", "", "Whatever else the workload was given, sorted: k=v;k=v.")                               \
	X(pass, "Verdict", "", "Which pass measured this row: throughput, latency or contention.")                     \
	X(seed, "Verdict", "", "Seed of the order of the run.")                                                        \
	X(status, "Verdict", "", "How it ended: ok, or one of the words under STATUS.")                                \
	X(reason, "Verdict", "", "Why the status is not ok.")                                                          \
	X(flags, "Verdict", "", "What may have disturbed the trial, joined by ; (see FLAGS).")                         \
	X(check_level, "Verdict", "", "How the trial was verified: sum+audit, or n/a for references.")                 \
	X(ops_checked, "Verdict", "operations", "Operations the verification covered in this trial.")                  \
	X(items, "Throughput", "items", "Items transferred.")                                                          \
	X(duration_ns, "Throughput", "ns", "Last end minus first start over the threads.")                             \
	X(ops, "Throughput", "operations", "Successful pushes plus successful pops.")                                  \
	X(ops_per_s, "Throughput", "1/s", "ops / duration.")                                                           \
	X(ns_per_op, "Throughput", "ns", "duration / ops; threads overlap, so it is not how long one call takes.")     \
	X(ns_per_item, "Throughput", "ns", "duration / items.")                                                        \
	X(lat_mode, "Latency", "", "closed: as fast as it goes. open: at a given rate, from the intended send.")       \
	X(lat_min_ns, "Latency", "ns", "Shortest time from push to pop.")                                              \
	X(lat_p50_ns, "Latency", "ns", "Half of the samples took at most this.")                                       \
	X(lat_p90_ns, "Latency", "ns", "90 % of the samples took at most this.")                                       \
	X(lat_p99_ns, "Latency", "ns", "99 % of the samples took at most this.")                                       \
	X(lat_p999_ns, "Latency", "ns", "99.9 % of the samples took at most this.")                                    \
	X(lat_max_ns, "Latency", "ns", "Longest time from push to pop.")                                               \
	X(lat_samples, "Latency", "samples", "Number of samples behind these.")                                        \
	X(rate_offered_per_s, "Latency", "1/s", "Items per second the producers were to send; open mode only.")        \
	X(rate_achieved_per_s, "Latency", "1/s", "Items per second they did send.")                                    \
	X(tsc_skew_ns, "Latency", "ns", "Largest offset between the CPUs' clocks: bounds the error of a latency.")     \
	X(push_full, "Contention", "operations", "Pushes that found the queue full.")                                  \
	X(pop_empty, "Contention", "operations", "Pops that found the queue empty.")                                   \
	X(cas_attempts, "Contention", "operations", "Compare-and-swap instructions tried.")                            \
	X(cas_failures, "Contention", "operations", "Compare-and-swap instructions that lost to another thread.")      \
	X(rmw_ops, "Contention", "operations", "All atomic read-modify-write instructions.")                           \
	X(lock_contended, "Contention", "operations", "Times a lock was found taken.")                                 \
	X(lock_wait_ns, "Contention", "ns", "Time spent waiting for locks, over all threads.")                         \
	X(parks, "Contention", "operations", "Times a thread went to sleep in the kernel.")                            \
	X(wakes, "Contention", "operations", "Times a thread woke another one.")                                       \
	X(ctx_voluntary, "Contention", "switches", "Context switches because a thread waited.")                        \
	X(ctx_involuntary, "Contention", "switches", "Context switches because the scheduler took the CPU.")           \
	X(migrations, "Contention", "migrations", "Moves of a thread to another CPU.")                                 \
	X(page_faults, "Contention", "faults", "Page faults during the trial.")                                        \
	X(user_ns, "Contention", "ns", "CPU time in the program, over all threads.")                                   \
	X(sys_ns, "Contention", "ns", "CPU time in the kernel, over all threads.")                                     \
	X(cycles, "Contention", "cycles", "CPU cycles, over all threads.")                                             \
	X(instructions, "Contention", "instructions", "Instructions, over all threads.")                               \
	X(cache_misses, "Contention", "misses", "Last-level cache misses, over all threads.")                          \
	X(fairness_producers, "Contention", "", "Jain's index of the producers' shares: 1: equal; 1/n: one took all.") \
	X(fairness_consumers, "Contention", "", "The same of the consumers' shares.")                                  \
	X(share_min, "Contention", "", "Smallest consumer's share of the items, as a part of 1.")                      \
	X(share_max, "Contention", "", "Largest consumer's share.")                                                    \
	X(depth_max, "Contention", "items", "Most items seen in the queue at once.")                                   \
	X(rss_peak_kb, "Contention", "kB", "Most memory the process had at once.")                                     \
	X(retained_kb, "Contention", "kB", "Memory retired by the queue and not yet given back at the end.")           \
	X(probe_before_ns, "Machine", "ns", "Core-to-core round trip of a cache line before the trial.")               \
	X(probe_after_ns, "Machine", "ns", "The same after it; far apart: the machine changed in between.")            \
	X(clock_cost_ns, "Machine", "ns", "Cost of reading the clock once.")                                           \
	X(floor_ns, "Machine", "ns", "Harness floor per operation, as the rows of backend null measure it.")

/* LFB_COL_schema ... in file order. */
enum lfb_column {
#define LFB_COLUMN_ENUM(name, group, unit, meaning) LFB_COL_##name,
	LFB_COLUMNS(LFB_COLUMN_ENUM)
#undef LFB_COLUMN_ENUM
		LFB_COLUMN_COUNT
};

struct lfb_column_info {
	const char *name;
	const char *group;
	const char *unit;
	const char *meaning;
};

/* Indexed by enum lfb_column. */
extern const struct lfb_column_info lfb_columns[LFB_COLUMN_COUNT];

#endif
