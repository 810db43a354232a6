"""The typed domain: identifiers, statements, deals, media facts, entities, findings, decisions.

Everything here is a value: frozen, comparable, without behaviour that needs a clock, a disk or a network. The words
are those of the field and stand for the same thing in SQL, JSON, URLs and docs. A module per noun:

``claims``, ``resources``, ``releases``, ``deals``, ``statement``   what a message says, as written
``identifiers``, ``territories``, ``periods``                       values with one parser each
``media``, ``availability``, ``entities``, ``decisions``            what the platform makes of it
``knowledge``                                                       what the catalogue can tell of what a message names
``delivery``, ``findings``, ``errors``                              how a delivery fares, and what is wrong with it

>>> from antiphon.model.identifiers import parse_isrc
>>> parse_isrc("qz-ant-26-00001")
'QZANT2600001'
"""
