#!/usr/bin/env python3
"""Computes the values that ApeMetricsTests checks the statistics against, with NumPy and SciPy.

    python3 Tests/Reference/statistics.py > Tests/Reference/statistics.txt

Lines are `t DEGREES QUANTILE` and `t99 DEGREES QUANTILE` for intervals of 95 and 99 %, `wilson SUCCESSES TRIALS LOW HIGH`,
`batches LOW HIGH SUM:COUNT,... [SUM:COUNT,...]` with one group for each stratum, whose batches stay as they are,
`grown LOW HIGH BATCHES SHORT SUM:COUNT,... [SUM:COUNT,...]` with seconds that are batches until they have grown, and 1 where
they were still correlated,
`percentile PERCENT:VALUE,... SAMPLE,...` by nearest rank, `mser5 BATCHES SUM:COUNT,...` with the number of leading batches that
MSER-5 leaves out, and `warmup WHAT MICROS:COUNT,...` with the seconds of a hold and what is left out of it: so many
seconds, `nothing`, or `unsettled`.
"""
import math
import random
from fractions import Fraction

import numpy
from scipy import stats

for degrees in [1, 1.5, 2, 2.7, 3, 5, 9, 10, 19, 29, 38.4, 100, 1000, 1e6]:
    print("t", degrees, repr(float(stats.t.ppf(0.975, degrees))))

for degrees in [1, 4, 9, 12.5, 1e6]:
    print("t99", degrees, repr(float(stats.t.ppf(0.995, degrees))))

for successes, trials in [(0, 1), (1, 1), (0, 20), (20, 20), (17, 20), (85, 100), (849, 1000), (99999, 100000)]:
    interval = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    print("wilson", successes, trials, repr(float(interval.low)), repr(float(interval.high)))


def combined_ratio(strata, quantile=0.975):
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
    half = stats.t.ppf(quantile, degrees) * math.sqrt(variance)
    return max(0.0, mean - half), mean + half


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


for samples in [[7], [1, 2], [3, 1, 2, 2, 9], [generator.randrange(2048) for _ in range(999)],
                [round(generator.lognormvariate(12, 1)) for _ in range(1000)]]:
    ranks = [0, 1, 25, 50, 90, 95, 99, 99.9, 100]
    ordered = sorted(samples)
    places = [max(1, math.ceil(Fraction(str(percent)) * len(samples) / 100)) for percent in ranks]
    values = [ordered[place - 1] for place in places]
    # NumPy says the same but for 99.9 % of 1,000, which its binary fractions make more than 999.
    numpys = [int(numpy.percentile(samples, percent, method="inverted_cdf")) for percent in ranks]
    assert all(a == b or len(samples) % 1000 == 0 and p == 99.9 for a, b, p in zip(values, numpys, ranks))
    print("percentile", ",".join(f"{p}:{v}" for p, v in zip(ranks, values)), ",".join(map(str, samples)))


def mser5(batches):
    """White's rule on batches of (sum, count), as the argument that makes the ratio's variance least."""
    sums, counts = numpy.array(batches, dtype=float).T
    statistics = []
    for start in range(len(batches) - 4):
        s, n = sums[start:], counts[start:]
        statistics.append(float(numpy.sum((s - s.sum() / n.sum() * n) ** 2) / n.sum() ** 2))
    return int(numpy.argmin(statistics)), statistics


# With equal counts it must be the textbook's: the squared deviations over the squared number of what is kept.
noise = numpy.array([generator.gauss(5, 1) + 4 * math.exp(-i / 2) for i in range(24)])
textbook = [float(numpy.sum((noise[d:] - noise[d:].mean()) ** 2) / (24 - d) ** 2) for d in range(20)]
assert numpy.allclose(mser5([(y * 10, 10) for y in noise])[1], textbook)


def seconds(length, mean, correlation=0.0, spread=0.05):
    """Seconds of a hold as (microseconds, count), whose mean is `mean(second)` and whose noise is autoregressive."""
    out, state = [], 0.0
    for second in range(length):
        state = correlation * state + generator.gauss(0, spread * math.sqrt(1 - correlation**2))
        count = generator.randint(80, 120)
        out.append((round(count * mean(second) * (1 + state) * 1e6), count))
    return out


def equal_batches(totals, most):
    number = min(most, len(totals))
    batches = [[0.0, 0.0] for _ in range(number)]
    for second, (micros, count) in enumerate(totals):
        batch = batches[second * number // len(totals)]
        batch[0] += micros / 1e6
        batch[1] += count
    return batches


def warmup(totals):
    fives = [tuple(sum(x) for x in zip(*totals[i:i + 5])) for i in range(0, len(totals) // 5 * 5, 5)]
    if len(fives) < 10:
        return "nothing"
    best, statistics = mser5([(micros / 1e6, count) for micros, count in fives])
    early = int(numpy.argmin(statistics[:len(fives) // 2 + 1]))

    def differs(first, later):
        every, kept = totals[first * 5:], totals[later * 5:]
        mean, settled = (sum(m for m, _ in part) / sum(c for _, c in part) / 1e6 for part in (every, kept))
        low, high = combined_ratio([equal_batches(kept, 10)], 0.995)
        return later > first and not low <= mean <= high and abs(mean - settled) > 0.01 * settled

    if best > len(fives) // 2 and differs(early, best):
        return "unsettled"
    if not differs(0, early):
        return "nothing"
    return str(early * 5) if early < len(fives) // 2 else "unsettled"


holds = [
    seconds(60, lambda t: 0.5),
    seconds(120, lambda t: 0.5, correlation=0.8),
    seconds(60, lambda t: 0.5 + 1.5 * math.exp(-t / 4)),
    seconds(120, lambda t: 0.5 + 0.5 * math.exp(-t / 8), correlation=0.5),
    seconds(60, lambda t: 0.9 if t < 15 else 0.5),
    seconds(60, lambda t: 0.2 if t < 10 else 0.5),
    seconds(61, lambda t: 0.5 if t < 41 else 1.0),
    seconds(120, lambda t: 0.5 + t / 100),
    seconds(60, lambda t: 0.5 + t / 100),
    seconds(49, lambda t: 5 if t < 10 else 0.5),
    seconds(60, lambda t: 0.5 + 0.01 * math.exp(-t / 4)),
]
for totals in holds:
    fives = [tuple(sum(x) for x in zip(*totals[i:i + 5])) for i in range(0, len(totals) // 5 * 5, 5)]
    batches = [(micros / 1e6, float(count)) for micros, count in fives]
    print("mser5", mser5(batches)[0], ",".join(f"{s!r}:{c!r}" for s, c in batches))
    print("warmup", warmup(totals), ",".join(f"{m}:{c}" for m, c in totals))


def residuals_of(stratum, number, mean):
    """The centred residuals of a stratum's seconds, merged into a number of batches."""
    which = numpy.arange(len(stratum)) * number // len(stratum)
    sums, counts = (numpy.bincount(which, column, number) for column in numpy.array(stratum, dtype=float).T)
    values = sums - mean * counts
    return values - values.mean()


def grown_part(stratum, number, mean):
    """Variance of the residuals' sum with Skart's adjustment, number, skewness, and whether neighbours are correlated."""
    values = residuals_of(stratum, number, mean)
    squares = float(values @ values)
    # The test's statistic is von Neumann's ratio, of which 2 is the expectation without correlation.
    ratio = float(numpy.diff(values) @ numpy.diff(values)) / squares
    correlated = (1 - ratio / 2) / math.sqrt((number - 2) / (number**2 - 1)) > stats.norm.ppf(0.8)
    seen = float(values[1:] @ values[:-1]) / squares
    correlation = min(max(0.0, seen + (1 + 3 * max(0.0, seen)) / number), 0.7)
    variance = number / (number - 1) * squares * (1 + correlation) / (1 - correlation)
    skewness = float(stats.skew(values, bias=True)) * number**2 / ((number - 1) * (number - 2))
    skewness *= ((number - 1) / number) ** 1.5 / math.sqrt(number)
    return variance, number, skewness, correlated


def grown(strata):
    strata = [[pair for pair in stratum if pair[1] > 0] for stratum in strata]
    total = sum(count for stratum in strata for _, count in stratum)
    mean = sum(s for stratum in strata for s, _ in stratum) / total
    parts, short = [], False
    for stratum in strata:
        first = min(len(stratum), 60)
        numbers = [first // one for one in (1, 2, 3, 4, 6) if one == 1 or first // one >= 10]
        tried = [grown_part(stratum, number, mean) for number in numbers]
        settled = next((place for place, part in enumerate(tried) if not part[3]), None)
        if settled is None:
            short = True
            parts.append(tried[-1])
        else:
            parts.append(max(tried[settled:settled + 2], key=lambda p: stats.t.ppf(0.975, p[1] - 1) ** 2 * p[0]))
    variances = [part[0] / total**2 for part in parts]
    variance = sum(variances)
    t = stats.t.ppf(0.975, variance**2 / sum(v**2 / (part[1] - 1) for v, part in zip(variances, parts)))
    slant = sum(part[2] * v**1.5 for v, part in zip(variances, parts)) / variance**1.5 / 6

    def unskewed(t):
        return t if abs(slant) < 0.001 else (numpy.cbrt(1 + 6 * slant * (t - slant)) - 1) / (2 * slant)

    error = math.sqrt(variance)
    low, high = mean - max(t, unskewed(t)) * error, mean + max(t, -unskewed(-t)) * error
    return float(max(0.0, low)), float(high), sum(part[1] for part in parts), int(short)


def counted(length, mean, **noise):
    return [(micros / 1e6, float(count)) for micros, count in seconds(length, mean, **noise)]


skewed = [(sum(generator.paretovariate(2.2) for _ in range(20)), 20.0) for _ in range(60)]
sparse = [pair if second % 3 else (0.0, 0.0) for second, pair in enumerate(counted(100, lambda t: 0.5))]
for strata in [
    [counted(60, lambda t: 0.5)], [counted(15, lambda t: 0.5)], [counted(60, lambda t: 0.5, correlation=0.5)],
    [counted(300, lambda t: 0.5, correlation=0.9)], [counted(60, lambda t: 0.3 + t / 100)], [skewed], [sparse],
    [counted(5, lambda t: 0.5)], [counted(30, lambda t: 0.5, correlation=0.7), skewed, counted(90, lambda t: 0.9)],
]:
    groups = " ".join(",".join(f"{s!r}:{c!r}" for s, c in stratum) for stratum in strata)
    print("grown", *grown(strata), groups)
