"""Golden numbers for the interval of nape-server's `change` module, from numpy matrices and scipy's Student t.

Prints the cases of the test `the_interval_is_the_one_that_scipy_gives`, and with `--coverage` how often the interval holds the truth for made-up people
whose days follow each other more or less closely. Needs numpy and scipy.
"""

import sys

import numpy as np
from scipy import stats


def interval(days):
    """Difference and ends of its interval, points; `days` with nan for a day without ratings."""
    days = np.asarray(days, float)
    half = len(days) // 2
    at = np.flatnonzero(~np.isnan(days))
    y = days[at]
    later = at >= half
    design = np.column_stack([~later, later]).astype(float)
    mean, *_ = np.linalg.lstsq(design, y, rcond=None)
    e = y - design @ mean
    lag = np.abs(at[:, None] - at[None, :])
    neighbours = np.triu(lag == 1)
    pairs, count, squares = neighbours.sum(), len(y), e @ e
    if pairs and squares > 1e-9:
        raw = (np.outer(e, e)[neighbours].sum() / pairs) / (squares / count)
        raw += (1 + 4 * np.clip(raw, 0, 1)) / (count / 2)
        r = np.clip((pairs * raw + 10 * 0.4) / (pairs + 10), 0, 0.9)
    else:
        r = 0.4
    cov = r**lag
    # Variance of each half's mean in units of a day's variance; the halves are taken as independent.
    w = design / design.sum(0)
    var = np.array([w[:, k] @ cov @ w[:, k] for k in (0, 1)])
    free = (design.sum(0) * (1 - var)).sum()
    s2 = max(squares / max(free, 0.5), 1 / 12)
    h = stats.t.ppf(0.975, max((1 / var).sum() - 2, 1)) * np.sqrt(s2 * var.sum())
    by = mean[1] - mean[0]
    return by, by - h, by + h


CASES = [
    "6 5 7 6 5 6 7 4 5 4 3 5 4 4",
    "6 - 7 6 - 6 7 4 5 - 3 5 4 -",
    "6 - 5 - 7 - 6 4 - 5 - 3 - 4",
    "5 5 5 5 5 5 5 4 4 4 4 4 4 4",
    "5.5 5 6 6.25 7 6.5 6 5 5.5 4 4.5 5 6 6 6.5 7 7 6 5.5 5 5 4.5 - - 5 6 6 6.5 "
    "6 5 5 4 4.5 4 3 3.5 - 4 4 5 5.25 5 4.5 4 3 3 3.5 4 4 - - 4.5 5 4 3.5 3",
    "3 4 2 5 3 4 3 2 4 3 5 3 2 4 3 4 3 2 5 3 4 3 2 4 3 5 3 2 3 4 3 2 5 4 3 2 4 3 3 4 2 3 5 4 3 2 3 4 3 2 4 3 5 3 2 4",
]


def golden():
    for case in CASES:
        days = [np.nan if d == "-" else float(d) for d in case.split()]
        by, low, high = np.round(np.clip(interval(days), -10, 10) * 10).astype(int)
        print(f'            ("{case}", {by}, {low}, {high}),')


def coverage():
    for half in (7, 28):
        for missing in (0, 0.3):
            for rho in (0, 0.3, 0.5, 0.7):
                rng = np.random.default_rng(5)
                held, widths = 0, []
                for _ in range(600):
                    z = rng.normal(size=2 * half)
                    x = np.empty(2 * half)
                    x[0] = z[0]
                    for i in range(1, 2 * half):
                        x[i] = rho * x[i - 1] + np.sqrt(1 - rho**2) * z[i]
                    x = np.clip(np.round(5 + 1.5 * x), 0, 10)
                    x[rng.random(2 * half) < missing] = np.nan
                    rated = ~np.isnan(x)
                    if min(rated[:half].sum(), rated[half:].sum()) * 2 <= half:
                        continue
                    _, low, high = interval(x)
                    held += low <= 0 <= high
                    widths.append(high - low)
                print(half, missing, rho, f"held {held / len(widths):.3f}, width {np.median(widths):.1f}")


if __name__ == "__main__":
    coverage() if "--coverage" in sys.argv else golden()
