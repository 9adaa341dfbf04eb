"""The naive table: what the rows must be, computed without any of lake's code."""
import json

import spelling

ESCAPED = set('"#%\'*/:=?\\{[]^') | {chr(c) for c in range(32)} | {"\x7f"}


def escaped(text):
    return "".join(f"%{ord(c):02X}" if c in ESCAPED else c for c in text)


def plain(v):
    """A key or partition value as text."""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, float):
        raise ValueError("keys of floating numbers are spelled as Java does, which this model does not know")
    return str(v)


class Model:
    """Rows by key, with the state after each commit. Without keys every row is a new one."""

    def __init__(self, keys, partitions=(), ordering=(), hive=True, version=9, globally=False):
        self.keys, self.partitions, self.ordering = list(keys), list(partitions), list(ordering)
        self.hive, self.version, self.globally = hive, version, globally
        self.rows = {}
        self.history = []  # (requested, completion, rows, columns)

    def key(self, row):
        # Several partition columns mean the COMPLEX generator, which in version 9 names the field of a single
        # key too (format/12-keys-and-partitions.md, section 2). Before, releases differ, and lake takes CUSTOM.
        labelled = len(self.keys) > 1 or (self.version == 9 and len(self.partitions) > 1)
        if not labelled:
            return plain(row[self.keys[0]])
        parts = []
        for k in self.keys:
            v = row[k]
            parts.append(f"{k}:{'__null__' if v is None else '__empty__' if v == '' else plain(v)}")
        return ",".join(parts)

    def partition(self, row):
        parts = []
        for p in self.partitions:
            v = row[p]
            text = "__HIVE_DEFAULT_PARTITION__" if v is None or v == "" else plain(v)
            parts.append(f"{p}={escaped(text)}" if self.hive else text)
        return "/".join(parts)

    def place(self, row):
        if not self.keys:
            return ("row", len(self.rows))
        return self.key(row) if self.globally else (self.partition(row), self.key(row))

    def apply(self, operation, batch, requested, completion, columns, deleted=None):
        """Applies one commit; `batch` are rows as dictionaries, in order; `deleted` tells of a row whether it
        is a delete."""
        if operation == "delete":
            for row in batch:
                self.rows.pop(self.place(row), None)
        elif operation in ("insert", "bulk_insert"):
            # No key is looked up: a second row of a key stands beside the first.
            for row in batch:
                place = self.place(row)
                if place in self.rows:
                    place = (place, len(self.rows))
                self.rows[place] = (row, requested)
        else:
            winners = {}
            for row in batch:
                place = self.place(row)
                if place in winners and self._older(row, winners[place]):
                    continue
                winners[place] = row
            for place, row in winners.items():
                before = self.rows.get(place)
                if before is not None and self._older(row, before[0]):
                    continue
                if deleted is not None and deleted(row):
                    self.rows.pop(place, None)
                else:
                    self.rows[place] = (row, requested)
        self.history.append((requested, completion, dict(self.rows), list(columns)))

    def _older(self, row, other):
        return bool(self.ordering) and [row[c] for c in self.ordering] < [other[c] for c in self.ordering]

    def meta(self):
        """The meta columns that can be foretold."""
        return ["_hoodie_commit_time", "_hoodie_partition_path"] + (["_hoodie_record_key"] if self.keys else [])

    def _full(self, rows, columns, digest):
        out = []
        for row, instant in rows.values():
            full = {"_hoodie_commit_time": instant, "_hoodie_partition_path": self.partition(row)}
            if self.keys:
                full["_hoodie_record_key"] = self.key(row)
            full.update({c: row.get(c) for c in columns})
            out.append(spelling.row(full))
        return spelling.summary(sorted(spelling.text(r) for r in out)) if digest else spelling.ordered(out)

    def golden(self, columns, note, table_type, properties, digest=False):
        """The expected answers in the golden format; with `digest` each as number and hash of its rows."""
        last = self.history[-1][2] if self.history else {}
        begins = {"000": "000"} if self.history else {}
        for requested, completion, *_ in self.history:
            begins[requested] = requested if self.version == 6 else completion
        bound = {r: (r if self.version == 6 else c) for r, c, *_ in self.history}
        incremental = {}
        for begin in begins.values():
            kept = {k: v for k, v in last.items() if begin == "000" or bound[v[1]] > begin}
            incremental[begin] = self._full(kept, columns, digest)
        return {
            "note": note, "writer": "lake", "type": table_type, "version": self.version,
            "properties": properties,
            "columns": [*self.meta(), *columns],
            "instants": [["commit", "COMPLETED", r, c] for r, c, *_ in self.history],
            "snapshot": self._full(last, columns, digest),
            "asOf": {r: self._full(rows, seen, digest) for r, _, rows, seen in self.history},
            "incrementalAfter": incremental,
        }


def write(path, golden):
    with open(path, "w") as file:
        json.dump(golden, file, indent=0, ensure_ascii=False)
        file.write("\n")
