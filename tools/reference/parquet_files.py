"""Small sensor tables in Parquet as pyarrow writes them, for the tests of the reader: one recording, packed and typed in every way that is read.

python3 tools/reference/parquet_files.py crates/nape-formats/tests/data/parquet   (pyarrow 17 or later)

Row n of 300: t = n / 50 s from 2026-01-05 08:00:00.123456789 UTC on, the head turned by n / 10 degrees about y; rows 100 to 102 have no quaternion.
"""

import math
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 300
START_NS = 1_767_600_000_123_456_789


def quaternion(n):
    half = math.radians(n / 10) / 2
    return [math.cos(half), 0.0, math.sin(half), 0.0]


def columns(kind):
    rows = [None if 100 <= n < 103 else quaternion(n) for n in range(ROWS)]
    return {
        f"head_q{axis}": pa.array([row and row[at] for row in rows], type=kind) for at, axis in enumerate("wxyz")
    }


def nanoseconds():
    return [START_NS + n * 20_000_000 for n in range(ROWS)]


def main(folder):
    seconds = pa.array([n / 50 for n in range(ROWS)], type=pa.float64())
    stamps = pa.array(nanoseconds(), type=pa.timestamp("ns"))
    doubles = columns(pa.float64())
    plain = {"t": seconds, **doubles, "note": pa.array(["x"] * ROWS)}
    for codec in ["none", "snappy", "gzip", "lz4", "zstd"]:
        for version in ["1.0", "2.0"]:
            pq.write_table(
                pa.table(plain),
                folder / f"{codec}_v{version[0]}.parquet",
                compression=codec,
                data_page_version=version,
                row_group_size=130,
            )
    pq.write_table(pa.table({"timestamp": stamps, **doubles}), folder / "nanoseconds.parquet", version="2.6")
    pq.write_table(
        pa.table({"timestamp": stamps, **doubles}), folder / "int96.parquet", use_deprecated_int96_timestamps=True
    )
    micro = pa.array([ns // 1000 for ns in nanoseconds()], type=pa.timestamp("us"))
    pq.write_table(pa.table({"time": micro, **columns(pa.float32())}), folder / "microseconds_float.parquet")
    whole = pa.array([n * 20 for n in range(ROWS)], type=pa.int32())
    nested = pa.StructArray.from_arrays(list(doubles.values()), names=["qw", "qx", "qy", "qz"])
    pq.write_table(pa.table({"time_ms": whole, "head": nested}), folder / "nested_int.parquet")
    text = pa.array([str(n / 50) for n in range(ROWS)])
    pq.write_table(pa.table({"t": text, **doubles}), folder / "time_is_text.parquet")
    pq.write_table(pa.table({"a": seconds, "b": seconds}), folder / "no_sensor.parquet")


main(Path(sys.argv[1]))
