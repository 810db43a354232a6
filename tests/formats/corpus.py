"""The corpora these tests read: adding a case is adding a file (and a line or a file of what is expected of it)."""

import csv
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
ACCEPTED = sorted((CORPUS / "ern" / "accept").glob("*.xml"))
REJECTED = sorted(path for path in (CORPUS / "xml" / "reject").iterdir())


class Refusal(NamedTuple):
    """What a file of the reject corpus must be refused with. ``got`` is a part of what the refusal quotes."""

    code: str
    line: int
    got: str


def expected_refusals() -> dict[str, Refusal]:
    """Return the refusals by file name."""
    with (CORPUS / "xml" / "reject.tsv").open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table, delimiter="\t")
        return {row["file"]: Refusal(row["code"], int(row["line"]), row["got"]) for row in rows}


def sample_table(shared: Path) -> dict[str, str]:
    """Return what the sample manifest says of each ERN sample in XML."""
    table = (shared / "samples" / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in table[1:]]
    return {row[0]: row[5] for row in rows if row[0].startswith("ern/") and row[0].endswith(".xml")}
