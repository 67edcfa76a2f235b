#!/usr/bin/env python3
"""Computes the fits that ApeAnalysisTests checks the scaling law against, with SciPy's curve_fit.

    python3 Tests/Reference/scaling.py > Tests/Reference/scaling.txt

Lines are `NAME LAMBDA LOW HIGH SIGMA LOW HIGH KAPPA LOW HIGH R2 AGENTS:THROUGHPUT,...`. Differences are weighed as shares of
the throughput, none as if it were measured to better than half a percent; the intervals are at 95 % with Student's t and cut
at 0.

`specsdm91` (SPEC SDM91 on a 16-CPU Sun) and `raytracer` (a benchmark of the SGI Origin 2000) are the data sets of
Gunther, "Guerrilla Capacity Planning", which the R package `usl` carries too. The others are made up.
"""
import itertools
import random

import numpy as np
from scipy import stats
from scipy.optimize import curve_fit


def law(n, lam, sigma, kappa):
    return lam * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))


def slopes(n, lam, sigma, kappa):
    divisor = 1 + sigma * (n - 1) + kappa * n * (n - 1)
    common = -lam * n / divisor**2
    return np.array([n / divisor, common * (n - 1), common * n * (n - 1)]).T


def noisy(seed, sizes, lam, sigma, kappa, noise):
    generator = random.Random(seed)
    return [(n, law(n, lam, sigma, kappa) * (1 + generator.uniform(-noise, noise))) for n in sizes]


DATA = {
    "specsdm91": [(1, 64.9), (18, 995.9), (36, 1652.4), (72, 1853.2), (108, 1828.9), (144, 1775.0), (216, 1702.2)],
    "raytracer": [(1, 20), (4, 78), (8, 130), (12, 170), (16, 190), (20, 200), (24, 210), (28, 230), (32, 260),
                  (48, 280), (64, 310)],
    "ladder": noisy(1, [10, 50, 100, 200, 500, 1000, 500], 2.0, 2e-3, 4e-7, 0.01),
    "contention": noisy(2, [10, 50, 100, 200, 500, 1000], 1.5, 5e-3, 0.0, 0.005),
    "coherency": noisy(3, [5, 10, 20, 40, 80], 3.0, 0.0, 1e-4, 0.01),
    "four": noisy(4, [10, 50, 100, 200], 2.0, 1e-2, 1e-5, 0.005),
}

LEAST_ERROR = 0.005


def best_fit(x, y):
    """The best of many starts, since a search from afar may stop early."""
    fits = []
    for sigma, kappa in itertools.product([0.0005, 0.005, 0.05], [1e-7, 1e-6, 1e-5, 1e-4]):
        fits.append(curve_fit(
            law, x, y, sigma=y, p0=[y[0] / x[0], sigma, kappa], bounds=([0, 0, 0], np.inf), method="dogbox", jac=slopes,
            x_scale=[1, sigma, kappa], ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=100000,
        ))
    return min(fits, key=lambda fit: ((1 - law(x, *fit[0]) / y) ** 2).sum())


for name, points in DATA.items():
    x = np.array([float(n) for n, _ in points])
    y = np.array([float(t) for _, t in points])
    found, covariance = best_fit(x, y)
    variance = ((1 - law(x, *found) / y) ** 2).sum() / (len(x) - 3)
    covariance *= max(variance, LEAST_ERROR**2) / variance
    t = stats.t.ppf(0.975, len(x) - 3)
    parts = []
    for value, error in zip(found, np.sqrt(np.diag(covariance))):
        parts += [value, max(0.0, value - t * error), value + t * error]
    residual = float(((y - law(x, *found)) ** 2).sum())
    parts += [1 - residual / float(((y - y.mean()) ** 2).sum())]
    print(name, *(repr(float(part)) for part in parts), ",".join(f"{float(n)!r}:{float(v)!r}" for n, v in points))
