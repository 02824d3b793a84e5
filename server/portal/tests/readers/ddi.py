"""The codebook against codebook.xsd beside this file, and, where
RUECKLAUF_DDI_SCHEMA names it, against the schema of the DDI Alliance. Every
schema has to refuse the first codebook once it is broken in one place."""

import os
from pathlib import Path
from xml.etree import ElementTree

import xmlschema

from report import same, wrong

NS = "{ddi:codebook:2_5}"
OURS = Path(__file__).with_name("codebook.xsd")
schemas = {}

# One place at a time: what is there, what stands there instead. Both schemas
# refuse the result.
BREAKS = {
    "an unknown element": ("<titl>", "<titel>", "</titl>", "</titel>"),
    "no title": ("<titlStmt>", "<rspStmt>", "</titlStmt>", "</rspStmt>"),
    "parts in another order": ("<nation ", "<dataKind ", "</nation>", "</dataKind>"),
    "an unknown attribute": (' intrvl="', ' interval="'),
    "a word that is none of its list": (' representationType="', ' representationType="x'),
    "a version that is another": (' version="2.5"', ' version="2.1"'),
    "a variable without a name": (' name="', ' label="'),
    "a missing code without a value": ("<item VALUE=", "<item value="),
    "an id given twice": ('<var ID="V2"', '<var ID="V1"'),
    "a file that is not described": (' files="F1"', ' files="F2"'),
}


def schema(path):
    if path not in schemas:
        schemas[path] = xmlschema.XMLSchema(str(path))
    return schemas[path]


def broken(text, pairs):
    """The text with the first of each pair replaced, once each."""
    for old, new in zip(pairs[::2], pairs[1::2]):
        if old not in text:
            return None
        text = text.replace(old, new, 1)
    return text


def check(path, machine):
    text = path.read_text(encoding="utf-8")
    for one in filter(None, (OURS, os.environ.get("RUECKLAUF_DDI_SCHEMA"))):
        first = one not in schemas
        for error in list(schema(one).iter_errors(text))[:5]:
            wrong(f"{path.name} by {one}: {error.reason} at {error.path}")
        # Whether a schema can refuse at all is seen on the first codebook.
        for what, pairs in BREAKS.items() if first else ():
            changed = broken(text, pairs)
            if changed is None:
                wrong(f"{path.name} has nothing to break for {what}")
            elif schema(one).is_valid(changed):
                wrong(f"{path.name} with {what} is valid by {one}")
        print(f"{path.name}: checked by {one}" + (f", {len(BREAKS)} broken ones too" if first else ""))
    root = ElementTree.fromstring(text.encode())
    same("language of the codebook", root.get("{http://www.w3.org/XML/1998/namespace}lang"), "de")
    same("variables of the codebook", [var.get("name") for var in root.iter(f"{NS}var")], machine.names)
    same("variables counted", root.findtext(f".//{NS}varQnty"), str(len(machine.names)))
    same("cases of the codebook", root.findtext(f".//{NS}caseQnty"), str(len(machine.rows)))
