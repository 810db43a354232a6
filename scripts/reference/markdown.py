"""The little Markdown the reference pages are written in."""

from collections.abc import Iterable


def write_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table: one line per row, bars inside cells escaped."""
    head = [*headings]
    lines = [_write_row(head), "|" + "---|" * len(head), *(_write_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def write_code(text: str) -> str:
    """Return text as code; nothing where there is none."""
    return f"`{text}`" if text else ""


def _write_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
