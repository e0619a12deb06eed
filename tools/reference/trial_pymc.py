"""The model of nape's trial of one person, in PyMC, on 20 made-up trials.

Writes the trials and what PyMC says of them. A test of nape-core compares its own analysis with these numbers.

    python3 -m venv env && env/bin/pip install pymc
    env/bin/python tools/reference/trial_pymc.py crates/nape-core/tests/golden

Nothing here is shared with nape's code: the errors are written as a chain of normals, and the sampler is NUTS (4 chains of 2500 draws each).
"""

import csv
import logging
import sys
from pathlib import Path

import numpy as np
import pymc as pm

SETS = 20
# Every third trial is of weeks; the others are of days.
DAYS = dict(period=1, washout=0, pairs=14)
WEEKS = dict(period=7, washout=2, pairs=3)


def make(number):
    """One trial: rows of day, arm (1 is the care), rating or None, weekend, sleep or None."""
    rng = np.random.default_rng(1000 + number)
    shape = WEEKS if number % 3 == 2 else DAYS
    arms = []
    for _ in range(shape["pairs"]):
        first = int(rng.integers(2))
        arms += [first] * shape["period"] + [1 - first] * shape["period"]
    n = len(arms)
    rho, sd = rng.uniform(0, 0.8), rng.uniform(0.8, 2.2)
    effect, carry = rng.normal(0, 1.2), rng.normal(0, 0.4)
    missing = rng.uniform(0, 0.3)
    error = sd * rng.normal()
    rows, before = [], 0
    slept = number % 4 == 1
    for day, arm in enumerate(arms):
        sleep = float(np.clip(round(rng.normal(6, 2)), 0, 10)) if slept else None
        mean = 5 + effect * arm + carry * before + 0.5 * (2 * day / (n - 1) - 1)
        mean += -0.2 * (sleep - 6) if slept else 0
        rating = float(np.clip(round(mean + error), 0, 10))
        weekend = int(day % 7 in (4, 5))
        rows.append((day, arm, None if rng.uniform() < missing else rating, weekend, sleep))
        before = arm
        error = rho * error + np.sqrt(1 - rho**2) * sd * rng.normal()
    return shape, rows


def fit(shape, rows):
    n = len(rows)
    used = [
        row for row in rows if row[2] is not None and row[0] % shape["period"] >= shape["washout"]
    ]
    day = np.array([row[0] for row in used])
    y = np.array([row[2] for row in used])
    arm = np.array([row[1] for row in used], float)
    lag = np.array([rows[row[0] - 1][1] if row[0] > 0 else 0 for row in used], float)
    weekend = np.array([row[3] for row in used], float)
    gap = np.diff(day)
    with pm.Model():
        b = pm.Normal("b", 0, 1)
        mean = pm.Normal("a", 5, 5) + b * arm + pm.Normal("d", 0, 1) * (2 * day / (n - 1) - 1)
        mean = mean + pm.Normal("w", 0, 1) * weekend
        names = ["b"]
        if shape["washout"] == 0:
            mean = mean + pm.Normal("c", 0, 0.5) * lag
            names.append("c")
        if used[0][4] is not None:
            sleep = np.array([row[4] for row in used])
            mean = mean + pm.Normal("s", 0, 1) * (sleep - sleep.mean()) / sleep.std()
        rho = pm.Beta("rho", 2, 3)
        sigma = pm.HalfNormal("sigma", 1.5)
        link = rho**gap
        pm.Normal("first", mean[0], sigma, observed=y[0])
        pm.Normal(
            "rest",
            mean[1:] + link * (y[:-1] - mean[:-1]),
            sigma * pm.math.sqrt(1 - link**2),
            observed=y[1:],
        )
        trace = pm.sample(
            2500,
            tune=1000,
            chains=4,
            cores=1,
            random_seed=7,
            progressbar=False,
            compute_convergence_checks=False,
        )
    found = {}
    for name in ["b", "c", "rho", "sigma"]:
        if name in trace.posterior:
            draws = trace.posterior[name].values.ravel()
            found[name] = (draws.mean(), *np.quantile(draws, [0.025, 0.975]))
    return found


def main(folder):
    logging.getLogger("pymc").setLevel(logging.ERROR)
    text = lambda value: "" if value is None else f"{value:g}"
    with (
        open(folder / "trial_days.csv", "w", newline="") as days,
        open(folder / "trial_pymc.csv", "w", newline="") as golden,
    ):
        days = csv.writer(days, lineterminator="\n")
        golden = csv.writer(golden, lineterminator="\n")
        days.writerow(["trial", "day", "arm", "outcome", "weekend", "sleep"])
        golden.writerow(
            ["trial", "period_days", "washout_days", "effect", "low", "high"]
            + ["carry_over", "carry_low", "carry_high", "rho", "sigma"]
        )
        for number in range(SETS):
            shape, rows = make(number)
            for day, arm, rating, weekend, sleep in rows:
                letter = "A" if arm else "B"
                days.writerow([number, day, letter, text(rating), weekend, text(sleep)])
            found = fit(shape, rows)
            carry = [f"{value:.4f}" for value in found["c"]] if "c" in found else [""] * 3
            golden.writerow(
                [number, shape["period"], shape["washout"]]
                + [f"{value:.4f}" for value in found["b"]]
                + carry
                + [f"{found['rho'][0]:.4f}", f"{found['sigma'][0]:.4f}"]
            )
            print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
