"""Files for SPSS and Stata, read by pyreadstat, by PSPP and by ReadStat's own
program."""

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date, datetime, timezone
from pathlib import Path

import pandas
import pyreadstat

from report import same, wrong

MISSING = {"-7": "nicht gestellt", "-8": "Angabe nicht möglich", "-9": "keine Angabe"}
STATA = {"-7": "a", "-8": "b", "-9": "c"}
# Seconds from the beginning of SPSS's calendar to 1970.
SPSS_EPOCH = 12219379200


def check(folder, name, machine):
    sav(folder, name, machine)
    dta(folder, name, machine)
    pspp(folder, name, machine)
    readstat(folder, name, machine)


def seconds(text):
    """Seconds since 1970 of a day or a moment."""
    if "T" in text:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc).timestamp()


def in_stata(known, text):
    """Days or milliseconds since 1960, as Stata counts them."""
    since = seconds(text) + 3653 * 86400
    return since / 86400 if known["category"] == "date" else since * 1000


def label(what, found, expected, most, size=lambda text: len(text.encode())):
    """A label is there whole, or its beginning with three dots."""
    if size(expected) <= most:
        same(what, found, expected)
    else:
        begins = found.endswith("…") and expected.startswith(found[:-1].rstrip())
        if not begins or size(found) > most or size(found) < most - 8:
            wrong(f"{what}: {found!r} is no beginning of {expected!r}")


def sav(folder, name, machine):
    path = folder / f"{name}.sav"
    frame, meta = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    same(f"{name}.sav columns", list(frame.columns), machine.names)
    same(f"{name}.sav rows", len(frame), len(machine.rows))
    for at, column in enumerate(machine.names):
        known = machine.variables[column]
        label(f"{column} label in SPSS", meta.column_names_to_labels[column], known["label"], 255)
        numeric = meta.readstat_variable_types[column] == "double"
        same(f"{column} is a number in SPSS", numeric, machine.numeric(column))
        for row, value in zip(machine.rows, frame[column]):
            expected = row[at]
            if numeric:
                if expected == "":
                    ok = pandas.isna(value)
                elif known["representation"] == "datetime" and expected not in MISSING:
                    ok = value == seconds(expected) + SPSS_EPOCH
                else:
                    ok = value == float(expected)
            else:
                ok = value == expected
            if not ok:
                wrong(f"{column} of {row[0]} in SPSS: {value!r} instead of {expected[:80]!r}")
        labels = {text(key): value for key, value in meta.variable_value_labels.get(column, {}).items()}
        wordings = {key: value for key, value in known["values"].items() if key != value}
        same(f"{column} values in SPSS", set(labels), set(wordings))
        for key, value in wordings.items():
            label(f"{column} = {key} in SPSS", labels.get(key, ""), value, 120)
        ranges = meta.missing_ranges.get(column, [])
        found = sorted(text(one["lo"]) for one in ranges if one["lo"] == one["hi"])
        same(f"{column} missing in SPSS", found, sorted(known["missing"]))
    plain, _ = pyreadstat.read_sav(path, disable_datetime_conversion=True)
    for at, column in enumerate(machine.names):
        if machine.numeric(column):
            gone = sum(1 for row in machine.rows if row[at] == "" or row[at] in machine.variables[column]["missing"])
            same(f"{column} missing for SPSS", int(plain[column].isna().sum()), gone)


def text(value):
    """A key as the machine format writes it."""
    if isinstance(value, str):
        return value.strip()
    return f"{value:g}"


def dta(folder, name, machine):
    path = folder / f"{name}.dta"
    frame, meta = pyreadstat.read_dta(path, user_missing=True, disable_datetime_conversion=True)
    same(f"{name}.dta columns", list(frame.columns), machine.names)
    same(f"{name}.dta rows", len(frame), len(machine.rows))
    for at, column in enumerate(machine.names):
        known = machine.variables[column]
        label(f"{column} label in Stata", meta.column_names_to_labels[column], known["label"], 80, len)
        numeric = meta.readstat_variable_types[column] != "string"
        same(f"{column} is a number in Stata", numeric, machine.numeric(column))
        for row, value in zip(machine.rows, frame[column]):
            expected = row[at]
            if not numeric:
                ok = value == expected
            elif expected == "":
                ok = pandas.isna(value)
            elif expected in known["missing"]:
                ok = value == STATA[expected]
            elif known["representation"] == "datetime":
                ok = value == in_stata(known, expected)
            else:
                ok = value == float(expected)
            if not ok:
                wrong(f"{column} of {row[0]} in Stata: {value!r} instead of {expected[:80]!r}")
        if numeric:
            labels = {text(key): value for key, value in meta.variable_value_labels.get(column, {}).items()}
            expected = {STATA.get(key, key): value for key, value in known["values"].items()}
            same(f"{column} values in Stata", labels, expected)


def pspp(folder, name, machine):
    """PSPP reads the system file and writes its values as CSV."""
    program = shutil.which("pspp")
    if not program:
        print("*** SKIPPED: PSPP is missing (see .ci/prepare readers) ***", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as place:
        out, syntax = Path(place) / "out.csv", Path(place) / "read.sps"
        numeric = " ".join(name for name in machine.names if machine.numeric(name))
        syntax.write_text(
            f"GET FILE='{folder / name}.sav'.\n"
            f"FORMATS {numeric} (F25.4).\n"
            f"SAVE TRANSLATE /OUTFILE='{out}' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /REPLACE"
            " /TEXTOPTIONS DELIMITER=';' DECIMAL=DOT FORMAT=VARIABLE.\n",
            encoding="utf-8",
        )
        ran = subprocess.run([program, str(syntax)], capture_output=True, text=True, timeout=300)
        # PSPP 1.6 takes the missing codes of long texts for too short, in files
        # of ReadStat as well; it reads everything else all the same.
        said = re.sub(
            r"warning: `[^']*'\s+near\s+offset\s+0x[0-9a-f]+:\s+Extension\s+record\s+subtype\s+22\s+ends\s+unexpectedly\.",
            "",
            ran.stdout + ran.stderr,
        )
        if ran.returncode or "error" in said.lower() or "warning" in said.lower() or not out.exists():
            wrong(f"PSPP complains: {said[:2000]}")
            return
        with open(out, encoding="utf-8", newline="") as file:
            values(f"PSPP of {name}.sav", list(csv.reader(file, delimiter=";")), machine)


def readstat(folder, name, machine):
    """ReadStat's own program reads both and writes their values as CSV."""
    program = shutil.which("readstat")
    if not program:
        print("*** SKIPPED: readstat is missing (see .ci/prepare readers) ***", file=sys.stderr)
        return
    for ending in ("sav", "dta"):
        ran = subprocess.run([program, f"{folder / name}.{ending}", "-"], capture_output=True, timeout=300)
        if ran.returncode:
            wrong(f"readstat complains about {name}.{ending}: {ran.stderr.decode()[:2000]}")
            continue
        found = io.StringIO(ran.stdout.decode(), newline="")
        values(f"readstat of {name}.{ending}", list(csv.reader(found)), machine, stata=ending == "dta")


def values(who, found, machine, stata=False):
    """Whether a reader's table has the values of the machine format. Stata has
    days and moments of its own, and readstat writes its missing codes as
    nothing."""
    same(f"columns by {who}", found[0], machine.names)
    same(f"rows by {who}", len(found) - 1, len(machine.rows))
    for one, expected in zip(found[1:], machine.rows):
        for column, value, cell in zip(machine.names, one, expected):
            known = machine.variables[column]
            if not machine.numeric(column):
                ok = value.rstrip() == cell
            elif cell == "" or (stata and cell in known["missing"]):
                ok = value.strip() in ("", ".")
            elif known["representation"] == "datetime" and cell not in MISSING:
                ok = float(value) == (in_stata(known, cell) if stata else seconds(cell) + SPSS_EPOCH)
            else:
                ok = float(value) == float(cell)
            if not ok:
                wrong(f"{column} of {expected[0]} by {who}: {value[:80]!r} instead of {cell[:80]!r}")
