"""HTTP: what each kind of caller meets. One package per surface, and each surface serves what its own docstring says.

A surface parses, asks the rooms below it, and writes down what they answer; it decides nothing that another surface
would have to decide again.
"""
