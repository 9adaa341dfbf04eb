"""Compares what lake reads from a table with what other engines read from the same files."""
import glob
import json
import os
import sys
import tempfile

import duckdb
import fastavro
import pyarrow.parquet as pq
from hudi import HudiQueryType, HudiReadOptions, HudiTableBuilder

import command
import spelling

META = ["_hoodie_commit_time", "_hoodie_commit_seqno", "_hoodie_record_key", "_hoodie_partition_path",
        "_hoodie_file_name"]


class Checks:
    """Counts comparisons and prints those that fail."""

    totals = {}

    def __init__(self, table):
        self.table, self.done, self.failed = table, {}, 0

    def that(self, what, problem):
        self.done[what] = self.done.get(what, 0) + 1
        self.totals[what] = self.totals.get(what, 0) + 1
        if problem:
            self.failed += 1
            print(f"  {self.table}: {what}: {problem}")


def lake_rows(table, instant, folder):
    out = os.path.join(folder, "rows.parquet")
    if os.path.exists(out):
        os.remove(out)
    command.lake("read", f"{table}@{instant}" if instant else table, "--meta", "--out", out)
    return spelling.rows(pq.ParquetFile(out).read())


def hudi_rows(table, options):
    return spelling.rows(table.read(options))


def hudi_refusal(path, unread):
    """None where hudi-rs fails in the way that is known of it, else a sentence."""
    try:
        hudi_rows(HudiTableBuilder.from_base_uri(path).build(), HudiReadOptions())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # its panics are no ordinary exceptions
        return None if unread in str(error) else f"{type(error).__name__}: {error}"
    return "it reads the table now: take the exception out"


def expected_rows(path, checks, expected, folder):
    """What lake reads, whole and at every instant, against the model."""
    for instant in [None, *expected["asOf"]]:
        answer = expected["asOf"][instant] if instant else expected["snapshot"]
        checks.that("lake = model", spelling.difference(
            lake_rows(path, instant, folder), answer, (f"lake@{instant or 'now'}", "model"), expected["columns"]))
    commits = [requested for requested, _ in command.instants(path)]
    if sorted(expected["asOf"]) != commits:
        checks.that("lake = model", f"the log has {commits}, the model {sorted(expected['asOf'])}")


def common(left, right):
    """The columns that both have; all where one has no rows."""
    return set(left[0]) & set(right[0]) if left and right else None


def snapshots(path, checks, expected, folder):
    """What hudi-rs reads, whole, at every instant and after every instant."""
    unread = (expected or {}).get("unread", {}).get("hudi-rs")
    if unread:
        checks.that("hudi-rs refuses as known", hudi_refusal(path, unread))
        return
    table = HudiTableBuilder.from_base_uri(path).build()
    checks.that("hudi-rs snapshot", spelling.difference(
        lake_rows(path, None, folder), hudi_rows(table, HudiReadOptions()), ("lake", "hudi-rs")))
    newest = expected["columns"] if expected else None
    for instant, _ in command.instants(path):
        ours = lake_rows(path, instant, folder)
        theirs = hudi_rows(table, HudiReadOptions().with_as_of_timestamp(instant))
        # hudi-rs shows a past moment in the newest schema, lake in that of the moment.
        later = [c for r in theirs[:1] for c in r if ours and c not in ours[0]]
        problem = spelling.difference(ours, theirs, (f"lake@{instant}", "hudi-rs"), common(ours, theirs))
        if any(r[c] is not None for r in theirs for c in later):
            problem = problem or f"columns {later} have values at {instant}"
        checks.that("hudi-rs as of", problem)
    for begin, wanted in (expected or {}).get("incrementalAfter", {}).items():
        options = HudiReadOptions().with_query_type(HudiQueryType.Incremental).with_start_timestamp(begin)
        checks.that("hudi-rs incremental", spelling.difference(
            hudi_rows(table, options), wanted, (f"hudi-rs>{begin}", "model"), newest))


def base_files(path, checks):
    for name in sorted(glob.glob(path + "/**/*.parquet", recursive=True)):
        short = os.path.relpath(name, path)
        problem = None
        try:
            file = pq.ParquetFile(name, page_checksum_verification=True)
            table = file.read()
            text = file.metadata.metadata or {}
            absent = [k for k in META if k not in table.column_names]
            if absent:
                problem = f"{short}: no column {absent[0]}"
            elif b"parquet.avro.schema" not in text:
                problem = f"{short}: the footer has no Avro schema"
            else:
                keys = table.column("_hoodie_record_key").to_pylist()
                low, high = (text.get(k, b"").decode() for k in (b"hoodie_min_record_key", b"hoodie_max_record_key"))
                if b"hoodie_min_record_key" in text and keys and (min(keys), max(keys)) != (low, high):
                    problem = f"{short}: key range {low!r}..{high!r}, rows have {min(keys)!r}..{max(keys)!r}"
        except Exception as error:  # any failure of the other engine is the finding
            problem = f"{short}: {type(error).__name__}: {error}"
            table = None
        checks.that("pyarrow base file", problem)
        if table is None:
            continue
        try:
            c = duckdb.connect()
            c.execute("SET TimeZone='UTC'").fetchall()
            rows = c.sql(f"SELECT * FROM read_parquet('{name}', hive_partitioning=false)").to_arrow_table()
            problem = None if table.num_rows == rows.num_rows else f"{short}: {rows.num_rows} rows, pyarrow {table.num_rows}"
            problem = problem or spelling.difference(
                spelling.rows(rows), spelling.rows(table), ("duckdb", "pyarrow"))
        except Exception as error:
            problem = f"{short}: {type(error).__name__}: {error}"
        checks.that("DuckDB base file", problem)


def instant_files(path, checks):
    """Every file of the timeline that is an Avro container."""
    for name in sorted(glob.glob(path + "/.hoodie/**/*", recursive=True, include_hidden=True)):
        if not os.path.isfile(name):
            continue
        with open(name, "rb") as file:
            head = file.read(4)
            if head != b"Obj\x01":
                if head[:1] == b"{":
                    file.seek(0)
                    problem = None
                    try:
                        json.load(file)
                    except ValueError as error:
                        problem = f"{os.path.relpath(name, path)}: {error}"
                    checks.that("instant file, JSON", problem)
                continue
            file.seek(0)
            try:
                records = list(fastavro.reader(file))
                problem = None if len(records) == 1 else f"{os.path.relpath(name, path)}: {len(records)} records"
            except Exception as error:
                problem = f"{os.path.relpath(name, path)}: {type(error).__name__}: {error}"
            checks.that("fastavro instant file", problem)


def check(path):
    path = os.path.abspath(path)
    checks = Checks(os.path.basename(path))
    expected = None
    if os.path.exists(path + ".expected.json"):
        with open(path + ".expected.json") as file:
            expected = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        try:
            if expected:
                expected_rows(path, checks, expected, folder)
            snapshots(path, checks, expected, folder)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # hudi-rs panics are no ordinary exceptions
            checks.that("snapshots", f"{type(error).__name__}: {error}")
    base_files(path, checks)
    instant_files(path, checks)
    done = ", ".join(f"{k} {v}" for k, v in checks.done.items())
    print(f"{'ok    ' if not checks.failed else 'FAILED'} {checks.table}: {done}", flush=True)
    return checks.failed


def main(paths):
    tables = []
    for path in paths:
        inside = sorted(p for p in glob.glob(os.path.join(path, "*")) if os.path.isdir(os.path.join(p, ".hoodie")))
        tables += [path] if os.path.isdir(os.path.join(path, ".hoodie")) else inside
    if not tables:
        print("usage: Tools/Peers/check TABLE… (or folders of tables)", file=sys.stderr)
        return 2
    failed = sum(1 for t in tables if check(t))
    print(f"{len(tables)} tables, {failed} with findings; " + ", ".join(
        f"{k} {v}" for k, v in Checks.totals.items()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
