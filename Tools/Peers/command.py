"""Runs the command under test and reads its JSON lines."""
import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def binary():
    """The command: LAKE, else the newest build of this checkout, else what PATH has."""
    if os.environ.get("LAKE"):
        return os.environ["LAKE"]
    built = [os.path.join(ROOT, ".build", kind, "lake") for kind in ("release", "debug")]
    built = [path for path in built if os.path.exists(path)]
    if built:
        return max(built, key=os.path.getmtime)
    return shutil.which("lake") or "lake"


class Failed(Exception):
    pass


def lake(*words, status=0, stdin=None):
    """Runs `lake words --json` and gives its JSON lines."""
    run = subprocess.run([binary(), *words, "--json"], capture_output=True, text=True, input=stdin)
    if run.returncode != status:
        raise Failed(f"lake {' '.join(words)}: status {run.returncode}, wanted {status}: {run.stderr.strip()[-800:]}")
    return [json.loads(line) for line in run.stdout.splitlines() if line]


def instants(table):
    """Completed writes as (requested, completion or None), oldest first."""
    writes = ("commit", "deltacommit", "replacecommit")
    lines = [o for o in lake("log", table) if o["type"] == "instant" and o.get("state", "completed") == "completed"
             and o["action"] in writes]
    return sorted((o["instant"], o.get("completion")) for o in lines)
