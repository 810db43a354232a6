"""The provider API: follow a delivery stage by stage, and read every finding with its place and its fix.

``GET /provider/v1/deliveries``        the caller's deliveries, newest first
``GET /provider/v1/deliveries/{id}``   one of them: timeline, findings, files

A provider sees its own deliveries only; another's answers 404. Operators see all.
"""
