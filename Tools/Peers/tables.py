"""Writes one small table of every kind that lake can write, with the answers a naive model gives."""
import datetime
import decimal
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pyarrow as pa
import pyarrow.parquet as pq

import command
import model

UTC = datetime.timezone.utc
ORDERS = pa.schema([
    pa.field("id", pa.int64(), nullable=False), pa.field("region", pa.string()), pa.field("item", pa.string()),
    pa.field("qty", pa.int32()), pa.field("price", pa.decimal128(12, 2)),
    pa.field("at", pa.timestamp("us", tz="UTC")), pa.field("seq", pa.int64()),
])
REGIONS = ["north", "south", "east"]


def order(i, seq=1, region=None, **changes):
    """The i-th order, the same on every run."""
    row = {
        "id": i, "region": region or REGIONS[i % 3], "item": f"item {i * 7 % 13}", "qty": i % 5 + seq,
        "price": decimal.Decimal(i * 137 % 10_000) / 100, "seq": seq,
        "at": datetime.datetime(2026, 3, 1, 8, 0, 0, i * 1001 % 1_000_000, UTC) + datetime.timedelta(minutes=i),
    }
    row["price"] = row["price"].quantize(decimal.Decimal("0.01"))
    row.update(changes)
    return row


class Kind:
    """A table to write: how it is made, and its commits.

    A commit is (operation, rows) or (operation, rows, more) with `more` of `words` for the command line, `schema`
    of the input, `deleted` (which rows are deletes), `stored` (the columns that are stored), and `killed`: the
    writer is killed in the middle and the next one must clean up.
    """

    def __init__(self, name, note, keys=("id",), partitions=(), ordering=(), hive=True, version=9,
                 init=(), schema=ORDERS, commits=(), globally=False, digest=False, unread=None):
        self.name, self.note, self.schema, self.commits = name, note, schema, commits
        self.digest, self.unread = digest, unread or {}
        ordering = [ordering] if isinstance(ordering, str) else list(ordering)
        wins = [] if "commit" in init else ordering
        self.table_model = lambda: model.Model(keys, partitions, wins, hive, version, globally)
        self.words = ["--key", ",".join(keys) or "none", "--version", str(version), *init]
        if partitions:
            self.words += ["--partition", ",".join(partitions)]
            self.words += [] if hive else ["--partition-style", "plain"]
        if ordering:
            self.words += ["--order", ",".join(ordering)]


def usual(region=None):
    """Twelve orders, then changes and new ones, then two deletes."""
    return [
        ("upsert", [order(i) for i in range(12)]),
        ("upsert", [order(i, 2) for i in (1, 4, 5)] + [order(i, 2) for i in range(12, 16)]),
        ("delete", [order(2), order(7)]),
    ]


TYPES = pa.schema([
    pa.field("id", pa.string(), nullable=False), pa.field("flag", pa.bool_()), pa.field("small", pa.int32()),
    pa.field("large", pa.int64()), pa.field("single", pa.float32()), pa.field("double", pa.float64()),
    pa.field("dec9", pa.decimal128(9, 3)), pa.field("dec18", pa.decimal128(18, 6)),
    pa.field("dec38", pa.decimal128(38, 10)), pa.field("day", pa.date32()),
    pa.field("clock_ms", pa.time32("ms")), pa.field("clock_us", pa.time64("us")),
    pa.field("milli", pa.timestamp("ms", tz="UTC")), pa.field("micro", pa.timestamp("us", tz="UTC")),
    pa.field("raw", pa.binary()), pa.field("four", pa.binary(4)),
])
NESTED = pa.schema([
    pa.field("id", pa.string(), nullable=False),
    pa.field("tags", pa.list_(pa.string())),
    pa.field("point", pa.struct([pa.field("x", pa.float64()), pa.field("y", pa.float64())])),
    pa.field("names", pa.map_(pa.string(), pa.int64())),
    pa.field("rows", pa.list_(pa.struct([pa.field("n", pa.int32()), pa.field("parts", pa.list_(pa.date32()))]))),
    pa.field("grid", pa.list_(pa.list_(pa.int64()))),
    pa.field("deep", pa.struct([pa.field("a", pa.struct([pa.field("b", pa.map_(pa.string(), pa.list_(
        pa.string())))])), pa.field("c", pa.decimal128(20, 2))])),
])
WALL = pa.schema([
    pa.field("id", pa.string(), nullable=False), pa.field("wall_ms", pa.timestamp("ms")),
    pa.field("wall_us", pa.timestamp("us")),
])


def typed(i, shift=0):
    n = i + shift
    if i % 4 == 3:
        return {f.name: None for f in TYPES} | {"id": f"k{i:02d}"}
    return {
        "id": f"k{i:02d}", "flag": n % 2 == 0, "small": -n * 1000, "large": n * 10**15, "single": n + 0.5,
        "double": n / 7, "dec9": decimal.Decimal(n * 1001).scaleb(-3), "dec18": decimal.Decimal(-n * 10**9).scaleb(-6),
        "dec38": decimal.Decimal(n * 10**20 + 1).scaleb(-10),
        "day": datetime.date(1969, 12, 28) + datetime.timedelta(days=n),
        "clock_ms": datetime.time(23, 59, n % 60, n * 1000), "clock_us": datetime.time(0, n % 60, 1, n),
        "milli": datetime.datetime(2026, 3, 1, 1, 2, 3, n * 1000, UTC),
        "micro": datetime.datetime(1969, 12, 31, 23, 59, 59, n + 1, UTC),
        "raw": bytes([n, 0, 255]), "four": bytes([0, n, 128, 255]),
    }


def nested(i, shift=0):
    n = i + shift
    if i % 4 == 3:
        return {f.name: None for f in NESTED} | {"id": f"k{i:02d}"}
    return {
        "id": f"k{i:02d}", "tags": [f"t{n}", None, ""] if i % 3 else [], "point": {"x": n * 1.0, "y": None},
        "names": [("ä", n), ("b", None)],
        "rows": [{"n": n, "parts": [datetime.date(2026, 3, 1), None]}, None, {"n": None, "parts": []}],
        "grid": [[n, n + 1], [], None, [None]],
        "deep": {"a": {"b": [("k", ["x", None]), ("l", None)]} if i % 2 else None, "c": decimal.Decimal(n).scaleb(-2)},
    }


def wall(i, shift=0):
    at = datetime.datetime(1969, 12, 31, 23, 59, 59, 1000 * (i + shift))
    return {"id": f"k{i:02d}", "wall_ms": None if i == 2 else at, "wall_us": at + datetime.timedelta(microseconds=7)}


def changed(make):
    """Twelve rows, changes to three of them, one deleted."""
    return [("upsert", [make(i) for i in range(12)]), ("upsert", [make(i, 40) for i in range(3, 6)]),
            ("delete", [make(0)])]


def wider(*fields):
    """The orders with fields replaced or added."""
    have = {f.name: f for f in ORDERS}
    have.update({f.name: f for f in fields})
    return pa.schema(list(have.values()))


def evolving(add, kinds):
    note = pa.field("note", pa.string())
    extra = pa.field("extra", pa.struct([pa.field("a", pa.int32()), pa.field("b", pa.list_(pa.string()))]))
    first, second = wider(note), wider(note, extra)
    kinds.append(add("evolve_add", "columns are added by two commits", partitions=["region"], init=["--evolve", "add"],
        commits=[
            ("upsert", [order(i) for i in range(9)]),
            ("upsert", [order(i, 2) | {"note": f"note {i}"} for i in (1, 9)], {"schema": first}),
            ("upsert", [order(i, 3) | {"note": None, "extra": {"a": i, "b": ["x"]}} for i in (2, 10)],
             {"schema": second}),
            ("delete", [order(3)], {"stored": [f.name for f in second]}),
        ]))
    wide = wider(pa.field("qty", pa.int64()), pa.field("price", pa.decimal128(14, 2)))
    kinds.append(add("evolve_widen", "int becomes bigint, a decimal gets more digits", partitions=["region"],
        init=["--evolve", "add,widen"], commits=[
            ("upsert", [order(i) for i in range(9)]),
            ("upsert", [order(i, 2, qty=10**12 + i, price=decimal.Decimal("123456789012.34")) for i in (1, 9)],
             {"schema": wide}),
            ("upsert", [order(4, 3)]),
        ]))
    few = pa.schema([f for f in ORDERS if f.name not in ("item", "price")])
    kinds.append(add("fill_null", "columns that the input lacks are filled", commits=[
        ("upsert", [order(i) for i in range(6)]),
        ("upsert", [{k: v for k, v in order(i, 2).items() if k not in ("item", "price")} for i in (2, 7)],
         {"schema": few, "words": ["--fill", "null"], "stored": [f.name for f in ORDERS]}),
    ]))


def every_version(add, version):
    add("plain", "no partitions, commit-time order", commits=usual())
    add("partitioned", "Hive-style partitions", partitions=["region"], commits=usual())
    add("event_time", "event-time order: late rows lose, ties win", partitions=["region"],
        ordering="seq", commits=[
            ("upsert", [order(i, 5) for i in range(9)]),
            ("upsert", [order(1, 4, item="late"), order(2, 5, item="tie"), order(3, 6, item="newer")]),
            ("upsert", [order(4, 9, item="first"), order(4, 7, item="late in its batch")]),
            ("delete", [order(5)]),
        ])
    add("partition_plain", "partition folders without names", partitions=["region"], hive=False, commits=usual())
    two = [("upsert", [order(i) for i in range(12)]), ("upsert", [order(3, qty=4), order(4, 1, item="new")]),
           ("delete", [order(6)])]
    # hudi-rs reads no table of the CUSTOM generator from version 8 on, whoever wrote it: it takes
    # `region:SIMPLE` for the name of a column.
    custom = {"hudi-rs": "declared in `hoodie.table.partition.fields` is not present"} if version == 8 else None
    add("partition_two", "two partition columns, one key", partitions=["region", "qty"], commits=two, unread=custom)
    add("partition_two_key_two", "two partition columns, two keys", keys=["id", "item"],
        partitions=["region", "qty"], commits=two)
    add("partition_encoded", "partition values that need escapes, null and empty", partitions=["region"],
        commits=[("insert", [order(i, region=r) for i, r in enumerate(
            ["a/b", "c=d", "100 %", "x y", "ü", "q?", "[z]", "a:b", "#"])]
            + [order(20) | {"region": None}, order(21) | {"region": ""}]),
            ("upsert", [order(0, 2, region="a/b"), order(20, 2) | {"region": None}])])
    add("key_two", "a key of two columns", keys=["id", "item"], partitions=["region"], commits=usual())
    add("key_none", "no key: rows are appended", keys=[], partitions=["region"], commits=[
        ("insert", [order(i) for i in range(6)]), ("bulk_insert", [order(i) for i in range(4)]),
        ("insert", [order(1)])])
    add("bulk_insert", "bulk insert, then upsert", partitions=["region"], commits=[
        ("bulk_insert", [order(i) for i in range(30)]), ("upsert", [order(i, 3) for i in range(5, 9)])])
    add("insert", "inserts pack into small files, the same key twice", partitions=["region"], commits=[
        ("insert", [order(i) for i in range(6)]), ("insert", [order(i) for i in range(5, 12)])])
    add("types", "every plain type, with nulls", schema=TYPES, commits=changed(typed))
    add("nested", "structs, lists and maps inside each other, with nulls", schema=NESTED, commits=changed(nested))
    add("emptied", "every row deleted again, then a new one", partitions=["region"], commits=[
        ("upsert", [order(i) for i in range(4)]), ("delete", [order(i) for i in range(4)]),
        ("upsert", [order(1, 3)])])
    add("empty", "no commit yet", init=["--columns", "id bigint not null, region string"], partitions=["region"],
        schema=pa.schema([ORDERS.field("id"), ORDERS.field("region")]))
    add("killed", "a writer was killed in the middle of a bulk insert; the next one rolled it back",
        partitions=["region"], commits=usual()[:1] + [("bulk_insert", [], {"killed": True})] + usual()[1:])


def newest(add):
    for index in ("bloom", "simple"):
        add(f"index_{index}", f"{index} look-up", partitions=["region"], init=["--index", index], commits=usual())
        add(f"index_global_{index}", f"global {index} look-up: keys move between partitions",
            partitions=["region"], init=["--index", f"global-{index}"], globally=True, commits=usual() + [
                ("upsert", [order(1, 3, region="west"), order(4, 3, region="south")])])
    add("bloom_off", "base files without key filter", init=["--bloom", "off"], commits=usual())
    add("bloom_rate", "key filters of another rate", init=["--bloom", "5%", "--index", "bloom"], commits=usual())
    add("partition_date", "partitions by date", partitions=["day"], schema=TYPES, commits=[
        ("upsert", [typed(i) for i in range(6)]), ("upsert", [typed(1) | {"large": 7}])])
    add("partition_plain_special", "folders that are the values as they are", partitions=["region"], hive=False,
        commits=[("insert", [order(i, region=r) for i, r in enumerate(["100 %", "x y", "ü", "c=d", "a;b", "%41"])]
                  + [order(20) | {"region": None}]),
                 ("upsert", [order(0, 2, region="100 %"), order(2, 2, region="ü"), order(3, 2, region="c=d")])])
    add("partition_bool", "partitions by truth", partitions=["flag"], schema=TYPES, commits=[
        ("upsert", [typed(i) for i in range(6)])])
    add("key_date_decimal", "a key of a date and a decimal", keys=["day", "dec9"], schema=TYPES, commits=[
        ("upsert", [typed(i) for i in range(6) if i != 3]), ("delete", [typed(2)])])
    add("key_special", "keys with every sort of character", keys=["item"], commits=[
        ("upsert", [order(i, item=t) for i, t in enumerate(
            ["a b", "a/b", "k:v,w", "ü", "\U0001f30a", "\"q\"", "tab\t", "%20", "x" * 2000, "'", "\\"])]),
        ("upsert", [order(50, item="\U0001f30a"), order(51, item="ü")]), ("delete", [order(0, item="k:v,w")])])
    add("order_two", "two ordering columns", ordering=["seq", "qty"], commits=[
        ("upsert", [order(i, 5, qty=5) for i in range(6)]),
        ("upsert", [order(1, 5, qty=4), order(2, 5, qty=6), order(3, 4, qty=9), order(4, 6, qty=0)])],
        unread={"hudi-rs": "Multiple ordering fields"})
    add("order_unused", "an ordering column under commit-time order", ordering="seq", init=["--merge", "commit"],
        commits=[("upsert", [order(i, 5) for i in range(6)]), ("upsert", [order(1, 4), order(2, 5)])])
    add("duplicates", "keys twice in one input: the last wins", commits=[
        ("upsert", [order(i % 4, i) for i in range(12)]), ("upsert", [order(1, 90), order(1, 80), order(9, 1)])])
    flagged = pa.schema([*ORDERS, pa.field("op", pa.string())])
    add("delete_when", "deletes among the rows of an upsert", ordering="seq", partitions=["region"], commits=[
        ("upsert", [order(i, 5) for i in range(9)]),
        ("upsert", [order(1, 6) | {"op": "D"}, order(2, 4) | {"op": "D"}, order(3, 6) | {"op": "U"},
                    order(40, 1) | {"op": "D"}],
         {"schema": flagged, "words": ["--delete-when", "op = 'D'", "--drop", "op"],
          "deleted": lambda row: row["op"] == "D", "stored": [f.name for f in ORDERS]})])
    add("delete_unknown", "deletes of keys that are not there, and of one file's every row", partitions=["region"],
        commits=usual()[:1] + [("delete", [order(0), order(3), order(6), order(9), order(77)])])
    # The Avro types local-timestamp-millis and -micros are not in hudi-rs's table of types.
    add("wall_times", "timestamps without zone", schema=WALL, commits=changed(wall),
        unread={"hudi-rs": "not yet implemented"})
    many = pa.schema([ORDERS.field("id"), ORDERS.field("qty"), ORDERS.field("item")])
    small = lambda i, qty: {"id": i, "qty": qty, "item": f"item {i % 997}"}
    add("row_groups", "a file of several row groups, few of them touched", schema=many, digest=True, commits=[
        ("bulk_insert", [small(i, i % 5) for i in range(165_000)]),
        ("upsert", [small(i, 9) for i in (7, 8, 165_001)]), ("delete", [small(9, 0)])])


def kinds():
    all_kinds = []
    for version in (9, 8, 6):
        every_version(lambda name, note, **k: all_kinds.append(
            Kind(f"cow-v{version}_{name}", note, version=version, **k)), version)
    nine = lambda name, note, **k: Kind(f"cow-v9_{name}", note, **k)
    newest(lambda name, note, **k: all_kinds.append(nine(name, note, **k)))
    evolving(nine, all_kinds)
    return all_kinds


def kill_writer(table, folder):
    """Starts a large commit and kills it when its first data file lies in the table."""
    file = os.path.join(folder, "large.parquet")
    rows = [order(1000 + i) for i in range(1000)]
    part = pa.Table.from_pylist(rows, schema=ORDERS)
    with pq.ParquetWriter(file, ORDERS) as writer:
        for i in range(400):
            ids = pa.array(range(1000 + i * 1000, 2000 + i * 1000), pa.int64())
            writer.write_table(part.set_column(0, ORDERS.field("id"), ids))
    before = set(glob.glob(table + "/**/*.parquet", recursive=True))
    process = subprocess.Popen([command.binary(), "commit", table, file, "-o", "bulk_insert"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not set(glob.glob(table + "/**/*.parquet", recursive=True)) - before:
        if process.poll() is not None or time.monotonic() > deadline:
            break
    process.kill()
    if process.wait() != -9:
        raise command.Failed("the writer had ended before it could be killed")
    left = set(glob.glob(table + "/**/*.parquet", recursive=True)) - before
    if not left:
        raise command.Failed("the killed writer left no data file")
    return left


def build(kind, out):
    table = os.path.join(out, kind.name)
    shutil.rmtree(table, ignore_errors=True)
    naive = kind.table_model()
    command.lake("init", table, *kind.words)
    columns, left = [f.name for f in kind.schema], set()
    with tempfile.TemporaryDirectory() as folder:
        for number, (operation, batch, *more) in enumerate(kind.commits):
            more = more[0] if more else {}
            if more.get("killed"):
                left |= kill_writer(table, folder)
                continue
            file = os.path.join(folder, f"{number}.parquet")
            schema = more.get("schema", kind.schema)
            pq.write_table(pa.Table.from_pylist(batch, schema=schema), file)
            summary = command.lake(
                "commit", table, file, "-o", operation, "-m", f"step {number}", *more.get("words", []))[-1]
            if summary["outcome"] != "committed":
                raise command.Failed(f"commit {number}: {summary}")
            stored = more.get("stored", [f.name for f in schema])
            columns += [c for c in stored if c not in columns]
            # The model sees what Arrow holds, so that values have the table's types.
            rows = pq.ParquetFile(file).read().to_pylist()
            naive.apply(operation, rows, summary["instant"], summary["completion"], columns, more.get("deleted"))
    if [path for path in left if os.path.exists(path)]:
        raise command.Failed("files of the killed writer are still there")
    with open(os.path.join(table, ".hoodie", "hoodie.properties")) as file:
        lines = [line.rstrip("\n").split("=", 1) for line in file if "=" in line and not line.startswith("#")]
    golden = naive.golden(columns, kind.note, "COPY_ON_WRITE", dict(lines), kind.digest)
    if kind.unread:
        golden["unread"] = kind.unread
    model.write(table + ".expected.json", golden)
    count = golden["snapshot"]["count"] if kind.digest else len(golden["snapshot"])
    print(f"wrote {kind.name}: {len(kind.commits)} commits, {count} rows", flush=True)


def main(words):
    if not words:
        print("usage: Tools/Peers/tables OUT [NAME…]", file=sys.stderr)
        return 2
    out, wanted = words[0], words[1:]
    os.makedirs(out, exist_ok=True)
    failed = 0
    for kind in kinds():
        if wanted and kind.name not in wanted:
            continue
        try:
            build(kind, out)
        except command.Failed as error:
            failed += 1
            print(f"FAILED {kind.name}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
