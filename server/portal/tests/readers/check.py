"""Reads exports with the programs they are for and compares them with the
machine format: values, wordings and missing codes of all variables. Called by
main.rs with the folder the exports are in."""

import csv
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas

import ddi
import stat_files
from ddi import NS
from report import problems, same, wrong
from stat_files import MISSING


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
        ddi.check(folder / codebook, machine)
        stat_files.check(folder, name, machine)
        pandas_reads(folder, name, machine)
        ways = workbook(folder, name, f"{what}-paradaten-mit-namen", machine)
        office(folder, name, machine, ways)
        people(folder, excel, machine)
        print(f"{name}: {len(machine.rows)} rows, {len(machine.names)} variables, {len(problems)} problems so far")
        if what == "welle-2008":
            last = machine.names.index("Z1")
            texts = [row[last] for row in machine.rows]
            same("the awkward texts are there", [sum(t.startswith(s) for t in texts) for s in ("=HYP", '"Zitat"', "äää", "Größe Größe")], [1, 1, 1, 1])
    if problems:
        sys.exit(f"{len(problems)} problems")


main()
