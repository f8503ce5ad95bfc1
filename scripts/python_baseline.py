#!/usr/bin/env python3
"""CPython's own queues under lfbench's workloads, as a results file that lfbench reads.

What a program in Python gets out of queue.Queue, queue.SimpleQueue, collections.deque and
concurrent.futures is a baseline for what a queue in C is worth. The rows have the columns and the
cells of lfbench run, so that both stand side by side:

    lfbench run --workload pairs --wait block --backend mutex_cond -o c.csv
    scripts/python_baseline.py --workload pairs -o python.csv
    lfbench show c.csv python.csv

As with lfbench each launch is a process of its own, the launches of all cells are shuffled in every
round, and an untimed trial comes first. Every trial is checked in full: each value once and, in each
consumer, in the order of its producer. A trial that fails has no figures.

Standard library only, Python 3.8 or newer. docs/python.md says what the figures mean.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import os
import platform
import queue
import random
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

# The columns of schema 1, in file order: lfbench-csv(5).
COLUMNS = (
    "schema run_id cell_id launch trial order time_utc host commit workload backend backend_library backend_build_id"
    " flavour built_with loops_rev semantics progress_push progress_pop bounded producers consumers capacity"
    " capacity_effective batch payload_bytes payload_by work_push_ns work_pop_ns work_dist wait alloc allocator pin cpus"
    " params pass seed status reason flags check_level ops_checked items duration_ns ops ops_per_s ns_per_op ns_per_item"
    " lat_mode lat_min_ns lat_p50_ns lat_p90_ns lat_p99_ns lat_p999_ns lat_max_ns lat_samples rate_offered_per_s"
    " rate_achieved_per_s tsc_skew_ns push_full pop_empty cas_attempts cas_failures rmw_ops lock_contended lock_wait_ns"
    " parks wakes ctx_voluntary ctx_involuntary migrations page_faults user_ns sys_ns cycles instructions cache_misses"
    " fairness_producers fairness_consumers share_min share_max depth_max rss_peak_kb retained_kb probe_before_ns"
    " probe_after_ns clock_cost_ns floor_ns"
).split()

# The columns that make two cells the same one, and of which cell_id is a hash (src/plan/cell.c).
KEY_COLUMNS = (
    "workload backend flavour producers consumers capacity batch payload_bytes payload_by work_push_ns work_pop_ns"
    " work_dist wait alloc pin params pass"
).split()

BACKENDS = ("python_queue", "python_simple_queue", "python_deque", "python_futures")
WAITS = ("spin", "yield", "block")
SEQUENCE_BITS = 40  # a value is the number of its producer, and its own
SMALLEST = 16       # items from which a calibration starts
EXIT_USAGE, EXIT_BROKEN = 2, 4


@dataclass
class Cell:
    """What one row of the plan runs: the shape of an lfbench cell."""

    workload: str
    backend: str
    producers: int
    consumers: int
    capacity: int
    wait: str
    pin: str
    params: str = ""

    @property
    def bounded(self) -> bool:
        return self.backend == "python_queue"

    @property
    def threads(self) -> int:
        """Threads that push or pop."""
        if self.workload == "pairs":
            return self.producers
        return self.producers + self.consumers

    @property
    def pinned(self) -> bool:
        """Threads made in the middle of a trial, or by an executor, would all inherit one CPU: there none is pinned."""
        return self.pin != "none" and bool(PROCESS_CPUS) and self.workload != "fan_in" and \
            "executor=spawn" not in self.params and self.backend != "python_futures"

    @property
    def queues(self) -> int:
        return {"ping_pong": 2, "pipeline": self.consumers}.get(self.workload, 1)

    def unsupported(self) -> str:
        """Why this cell cannot run, or nothing."""
        if self.backend == "python_futures" and self.workload != "worker_pool":
            return "an executor takes tasks, not values: it is for worker_pool"
        if self.backend == "python_futures" and self.wait != "block":
            return "wait=%s, the executor blocks" % self.wait
        if self.backend == "python_deque" and self.wait == "block":
            return "wait=block, a deque has no blocking pop"
        if self.workload == "burst" and self.bounded and burst_of(self) > self.capacity:
            return "a burst of %d does not fit the capacity of %d" % (burst_of(self), self.capacity)
        return ""


class End:
    """One thread's way into a queue and out of it, with its kind of waiting; None, a sentinel, ends a stream."""

    def __init__(self, store: Any, wait: str) -> None:
        self.full = 0
        self.empty = 0
        pause = (lambda: time.sleep(0)) if wait == "yield" else (lambda: None)
        self.push: Callable[[Any], None]
        self.pop: Callable[[], Any]
        if isinstance(store, collections.deque):
            self.push, self.try_pop, nothing = store.append, store.popleft, IndexError
        else:
            self.push, self.try_pop, nothing = store.put, store.get_nowait, queue.Empty
        if wait == "block":
            self.pop = store.get
            return
        self.pop = self._polling_pop(self.try_pop, nothing, pause)
        if isinstance(store, queue.Queue):
            self.push = self._polling_push(store.put_nowait, pause)

    def _polling_pop(self, try_pop: Callable[[], Any], nothing: type, pause: Callable[[], None]) -> Callable[[], Any]:
        def pop() -> Any:
            while True:
                try:
                    return try_pop()
                except nothing:
                    self.empty += 1
                    pause()
        return pop

    def _polling_push(self, try_push: Callable[[Any], None], pause: Callable[[], None]) -> Callable[[Any], None]:
        def push(value: Any) -> None:
            while True:
                try:
                    return try_push(value)
                except queue.Full:
                    self.full += 1
                    pause()
        return push

    def drain(self) -> Iterable[Any]:
        """Pop until the queue is empty, without waiting."""
        while True:
            try:
                yield self.try_pop()
            except (IndexError, queue.Empty):
                return


@dataclass
class Worker:
    """A thread of a trial: its program, and what it says when it is over."""

    role: str
    body: Callable[["Worker"], None] = lambda worker: None
    ends: List[End] = field(default_factory=list)
    pushed: int = 0
    popped: List[int] = field(default_factory=list)
    began_ns: int = 0
    ended_ns: int = 0
    before: Any = None
    after: Any = None

    def run(self, gate: threading.Barrier, cpu: Optional[int]) -> None:
        try:
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})  # 0: the calling thread
            gate.wait()
            self.before, self.began_ns = usage(), time.perf_counter_ns()
            self.body(self)
            self.ended_ns, self.after = time.perf_counter_ns(), usage()
        except BaseException as error:  # pylint: disable=broad-except
            print("%s: %r" % (self.role, error), file=sys.stderr, flush=True)
            os._exit(1)  # the others would wait for it for ever


def usage() -> Any:
    return resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))


def make_store(cell: Cell) -> Any:
    if cell.backend == "python_queue":
        return queue.Queue(cell.capacity)
    return collections.deque() if cell.backend == "python_deque" else queue.SimpleQueue()


def values_of(producer: int, items: int, producers: int) -> range:
    """The producer's share of all items."""
    share = items // producers + (1 if producer < items % producers else 0)
    base = producer << SEQUENCE_BITS
    return range(base, base + share)


class Trial:
    """The threads of one trial of a cell, and what came of them."""

    def __init__(self, cell: Cell, items: int) -> None:
        self.cell = cell
        self.items = items
        self.stores = [make_store(cell) for _ in range(cell.queues)]
        self.workers: List[Worker] = []
        self.lock = threading.Lock()
        self.pushing = cell.producers
        self.duration_ns: Optional[int] = None  # if not from the threads' own clocks
        self.streams: List[List[List[int]]] = []  # per queue, what each of its consumers popped

    def add(self, role: str, body: Callable[[Worker], None], queues: Sequence[int] = (0,)) -> Worker:
        worker = Worker(role, body, [End(self.stores[q], self.cell.wait) for q in queues])
        self.workers.append(worker)
        return worker

    def share(self, producer: int) -> range:
        return values_of(producer, self.items, self.cell.producers)

    def leave(self, end: End) -> None:
        """A producer is done; the last one ends the consumers."""
        with self.lock:
            self.pushing -= 1
            last = self.pushing == 0
        if last:
            for _ in range(self.cell.consumers):
                end.push(None)

    def run(self) -> None:
        """Start the threads, open the gate when all are there, and wait for them."""
        gate = threading.Barrier(len(self.workers))
        cpus = cpus_of(self.cell, len(self.workers))
        threads = [threading.Thread(target=w.run, args=(gate, cpu), daemon=True) for w, cpu in zip(self.workers, cpus)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def problem(self) -> str:
        """What is wrong with what was popped, or nothing."""
        wanted = sorted(v for p in range(self.cell.producers) for v in self.share(p))
        for number, consumers in enumerate(self.streams):
            if sorted(v for popped in consumers for v in popped) != wanted:
                return "queue %d: not every value came out exactly once" % number
            for popped in consumers:
                if not in_order(popped):
                    return "queue %d: values of a producer came out of order" % number
        if any(not is_empty(store) for store in self.stores):
            return "the queue is not empty at the end"
        return ""


def is_empty(store: Any) -> bool:
    return len(store) == 0 if isinstance(store, collections.deque) else store.empty()


def in_order(values: Iterable[int]) -> bool:
    """Whether the values of each producer increase."""
    last: Dict[int, int] = {}
    for value in values:
        if last.get(value >> SEQUENCE_BITS, -1) >= value:
            return False
        last[value >> SEQUENCE_BITS] = value
    return True


# The workloads. Each adds its threads to a trial, runs it and says in `streams` what came out.

def take_all(worker: Worker) -> None:
    pop, keep = worker.ends[0].pop, worker.popped.append
    for value in iter(pop, None):
        keep(value)


def producer_consumer(trial: Trial) -> None:
    def produce(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            push = worker.ends[0].push
            for value in values:
                push(value)
            trial.leave(worker.ends[0])
            worker.pushed = len(values)
        return body

    for p in range(trial.cell.producers):
        trial.add("producer", produce(trial.share(p)))
    consumers = [trial.add("consumer", take_all) for _ in range(trial.cell.consumers)]
    trial.run()
    trial.streams = [[c.popped for c in consumers]]


def pairs(trial: Trial) -> None:
    def both(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            push, pop, keep = worker.ends[0].push, worker.ends[0].pop, worker.popped.append
            for value in values:
                push(value)
                keep(pop())
            worker.pushed = len(values)
        return body

    for p in range(trial.cell.producers):
        trial.add("pair", both(trial.share(p)))
    trial.run()
    trial.streams = [[w.popped for w in trial.workers]]


def ping_pong(trial: Trial) -> None:
    def ping(worker: Worker) -> None:
        push, pop, keep = worker.ends[0].push, worker.ends[1].pop, worker.popped.append
        for value in trial.share(0):
            push(value)
            keep(pop())
        worker.pushed = trial.items

    def pong(worker: Worker) -> None:
        pop, push, keep = worker.ends[0].pop, worker.ends[1].push, worker.popped.append
        for _ in range(trial.items):
            value = pop()
            keep(value)
            push(value)
        worker.pushed = trial.items

    workers = [trial.add("ping", ping, (0, 1)), trial.add("pong", pong, (0, 1))]
    trial.run()
    trial.streams = [[workers[1].popped], [workers[0].popped]]


def burst_of(cell: Cell) -> int:
    found = re.search(r"\bburst=(\d+)", cell.params)
    return int(found.group(1)) if found else 512


def burst(trial: Trial) -> None:
    """All producers push their part of a burst, then all consumers drain it."""
    size = max(1, burst_of(trial.cell) // trial.cell.producers)
    rounds = max((len(trial.share(p)) + size - 1) // size for p in range(trial.cell.producers))
    turn = threading.Barrier(trial.cell.threads)

    def produce(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            push = worker.ends[0].push
            for r in range(rounds):
                for value in values[r * size:(r + 1) * size]:
                    push(value)
                turn.wait()
                turn.wait()
            worker.pushed = len(values)
        return body

    def consume(worker: Worker) -> None:
        for _ in range(rounds):
            turn.wait()
            worker.popped.extend(worker.ends[0].drain())
            turn.wait()

    for p in range(trial.cell.producers):
        trial.add("producer", produce(trial.share(p)))
    consumers = [trial.add("consumer", consume) for _ in range(trial.cell.consumers)]
    trial.run()
    trial.streams = [[c.popped for c in consumers]]


def fan_in(trial: Trial) -> None:
    """Rounds of one-shot threads that put one value each. With creation=timed their creation is in the time."""
    timed = "creation=timed" in trial.cell.params
    collector = Worker("collector", ends=[End(trial.stores[0], trial.cell.wait)])
    producers = [Worker("thread", ends=[End(trial.stores[0], trial.cell.wait)]) for _ in range(trial.cell.producers)]
    shares = [trial.share(p) for p in range(trial.cell.producers)]
    total_ns = 0
    for number in range(max(map(len, shares))):
        total_ns += fan_in_round([(w, s[number]) for w, s in zip(producers, shares) if number < len(s)], collector, timed)
    for worker in producers + [collector]:
        worker.before = worker.after = None
    trial.workers = producers + [collector]
    trial.duration_ns = total_ns
    trial.streams = [[collector.popped]]


def fan_in_round(parts: Sequence[Tuple[Worker, int]], collector: Worker, timed: bool) -> int:
    gate = threading.Event()

    def put(worker: Worker, value: int) -> None:
        if not timed:
            gate.wait()
        worker.ends[0].push(value)
        worker.pushed += 1

    began_ns = time.perf_counter_ns()
    threads = [threading.Thread(target=put, args=part, daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    if not timed:
        began_ns = time.perf_counter_ns()
        gate.set()
    for _ in threads:
        collector.popped.append(collector.ends[0].pop())
    if not timed:
        ended_ns = time.perf_counter_ns()
    for thread in threads:
        thread.join()
    return (time.perf_counter_ns() if timed else ended_ns) - began_ns


def pipeline(trial: Trial) -> None:
    def source(worker: Worker) -> None:
        push = worker.ends[0].push
        for value in trial.share(0):
            push(value)
        push(None)
        worker.pushed = trial.items

    def stage(worker: Worker) -> None:
        pop, push, keep = worker.ends[0].pop, worker.ends[1].push, worker.popped.append
        for value in iter(pop, None):
            keep(value)
            push(value)
        push(None)
        worker.pushed = len(worker.popped)

    trial.add("source", source)
    last = trial.cell.queues - 1
    stages = [trial.add("stage", stage, (q, q + 1)) for q in range(last)]
    stages.append(trial.add("sink", take_all, (last,)))
    trial.run()
    trial.streams = [[s.popped] for s in stages]


def task(value: int) -> int:
    """What a worker does: so little that the queue and the future are what is measured."""
    return value


def submit_to(trial: Trial, submit: Callable[[Worker, int], "concurrent.futures.Future[int]"]) -> List[Worker]:
    """Submitters that hand in all their tasks and then wait for every result."""
    def submitter(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            futures = [submit(worker, value) for value in values]
            worker.popped = [future.result() for future in futures]
            worker.pushed = len(values)
            if trial.cell.backend != "python_futures":
                trial.leave(worker.ends[0])
        return body

    return [trial.add("submitter", submitter(trial.share(p))) for p in range(trial.cell.producers)]


def worker_pool(trial: Trial) -> None:
    if trial.cell.backend == "python_futures":
        executor_pool(trial)
        return

    def submit(worker: Worker, value: int) -> "concurrent.futures.Future[int]":
        future: "concurrent.futures.Future[int]" = concurrent.futures.Future()
        worker.ends[0].push((future, value))
        return future

    def work(worker: Worker) -> None:
        for future, value in iter(worker.ends[0].pop, None):
            worker.popped.append(value)
            future.set_result(task(value))

    submitters = submit_to(trial, submit)
    workers = [trial.add("worker", work) for _ in range(trial.cell.consumers)]
    trial.run()
    results = [v for s in submitters for v in s.popped]
    trial.streams = [[w.popped for w in workers], [results]]
    for submitter in submitters:
        submitter.popped = []


def executor_pool(trial: Trial) -> None:
    """The same through ThreadPoolExecutor, whose threads are started before the clock."""
    ready = threading.Barrier(trial.cell.consumers + 1)
    done: Dict[int, List[int]] = {}

    def run_task(value: int) -> int:
        done.setdefault(threading.get_ident(), []).append(value)
        return task(value)

    with concurrent.futures.ThreadPoolExecutor(trial.cell.consumers) as pool:
        for _ in range(trial.cell.consumers):  # each waits for all others, so each has a thread
            pool.submit(ready.wait)
        ready.wait()
        submitters = submit_to(trial, lambda worker, value: pool.submit(run_task, value))
        trial.run()
    idle = trial.cell.consumers - len(done)
    trial.streams = [list(done.values()), [[v for s in submitters for v in s.popped]]]
    for submitter in submitters:
        submitter.popped = []
    trial.workers += [Worker("worker", popped=popped) for popped in list(done.values()) + [[]] * idle]


def spawn_join(trial: Trial) -> None:
    """A task at a time: by a thread made for it (executor=spawn), or handed to workers; then wait until it is done."""
    if "executor=spawn" in trial.cell.params:
        spawn_each(trial)
        return

    def ask(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            push, done = worker.ends[0].push, threading.Semaphore(0)
            for value in values:
                push((done, value))
                done.acquire()
            worker.pushed = len(values)
            trial.leave(worker.ends[0])
        return body

    def work(worker: Worker) -> None:
        for done, value in iter(worker.ends[0].pop, None):
            worker.popped.append(task(value))
            done.release()

    for p in range(trial.cell.producers):
        trial.add("spawner", ask(trial.share(p)))
    workers = [trial.add("worker", work) for _ in range(trial.cell.consumers)]
    trial.run()
    trial.streams = [[w.popped for w in workers]]


def spawn_each(trial: Trial) -> None:
    """The value goes through the queue to the thread, and the thread is joined."""
    def spawner(values: range) -> Callable[[Worker], None]:
        def body(worker: Worker) -> None:
            push, pop, keep = worker.ends[0].push, worker.ends[0].pop, worker.popped.append
            for value in values:
                push(value)
                thread = threading.Thread(target=lambda: keep(task(pop())), daemon=True)
                thread.start()
                thread.join()
            worker.pushed = len(values)
        return body

    for p in range(trial.cell.producers):
        trial.add("spawner", spawner(trial.share(p)))
    trial.run()
    trial.streams = [[w.popped for w in trial.workers]]


WORKLOADS: Dict[str, Callable[[Trial], None]] = {
    "producer_consumer": producer_consumer, "pairs": pairs, "ping_pong": ping_pong, "burst": burst,
    "fan_in": fan_in, "pipeline": pipeline, "worker_pool": worker_pool, "spawn_join": spawn_join,
}
ITEMS_MAX = {"ping_pong": 2000, "fan_in": 400, "worker_pool": 2000, "spawn_join": 500}  # as lfbench's audit


def cpu_order() -> List[int]:
    """The CPUs this process may use: cores first, their second hardware threads after, as pin=compact."""
    def core(cpu: int) -> str:
        try:
            with open("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list" % cpu, encoding="ascii") as text:
                return text.read().strip()
        except OSError:
            return str(cpu)

    seen: Dict[str, int] = {}
    ranked = []
    for cpu in sorted(os.sched_getaffinity(0)):
        rank = seen[core(cpu)] = seen.get(core(cpu), -1) + 1
        ranked.append((rank, cpu))
    return [cpu for _, cpu in sorted(ranked)]


PROCESS_CPUS = cpu_order() if hasattr(os, "sched_getaffinity") else []


def cpus_of(cell: Cell, threads: int) -> List[Optional[int]]:
    if not cell.pinned:
        return [None] * threads
    return [PROCESS_CPUS[i % len(PROCESS_CPUS)] for i in range(threads)]


# One launch: a process of its own, told what to do on its command line and answering in JSON.

def jain(shares: Sequence[int]) -> str:
    squares = sum(s * s for s in shares)
    return number(sum(shares) ** 2 / (len(shares) * squares)) if squares else ""


def number(value: float) -> str:
    """As lfbench writes it: 6 significant digits, without an exponent where it can be read without."""
    text = "%.6g" % value
    return "%.0f" % float(text) if 999999.5 <= abs(value) < 1e15 else text


def usage_figures(workers: Sequence[Worker]) -> Dict[str, str]:
    """Of the threads' loops; empty where a thread was not watched."""
    if any(w.before is None or w.after is None for w in workers) or not hasattr(resource, "RUSAGE_THREAD"):
        return {}

    def total(name: str, scale: float = 1) -> str:
        return str(round(sum(getattr(w.after, name) - getattr(w.before, name) for w in workers) * scale))

    return {
        "ctx_voluntary": total("ru_nvcsw"), "ctx_involuntary": total("ru_nivcsw"),
        "user_ns": total("ru_utime", 1e9), "sys_ns": total("ru_stime", 1e9),
        "page_faults": str(sum(w.after.ru_minflt + w.after.ru_majflt - w.before.ru_minflt - w.before.ru_majflt for w in workers)),
    }


def figures(trial: Trial) -> Dict[str, str]:
    workers = trial.workers
    duration_ns = trial.duration_ns
    if duration_ns is None:
        timed = [w for w in workers if w.began_ns]
        duration_ns = max(w.ended_ns for w in timed) - min(w.began_ns for w in timed)
    ops = 2 * trial.cell.queues * trial.items
    pushed, popped = [w.pushed for w in workers if w.pushed], [len(w.popped) for w in workers if takes(w)]
    row = {
        "items": str(trial.items), "duration_ns": str(duration_ns), "ops": str(ops), "ops_checked": str(ops),
        "ops_per_s": number(ops * 1e9 / duration_ns), "ns_per_op": number(duration_ns / ops),
        "ns_per_item": number(duration_ns / trial.items),
        "fairness_producers": jain(pushed), "fairness_consumers": jain(popped),
        "share_min": number(min(popped) / sum(popped)), "share_max": number(max(popped) / sum(popped)),
    }
    if trial.cell.wait != "block":
        row["push_full"] = str(sum(e.full for w in workers for e in w.ends))
        row["pop_empty"] = str(sum(e.empty for w in workers for e in w.ends))
    row.update(usage_figures(workers))
    return row


def takes(worker: Worker) -> bool:
    """Whether it is a consumer: those that only push have no share."""
    return bool(worker.popped) or worker.role in ("consumer", "collector", "sink", "worker", "pair")


def run_trial(cell: Cell, items: int) -> Tuple[Dict[str, str], int]:
    """Its row, and how long it took."""
    trial = Trial(cell, items)
    began_ns = time.perf_counter_ns()
    WORKLOADS[cell.workload](trial)
    took_ns = time.perf_counter_ns() - began_ns
    problem = trial.problem()
    row = {"status": "invalid", "reason": problem} if problem else {"status": "ok", **figures(trial)}
    row["time_utc"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    row["cpus"] = "+".join(map(str, cpus_of(cell, cell.threads))) if cell.pinned else ""
    return row, took_ns


def calibrate(cell: Cell, duration_ns: int) -> int:
    """How many items take that long: twice as many until it can be told."""
    items = max(SMALLEST, cell.producers)
    while True:
        _, took_ns = run_trial(cell, items)
        if took_ns >= duration_ns / 4 or items >= 1 << 24:
            return min(max(1, round(items * duration_ns / took_ns)), 1 << 24)
        items *= 2


def clock_cost_ns() -> float:
    began = time.perf_counter_ns()
    for _ in range(1000):
        time.perf_counter_ns()
    return (time.perf_counter_ns() - began) / 1000


def child(text: str) -> int:
    """Audit, calibrate, and run the timed trials; a JSON line each."""
    asked = json.loads(text)
    cell = Cell(**asked["cell"])
    items = asked["items"]
    cost = number(clock_cost_ns())
    audit, _ = run_trial(cell, min(items or ITEMS_MAX.get(cell.workload, 10000), 100000))
    if audit["status"] != "ok":
        print(json.dumps(dict(audit, trial=0, reason="audit: " + audit["reason"])), flush=True)
        return 0
    items = items or calibrate(cell, asked["duration_ns"])
    for n in range(asked["trials"]):
        row, _ = run_trial(cell, items)
        print(json.dumps(dict(row, trial=n + 1, clock_cost_ns=cost)), flush=True)
    return 0


# The run: cells, launches in shuffled order, and the file.

def cell_id(row: Dict[str, str]) -> str:
    """FNV-1a over the key columns, each with a NUL behind it, as lfb_cell_id."""
    value = 0xCBF29CE484222325
    for byte in "".join(row[c] + "\0" for c in KEY_COLUMNS).encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return "%016x" % value


def interpreter() -> Tuple[str, str]:
    """Name with version, and how it was built: with the GIL, or free-threaded and then whether it is off now."""
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
    name = "%s %s" % (platform.python_implementation(), platform.python_version())
    return name, "%s, gil=%s" % (platform.python_compiler(), "on" if enabled else "off")


def commit() -> str:
    here = os.path.dirname(os.path.abspath(__file__))
    try:
        return subprocess.run(["git", "-C", here, "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
                              capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def cell_row(cell: Cell, common: Dict[str, str]) -> Dict[str, str]:
    """All of a row that does not come from a trial."""
    # SimpleQueue's put, deque's append and popleft run under the GIL or a lock of the object: whoever holds it can be stopped.
    row = dict.fromkeys(COLUMNS, "")
    row.update(common)
    row.update({
        "workload": cell.workload, "backend": cell.backend, "flavour": "timing", "semantics": "mpmc-fifo",
        "progress_push": "blocking", "progress_pop": "blocking", "bounded": str(int(cell.bounded)),
        "producers": str(cell.producers), "consumers": str(cell.consumers), "capacity": str(cell.capacity),
        "capacity_effective": str(cell.capacity) if cell.bounded else "", "batch": "1", "payload_bytes": "8",
        "payload_by": "value", "work_push_ns": "0", "work_pop_ns": "0", "work_dist": "none", "wait": cell.wait,
        "alloc": "malloc", "allocator": "pymalloc", "pin": cell.pin, "params": cell.params, "pass": "throughput",
        "check_level": "sum+audit",
        "flags": "oversubscribed" if cell.threads > (len(PROCESS_CPUS) or os.cpu_count() or 1) else "",
    })
    row["cell_id"] = cell_id(row)
    return row


def sides_of(workload: str, options: argparse.Namespace) -> List[Tuple[int, int]]:
    """Producers and consumers of every cell, with lfbench's defaults."""
    if workload == "ping_pong":
        return [(1, 1)]
    if workload == "pairs":
        return [(t, t) for t in options.threads]
    if workload == "pipeline":
        return [(1, stages - 1) for stages in options.stages]
    if workload == "fan_in":
        return [(p, 1) for p in options.producers or [20]]
    consumers = options.consumers or [2 if workload == "worker_pool" else 1]
    return [(p, c) for p in options.producers or [1] for c in consumers]


def params_of(workload: str, options: argparse.Namespace) -> str:
    """As lfbench: what is not at its default, sorted."""
    found = []
    if workload == "burst" and options.burst not in (None, 512):
        found.append("burst=%d" % options.burst)
    if workload == "fan_in" and options.creation == "timed":
        found.append("creation=timed")
    if workload == "spawn_join" and options.executor == "spawn":
        found.append("executor=spawn")
    if workload == "pipeline":
        found.append("stages=%d")
    return ";".join(found)


def stages_param(params: str, consumers: int) -> str:
    if "%d" not in params:
        return params
    return "" if consumers == 2 else params % (consumers + 1)


def wait_of(backend: str, asked: Optional[str]) -> str:
    return asked or ("yield" if backend == "python_deque" else "block")


def plan(options: argparse.Namespace) -> List[Cell]:
    cells = []
    for workload in options.workload:
        params = params_of(workload, options)
        for producers, consumers in sides_of(workload, options):
            for backend in options.backend:
                if backend == "python_futures" and workload != "worker_pool" and not options.backend_given:
                    continue
                for capacity in options.capacity or [20 if workload == "fan_in" else 1023]:
                    cells.append(Cell(workload, backend, producers, consumers, capacity, wait_of(backend, options.wait),
                                      options.pin, stages_param(params, consumers)))
                    if backend != "python_queue":
                        break  # without a capacity one cell is enough
    return cells


def launch(cell: Cell, options: argparse.Namespace) -> List[Dict[str, Any]]:
    """The rows of one process: its trials, or the one that says how it ended."""
    asked = {"cell": asdict(cell), "items": options.items, "duration_ns": options.duration_ns, "trials": options.trials}
    command = [sys.executable, os.path.abspath(__file__), "--child", json.dumps(asked)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=options.timeout, check=False)
    except subprocess.TimeoutExpired:
        return [{"trial": 0, "status": "timeout", "reason": "no result after %g s" % options.timeout}]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["exit status %d" % done.returncode])[-1]
        rows.append({"trial": 0, "status": "crashed", "reason": last[:200]})
    return rows


class Progress:
    """A line to standard error between launches."""

    def __init__(self, total: int, quiet: bool) -> None:
        self.total = total
        self.quiet = quiet

    def say(self, done: int, cell: Cell) -> None:
        if not self.quiet:
            print("%d/%d %s %s %dx%d" % (done, self.total, cell.workload, cell.backend, cell.producers, cell.consumers),
                  file=sys.stderr, flush=True)


class Results:
    """NAME.partial while the run lasts; takes its name in the end."""

    def __init__(self, path: str, force: bool) -> None:
        self.path = path
        self.direct = path == "-" or (os.path.exists(path) and not os.path.isfile(path))
        if not self.direct and not force and os.path.exists(path):
            raise FileExistsError("%s exists; use --force to replace it" % path)
        target = path if self.direct else path + ".partial"
        self.file = sys.stdout if path == "-" else open(target, "w", newline="", encoding="utf-8")  # pylint: disable=consider-using-with
        self.writer = csv.DictWriter(self.file, COLUMNS, lineterminator="\n")
        self.writer.writeheader()

    def write(self, rows: Iterable[Dict[str, Any]]) -> None:
        for row in rows:
            self.writer.writerow(row)
        self.file.flush()

    def finish(self) -> None:
        self.file.flush()
        if self.path == "-":
            return
        if not self.direct:
            os.fsync(self.file.fileno())
        self.file.close()
        if not self.direct:
            os.replace(self.path + ".partial", self.path)


def order_of(cells: Sequence[Cell], launches: int, seed: int) -> List[Tuple[int, int]]:
    """(cell, launch): shuffled anew in each round of launches, so that a drift of the machine hits all cells."""
    shuffler = random.Random(seed)
    order = []
    for n in range(1, launches + 1):
        rounds = [i for i, cell in enumerate(cells) if not cell.unsupported()]
        shuffler.shuffle(rounds)
        order += [(i, n) for i in rounds]
    return order


class Interrupted(Exception):
    """A signal asked to stop."""


def on_signal(caught: int, _frame: Any) -> None:
    signal.signal(caught, signal.SIG_DFL)  # the second one ends it at once
    raise Interrupted(caught)


def run(options: argparse.Namespace) -> int:
    for caught in (signal.SIGINT, signal.SIGTERM):  # also where a shell's background job inherits it ignored
        signal.signal(caught, on_signal)
    cells = plan(options)
    library, built_with = interpreter()
    common = {"schema": "1", "run_id": os.urandom(8).hex(), "host": socket.gethostname(), "commit": commit(),
              "backend_library": library, "built_with": built_with, "seed": str(options.seed)}
    rows = [cell_row(cell, common) for cell in cells]
    results = Results(options.out, options.force)
    code = 0
    try:
        code = run_all(cells, rows, results, options)
    except Interrupted as interrupted:
        print("python_baseline: interrupted; the finished rows are kept", file=sys.stderr)
        code = 128 + interrupted.args[0]
    results.finish()
    return code


def run_all(cells: List[Cell], rows: List[Dict[str, str]], results: Results, options: argparse.Namespace) -> int:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for cell, row in zip(cells, rows):
        if cell.unsupported():
            results.write([dict(row, launch=1, trial=0, time_utc=now, status="unsupported", reason=cell.unsupported())])
    order = order_of(cells, options.launches, options.seed)
    progress = Progress(len(order), options.progress == "never")
    bad = False
    for place, (i, number_of_launch) in enumerate(order, 1):
        progress.say(place, cells[i])
        found = launch(cells[i], options)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        shape = {**rows[i], "time_utc": now, "launch": number_of_launch, "order": place}
        results.write({**shape, **row} for row in found)
        bad = bad or any(f["status"] != "ok" for f in found)
    return EXIT_BROKEN if bad else 0


# The command line.

def count(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError("'%s' is not a number from %d to %d" % (text[:40], least, most))
        return int(text)
    return parse


def counts(least: int, most: int) -> Callable[[str], List[int]]:
    parse = count(least, most)
    return lambda text: [parse(part) for part in text.split(",")]


def words(known: Iterable[str]) -> Callable[[str], List[str]]:
    names = list(known)

    def parse(text: str) -> List[str]:
        for part in text.split(","):
            if part not in names:
                raise argparse.ArgumentTypeError("'%s' is not known; known: %s" % (part[:40], ", ".join(names)))
        return text.split(",")
    return parse


def duration(text: str) -> int:
    """25ms, 1.5s ... in nanoseconds."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ns|us|ms|s)", text)
    value = round(float(found.group(1)) * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[found.group(2)]) if found else 0
    if not 1000000 <= value <= 3600 * 10**9:
        raise argparse.ArgumentTypeError("'%s' is not a time from 1ms to 3600s, as 100ms" % text[:40])
    return value


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python_baseline.py", description="CPython's own queues under lfbench's workloads.",
                                   epilog="Lists are separated by commas; each combination is a cell. Exit status: 0 done; 2 wrong usage; "
                                          "4 a launch crashed, hung or failed verification; 130 interrupted, with the finished rows kept.")
    add = made.add_argument
    add("--workload", type=words(WORKLOADS), default=list(WORKLOADS), help="of: %s (default all)" % ", ".join(WORKLOADS))
    add("--backend", type=words(BACKENDS), help="of: %s (default all that fit)" % ", ".join(BACKENDS))
    add("--producers", type=counts(1, 512), help="threads that push (default 1; fan_in 20)")
    add("--consumers", type=counts(1, 512), help="threads that pop (default 1; worker_pool 2)")
    add("--threads", type=counts(1, 512), default=[2], help="threads of pairs (default 2)")
    add("--stages", type=counts(2, 16), default=[3], help="threads of a pipeline (default 3)")
    add("--capacity", type=counts(1, 1 << 24), help="of python_queue; the others have none (default 1023; fan_in 20)")
    add("--burst", type=count(1, 1 << 24), help="items per burst (default 512)")
    add("--creation", choices=("untimed", "timed"), default="untimed", help="fan_in: whether creating threads is in the time")
    add("--executor", choices=("pool", "spawn"), default="pool", help="spawn_join: workers, or a thread for each task")
    add("--wait", choices=WAITS, help="on a full or empty queue (default block; python_deque yield)")
    add("--pin", choices=("compact", "none"), default="compact", help="threads to CPUs, as lfbench (default compact)")
    add("--items", type=count(1, 1 << 24), default=0, help="items of a trial (default: as many as take --duration)")
    add("--duration", type=duration, dest="duration_ns", default=100 * 10**6, help="of a trial (default 100ms)")
    add("--trials", type=count(1, 1000), default=5, help="timed trials of a launch (default 5)")
    add("--launches", type=count(1, 10000), default=6, help="processes per cell (default 6)")
    add("--timeout", type=count(1, 86400), default=60, metavar="SECONDS", help="for one launch (default 60)")
    add("--seed", type=count(0, 10**12 - 1), help="of the order (default: random)")
    add("-o", "--out", default="-", metavar="FILE", help="results file (default -: standard output)")
    add("--force", action="store_true", help="replace FILE")
    add("--progress", choices=("always", "never"), default="always", help="a line per launch to standard error")
    return made


def main(argv: Sequence[str]) -> int:
    if len(argv) == 2 and argv[0] == "--child":
        return child(argv[1])
    options = parser().parse_args(argv)
    options.backend_given = options.backend is not None
    options.backend = options.backend or list(BACKENDS)
    if options.seed is None:
        options.seed = random.randrange(10**6)
    try:
        return run(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads: be quiet about it at exit, too
        return EXIT_USAGE
    except OSError as error:
        print("python_baseline: %s" % error, file=sys.stderr)
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
