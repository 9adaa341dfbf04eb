#!/usr/bin/env python3
"""Reads Parquet files with several readers and compares every row with what was meant.

    LAKE_PARQUET_OUT=DIR swift test --filter PeerFilesTests
    parquet_check.py DIR

Beside NAME.parquet lies NAME.ndjson: one line about the file, then one object a row. Numbers of
times and timestamps are nanoseconds; {"f": hex} is the pattern of a double, {"x": hex} bytes,
{"d": unscaled, "s": scale} a decimal; maps are lists of pairs. Readers that lack a type or codec
are reported as refusals, not as differences. Exit status 1 when anything differs.
"""
import collections
import decimal
import glob
import json
import math
import os
import struct
import sys
import uuid

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

UNIT = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
decimal.getcontext().prec = 60


def plain(array):
    """An Arrow array as a list in the golden's spelling."""
    t = array.type
    if isinstance(t, pa.BaseExtensionType):
        return plain(array.storage)
    if pa.types.is_dictionary(t):
        return plain(array.dictionary_decode())
    if pa.types.is_timestamp(t):
        return [v if v is None else v * UNIT[t.unit] for v in array.cast(pa.int64()).to_pylist()]
    if pa.types.is_time(t):
        whole = array.cast(pa.int32() if t.bit_width == 32 else pa.int64()).to_pylist()
        return [v if v is None else v * UNIT[t.unit] for v in whole]
    if pa.types.is_date32(t):
        return array.cast(pa.int32()).to_pylist()
    if pa.types.is_floating(t):
        return [v if v is None else
                {"f": format(struct.unpack("<Q", struct.pack("<d", float(v)))[0], "x")}
                for v in array.to_pylist()]
    if pa.types.is_decimal(t):
        return [v if v is None else {"d": str(int(v.scaleb(t.scale))), "s": t.scale}
                for v in array.to_pylist()]
    if pa.types.is_map(t):
        keys, items = plain(array.keys), plain(array.items)
        return spread(array, [[k, v] for k, v in zip(keys, items)])
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return spread(array, plain(array.values))
    if pa.types.is_struct(t):
        parts = [plain(part) for part in array.flatten()]
        return [dict(zip([f.name for f in t], row)) if valid else None
                for row, valid in zip(zip(*parts), array.is_valid().to_pylist())]
    return [{"x": v.hex()} if isinstance(v, (bytes, bytearray)) else v for v in array.to_pylist()]


def spread(array, values):
    """Values of all lists together as one list for each row."""
    ends = array.offsets.to_pylist()
    return [values[ends[i]:ends[i + 1]] if valid else None
            for i, valid in enumerate(array.is_valid().to_pylist())]


def same(got, want):
    if got == want:
        return True
    if isinstance(want, dict) and "f" in want and isinstance(got, dict) and "f" in got:
        a, b = (struct.unpack("<d", struct.pack("<Q", int(v["f"], 16)))[0] for v in (got, want))
        return math.isnan(a) and math.isnan(b)
    if isinstance(want, str) and isinstance(got, dict) and "x" in got:
        return bytes.fromhex(got["x"]) == want.encode()
    if isinstance(want, dict) and "x" in want and isinstance(got, str):
        if got.encode().hex() == want["x"]:
            return True
        try:
            return uuid.UUID(got).hex == want["x"]
        except ValueError:
            return False
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return all(same(pair(g, w), w) for g, w in zip(got, want))
    if isinstance(want, dict) and isinstance(got, dict) and want.keys() == got.keys():
        return all(same(got[k], want[k]) for k in want)
    return False


def pair(got, want):
    """Maps that a reader hands over as lists of structs."""
    if isinstance(want, list) and isinstance(got, dict) and got.keys() == {"key", "value"}:
        return [got["key"], got["value"]]
    return got


def read_pyarrow(path):
    return pq.read_table(path, page_checksum_verification=True)


def read_pyarrow_one_thread(path):
    file = pq.ParquetFile(path, page_checksum_verification=True)
    return pa.Table.from_batches(
        file.iter_batches(batch_size=77, use_threads=False), file.schema_arrow)


def read_duckdb(path):
    return duckdb.sql(f"select * from read_parquet('{path}')").to_arrow_table()


def read_polars(path):
    return polars.read_parquet(path, use_pyarrow=False).to_arrow()


def read_fastparquet(path):
    import fastparquet
    file = fastparquet.ParquetFile(path)
    return {name: list(column) for name, column in file.to_pandas().items()}


READERS = {"pyarrow": read_pyarrow, "pyarrow batches": read_pyarrow_one_thread,
           "duckdb": read_duckdb, "polars": read_polars}


def expected(path):
    with open(path) as lines:
        about = json.loads(next(lines))
        return about, [json.loads(line) for line in lines]


def differences(table, rows):
    if table.num_rows != len(rows):
        return [f"{table.num_rows} rows, {len(rows)} expected"]
    found = []
    for name in rows[0] if rows else []:
        column = table.column(name)
        values = [value for chunk in column.chunks for value in plain(chunk)]
        if str(column.type) == "time64[us]":  # duckdb has no nanoseconds of a day
            rows = [{**row, name: row[name] and row[name] // 1000 * 1000} for row in rows]
        for number, (got, row) in enumerate(zip(values, rows)):
            if not same(got, row[name]):
                found.append(f"{name} ({column.type}) row {number}: {got!r}, expected {row[name]!r}")
                break
    return found


def structure(path, about):
    """What the footer must hold beside the rows."""
    file = pq.ParquetFile(path)
    found = []
    for g in range(file.metadata.num_row_groups):
        for c in range(file.metadata.num_columns):
            column = file.metadata.row_group(g).column(c)
            if not column.has_offset_index and about["pageIndex"]:
                found.append(f"{column.path_in_schema}: no offset index")
            has_filter = getattr(column, "bloom_filter_offset", None) is not None
            # A column of nulls has no values to filter.
            all_null = column.statistics is None or column.statistics.num_values == 0
            wanted = column.path_in_schema in about["bloom"]
            if has_filter != (wanted and not all_null) and about["pageIndex"]:
                found.append(f"{column.path_in_schema}: filter {has_filter}, wanted {wanted}")
    return found


def probe(path, about, rows):
    """duckdb finds every value through the filters."""
    found = []
    for name in about["bloom"]:
        for row in rows[:20]:
            value = row[name]
            if not isinstance(value, (int, str)) or isinstance(value, bool):
                continue
            text = str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
            count = duckdb.sql(
                f"select count(*) from read_parquet('{path}') where {name} = {text}").fetchall()[0][0]
            want = sum(1 for other in rows if other[name] == value)
            if count != want:
                found.append(f"{name} = {text}: {count} rows, {want} expected")
    return found


def is_known(reader, name, text):
    """duckdb takes `repeated group array` with one field for the middle of a three-level list; the
    format's compatibility rules say that a group of that name is the element. pyarrow and polars agree."""
    return reader == "duckdb" and name.startswith("nested2") and text.startswith("deep ")


def check_fastparquet(path, rows):
    """Integers and texts of flat columns; the reader knows no more of the rest than pandas does."""
    columns = read_fastparquet(path)
    for name in rows[0] if rows else []:
        want = [row[name] for row in rows]
        if name not in columns or not all(w is None or isinstance(w, (int, str)) for w in want):
            continue
        for number, (got, value) in enumerate(zip(columns[name], want)):
            if value is None or hasattr(got, "isoformat") or type(got).__name__ == "Timedelta":
                continue
            if isinstance(got, bytes):  # enumerations
                got = got.decode()
            if str(got) != str(value):
                yield f"{name} row {number}: {got!r}, expected {value!r}"
                break


def main():
    folder = sys.argv[1]
    failed = 0
    refusals = collections.Counter()
    examples = {}
    cases = collections.Counter()
    for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
        name = os.path.basename(path)
        about, rows = expected(path[: -len("parquet")] + "ndjson")
        for reader, read in READERS.items():
            try:
                found = [text for text in differences(read(path), rows)
                         if not is_known(reader, name, text)]
            except Exception as error:  # a reader may lack a type or an encoding
                kind = f"{reader}: {type(error).__name__}: {str(error).splitlines()[0][:110]}"
                refusals[kind] += 1
                examples.setdefault(kind, name)
                continue
            cases[reader] += 1
            for text in found[:3]:
                print(f"{name}: {reader}: {text}")
            failed += bool(found)
        for text in structure(path, about) + probe(path, about, rows):
            print(f"{name}: {text}")
            failed += 1
        # fastparquet lacks the requested encodings and dies on 64-bit wide differences.
        if not name.startswith(("nested", "encoding")):
            try:
                found = list(check_fastparquet(path, rows))
                cases["fastparquet"] += 1
                for text in found[:3]:
                    print(f"{name}: fastparquet: {text}")
                failed += bool(found)
            except Exception as error:
                kind = f"fastparquet: {type(error).__name__}: {str(error).splitlines()[:1]}"
                refusals[kind] += 1
                examples.setdefault(kind, name)
    for reader, count in cases.items():
        print(f"{reader}: {count} files read")
    for kind, count in refusals.items():
        print(f"refused {count} times, first {examples[kind]}: {kind}")
    print("differences:", failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
