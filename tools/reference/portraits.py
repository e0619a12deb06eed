"""Head angles of MediaPipe's FaceLandmarker (face transform matrix) on the portraits in crates/nape-vision/tests/portraits.

Needs: pip install mediapipe==0.10.21, and a face_landmarker.task file (its path is the only argument).
Writes expected.json beside the pictures. Angles in degrees, R = Ry(rotation) Rx(flexion) Rz(lateral), against the camera.
"""
import json
import math
import pathlib
import sys

import mediapipe as mp
from mediapipe.tasks.python import BaseOptions, vision

folder = pathlib.Path(__file__).parents[2] / "crates/nape-vision/tests/portraits"
options = vision.FaceLandmarkerOptions(
    base_options=BaseOptions(model_asset_path=sys.argv[1]),
    output_facial_transformation_matrixes=True,
    num_faces=1,
)
angles = {}
with vision.FaceLandmarker.create_from_options(options) as landmarker:
    for path in sorted(folder.glob("*.jpg")):
        result = landmarker.detect(mp.Image.create_from_file(str(path)))
        m = result.facial_transformation_matrixes[0]
        angles[path.name] = {
            "flexion": round(math.degrees(math.asin(max(-1, min(1, -m[1][2])))), 2),
            "lateral": round(math.degrees(math.atan2(m[1][0], m[1][1])), 2),
            "rotation": round(math.degrees(math.atan2(m[0][2], m[2][2])), 2),
        }
report = {
    "made_by": f"tools/reference/portraits.py with mediapipe {mp.__version__}, FaceLandmarker",
    "angles_deg": angles,
}
(folder / "expected.json").write_text(json.dumps(report, indent=1) + "\n")
print(json.dumps(report, indent=1))
