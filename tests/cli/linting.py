"""Running ``antiphon lint`` inside the test, and deliveries with something to find."""

from pathlib import Path

from click.testing import CliRunner, Result

from antiphon.cli.commands import tree
from antiphon.formats.ern import write_message
from tests.intake.deliveries import a_small_statement

GOOD = write_message(a_small_statement(), "4.3.2").decode()
MENDABLE = GOOD.replace("QZANT2600101", "QZ-ANT-26-00101", 1)
"""One warning of I1, which --fix mends."""
BROKEN = GOOD.replace("<ICPN>4006380000018</ICPN>", "<ICPN>4006380000019</ICPN>", 1)
"""One fatal finding of I7."""


def run_lint(*arguments: str | Path, environment: dict[str, str | None] | None = None, given: bytes = b"") -> Result:
    """Run the linter and return how it ended. Standard output is no terminal."""
    variables = {"NO_COLOR": None, "FORCE_COLOR": None, "COLUMNS": None, **(environment or {})}
    return CliRunner().invoke(tree, ["lint", *map(str, arguments)], env=variables, input=given)


def write_file(folder: Path, text: str | bytes, name: str = "R1.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
