"""A straight line through a series by least squares, and how sure it is."""
import math, statistics
from dataclasses import dataclass


@dataclass
class Slope:
    """KiB, descriptors or whatever the series is in, per minute, with half of its 95 % interval."""

    per_minute: float
    half_width: float

    @property
    def low(self):
        return self.per_minute - self.half_width

    @property
    def high(self):
        return self.per_minute + self.half_width


def student_t(freedom, probability=0.975):
    """The quantile of Student's distribution, by Cornish and Fisher's expansion: true to 2 % from 3 degrees on."""
    z = statistics.NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def batches(series, length):
    """The means of stretches of a series of (seconds, value), each as (seconds, mean).

    Memory moves within a cycle of kills, and a reading is like the one before it. The means of whole cycles are not, so
    that the line's uncertainty is not taken for too small.
    """
    parts = {}
    for time, value in series:
        parts.setdefault(int(time // length), []).append((time, value))
    most = max(map(len, parts.values()), default=0)
    return [
        (statistics.fmean(time for time, _ in part), statistics.fmean(value for _, value in part))
        for _, part in sorted(parts.items())
        if 2 * len(part) > most
    ]


def through(points):
    """The slope of a series of (seconds, value); None where it has too few points to tell how sure that is."""
    freedom = len(points) - 2
    if freedom < 3:
        return None
    time, value = (statistics.fmean(column) for column in zip(*points))
    moved = [((t - time) / 60, v - value) for t, v in points]
    spread = sum(t * t for t, _ in moved)
    slope = sum(t * v for t, v in moved) / spread
    rest = sum((v - slope * t) ** 2 for t, v in moved)
    return Slope(slope, student_t(freedom) * math.sqrt(rest / freedom / spread))
