"""Makes the landmark files of crates/nape/tests/data/landmarks that begin with "made", and made_truth.csv, their exact angles.

Run from the repository root: python3 tools/reference/landmark_fixtures.py
Needs numpy, scipy (whose rotations are the oracle) and ezc3d (which writes the .c3d, so that nape's reader is not tested with its own idea of the format).
Not needed to build or test nape.
"""

import gzip
import io
import json
from pathlib import Path

import ezc3d
import numpy as np
from scipy.spatial.transform import Rotation

OUT = Path("crates/nape/tests/data/landmarks")
HZ = 20
SECONDS = 14

# A person sits still for 4 s, then bends, leans, tilts and turns. A little sway, or a reader would be right to call it stuck.
t = np.arange(HZ * SECONDS) / HZ


def ramp(start, end, value):
    return value * np.clip((t - start) / (end - start), 0, 1)


sway = 0.01 * np.sin(2 * np.pi * t * 1.7)
head_flexion = sway + ramp(4, 6, 42) - ramp(8, 9, 60) + ramp(11, 12, 25)
head_lateral = sway + ramp(5, 7, 18) - ramp(9, 12, 40)
head_rotation = sway + ramp(6, 8, -35) + ramp(9.5, 11, 60)
trunk_flexion = sway + ramp(4.5, 6, 14) - ramp(9, 11, 20)


def turned(flexion, lateral, rotation):
    """R = Ry(rotation) Rx(flexion) Rz(lateral), x to the person's left, y up, z forward."""
    return Rotation.from_euler("YXZ", np.column_stack([rotation, flexion, lateral]), degrees=True)


zero = np.zeros_like(t)
head = turned(head_flexion, head_lateral, head_rotation)
trunk = turned(trunk_flexion, zero, zero)
pelvis = turned(trunk_flexion / 3, zero, zero)
lumbar = pelvis.inv() * trunk
neck = trunk.inv() * head


def write(name, text):
    (OUT / name).write_bytes(text.encode())


def truth():
    rows = ["t,head_flexion,head_lateral,head_rotation,trunk_flexion"]
    rows += [f"{a:.3f},{b:.6f},{c:.6f},{d:.6f},{e:.6f}" for a, b, c, d, e in zip(t, head_flexion, head_lateral, head_rotation, trunk_flexion)]
    write("made_truth.csv", "\n".join(rows) + "\n")


def mot():
    # OpenSim: x forward, y up, z right; a joint turns about z, x, y of its own axes.
    to_opensim = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]])

    def angles(rotation):
        return Rotation.from_matrix(to_opensim @ rotation.as_matrix() @ to_opensim.T).as_euler("ZXY", degrees=True)

    names = ["time", "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz", "hip_flexion_r", "lumbar_extension",
             "lumbar_bending", "lumbar_rotation", "neck_flexion", "neck_bending", "neck_rotation"]
    table = np.column_stack([t, angles(pelvis), 0 * t, 0 * t + 0.93, 0 * t, 0 * t + 80, angles(lumbar), angles(neck)])
    rows = "\n".join("\t".join(f"{value:.8f}" for value in row) for row in table)
    header = f"Coordinates\nversion=1\nnRows={len(t)}\nnColumns={len(names)}\ninDegrees=yes\n\nUnits are S.I. units (second, meters, Newtons, ...)\n\nendheader\n"
    write("made.mot", header + "\t".join(names) + "\n" + rows + "\n")


def sto():
    # World z up, segments x forward, y left, z up.
    to_ours = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])

    def cells(rotation):
        x, y, z, w = Rotation.from_matrix(to_ours.T @ rotation.as_matrix() @ to_ours).as_quat().T
        return [f"{a:.9f},{b:.9f},{c:.9f},{d:.9f}" for a, b, c, d in zip(w, x, y, z)]

    rows = "\n".join("\t".join(row) for row in zip([f"{a:.3f}" for a in t], cells(trunk), cells(pelvis), cells(head)))
    header = f"DataRate={HZ}.000000\nDataType=Quaternion\nversion=3\nOpenSimVersion=4.1\nendheader\n"
    write("made.sto", header + "time\ttorso_imu\tpelvis_imu\thead_imu\n" + rows + "\n")


def bvh():
    def angles(rotation):
        return rotation.as_euler("ZXY", degrees=True)

    skeleton = """HIERARCHY
ROOT Hips
{
\tOFFSET 0.0 95.0 0.0
\tCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
\tJOINT LeftUpLeg
\t{
\t\tOFFSET 9.0 -4.0 0.0
\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\tEnd Site
\t\t{
\t\t\tOFFSET 0.0 -42.0 0.0
\t\t}
\t}
\tJOINT RightUpLeg
\t{
\t\tOFFSET -9.0 -4.0 0.0
\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\tEnd Site
\t\t{
\t\t\tOFFSET 0.0 -42.0 0.0
\t\t}
\t}
\tJOINT Spine
\t{
\t\tOFFSET 0.0 12.0 -1.0
\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\tJOINT Spine1
\t\t{
\t\t\tOFFSET 0.0 20.0 -1.0
\t\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\t\tJOINT Neck
\t\t\t{
\t\t\t\tOFFSET 0.0 22.0 1.0
\t\t\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\t\t\tJOINT Head
\t\t\t\t{
\t\t\t\t\tOFFSET 0.0 9.0 2.0
\t\t\t\t\tCHANNELS 3 Zrotation Xrotation Yrotation
\t\t\t\t\tEnd Site
\t\t\t\t\t{
\t\t\t\t\t\tOFFSET 0.0 18.0 0.0
\t\t\t\t\t}
\t\t\t\t}
\t\t\t}
\t\t}
\t}
}
"""
    # Half of the neck's rotation in each of its two joints.
    half = Rotation.from_rotvec(neck.as_rotvec() / 2)
    legs = np.tile([0.0, -85.0, 0.0], (len(t), 1))
    table = np.hstack([np.tile([0.0, 95.0, 0.0], (len(t), 1)), angles(pelvis), legs, legs, angles(Rotation.from_rotvec(lumbar.as_rotvec() / 2)),
                       angles(Rotation.from_rotvec(lumbar.as_rotvec() / 2)), angles(half), angles(half)])
    rows = "\n".join(" ".join(f"{value:.7f}" for value in row) for row in table)
    write("made.bvh", f"{skeleton}MOTION\nFrames: {len(t)}\nFrame Time: {1 / HZ:.6f}\n{rows}\n")


# Millimetres from the middle of head and hip: left, up, forward.
HEAD = {"LFHD": [70, 45, 85], "RFHD": [-70, 45, 85], "LBHD": [72, 45, -80], "RBHD": [-72, 45, -80]}
TRUNK = {"C7": [0, 470, -20], "CLAV": [0, 430, 90], "LSHO": [180, 445, 10], "RSHO": [-180, 445, 10], "LASI": [120, 60, 95], "RASI": [-120, 60, 95],
         "LPSI": [48, 75, -85], "RPSI": [-48, 75, -85]}


def placed(points, rotation, origin):
    return {name: rotation.apply(np.array(point, float)) + origin for name, point in points.items()}


def c3d():
    neck_at = trunk.apply([0, 560, 20]) + [0, 900, 0]
    points = placed(HEAD, head, neck_at + head.apply([0, 120, 30])) | placed(TRUNK, trunk, [0, 900, 0])
    names = list(points)
    data = np.ones((4, len(names), len(t)))
    for at, name in enumerate(names):
        left, up, forward = points[name].T
        data[:3, at] = [forward + 1200, left - 300, up]
    # The right front of the head is hidden for five frames.
    data[:3, names.index("RFHD"), 100:105] = np.nan
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [HZ]
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"S01:{name}" for name in names]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["data"]["points"] = data
    file.write(str(OUT / "made.c3d"))


def mediapipe():
    # From the person's right side, so without tilting and turning: forward is to the right in the picture.
    flexed, leant = turned(head_flexion, zero, zero), turned(trunk_flexion, zero, zero)
    shoulders = {11: [180, 445, 10], 12: [-180, 445, 10]}
    hips = {23: [90, 0, 0], 24: [-90, 0, 0]}
    face = {0: [0, -20, 120], 3: [45, 25, 85], 6: [-45, 25, 85], 7: [75, 0, 0], 8: [-75, 0, 0]}
    neck_at = leant.apply([0, 560, 20])
    points = placed(face, flexed, neck_at + flexed.apply([0, 120, 30])) | placed(shoulders, leant, 0) | placed(hips, leant, 0)
    lines = []
    for frame in range(0, len(t), 2):
        landmarks = []
        for at in range(33):
            if at in points:
                left, up, forward = points[at][frame]
                landmarks.append({"x": round(0.5 + forward / 1280 / 1.5, 7), "y": round(0.8 - up / 720 / 1.5, 7), "z": round(left / 1280, 4), "visibility": 0.99})
            else:
                landmarks.append({"x": 0.5, "y": 0.9, "z": 0, "visibility": 0.01})
        lines.append(json.dumps({"timestamp_ms": round(1000 * t[frame]), "image_width": 1280, "image_height": 720, "pose_landmarks": landmarks}))
    packed = io.BytesIO()
    # Without a time of its own, so that the file is the same each time.
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())
    (OUT / "made_mediapipe.ndjson.gz").write_bytes(packed.getvalue())


truth()
mot()
sto()
bvh()
c3d()
mediapipe()
