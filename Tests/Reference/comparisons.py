#!/usr/bin/env python3
"""Computes the values that ApeMetricsTests checks the comparison of two runs against, with SciPy.

    python3 Tests/Reference/comparisons.py > Tests/Reference/comparisons.txt

Lines are `welch P SUM:COUNT,... SUM:COUNT,...`, `proportions P A N B M`, `kolmogorov X TAIL` and
`ks DISTANCE P VALUE,... VALUE,...`, the last two with Kolmogorov's limiting distribution.
"""
import math
import random

from scipy import stats

generator = random.Random(2)


def batches(mean, spread, number, count=50.0):
    return [(generator.gauss(mean, spread) * count, count) for _ in range(number)]


for one, other in [
    (batches(0.5, 0.05, 20), batches(0.52, 0.02, 12)),
    (batches(1.0, 0.1, 5), batches(1.0, 0.1, 20)),
    (batches(0.3, 0.01, 20), batches(0.39, 0.01, 20)),
]:
    p = stats.ttest_ind([s / c for s, c in one], [s / c for s, c in other], equal_var=False).pvalue
    groups = " ".join(",".join(f"{s!r}:{c!r}" for s, c in side) for side in (one, other))
    print("welch", repr(float(p)), groups)

for a, n, b, m in [(85, 100, 80, 100), (950, 1000, 900, 1000), (10, 400, 30, 380), (500, 1000, 500, 1000)]:
    # The test of two proportions is the chi-square test of their table.
    p = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
    print("proportions", repr(float(p)), a, n, b, m)

for x in [0.05, 0.2, 0.5, 0.8276, 1.0, 1.1799, 1.1801, 1.3581, 2.0, 3.0]:
    print("kolmogorov", x, repr(float(stats.kstwobign.sf(x))))

for shift in [0, 40, 300]:
    one = [generator.randint(100, 900) for _ in range(120)]
    other = [generator.randint(100, 900) + shift for _ in range(80)]
    distance = float(stats.ks_2samp(one, other).statistic)
    p = float(stats.kstwobign.sf(math.sqrt(len(one) * len(other) / (len(one) + len(other))) * distance))
    print("ks", repr(distance), repr(p), ",".join(map(str, one)), ",".join(map(str, other)))
