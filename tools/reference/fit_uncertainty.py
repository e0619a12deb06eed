"""Fits the lines of front_uncertainty and side_*_uncertainty in crates/nape-vision/src/measured.rs, and prints them.

Run from anywhere:
    cargo xtask accuracy DIR --write-errors errors.csv
    python3 tools/reference/fit_uncertainty.py errors.csv
Needs numpy and scikit-learn. Not needed to build or test nape.

The half-width of an interval is a line with no negative coefficient in what nape knows about a sample: its own estimate of the angles, and how
steeply the camera sees the head. It is the 95 % quantile of the absolute error, fitted by quantile regression.
"""

import argparse
import csv
import sys

import numpy as np
from sklearn.linear_model import QuantileRegressor

# The terms of the lines in measured.rs, in their order.
FRONT = ["flexion", "steep", "rotation", "lateral"]
STEEP_FROM_DEG = 20.0


def rotation(flexion, lateral, turn):
    """R = Ry(turn) Rx(flexion) Rz(lateral), the order of nape's contract."""
    f, z, y = np.radians([flexion, lateral, turn])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rx = np.array([[1, 0, 0], [0, np.cos(f), -np.sin(f)], [0, np.sin(f), np.cos(f)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return ry @ rx @ rz


def flexion_to_camera(row):
    """What nape saw: its deviation from neutral, put back on the neutral posture in the camera's axes."""
    neutral = rotation(*(number(row, f"neutral_{name}_deg") for name in ("flexion", "lateral", "rotation")))
    deviation = rotation(*(number(row, f"est_{name}_deg") for name in ("flexion", "lateral", "rotation")))
    return np.degrees(np.arcsin(np.clip(-(neutral @ deviation)[1, 2], -1, 1)))


def number(row, column):
    return float(row[column]) if row[column] else np.nan


def read(path):
    with open(path, newline="") as file:
        return [row for row in csv.DictReader(file) if row["state"] == "judged" and row["true_flexion_deg"]]


def weights(rows):
    """Frames of a video are much alike: a whole video weighs as much as the pictures of a few sessions, not as thousands of pictures."""
    sources = {}
    for row in rows:
        key = (row["set"], row["source"])
        sources[key] = sources.get(key, 0) + 1
    return np.array([min(1.0, 45 / sources[row["set"], row["source"]]) for row in rows])


def fit(terms, errors, weight, quantile):
    """Constant and coefficients, none below zero: an uncertainty never shrinks as a pose gets harder."""
    absolute = np.abs(errors)
    used = list(range(terms.shape[1]))
    while True:
        model = QuantileRegressor(quantile=quantile, alpha=0.0, solver="highs")
        model.fit(terms[:, used] if used else np.zeros((len(errors), 1)), absolute, sample_weight=weight)
        negative = [i for i, c in enumerate(model.coef_[: len(used)]) if c < 0]
        if not negative:
            break
        # One at a time: the others change when the worst is gone.
        used.pop(min(negative, key=lambda i: model.coef_[i]))
    coefficients = np.zeros(terms.shape[1])
    for i, column in enumerate(used):
        coefficients[column] = model.coef_[i]
    constant = max(0.0, float(model.intercept_))
    half_width = constant + terms @ coefficients
    covered = np.average(absolute <= half_width, weights=weight)
    return constant, coefficients, covered, np.average(half_width, weights=weight)


def show(name, constant, names, coefficients, covered, width, n):
    line = " + ".join([f"{constant:.1f}"] + [f"{c:.2f} * {term}" for term, c in zip(names, coefficients) if c >= 0.005])
    print(f"{name:9} {line}    # covers {100 * covered:.1f} % of {n}, mean half-width {width:.1f}")


def front(rows, quantile):
    if not rows:
        return
    estimate = {name: np.array([abs(number(row, f"est_{name}_deg")) for row in rows])
                for name in ("flexion", "lateral", "rotation")}
    steep = np.maximum(0.0, np.array([flexion_to_camera(row) for row in rows]) - STEEP_FROM_DEG)
    terms = np.stack([estimate["flexion"], steep, estimate["rotation"], estimate["lateral"]], axis=1)
    weight = weights(rows)
    print("front_uncertainty")
    for angle in ("flexion", "lateral", "rotation"):
        errors = np.array([number(row, f"error_{angle}_deg") for row in rows])
        good = np.isfinite(errors) & np.isfinite(terms).all(axis=1)
        result = fit(terms[good], errors[good], weight[good], quantile)
        show(angle, result[0], FRONT, *result[1:], int(good.sum()))
    stated = np.array([number(row, "uncertainty_deg") for row in rows])
    errors = np.abs([number(row, "error_flexion_deg") for row in rows])
    print(f"now       covers {100 * np.average(errors <= stated, weights=weight):.1f} % of flexion, "
          f"mean half-width {np.average(stated, weights=weight):.1f}")


def side(rows, quantile):
    for name, angle in (("side_head_uncertainty", "flexion"), ("side_trunk_uncertainty", "trunk")):
        chosen = [row for row in rows if row[f"error_{angle}_deg"]]
        if not chosen:
            continue
        terms = np.array([[abs(number(row, f"est_{angle}_deg"))] for row in chosen])
        errors = np.array([number(row, f"error_{angle}_deg") for row in chosen])
        result = fit(terms, errors, weights(chosen), quantile)
        print(name)
        show(angle, result[0], ["deviation"], *result[1:], len(chosen))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("errors", help="the file that cargo xtask accuracy --write-errors wrote")
    parser.add_argument("--quantile", type=float, default=0.95)
    arguments = parser.parse_args()
    rows = read(arguments.errors)
    if not rows:
        sys.exit(f"{arguments.errors} has no judged sample with a known angle")
    front([row for row in rows if row["view"] == "front"], arguments.quantile)
    side([row for row in rows if row["view"] == "side"], arguments.quantile)


if __name__ == "__main__":
    main()
