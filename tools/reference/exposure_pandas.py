"""The figures that nape makes of a table of rotations, as one would make them with pandas, numpy and scipy. Prints JSON.

Run from anywhere:
    python3 tools/reference/exposure_pandas.py recording.csv
Needs numpy 2, scipy and pandas. Not needed to build or test nape: `cargo xtask bench sensors` compares its speed with nape's, and its simple figures are an oracle for nape's.

The table has the columns t or t_s in seconds and head_qw, head_qx, head_qy, head_qz, and the same of trunk_ if the trunk was measured; the world's z points up, and a segment's x forward,
y left and z up. Rows are taken to be clean: rows without a number are dropped, gaps of more than 0.5 s are missing time, and that is all. nape also sorts, tells doubles, clocks that
were set, stuck sensors and spikes.

Everything is vectorised. Zones, percentiles, sub-scores and ranges follow nape's definitions to the letter; holds, movements and still time are the nearest that array operations give,
and differ a little at their ends.
"""

import argparse
import json
import sys

import numpy as np
import pandas as pd
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d
from scipy.signal import find_peaks
from scipy.spatial.transform import Rotation

MAX_GAP_S = 0.5
NEUTRAL_S = 3.0
ALIGNED_DEG = 3.0
UNCERTAINTY_DEG = 2.0
SYMMETRIC_DEG = 10.0
TICK_S = 0.2
HOLD_TICKS = 20
HOLD_RANGE_DEG = 10.0
HOLD_FROM_DEG = 25.0
MOVEMENT_DEG = 10.0
REST_DEG = 2.0
STILL_DEG = 5.0

HEAD_ZONES = {"lt0": 0, "0_10": 10, "10_20": 20, "20_25": 25, "25_40": 40, "40_60": 60, "60_85": 85, "ge85": np.inf}
TRUNK_ZONES = {"lt0": 0, "0_20": 20, "20_60": 60, "ge60": np.inf}
PARTS = ["qw", "qx", "qy", "qz"]


def read(path):
    names = pd.read_csv(path, nrows=0).columns
    time = "t_s" if "t_s" in names else "t"
    segments = [s for s in ("head", "trunk") if f"{s}_qw" in names]
    columns = [time] + [f"{s}_{part}" for s in segments for part in PARTS]
    table = pd.read_csv(path, usecols=columns, dtype=np.float64).dropna()
    rotations = {
        s: Rotation.from_quat(table[[f"{s}_{part}" for part in PARTS]].to_numpy(), scalar_first=True)
        for s in segments
    }
    t = table[time].to_numpy()
    return t - t[0], rotations


def angles(t, rotation):
    """Rotation, flexion and lateral flexion of R = Rz(rotation) Ry(flexion) Rx(lateral) against neutral, degrees."""
    neutral = rotation[t <= NEUTRAL_S].mean()
    turn, *_ = neutral.as_euler("ZYX")
    heading = Rotation.from_euler("Z", turn)
    tilt = np.degrees(np.arccos(np.clip(neutral.apply([0, 0, 1])[2], -1, 1)))
    body = heading.inv() * rotation
    if tilt > ALIGNED_DEG:
        body = body * (neutral.inv() * heading)
    return body.as_euler("ZYX", degrees=True).T


def lengths(t):
    """How long each sample counts: until the next one, or as long as usual where that is missing."""
    step = np.diff(t)
    usual = np.median(step[step <= MAX_GAP_S])
    return np.append(np.where(step <= MAX_GAP_S, step, usual), usual)


def zones(angle, seconds, bounds):
    upper = np.array(list(bounds.values())[:-1])
    return dict(zip(bounds, np.bincount(np.digitize(angle, upper), weights=seconds, minlength=len(bounds)).tolist()))


def sagittal(angle, seconds):
    p10, p50, p90, p95 = np.quantile(angle, [0.1, 0.5, 0.9, 0.95], weights=seconds, method="inverted_cdf")
    return {
        "zones_s": zones(angle, seconds, HEAD_ZONES),
        "ge25_s": seconds[angle >= 25].sum(),
        "ge25_s_low": seconds[angle - UNCERTAINTY_DEG >= 25].sum(),
        "ge25_s_high": seconds[angle + UNCERTAINTY_DEG >= 25].sum(),
        "mean_deg": np.average(angle, weights=seconds),
        "p10_deg": p10,
        "p50_deg": p50,
        "p90_deg": p90,
        "p95_deg": p95,
    }


def rula(flexion, turned, bent, seconds):
    score = np.select([flexion + UNCERTAINTY_DEG < 0, flexion < 10, flexion <= 20], [4, 1, 2], 3)
    score = score + turned + bent
    return np.bincount(score, weights=seconds, minlength=7)[1:].tolist()


def reba(flexion, turned, bent, seconds):
    score = np.where((flexion > 20) | (flexion + UNCERTAINTY_DEG < 0), 2, 1) + (turned | bent)
    return np.bincount(score, weights=seconds, minlength=4)[1:].tolist()


def stretches(t, seconds):
    """First sample and end of each stretch without missing time."""
    starts = np.append(0, np.flatnonzero(np.diff(t) > MAX_GAP_S) + 1)
    lasts = np.append(starts[1:] - 1, len(t) - 1)
    return zip(starts, lasts, t[lasts] + seconds[lasts])


def ticks(t, values, first, last, end):
    """The angles at 5 Hz, each with the sample that covers it, after a running median of five."""
    at = np.arange(t[first], end - 1e-6, TICK_S)
    index = first + np.searchsorted(t[first : last + 1], at + 1e-6, side="right") - 1
    return at, median_filter(values[:, index], size=(1, 5), mode="nearest")


def runs(mask):
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return edges.reshape(-1, 2)


def spread(values, size):
    """The range of each window of that many ticks, by its first tick."""
    shift = -(size // 2)
    high = maximum_filter1d(values, size, axis=-1, origin=shift)
    low = minimum_filter1d(values, size, axis=-1, origin=shift)
    return (high - low)[..., : values.shape[-1] - size + 1]


def holds(at, angle, end, is_limited):
    """Stretches covered by windows of 4 s within 10 degrees whose mean is 25 degrees and more, with ISO 11226's limit for the head."""
    if len(angle) < HOLD_TICKS:
        return []
    still = np.zeros(len(angle) + 1, dtype=np.int64)
    begins = np.flatnonzero(spread(angle, HOLD_TICKS) <= HOLD_RANGE_DEG)
    np.add.at(still, begins, 1)
    np.add.at(still, begins + HOLD_TICKS, -1)
    found = []
    for first, last in runs(np.cumsum(still[:-1]) > 0):
        mean = angle[first:last].mean()
        if mean >= HOLD_FROM_DEG:
            length = (end if last == len(at) else at[last]) - at[first]
            limit = None if not is_limited else 480 - 420 * (mean - 25) / 60 if mean <= 85 else 0.0
            found.append({"start_s": at[first], "end_s": at[first] + length, "mean_deg": mean, "limit_s": limit, "ratio": length / limit if limit else None})
    return found


def under_way(angle, first, last):
    """A leg without the rest at both of its ends."""
    leg = angle[first : last + 1]
    begins = np.flatnonzero(np.abs(leg - leg[0]) <= REST_DEG)[-1]
    ends = np.flatnonzero(np.abs(leg - leg[-1]) <= REST_DEG)[0]
    return first + begins, first + ends


def movements(values):
    """Legs of more than 10 degrees between turning points, those of several angles that overlap in time as one."""
    legs = []
    for angle in values:
        high, _ = find_peaks(angle, prominence=MOVEMENT_DEG)
        low, _ = find_peaks(-angle, prominence=MOVEMENT_DEG)
        turns = np.sort(np.concatenate(([0], high, low, [len(angle) - 1])))
        moved = np.abs(np.diff(angle[turns])) > MOVEMENT_DEG
        legs += [under_way(angle, first, last) for first, last in zip(turns[:-1][moved], turns[1:][moved])]
    if not legs:
        return 0
    legs = np.array(legs)
    legs = legs[np.argsort(legs[:, 0])]
    latest = np.maximum.accumulate(legs[:, 1])
    return 1 + int((legs[1:, 0] >= latest[:-1]).sum())


def longest_still(values):
    """The longest window in which no angle's range reaches 5 degrees, in ticks: by halving, because every part of a still window is still."""
    low, high = 1, values.shape[1]
    while low < high:
        middle = (low + high + 1) // 2
        if (spread(values, middle) < STILL_DEG).all(axis=0).any():
            low = middle
        else:
            high = middle - 1
    return low


def measure(path):
    t, rotations = read(path)
    seconds = lengths(t)
    turn, head, lateral = angles(t, rotations["head"])
    turned, bent = np.abs(turn) > SYMMETRIC_DEG, np.abs(lateral) > SYMMETRIC_DEG
    followed = [head, turn, lateral]
    neck = trunk = None
    if "trunk" in rotations:
        _, trunk, _ = angles(t, rotations["trunk"])
        neck = head - trunk
        followed += [neck, trunk]
    scored = head if neck is None else neck
    followed = np.array(followed)
    found = {"head": [], "neck": []}
    moved, still = 0, 0
    for first, last, end in stretches(t, seconds):
        at, filtered = ticks(t, followed, first, last, end)
        found["head"] += holds(at, filtered[0], end, True)
        if neck is not None:
            found["neck"] += holds(at, filtered[3], end, False)
        moved += movements(filtered[:3])
        still = max(still, longest_still(filtered))
    observed = seconds.sum()
    return {
        "samples": len(t),
        "observed_s": observed,
        "head_inclination": sagittal(head, seconds) | {"holds": found["head"]},
        "neck_flexion": None if neck is None else sagittal(neck, seconds) | {"holds": found["neck"]},
        "trunk_inclination": None if trunk is None else {"zones_s": zones(trunk, seconds, TRUNK_ZONES)},
        "rotation": {"min_deg": turn.min(), "max_deg": turn.max()},
        "lateral_flexion": {"min_deg": lateral.min(), "max_deg": lateral.max()},
        "symmetric_s": seconds[~turned & ~bent].sum(),
        "rula_neck": {"seconds_at_score": rula(scored, turned, bent, seconds)},
        "reba_neck": {"seconds_at_score": reba(scored, turned, bent, seconds)},
        "movement": {"breaks": moved, "per_hour": moved / observed * 3600, "longest_still_s": still * TICK_S},
        "head_sd_per_10_min_deg": pd.Series(head).groupby((t // 600).astype(int)).std(ddof=0).tolist(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("recording")
    json.dump(measure(parser.parse_args().recording), sys.stdout, indent=1, default=float)
    print()


if __name__ == "__main__":
    main()
