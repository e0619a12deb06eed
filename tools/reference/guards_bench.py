"""CPU time per picture and peak memory of other programs' eyes on a video: what `cargo xtask bench watch` compares nape with.

Run: python3 tools/reference/guards_bench.py facemesh|batesposture|dorso-linux VIDEO
Needs mediapipe 0.10.21 and opencv, and for two of them more: pip install mediapipe==0.10.21 opencv-python-headless pyqt6 plyer psutil, then
pip install --no-deps batesposture==1.1.1 dorso-linux==0.1.2 postured==1.4.1. Not needed to build or test nape.
Each program's own per-picture code runs, as it is installed; its camera, windows and store do not. dorso-linux fetches its model from the network, so the
same model is taken from the package postured. Prints one JSON object. The clock is the whole process's CPU time, all threads; decoding by OpenCV is
included, start and first picture are not.
"""

import importlib.metadata
import importlib.util
import json
import os
import pathlib
import re
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2


def facemesh():
    import mediapipe
    mesh = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=False, max_num_faces=1)
    return lambda image: mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).multi_face_landmarks is not None


def batesposture():
    from batesposture.ml.pose_detector import PoseDetector
    from batesposture.services.settings_service import SettingsService
    detector = PoseDetector(SettingsService())
    return lambda image: detector.process_frame(image)[2] is not None


def dorso_linux():
    from dorso import camera_detector
    folder = pathlib.Path(importlib.util.find_spec("postured").origin).parent
    model = next(folder.rglob("pose_landmarker_lite.task"))
    camera_detector._model_path = lambda: model
    detector = camera_detector.CameraDetector(None)
    landmarker = detector._create_landmarker()
    return lambda image: detector._process_frame(landmarker, image).face_detected


GUARDS = {"facemesh": (facemesh, "mediapipe"), "batesposture": (batesposture, "batesposture"), "dorso-linux": (dorso_linux, "dorso-linux")}


def main():
    name, path = sys.argv[1:]
    make, package = GUARDS[name]
    look = make()
    video = cv2.VideoCapture(path)
    first = last = None
    frames = seen = 0
    while True:
        read, image = video.read()
        if not read:
            break
        seen += bool(look(image))
        frames += 1
        last = time.process_time()
        first = last if first is None else first
    if frames < 2:
        sys.exit(f"{path}: OpenCV reads no video from it")
    with open("/proc/self/status") as status:
        peak_kib = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1))
    print(json.dumps({"version": importlib.metadata.version(package), "frames": frames, "seen": seen,
                      "per_frame_cpu_s": (last - first) / (frames - 1), "peak_kib": peak_kib}))


if __name__ == "__main__":
    main()
