"""CPU time per frame and peak memory of MediaPipe's FaceMesh on a video: what `cargo xtask bench` compares nape with.

Run: python3 tools/reference/mediapipe_bench.py VIDEO [VIDEO ..]
Needs mediapipe 0.10.21 and opencv (`pip install mediapipe==0.10.21 opencv-python-headless`, Python 3.9 to 3.12). Not needed to build or test nape.
Prints one JSON object. The clock is the whole process's CPU time, all threads; decoding by OpenCV is included, imports are not.
"""

import json
import os
import re
import sys
import time

import cv2
import mediapipe as mp


def peak_kib():
    with open("/proc/self/status") as status:
        found = re.search(r"VmHWM:\s+(\d+)", status.read())
    return int(found.group(1))


def measure(path):
    start = time.process_time()
    mesh = mp.solutions.face_mesh.FaceMesh(static_image_mode=False, max_num_faces=1)
    video = cv2.VideoCapture(path)
    first = last = start
    frames = faces = 0
    while True:
        read, image = video.read()
        if not read:
            break
        result = mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        faces += result.multi_face_landmarks is not None
        frames += 1
        last = time.process_time()
        if frames == 1:
            first = last
    mesh.close()
    if frames < 2:
        sys.exit(f"{path}: OpenCV reads no video from it")
    return {"path": path, "frames": frames, "faces": faces, "start_cpu_s": first - start,
            "per_frame_cpu_s": (last - first) / (frames - 1)}


def main():
    imported = time.process_time()
    videos = [measure(path) for path in sys.argv[1:]]
    version = getattr(mp, "__version__", "?")
    print(json.dumps({"mediapipe": version, "opencv": cv2.__version__, "python": sys.version.split()[0],
                      "threads": len(os.listdir("/proc/self/task")), "import_cpu_s": imported,
                      "peak_kib": peak_kib(), "videos": videos}))


if __name__ == "__main__":
    main()
