#!/usr/bin/env python3
"""Computes the values that ApeMetricsTests checks the statistics against, with SciPy.

    python3 Tests/Reference/statistics.py > Tests/Reference/statistics.txt

Lines are `t DEGREES QUANTILE`, `wilson SUCCESSES TRIALS LOW HIGH`, and
`batches LOW HIGH SUM:COUNT,... [SUM:COUNT,...]` with one group for each stratum.
"""
import math
import random

from scipy import stats

for degrees in [1, 1.5, 2, 2.7, 3, 5, 9, 10, 19, 29, 38.4, 100, 1000, 1e6]:
    print("t", degrees, repr(float(stats.t.ppf(0.975, degrees))))

for successes, trials in [(0, 1), (1, 1), (0, 20), (20, 20), (17, 20), (85, 100), (849, 1000), (99999, 100000)]:
    interval = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    print("wilson", successes, trials, repr(float(interval.low)), repr(float(interval.high)))


def combined_ratio(strata):
    """The mean's interval by the combined ratio estimator with Satterthwaite's degrees of freedom."""
    total = sum(count for stratum in strata for _, count in stratum)
    mean = sum(s for stratum in strata for s, _ in stratum) / total
    parts = []
    for stratum in strata:
        residuals = [s - mean * count for s, count in stratum]
        k = len(residuals)
        centre = sum(residuals) / k
        parts.append((k / (k - 1) * sum((r - centre) ** 2 for r in residuals) / total**2, k - 1))
    variance = sum(part for part, _ in parts)
    degrees = variance**2 / sum(part**2 / d for part, d in parts)
    half = stats.t.ppf(0.975, degrees) * math.sqrt(variance)
    return mean - half, mean + half


generator = random.Random(1)
equal = [(generator.gauss(50, 5), 50.0) for _ in range(20)]
# With equal counts the method must be the ordinary interval of the batches' means.
means = [s / c for s, c in equal]
low, high = stats.t.interval(0.95, len(means) - 1, loc=sum(means) / len(means), scale=stats.sem(means))
assert all(abs(a - b) < 1e-12 for a, b in zip(combined_ratio([equal]), (low, high)))
uneven = [(generator.uniform(5, 60), float(generator.randint(10, 50))) for _ in range(10)]
high_load = [(c * generator.gauss(1.3, 0.2), c) for c in (float(generator.randint(400, 500)) for _ in range(15))]
for strata in [[equal], [uneven], [uneven, high_load], [[(1.0, 2.0), (4.0, 3.0)]]]:
    low, high = combined_ratio(strata)
    groups = " ".join(",".join(f"{s!r}:{c!r}" for s, c in stratum) for stratum in strata)
    print("batches", repr(float(low)), repr(float(high)), groups)


# Comparisons of two runs: `welch P SUM:COUNT,... SUM:COUNT,...`, `proportions P A N B M`,
# `kolmogorov X TAIL` and `ks DISTANCE P VALUE,... VALUE,...` with the limiting distribution.
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
