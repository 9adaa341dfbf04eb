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
    return str(v)


class Model:
    """Rows by key, with the state after each commit."""

    def __init__(self, keys, partitions=(), ordering=None, hive=True, version=9, globally=False):
        self.keys, self.partitions, self.ordering = list(keys), list(partitions), ordering
        self.hive, self.version, self.globally = hive, version, globally
        self.rows = {}
        self.history = []  # (requested, completion, rows)

    def key(self, row):
        if len(self.keys) == 1:
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
        return self.key(row) if self.globally else (self.partition(row), self.key(row))

    def apply(self, operation, batch, requested, completion):
        """Applies one commit; `batch` are rows as dictionaries, in order."""
        if operation == "delete":
            for row in batch:
                self.rows.pop(self.place(row), None)
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
                self.rows[place] = (row, requested)
        self.history.append((requested, completion, dict(self.rows)))

    def _older(self, row, other):
        return self.ordering is not None and row[self.ordering] < other[self.ordering]

    def _full(self, rows, columns):
        out = []
        for row, instant in rows.values():
            full = {"_hoodie_commit_time": instant, "_hoodie_record_key": self.key(row),
                    "_hoodie_partition_path": self.partition(row)}
            full.update({c: row.get(c) for c in columns})
            out.append(spelling.row(full))
        return spelling.ordered(out)

    def golden(self, columns, note, table_type, properties):
        """The expected answers in the golden format."""
        last = self.history[-1][2]
        begins = {"000": "000"}
        for requested, completion, _ in self.history:
            begins[requested] = requested if self.version == 6 else completion
        bound = {r: (r if self.version == 6 else c) for r, c, _ in self.history}
        incremental = {}
        for begin in begins.values():
            kept = {k: v for k, v in last.items() if begin == "000" or bound[v[1]] > begin}
            incremental[begin] = self._full(kept, columns)
        return {
            "note": note, "writer": "lake", "type": table_type, "version": self.version,
            "properties": properties,
            "columns": ["_hoodie_commit_time", "_hoodie_record_key", "_hoodie_partition_path", *columns],
            "instants": [["commit", "COMPLETED", r, c] for r, c, _ in self.history],
            "snapshot": self._full(last, columns),
            "asOf": {r: self._full(rows, columns) for r, _, rows in self.history},
            "incrementalAfter": incremental,
        }


def write(path, golden):
    with open(path, "w") as file:
        json.dump(golden, file, indent=0, ensure_ascii=False)
        file.write("\n")
