"""Linting: a delivery is checked where it lies, by the rules the intake checks it by. No server, no database.

The policy, in prose. A linter says what the intake would say: the same findings with the same ids, since it asks the
same rules about the same facts, and names files by their paths in the delivery. What it adds helps to mend them: where
exactly a finding is (``spotting``), and which edits make it go away (``mending``).

*Places.* The intake's parser knows lines. Here the text is read a second time, once the parser has accepted it, for
elements with their places to the character (``markup``); the value a finding is about is looked for inside its element.
Where that fails the place is the element, then the line: never a guess elsewhere.

*Edits* are safe or they are not made. Safe is another spelling of the very same thing: an identifier without its
hyphens, GB for UK, one space for two. They replace the characters of one value; all other bytes of the file stay, in
the file's own encoding, which is proven before one is offered. Which finding an edit mends is found by making it in
memory and asking the rules again, so rules need not know of edits; edits that bring a fatal finding are dropped. A file
is replaced whole and at once, and only if it is still what was read. Archives are never rewritten.

*Nothing stops a run.* A message that cannot be read, a folder without one: each is a finding beside its neighbours.
Only a path with nothing at all, or an archive that is unsafe, is refused.

A worked example. ``R1.xml`` has ``<ISRC>QZ-ANT-26-00001</ISRC>`` in line 34::

    (message,) = lint_path(Path("R1.xml"), now)
    message.remarks[0].finding.rule        # "I1"
    message.remarks[0].region              # Region(line=34, column=13, end_line=34, end_column=28)
    rewrite = plan_rewrite(message, message.remarks)
    rewrite.after                          # the file, with QZANT2600001 and no other byte changed
"""

from antiphon.intake.linting.checking import LintedMessage, lint_again, lint_bytes, lint_path
from antiphon.intake.linting.remarks import Remark
from antiphon.intake.linting.rewriting import Rewrite, find_declared_hash, plan_rewrite, write_rewrite
from antiphon.intake.linting.source import Edit, Region, SourceText

__all__ = [
    "Edit",
    "LintedMessage",
    "Region",
    "Remark",
    "Rewrite",
    "SourceText",
    "find_declared_hash",
    "lint_again",
    "lint_bytes",
    "lint_path",
    "plan_rewrite",
    "write_rewrite",
]
