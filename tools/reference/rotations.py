"""Writes crates/nape-core/tests/golden/rotations.txt: scipy's angles of rotations, which crates/nape-core/tests/rotations.rs compares with nape's.

Run from anywhere:
    python3 tools/reference/rotations.py
Needs numpy and scipy. Not needed to build or test nape. The same seed and the same versions write the same file.

Angles are intrinsic Y-X-Z: R = Ry(rotation) Rx(flexion) Rz(lateral), degrees. Quaternions are w x y z of unit length, written with 17 digits so that they are read back to the last bit,
every second one with its other sign.
"""

import datetime
import pathlib
import warnings

import numpy as np
import scipy
from scipy.spatial.transform import Rotation

OUT = pathlib.Path(__file__).parents[2] / "crates/nape-core/tests/golden/rotations.txt"
SEED = 20260


def unit(quaternions):
    """Normalised until normalising changes nothing more, so that every program that normalises starts from the same bits."""
    for _ in range(8):
        quaternions = quaternions / np.sqrt((quaternions * quaternions).sum(axis=1))[:, None]
    return quaternions


def of_angles(rotation, flexion, lateral):
    angles = np.stack(np.broadcast_arrays(rotation, flexion, lateral), axis=1)
    return Rotation.from_euler("YXZ", angles, degrees=True).as_quat(scalar_first=True)


def turns(rng, n):
    return rng.uniform(-180.0, 180.0, n)


def signs(rng, n):
    return rng.choice([-1.0, 1.0], n)


def decades(rng, low, high, n):
    """Evenly spread over powers of ten, either sign."""
    return signs(rng, n) * 10.0 ** rng.uniform(low, high, n)


def singles(rng):
    """One array of quaternions for each kind."""
    poles = signs(rng, 240) * (90.0 - 10.0 ** rng.uniform(-9.0, -3.0, 240))
    edge = 180.0 - np.abs(decades(rng, -10.0, -1.0, 160))
    quarter = np.array([-180.0, -90.0, 0.0, 90.0, 180.0])
    grid = np.array(np.meshgrid(quarter, [-90.0, 0.0, 90.0], quarter)).reshape(3, -1)
    return [
        Rotation.random(900, rng=rng).as_quat(scalar_first=True),
        of_angles(rng.uniform(-80.0, 80.0, 300), rng.uniform(-60.0, 85.0, 300), rng.uniform(-50.0, 50.0, 300)),
        of_angles(turns(rng, 240), poles, turns(rng, 240)),
        of_angles(edge * signs(rng, 160), rng.uniform(-89.0, 89.0, 160), edge[::-1] * signs(rng, 160)),
        of_angles(*(decades(rng, -12.0, -2.0, 200) for _ in range(3))),
        of_angles(decades(rng, -12.0, -2.0, 120), rng.uniform(-89.0, 89.0, 120), decades(rng, -12.0, -2.0, 120)),
        of_angles(*grid),
    ]


def text(values):
    return " ".join(f"{value:.17g}" for value in np.ravel(values))


def angles(rotations):
    with warnings.catch_warnings():
        # At the pole scipy warns and gives the whole turn as rotation, as nape does.
        warnings.simplefilter("ignore", UserWarning)
        return rotations.as_euler("YXZ", degrees=True)


def read(quaternions):
    return Rotation.from_quat(quaternions, scalar_first=True)


def main():
    rng = np.random.default_rng(SEED)
    alone = unit(np.concatenate(singles(rng)))
    alone[::2] *= -1.0
    lines = [
        f"# numpy {np.__version__}, scipy {scipy.__version__}, {datetime.date.today()}; written by tools/reference/rotations.py.",
        "# alone: quaternion; then its rotation, flexion, lateral in degrees.",
        "# pair: trunk, head; then the angles of inverse(trunk) * head.",
        "# neutral: neutral trunk, neutral head, trunk, head; then the angles of inverse(inverse(neutral trunk) * neutral head) * inverse(trunk) * head.",
    ]
    lines += [f"alone {text(q)} {text(a)}" for q, a in zip(alone, angles(read(alone)))]

    segments = {}
    for name, size in [("trunk", 60.0), ("head", 80.0), ("neutral trunk", 10.0), ("neutral head", 15.0)]:
        count = 300
        heading = turns(rng, count)
        posture = (rng.uniform(-size, size, count) for _ in range(2))
        segments[name] = unit(of_angles(heading, *posture))
        segments[name][:: 2 if name == "head" else 3] *= -1.0
    trunk, head, neutral_trunk, neutral_head = (read(segments[name]) for name in ("trunk", "head", "neutral trunk", "neutral head"))
    neck = trunk.inv() * head
    for t, h, a in list(zip(segments["trunk"], segments["head"], angles(neck)))[:200]:
        lines.append(f"pair {text(t)} {text(h)} {text(a)}")
    from_neutral = angles((neutral_trunk.inv() * neutral_head).inv() * neck)
    order = ("neutral trunk", "neutral head", "trunk", "head")
    for *quaternions, a in list(zip(*(segments[name] for name in order), from_neutral))[200:]:
        lines.append(f"neutral {text(quaternions)} {text(a)}")
    OUT.write_text("\n".join(lines) + "\n")
    print(f"{OUT}: {len(lines) - 4} rotations, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
