"""A linter's run (``run``), and what it looks like: to a person, to a program, to a code host, to a browser.

``text_report`` prints like a compiler and as it goes, since a batch may take minutes. The others need the whole run:
``json_report`` (our own stable shape), ``sarif_report`` (SARIF 2.1.0) and ``html_report`` (one page that needs nothing
else). All show the same findings with the same ids; ``selection`` says which.

A file's text is a stranger's: whatever does not print is escaped, long lines are cut around what they are shown for.
"""
