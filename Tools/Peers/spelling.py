"""Values and rows in the spelling of golden files: JSON that two engines can agree on."""
import datetime
import decimal
import hashlib
import json


def value(v):
    """One value: floats as {"f": text}, bytes as {"x": hex}, decimals as text, times as ISO text."""
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return {"f": repr(v)}
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, datetime.datetime):
        zone = "Z" if v.tzinfo else ""
        if v.tzinfo:
            v = v.astimezone(datetime.timezone.utc)
        return v.replace(tzinfo=None).strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + zone
    if isinstance(v, (datetime.date, datetime.time)):
        return v.isoformat()
    if isinstance(v, bytes):
        return {"x": v.hex()}
    if isinstance(v, dict):
        return {k: value(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [value(x) for x in v]
    return str(v)


def row(r):
    return {k: value(v) for k, v in r.items()}


def rows(table):
    """The rows of a pyarrow table or of a list of batches, ordered by their own text."""
    import pyarrow as pa

    if isinstance(table, list):
        if not table:
            return []
        table = pa.Table.from_batches(table)
    return ordered([row(r) for r in table.to_pylist()])


def text(r):
    return json.dumps(r, sort_keys=True, ensure_ascii=False)


def ordered(all_rows):
    return sorted(all_rows, key=text)


def summary(texts):
    """Many rows in few words: their number and a hash over their texts, which are sorted."""
    return {"count": len(texts), "sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest()}


def difference(left, right, names=("left", "right"), only=None):
    """A sentence about how two multisets of rows differ, or None. `only` limits the columns compared;
    `right` may be a summary."""
    def cut(rs):
        if only is None:
            return sorted(text(r) for r in rs)
        return sorted(text({k: v for k, v in r.items() if k in only}) for r in rs)

    a = cut(left)
    if isinstance(right, dict):
        found = summary(a)
        return None if found == right else f"{names[0]} has {found}, {names[1]} {right}"
    b = cut(right)
    if a == b:
        return None
    from collections import Counter

    extra, missing = Counter(a) - Counter(b), Counter(b) - Counter(a)
    sentence = f"{names[0]} has {len(a)} rows, {names[1]} {len(b)}"
    if extra:
        sentence += f"; only {names[0]} ({sum(extra.values())}): {next(iter(extra))[:400]}"
    if missing:
        sentence += f"; only {names[1]} ({sum(missing.values())}): {next(iter(missing))[:400]}"
    return sentence
