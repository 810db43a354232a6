"""``antiphon``: everything a provider, an operator or a developer does from a shell.

The outer shell: it reads settings, opens parts, knows the clock, and turns errors into words and exit codes.

====  ==========================================================================
exit  meaning
====  ==========================================================================
0     done
1     the input is wrong, or a check found something: what and where is printed
2     refused: the arguments, the state or the settings do not allow it
75    try again later: something outside did not answer (sysexits EX_TEMPFAIL)
70    a fault of ours, please report it (sysexits EX_SOFTWARE)
====  ==========================================================================
"""

from antiphon.cli.commands import main

__all__ = ["main"]
