"""Makes the fixtures of nape-formats from samples/desk-front.mp4, and the checksums its frames are compared with.

Run from the repository root: python3 tools/reference/formats_fixtures.py
Needs ffmpeg with libx264, libx265 and libvpx, and Pillow for the pictures. Not needed to build or test nape.
"""

import struct
import subprocess
from pathlib import Path

from PIL import Image

OUT = Path("crates/nape-formats/tests/fixtures")
SAMPLE = "samples/desk-front.mp4"
X264 = ["-c:v", "libx264", "-preset", "slow", "-crf", "30", "-pix_fmt", "yuv420p"]


def ffmpeg(name, *arguments, seconds="1.5", size="160:120", filters="", source=SAMPLE):
    chain = f"scale={size}" + ("," + filters if filters else "")
    command = ["ffmpeg", "-v", "error", "-y", "-t", seconds, "-i", source, "-an", "-vf", chain, "-fflags", "+bitexact",
               "-flags:v", "+bitexact", "-map_metadata", "-1", *arguments]
    subprocess.run([*command, str(OUT / name)], check=True)


def patched(name, new, change):
    data = bytearray((OUT / name).read_bytes())
    change(data)
    (OUT / new).write_bytes(data)


def matrix(a, b, c, d):
    def change(data):
        # Version 0 of the box: the matrix starts 40 bytes into its content.
        at = data.index(b"tkhd") + 4 + 40
        one = 0x10000
        data[at:at + 36] = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 0x40000000)
    return change


def display_size(width, height):
    def change(data):
        at = data.index(b"tkhd") + 4 + 76
        data[at:at + 8] = struct.pack(">II", width << 16, height << 16)
        data[data.index(b"pasp"):data.index(b"pasp") + 4] = b"free"
    return change


def videos():
    base = [*X264, "-bf", "3", "-x264-params", "slices=3:keyint=12"]
    ffmpeg("plain.mp4", *base, "-movflags", "+faststart")
    ffmpeg("index-last.mp4", *base)
    ffmpeg("fragmented.mp4", *base, "-movflags", "frag_keyframe+empty_moov+default_base_moof")
    ffmpeg("tiny.mp4", *X264, seconds="0.2", size="2:2")
    for turn, m in {"90": (0, 1, -1, 0), "180": (-1, 0, 0, -1), "270": (0, -1, 1, 0)}.items():
        patched("plain.mp4", f"turned-{turn}.mp4", matrix(*m))
    patched("plain.mp4", "mirrored.mp4", matrix(-1, 0, 0, 1))
    ffmpeg("pixel-aspect.mp4", *X264, filters="setsar=4/3", seconds="0.5")
    patched("plain.mp4", "display-size.mp4", display_size(213, 120))
    ffmpeg("uneven-times.mp4", *X264, "-fps_mode", "vfr", filters="select='not(mod(n,3))+not(mod(n,5))'")
    ffmpeg("inband.mp4", *X264, "-tag:v", "avc3", "-bsf:v", "dump_extra=freq=keyframe", seconds="0.5")
    # No parameter sets in the configuration: they are only in the samples.
    patched("inband.mp4", "inband.mp4", lambda d: d.__setitem__(d.index(b"avcC") + 9, 0xE0))
    ffmpeg("bt709-full.mp4", *X264, "-color_range", "pc", "-colorspace", "bt709", "-pix_fmt", "yuv420p",
           filters="scale=out_color_matrix=bt709:out_range=full", seconds="0.5")
    ffmpeg("interlaced.mp4", *X264, "-flags:v", "+bitexact+ildct+ilme", seconds="0.5")
    ffmpeg("a.h264", *X264, "-bf", "0", seconds="0.5")
    ffmpeg("b.h264", *X264, "-bf", "0", "-flags:v", "+bitexact+ildct+ilme", seconds="0.5")
    both = b"".join((OUT / name).read_bytes() for name in ("a.h264", "b.h264"))
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-r", "12", "-f", "h264", "-i", "pipe:0", "-c", "copy", "-tag:v", "avc3",
                    "-fflags", "+bitexact", str(OUT / "turns-interlaced.mp4")], input=both, check=True)
    for name in ("a.h264", "b.h264"):
        (OUT / name).unlink()
    ffmpeg("ten-bit.mp4", "-c:v", "libx264", "-crf", "30", "-pix_fmt", "yuv420p10le", seconds="0.5")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-ss", "0.5", "-i", str(OUT / "plain.mp4"), "-c", "copy",
                    "-fflags", "+bitexact", str(OUT / "trimmed.mp4")], check=True)
    ffmpeg("hevc.mp4", "-c:v", "libx265", "-crf", "32", "-tag:v", "hvc1", "-x265-params", "log-level=error:info=0")
    patched("hevc.mp4", "hevc.mp4", matrix(0, 1, -1, 0))
    mjpeg = ["-c:v", "mjpeg", "-q:v", "8", "-huffman", "default", "-pix_fmt", "yuvj420p"]
    ffmpeg("mjpeg.avi", *mjpeg, seconds="0.5")
    ffmpeg("mjpeg.mov", *mjpeg, seconds="0.5")
    # The tables become comments of the same length.
    patched("mjpeg.avi", "mjpeg-no-tables.avi", lambda d: d.__setitem__(slice(None), d.replace(b"\xff\xc4", b"\xff\xfe")))
    # Through a pipe, as a browser writes it: without length.
    vp8 = subprocess.run(
        ["ffmpeg", "-v", "error", "-t", "1.5", "-i", SAMPLE, "-an", "-vf", "scale=160:120", "-c:v", "libvpx", "-crf", "30",
         "-b:v", "200k", "-fflags", "+bitexact", "-f", "webm", "pipe:1"], check=True, capture_output=True).stdout
    (OUT / "browser.webm").write_bytes(vp8)
    ffmpeg("mpeg4.avi", "-c:v", "mpeg4", "-q:v", "12", seconds="0.5")


def pictures():
    red, green, blue, white = (220, 30, 30), (30, 200, 30), (30, 30, 220), (255, 255, 255)
    # Upright: red, green over blue, white; each quarter 24x16 pixels.
    upright = Image.new("RGB", (48, 32))
    for box, colour in (((0, 0, 24, 16), red), ((24, 0, 48, 16), green), ((0, 16, 24, 32), blue), ((24, 16, 48, 32), white)):
        upright.paste(colour, box)
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}
    for value, turn in undo.items():
        stored = upright if turn is None else upright.transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = value
        stored.save(OUT / f"orientation-{value}.jpg", quality=90, subsampling=0, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.transpose(Image.Transpose.ROTATE_90).save(OUT / "orientation-6.png", exif=exif)
    upright.save(OUT / "progressive.jpg", quality=90, subsampling=0, progressive=True)
    upright.convert("CMYK").save(OUT / "cmyk.jpg", quality=90)
    upright.convert("L").save(OUT / "grey.jpg", quality=90)
    upright.save(OUT / "lossless.webp", lossless=True)
    upright.save(OUT / "plain.bmp")
    upright.save(OUT / "plain.gif")
    clear = upright.convert("RGBA")
    clear.putalpha(Image.new("L", upright.size, 0))
    clear.save(OUT / "clear.png")
    Image.new("I;16", (4, 4), 0x8000).save(OUT / "grey16.png")
    Image.new("RGB", (1, 1), red).save(OUT / "one-pixel.png")
    Image.new("RGB", (1, 1), red).save(OUT / "one-pixel.jpg", quality=95)


def checksums():
    lines = subprocess.run(["ffmpeg", "-v", "error", "-bitexact", "-i", SAMPLE, "-an", "-pix_fmt", "yuv420p", "-f", "framecrc",
                            "-"], check=True, capture_output=True, text=True).stdout
    version = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split()[2]
    rows = [line.split(",") for line in lines.splitlines() if not line.startswith("#")]
    timebase = next(line.split()[-1] for line in lines.splitlines() if line.startswith("#tb"))
    numerator, denominator = map(int, timebase.split("/"))
    text = [f"# Time (s) and Adler-32 of the Y, U and V planes of each frame of {SAMPLE}, by ffmpeg {version}"]
    text += [f"{int(row[2]) * numerator / denominator:.6f} {row[5].strip()}" for row in rows]
    (OUT / "desk-front.adler32").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    videos()
    pictures()
    checksums()
