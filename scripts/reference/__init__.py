"""The reference pages of ``docs/``, each made of what it describes, so that it cannot say anything else.

``commands``  the command tree: every command, argument and flag
``settings``  every environment variable, and what reads it
``routes``    every path of the HTTP surfaces: what it answers, and who may call
``errors``    every stable code: of rejections, refusals, findings and HTTP reasons

Rules and metrics describe themselves in the rooms they belong to. What code cannot say (who may call a route, what a
word means) is said here in a table, and a test holds the table to the code.
"""
