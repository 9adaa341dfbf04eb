"""Writes one small table of every kind that lake can write, with the answers a naive model gives."""
import datetime
import decimal
import os
import shutil
import sys
import tempfile

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
    """A table to write: how it is made, and its commits."""

    def __init__(self, name, note, keys=("id",), partitions=(), ordering=None, hive=True, version=9,
                 init=(), schema=ORDERS, commits=(), globally=False):
        self.name, self.note, self.schema, self.commits = name, note, schema, commits
        self.init = list(init)
        self.table_model = lambda: model.Model(keys, partitions, ordering, hive, version, globally)
        self.words = ["--key", ",".join(keys), "--version", str(version), *self.init]
        if partitions:
            self.words += ["--partition", ",".join(partitions)]
            self.words += [] if hive else ["--partition-style", "plain"]
        if ordering:
            self.words += ["--order", ordering]


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
    pa.field("milli", pa.timestamp("ms", tz="UTC")), pa.field("micro", pa.timestamp("us", tz="UTC")),
    pa.field("wall", pa.timestamp("us")), pa.field("raw", pa.binary()),
    pa.field("tags", pa.list_(pa.string())),
    pa.field("point", pa.struct([pa.field("x", pa.float64()), pa.field("y", pa.float64())])),
    pa.field("names", pa.map_(pa.string(), pa.int64())),
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
        "milli": datetime.datetime(2026, 3, 1, 1, 2, 3, n * 1000, UTC),
        "micro": datetime.datetime(1969, 12, 31, 23, 59, 59, n + 1, UTC),
        "wall": datetime.datetime(2026, 3, 1, 1, 2, 3, n), "raw": bytes([n, 0, 255]),
        "tags": [f"t{n}", None, ""] if i % 3 else [], "point": {"x": n * 1.0, "y": None},
        "names": [("ä", n), ("b", None)],
    }


def kinds():
    all_kinds = []
    add = lambda *a, **k: all_kinds.append(Kind(*a, **k))
    for version in (9, 8, 6):
        add(f"cow-v{version}_plain", "no partitions, commit-time order", version=version, commits=usual())
        add(f"cow-v{version}_partitioned", "Hive-style partitions", partitions=["region"], version=version,
            commits=usual())
        add(f"cow-v{version}_event_time", "event-time order: late rows lose, ties win", partitions=["region"],
            ordering="seq", version=version, commits=[
                ("upsert", [order(i, 5) for i in range(9)]),
                ("upsert", [order(1, 4, item="late"), order(2, 5, item="tie"), order(3, 6, item="newer")]),
                ("upsert", [order(4, 9, item="first"), order(4, 7, item="late in its batch")]),
                ("delete", [order(5)]),
            ])
    add("cow-v9_partition_plain", "partition folders without names", partitions=["region"], hive=False, commits=usual())
    add("cow-v9_partition_two", "two partition columns", partitions=["region", "qty"], commits=[
        ("upsert", [order(i) for i in range(12)]), ("upsert", [order(3, qty=4), order(4, 1, item="new")])])
    add("cow-v9_partition_encoded", "partition values that need escapes, null and empty", partitions=["region"],
        commits=[("insert", [order(i, region=r) for i, r in enumerate(
            ["a/b", "c=d", "100 %", "x y", "ü", "q?", "[z]", "a:b", "#"])]
            + [order(20) | {"region": None}, order(21) | {"region": ""}])])
    add("cow-v9_key_two", "a key of two columns", keys=["id", "item"], partitions=["region"], commits=usual())
    add("cow-v9_bulk_insert", "bulk insert, then upsert", partitions=["region"], commits=[
        ("bulk_insert", [order(i) for i in range(30)]), ("upsert", [order(i, 3) for i in range(5, 9)])])
    add("cow-v9_insert", "inserts pack into small files", partitions=["region"], commits=[
        ("insert", [order(i) for i in range(6)]), ("insert", [order(i) for i in range(6, 12)])])
    for index in ("bloom", "simple"):
        add(f"cow-v9_index_{index}", f"{index} look-up", partitions=["region"], init=["--index", index], commits=usual())
        add(f"cow-v9_index_global_{index}", f"global {index} look-up: keys move between partitions",
            partitions=["region"], init=["--index", f"global-{index}"], globally=True, commits=usual() + [
                ("upsert", [order(1, 3, region="west"), order(4, 3, region="south")])])
    add("cow-v9_bloom_off", "base files without key filter", init=["--bloom", "off"], commits=usual())
    add("cow-v9_types", "every type, with nulls", keys=["id"], schema=TYPES, commits=[
        ("upsert", [typed(i) for i in range(12)]), ("upsert", [typed(i, 40) for i in range(3, 6)]),
        ("delete", [typed(0)])])
    add("cow-v9_emptied", "every row deleted again", partitions=["region"], commits=[
        ("upsert", [order(i) for i in range(4)]), ("delete", [order(i) for i in range(4)])])
    return all_kinds


def build(kind, out):
    table = os.path.join(out, kind.name)
    shutil.rmtree(table, ignore_errors=True)
    naive = kind.table_model()
    command.lake("init", table, *kind.words)
    with tempfile.TemporaryDirectory() as folder:
        for number, (operation, batch) in enumerate(kind.commits):
            file = os.path.join(folder, f"{number}.parquet")
            pq.write_table(pa.Table.from_pylist(batch, schema=kind.schema), file)
            summary = command.lake("commit", table, file, "-o", operation, "-m", f"step {number}")[-1]
            if summary["outcome"] != "committed":
                raise command.Failed(f"commit {number}: {summary}")
            # The model sees what Arrow holds, so that values have the table's types.
            rows = pq.ParquetFile(file).read().to_pylist()
            naive.apply(operation, rows, summary["instant"], summary["completion"])
    with open(os.path.join(table, ".hoodie", "hoodie.properties")) as file:
        lines = [line.rstrip("\n").split("=", 1) for line in file if "=" in line and not line.startswith("#")]
    columns = [f.name for f in kind.schema]
    golden = naive.golden(columns, kind.note, "COPY_ON_WRITE", dict(lines))
    model.write(table + ".expected.json", golden)
    print(f"wrote {kind.name}: {len(kind.commits)} commits, {len(golden['snapshot'])} rows")


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
