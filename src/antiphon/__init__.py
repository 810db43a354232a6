"""Antiphon, an open audio content platform: from delivered to live in seconds, and it can always say why."""

__version__ = "0.1.0"
