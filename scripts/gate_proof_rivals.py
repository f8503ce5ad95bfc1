#!/usr/bin/env python3
"""gate_proof_rivals.py - what others would have said of the same builds on the same machine.

Runs a build ten times, then another ten times, as a CI job does that benchmarks base and then head; and judges
the two samples by Mann-Whitney at 0.05 (benchstat, google-benchmark's compare.py), by Welch's t at 0.05 (hyperfine's
welch_ttest.py), and by "the medians differ by more than 5 %". Standard library only; the figures are ns_per_item of
producer_consumer with one thread per side. docs/gate-proof.md has what came of it.
"""

import argparse
import csv
import io
import math
import os
import statistics
import subprocess
import sys

RUNS = 10


def one_run(bench, path, duration):
    """ns per item of one process with one trial; None if it failed."""
    out = subprocess.run(
        [bench, "--backend", path, "--trials", "1", "--duration", duration, "--audit-items", "1000", "--csv", "-"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True)
    rows = list(csv.DictReader(io.StringIO(out.stdout)))
    return float(rows[0]["ns_per_item"]) if out.returncode == 0 and rows else None


def mann_whitney_p(a, b):
    """Two-sided, exact for samples without ties: U counted out by its generating function."""
    m, n = len(a), len(b)
    u = sum((y > x) + 0.5 * (y == x) for x in a for y in b)
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for k in range(m * n, n + i - 1, -1):
            counts[k] -= counts[k - n - i]
        for k in range(i, m * n + 1):
            counts[k] += counts[k - i]
    total = sum(counts)
    tail = sum(counts[math.ceil(max(u, m * n - u)):]) / total
    return min(1.0, 2 * tail)


def student_tail(t, df):
    """P(|T| > t) by the continued fraction of the incomplete beta function (Lentz)."""
    x = df / (df + t * t)
    a, b = df / 2, 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) if 0 < x < 1 else 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_fraction(b, a, 1 - x) * front / b
    return _beta_fraction(a, b, x) * front / a


def _beta_fraction(a, b, x):
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > 1e-300 else 1e-300)
    result = d
    for m in range(1, 300):
        for numerator in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                          -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > 1e-300 else 1e-300)
            c = 1 + numerator / c
            c = c if abs(c) > 1e-300 else 1e-300
            result *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return result


def welch_p(a, b):
    va, vb = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
    if va + vb == 0:
        return 1.0
    t = abs(statistics.mean(a) - statistics.mean(b)) / math.sqrt(va + vb)
    df = (va + vb) ** 2 / (va ** 2 / (len(a) - 1) + vb ** 2 / (len(b) - 1))
    return student_tail(t, df)


def judge(base, head):
    slower = statistics.median(head) > statistics.median(base)
    return {
        "mann_whitney": (mann_whitney_p(base, head) <= 0.05) * (1 if slower else -1),
        "welch": (welch_p(base, head) <= 0.05) * (1 if slower else -1),
        "5_percent": (abs(statistics.median(head) / statistics.median(base) - 1) > 0.05) * (1 if slower else -1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="build folder, with bench/proof/objects made by scripts/gate-proof")
    parser.add_argument("--comparisons", type=int, default=20, help="of each pair of builds (default 20)")
    parser.add_argument("--duration", default="25ms", help="of a run (default 25ms)")
    parser.add_argument("--pairs", default="base,slow-2,slow-10", help="folders to compare base with (default base,slow-2,slow-10)")
    parser.add_argument("--out", default="-", help="the runs as CSV (default: not kept)")
    options = parser.parse_args()
    objects = os.path.join(options.build, "bench", "proof", "objects")
    bench = os.path.join(options.build, "bench", "producer_consumer")
    raw = open(options.out, "w", encoding="utf-8") if options.out != "-" else None
    if raw:
        raw.write("pair,backend,comparison,side,run,ns_per_item\n")
    print(f"{'pair':10} {'backend':14} {'runs':>4}  {'Mann-Whitney':>14} {'Welch':>14} {'5 %':>14}   (slower/faster)")
    for pair in options.pairs.split(","):
        for name in sorted(os.listdir(os.path.join(objects, "base"))):
            said = {key: [0, 0] for key in ("mann_whitney", "welch", "5_percent")}
            done = 0
            for comparison in range(options.comparisons):
                sides = {}
                for side, folder in (("base", "base"), ("head", pair)):
                    runs = [one_run(bench, os.path.join(objects, folder, name), options.duration) for _ in range(RUNS)]
                    sides[side] = [ns for ns in runs if ns is not None]
                    if raw:
                        raw.writelines(f"{pair},{name[:-3]},{comparison},{side},{i},{ns:.6g}\n" for i, ns in enumerate(sides[side]))
                if min(len(values) for values in sides.values()) < RUNS:
                    continue
                done += 1
                for key, verdict in judge(sides["base"], sides["head"]).items():
                    said[key][0] += verdict > 0
                    said[key][1] += verdict < 0
            cells = " ".join(f"{said[key][0]:>8}/{said[key][1]:<5}" for key in ("mann_whitney", "welch", "5_percent"))
            print(f"{pair:10} {name[:-3]:14} {done:>4}  {cells}")
            sys.stdout.flush()
    if raw:
        raw.close()


if __name__ == "__main__":
    main()
