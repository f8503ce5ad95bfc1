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
	X(flavour, "What ran", "", \
	  "timing: no instrumentation. counting: the same source, every atomic counted; its rows show no " \
	  "speed. A contention row of a backend without a counting flavour says timing.") \
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
	X(payload_bytes, "Shape", "bytes", \
	  "Size of one item, written before its push, and read and compared after its pop; 8: the value alone.") \
	X(payload_by, "Shape", "", \
	  "value: the item itself travels through the queue, larger ones by a copy into a slot and one out of it. pointer: " \
	  "what travels is where the item lies.") \
	X(work_push_ns, "Shape", "ns", "Mean work before each push, in calibrated time; 0 is none.") \
	X(work_pop_ns, "Shape", "ns", "Mean work after each pop, or of each task; 0 is none.") \
	X(work_dist, "Shape", "", \
	  "Distribution of that work: none, constant, exponential, or bimodal (1 in 10 takes 91 times as long as the " \
	  "others). The same item has the same work under every backend.") \
	X(wait, "Shape", "", \
	  "What a thread does when the queue is full or empty. spin: a pause between two tries. backoff: 1, 2, 4 ... 64 " \
	  "pauses. yield: a few pauses, then it gives up the CPU. park: a few pauses, then it sleeps until the other side " \
	  "wakes it. block: the backend's own blocking push and pop.") \
	X(alloc, "Shape", "", "Where nodes come from: none (a ring), malloc or pool.")                                 \
	X(allocator, "Shape", "", "Whose malloc served it, with its version (glibc, or what LD_PRELOAD put before it); arena magazines with alloc=pool.")               \
	X(pin, "Shape", "", "Placement policy asked for.")                                                             \
	X(cpus, "Shape", "", "CPUs the threads were pinned to, in thread order, joined by +; empty: not pinned.")      \
	X(params, "Shape", "", \
	  "Whatever else the workload was given and is not its default, sorted: k=v;k=v, where k is an option of " \
	  "lfbench(1) without the dashes. Of an open loop: arrivals=poisson or fixed, and " \
	  "rate= (items per second) or load= (percent of the saturation). load=saturation: every item due at once; the " \
	  "rate achieved is what the loads are parts of. Clocks are read for every item there, so a fast queue's " \
	  "saturation is below its throughput.") \
	X(pass, "Verdict", "", \
	  "Which pass measured this row: throughput, latency or contention. Figures of one pass are never " \
	  "those of another: looking costs time.") \
	X(seed, "Verdict", "", "Seed of the order of the run.")                                                        \
	X(status, "Verdict", "", "How it ended: ok, or one of the words under STATUS.")                                \
	X(reason, "Verdict", "", "Why the status is not ok.")                                                          \
	X(flags, "Verdict", "", "What may have disturbed the trial, joined by ; (see FLAGS).")                         \
	X(check_level, "Verdict", "", \
	  "How the trial was verified. sum+audit: count and sum of its values, and before it every value of an untimed one. " \
	  "sum+audit+history: also a sample of its operations, by the queue's claims. n/a: references.") \
	X(ops_checked, "Verdict", "operations", \
	  "Operations the verification covered in this trial; with history those of the sample.") \
	X(items, "Throughput", "items", "Items transferred.")                                                          \
	X(duration_ns, "Throughput", "ns", "Last end minus first start over the threads.")                             \
	X(ops, "Throughput", "operations", "Successful pushes plus successful pops. Of spawn_join: tasks; of stop: stops.")                                  \
	X(ops_per_s, "Throughput", "1/s", "ops / duration. Only rows of the throughput pass are a speed.") \
	X(ns_per_op, "Throughput", "ns", "duration / ops; threads overlap, so it is not how long one call takes.")     \
	X(ns_per_item, "Throughput", "ns", "duration / items.")                                                        \
	X(lat_mode, "Latency", "", \
	  "closed: as fast as it goes, a sample of the items, from the push's start to the pop's end. " \
	  "open: at a given rate, every item, from when it was due. ping_pong: the round trip. Empty in " \
	  "other passes.") \
	X(lat_min_ns, "Latency", "ns", \
	  "Shortest. Not below what the clocks of two CPUs differ by, see tsc_skew_ns: 0 where they differ " \
	  "by more. Empty when overloaded.") \
	X(lat_p50_ns, "Latency", "ns", \
	  "Half of the samples took at most this; to 3 digits, from a log-linear histogram. Empty with " \
	  "fewer than 20 samples or when overloaded.") \
	X(lat_p90_ns, "Latency", "ns", \
	  "90 % of the samples took at most this. Empty with fewer than 100 samples or when overloaded.") \
	X(lat_p99_ns, "Latency", "ns", \
	  "99 % of the samples took at most this. Empty with fewer than 1000 samples or when overloaded.") \
	X(lat_p999_ns, "Latency", "ns", \
	  "99.9 % of the samples took at most this. Empty with fewer than 10000 samples or when " \
	  "overloaded.") \
	X(lat_max_ns, "Latency", "ns", "Longest, exactly. Empty when overloaded.") \
	X(lat_samples, "Latency", "samples", \
	  "Number of samples behind these: closed loop, one in each 2^k items, so that there are 64 k to 1 " \
	  "M of them in a long trial (NAME.detail.csv has sample_every); open loop, every item.") \
	X(rate_offered_per_s, "Latency", "1/s", \
	  "Items per second that the schedule asked for, over all producers: items / time from its start " \
	  "to the last item's due time. Empty in a closed loop.") \
	X(rate_achieved_per_s, "Latency", "1/s", \
	  "Items / time from the schedule's start to the end of the last pop. Below 99 % of the rate " \
	  "offered: flag overloaded, and no percentiles.") \
	X(tsc_skew_ns, "Latency", "ns", \
	  "Upper bound of the offset between the clocks of the CPUs in use, from an exchange of time " \
	  "stamps as NTP does; a latency from one CPU to another is uncertain by this much. Empty with one " \
	  "CPU and outside the latency pass.") \
	X(push_full, "Contention", "operations", \
	  "Pushes that found the queue full, counted after a failed try in every pass. Empty with " \
	  "wait=block.") \
	X(pop_empty, "Contention", "operations", "Pops that found the queue empty, likewise.") \
	X(cas_attempts, "Contention", "operations", \
	  "Compare-and-swap instructions of the queue's own code, both sides, over the trial. Empty where " \
	  "some are inside a library (glibc's mutex) and cannot be seen, and in flavour timing.") \
	X(cas_failures, "Contention", "operations", "Of these the ones that lost to another thread. Divide by ops.") \
	X(rmw_ops, "Contention", "operations", \
	  "All atomic read-modify-write instructions of the queue's own code, compare-and-swaps too. Empty " \
	  "as cas_attempts, and where helper functions of a library (call_rcu) have more.") \
	X(lock_contended, "Contention", "operations", \
	  "Lock acquisitions that found the lock taken: pthread mutexes and spin locks. Empty where the " \
	  "queue took no lock that can be seen.") \
	X(lock_wait_ns, "Contention", "ns", "Time spent waiting for these, over all threads, by the clock.") \
	X(parks, "Contention", "operations", \
	  "Sleeps of threads that waited for the queue. With wait=park those of the harness, in every pass; otherwise waits " \
	  "on a condition variable or futex of the queue's own, in flavour counting. Empty where a mutex may have put " \
	  "threads to sleep unseen; see ctx_voluntary.") \
	X(wakes, "Contention", "operations", "Calls that wake such a thread; likewise.") \
	X(ctx_voluntary, "Contention", "switches", \
	  "Context switches because a thread waited, from getrusage(RUSAGE_THREAD), loops only, over all " \
	  "threads. In every pass.") \
	X(ctx_involuntary, "Contention", "switches", \
	  "Context switches because the scheduler took the CPU, likewise; sched_yield counts here.") \
	X(migrations, "Contention", "migrations", \
	  "Moves of a thread to another CPU, from perf_event_open or the kernel's count in /proc. Empty where neither can " \
	  "be had, and outside the contention pass.") \
	X(page_faults, "Contention", "faults", "Page faults of the loops, over all threads. In every pass.") \
	X(user_ns, "Contention", "ns", "CPU time in the program, over all threads. In every pass.") \
	X(sys_ns, "Contention", "ns", "CPU time in the kernel, over all threads. In every pass.") \
	X(cycles, "Contention", "cycles", \
	  "CPU cycles of the loops, over all threads, from the CPU's counters. Empty without them, as on " \
	  "many virtual machines; lfbench doctor says why.") \
	X(instructions, "Contention", "instructions", "Instructions, likewise.") \
	X(cache_misses, "Contention", "misses", "Last-level cache misses, likewise.") \
	X(fairness_producers, "Contention", "", \
	  "Jain's index of the producers' shares: 1: equal; 1/n: one took all. In every pass.") \
	X(fairness_consumers, "Contention", "", "The same of the consumers' shares. In every pass.") \
	X(share_min, "Contention", "", "Smallest consumer's share of the items, as a part of 1. In every pass.") \
	X(share_max, "Contention", "", "Largest consumer's share. In every pass.") \
	X(depth_max, "Contention", "items", \
	  "Most items seen in the queue at once: a lower bound, since threads look at each other's counts " \
	  "now and then. Empty in flavour timing.") \
	X(rss_peak_kb, "Contention", "kB", \
	  "Most memory the process had at once, up to the end of the trial (getrusage); harness and arena " \
	  "are in it. Contention pass only.") \
	X(retained_kb, "Contention", "kB", \
	  "What malloc had given to the queue and not got back when all items were drained, before it was " \
	  "destroyed: nodes kept, and nodes that wait for a grace period. Contention pass with " \
	  "alloc=malloc only.") \
	X(probe_before_ns, "Machine", "ns", \
	  "Round trip of a cache line between the CPUs in use before the trial: median of batches, over up " \
	  "to 8 pairs the median. Empty with one CPU.") \
	X(probe_after_ns, "Machine", "ns", \
	  "The same after it; a pair that differs by more than 1.25 times sets the flag regime: the " \
	  "machine changed in between.") \
	X(clock_cost_ns, "Machine", "ns", \
	  "Cost of reading the clock once: of the trial's clock, in the latency pass of the time stamps " \
	  "(they cost each sample about twice this).") \
	X(floor_ns, "Machine", "ns", "Harness floor per operation. Empty: the rows of backend null measure it.")

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
