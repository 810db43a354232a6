"""Commands as they are typed, about an installation of a test's own."""

from click.testing import CliRunner, Result

from antiphon.cli.commands import tree
from tests.intake.installation import Installation


def run(site: Installation, *arguments: str) -> Result:
    """Return what comes of a command, whatever its exit code."""
    return CliRunner().invoke(tree, [*arguments, "--data", str(site.root)], catch_exceptions=False)


def say(site: Installation, *arguments: str) -> str:
    """Return what a command says that must succeed."""
    answer = run(site, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output
