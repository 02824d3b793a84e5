"""Reads exports with the programs they are for and compares them with the
machine format: values, wordings and missing codes of all variables. Called by
main.rs with the folder the exports are in."""

import csv
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date, datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas
import pyreadstat

NS = "{ddi:codebook:2_5}"
MISSING = {"-7": "nicht gestellt", "-8": "Angabe nicht möglich", "-9": "keine Angabe"}
STATA = {"-7": "a", "-8": "b", "-9": "c"}
problems = []


def wrong(text):
    problems.append(text)
    if len(problems) <= 40:
        print(f"WRONG {text}", file=sys.stderr)


def same(what, found, expected):
    if found != expected:
        wrong(f"{what}: {str(found)[:200]!r} instead of {str(expected)[:200]!r}")


class Machine:
    """The machine format, and what the codebook says about its variables."""

    def __init__(self, folder, name, codebook):
        with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
        self.names, self.rows = rows[0], rows[1:]
        self.variables = {}
        for var in ElementTree.parse(folder / codebook).iter(f"{NS}var"):
            kind = var.find(f"{NS}varFormat")
            self.variables[var.get("name")] = {
                "label": var.findtext(f"{NS}labl"),
                "representation": var.get("representationType"),
                "character": kind.get("type") == "character",
                "category": kind.get("category"),
                "decimals": var.get("dcml"),
                "missing": [item.get("VALUE") for item in var.iter(f"{NS}item")],
                "values": {
                    one.findtext(f"{NS}catValu"): one.findtext(f"{NS}labl")
                    for one in var.findall(f"{NS}catgry")
                },
            }

    def numeric(self, name):
        return self.variables[name]["representation"] in ("numeric", "datetime") or not self.variables[name]["character"]


def seconds(text):
    """Seconds since 1970 of a day or a moment."""
    if "T" in text:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc).timestamp()


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
                    ok = value == seconds(expected) + 12219379200
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
                day = known["category"] == "date"
                since = seconds(expected) + 3653 * 86400
                ok = value == (since / 86400 if day else since * 1000)
            else:
                ok = value == float(expected)
            if not ok:
                wrong(f"{column} of {row[0]} in Stata: {value!r} instead of {expected[:80]!r}")
        if numeric:
            labels = {text(key): value for key, value in meta.variable_value_labels.get(column, {}).items()}
            expected = {STATA.get(key, key): value for key, value in known["values"].items()}
            same(f"{column} values in Stata", labels, expected)


def pandas_reads(folder, name, machine):
    frame = pandas.read_csv(folder / f"{name}.csv", sep=";", dtype=str, keep_default_na=False)
    same(f"{name}.csv columns in pandas", list(frame.columns), machine.names)
    same(f"{name}.csv in pandas", frame.values.tolist(), machine.rows)
    with tempfile.TemporaryDirectory() as place:
        again = Path(place) / "again.csv"
        frame.to_csv(again, sep=";", index=False)
        with open(again, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))
    same(f"{name}.csv written by pandas", rows[1:], machine.rows)
    # Stata's files have a second reader there, which knows no extended missing values.
    read = pandas.read_stata(folder / f"{name}.dta", convert_categoricals=False, convert_dates=False)
    same(f"{name}.dta columns in pandas", list(read.columns), machine.names)
    for at, column in enumerate(machine.names):
        if not machine.numeric(column):
            same(f"{column} of Stata in pandas", list(read[column]), [row[at] for row in machine.rows])


def workbook(folder, name, paradata, machine):
    book = openpyxl.load_workbook(folder / f"{name}.xlsx", read_only=True)
    same(f"{name}.xlsx sheets", book.sheetnames, ["Daten", "Codebuch", "Paradaten"])
    rows = list(book["Daten"].iter_rows(values_only=True))
    same(f"{name}.xlsx columns", list(rows[0]), machine.names)
    same(f"{name}.xlsx rows", len(rows) - 1, len(machine.rows))
    for found, expected in zip(rows[1:], machine.rows):
        for column, value, cell in zip(machine.names, found, expected):
            if isinstance(value, datetime):
                moment = machine.variables[column]["category"] == "time"
                value = value.strftime("%Y-%m-%dT%H:%M:%SZ" if moment else "%Y-%m-%d")
            elif isinstance(value, (int, float)):
                value, cell = float(value), float(cell)
            if (value if value is not None else "") != cell:
                wrong(f"{column} of {expected[0]} in Excel: {value!r} instead of {cell!r}")
    described = [row[0] for row in book["Codebuch"].iter_rows(min_row=2, max_col=1, values_only=True)]
    same(f"{name}.xlsx codebook", described, machine.names)
    with open(folder / f"{paradata}.csv", encoding="utf-8", newline="") as file:
        ways = list(csv.reader(file, delimiter=";"))
    same(f"{name}.xlsx paradata", book["Paradaten"].max_row, len(ways))
    return ways


def office(folder, name, machine, ways):
    """LibreOffice reads the workbook and writes every sheet as CSV."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        print("*** SKIPPED: LibreOffice is missing (see .ci/prepare readers) ***", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as place:
        # Semicolons, quotes, UTF-8, cells as shown, all sheets.
        filter_ = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"
        subprocess.run(
            [program, f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", filter_,
             "--outdir", place, str(folder / f"{name}.xlsx")],
            check=True, capture_output=True, timeout=300,
        )
        for sheet, names, rows in (("Daten", machine.names, machine.rows), ("Paradaten", ways[0], ways[1:])):
            with open(Path(place) / f"{name}-{sheet}.csv", encoding="utf-8", newline="") as file:
                found = list(csv.reader(file, delimiter=";"))
            same(f"{sheet} columns in LibreOffice", found[0], names)
            same(f"{sheet} rows in LibreOffice", len(found) - 1, len(rows))
            for one, expected in zip(found[1:], rows):
                for column, value, cell in zip(names, one, expected):
                    # Sheets show moments without the letters of ISO 8601.
                    if value != cell and value != cell.replace("T", " ").removesuffix("Z"):
                        wrong(f"{column} of {expected[0]} in LibreOffice: {value!r} instead of {cell!r}")


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
            found = list(csv.reader(file, delimiter=";"))
        same("columns in PSPP", found[0], machine.names)
        same("rows in PSPP", len(found) - 1, len(machine.rows))
        for one, expected in zip(found[1:], machine.rows):
            for column, value, cell in zip(machine.names, one, expected):
                if not machine.numeric(column):
                    ok = value.rstrip() == cell
                elif cell == "":
                    ok = value.strip() in ("", ".")
                elif machine.variables[column]["representation"] == "datetime" and cell not in MISSING:
                    ok = float(value) == seconds(cell) + 12219379200
                else:
                    ok = float(value) == float(cell)
                if not ok:
                    wrong(f"{column} of {expected[0]} in PSPP: {value[:80]!r} instead of {cell[:80]!r}")


# Order of the parts of each element, after codebook.xsd of DDI-Codebook 2.5
# (DDI Alliance, 2012-01-17): only elements that are written, in the sequence
# of their type.
ORDER = {
    "codeBook": ["stdyDscr", "fileDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo"],
    "citation": ["titlStmt"],
    "titlStmt": ["titl"],
    "stdyInfo": ["abstract", "sumDscr"],
    "sumDscr": ["timePrd", "collDate", "nation", "anlyUnit", "universe", "dataKind"],
    "fileDscr": ["fileTxt"],
    "fileTxt": ["fileName", "dimensns", "fileType"],
    "dimensns": ["caseQnty", "varQnty"],
    "dataDscr": ["varGrp", "var"],
    "varGrp": ["labl"],
    "var": ["labl", "qstn", "invalrng", "catgry", "varFormat"],
    "qstn": ["qstnLit"],
    "invalrng": ["item"],
    "catgry": ["catValu", "labl"],
}
CLOSED = {
    ("var", "intrvl"): {"contin", "discrete"},
    ("var", "representationType"): {"text", "numeric", "code", "datetime"},
    ("varFormat", "type"): {"character", "numeric"},
    ("varFormat", "schema"): {"ISO"},
    ("varFormat", "category"): {"date", "time", "currency", "other"},
    ("varGrp", "type"): {"section"},
    ("catgry", "missing"): {"Y", "N"},
    ("timePrd", "event"): {"start", "end", "single"},
    ("collDate", "event"): {"start", "end", "single"},
}


def ddi(folder, codebook, machine):
    root = ElementTree.parse(folder / codebook).getroot()
    same("root of the codebook", (root.tag, root.get("version")), (f"{NS}codeBook", "2.5"))
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    same("ids of the codebook are unique", len(ids), len(set(ids)))
    for one in root.iter():
        name = one.tag.removeprefix(NS)
        order = ORDER.get(name, [])
        parts = [part.tag.removeprefix(NS) for part in one]
        if not set(parts) <= set(order) or [order.index(part) for part in parts] != sorted(order.index(part) for part in parts):
            wrong(f"order within {name}: {parts}")
        for (element, attribute), allowed in CLOSED.items():
            if element == name and one.get(attribute) is not None and one.get(attribute) not in allowed:
                wrong(f"{name} {attribute}={one.get(attribute)}")
        for attribute in ("var", "files"):
            for reference in (one.get(attribute) or "").split():
                if reference not in ids:
                    wrong(f"{name} refers to {reference}")
    same("variables of the codebook", [var.get("name") for var in root.iter(f"{NS}var")], machine.names)
    same("cases of the codebook", root.findtext(f".//{NS}caseQnty"), str(len(machine.rows)))
    schema = sys.argv[2] if len(sys.argv) > 2 else None
    if schema:
        ran = subprocess.run(["xmllint", "--noout", "--schema", schema, str(folder / codebook)], capture_output=True, text=True)
        if ran.returncode:
            wrong(f"the schema refuses the codebook: {ran.stderr[:2000]}")
        else:
            print(f"{codebook} is valid against {schema}")


def people(folder, name, machine):
    """Wordings instead of codes, decimal commas, nothing that begins like a formula."""
    raw = (folder / f"{name}.csv").read_bytes()
    same("byte order mark", raw[:3], b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    same("columns for people", rows[0], machine.names)
    for row, expected in zip(rows[1:], machine.rows):
        for column, value, cell in zip(machine.names, row, expected):
            known = machine.variables[column]
            if cell in known["values"]:
                ok = value == known["values"][cell]
            elif cell in known["missing"]:
                ok = value == MISSING[cell]
            elif known["representation"] == "numeric":
                ok = value == cell.replace(".", ",")
            elif known["representation"] == "datetime":
                ok = (cell == "") == (value == "")
            else:
                ok = value.replace("\r\n", "\n") == (f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell)
            if not ok:
                wrong(f"{column} of {expected[0]} for people: {value[:80]!r} instead of {cell[:80]!r}")
            if value[:1] in ("=", "+", "@", "\t", "\r") or (value[:1] == "-" and known["representation"] != "numeric"):
                wrong(f"{column} of {expected[0]} is a formula: {value[:80]!r}")


def main():
    folder = Path(sys.argv[1])
    for what in ("welle-2008", "panel-2007-2008-breit", "panel-2006-2007-2008-lang"):
        name, codebook, excel = (f"{what}{form}-mit-namen" for form in ("", "-codebuch", "-excel"))
        codebook += ".xml"
        machine = Machine(folder, name, codebook)
        ddi(folder, codebook, machine)
        sav(folder, name, machine)
        dta(folder, name, machine)
        pandas_reads(folder, name, machine)
        ways = workbook(folder, name, f"{what}-paradaten-mit-namen", machine)
        office(folder, name, machine, ways)
        pspp(folder, name, machine)
        people(folder, excel, machine)
        print(f"{name}: {len(machine.rows)} rows, {len(machine.names)} variables, {len(problems)} problems so far")
        if what == "welle-2008":
            last = machine.names.index("Z1")
            texts = [row[last] for row in machine.rows]
            same("the awkward texts are there", [sum(t.startswith(s) for t in texts) for s in ("=HYP", '"Zitat"', "äää", "Größe Größe")], [1, 1, 1, 1])
    if problems:
        sys.exit(f"{len(problems)} problems")


main()
