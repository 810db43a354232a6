"""What tests of segments have in common with those of nodes: a log to look at."""

from tests.log_fixtures import blobs, build, publisher

__all__ = ["blobs", "build", "publisher"]
