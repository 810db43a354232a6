"""What is taken from a child before it sees a byte of a delivered file.

Kernel limits on CPU, memory, written bytes and core files; and, once the source and the target are open, the right to
open anything at all: with a limit of no further descriptors neither a file nor a socket can be made, which closes the
network as well as the disk to every trick a container may know. Where the service runs as root, the child does not.

What this does not stop is a decoder taken over so wholly that it makes system calls of its own, which do not need a new
descriptor; it would act as an unprivileged user, with an empty environment, for a few seconds.
"""

import contextlib
import os
import resource
import signal

from antiphon.media.limits import Limits

NOBODY = 65_534
"""The user and group that own nothing. Source: the kernel's overflow ids, Linux Standard Base."""


def drop_privileges() -> None:
    """Become nobody, for good, where the process is root; elsewhere the user is already the service's own."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def confine(limits: Limits) -> None:
    """Put the limits on this process. It cannot lift them, and its end by one of them shows in its exit status."""
    # The soft limit ends it with SIGXCPU, which says why; the hard one is for whoever ignores that.
    _limit(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and the verdict would be an odd write error.
    _limit(resource.RLIMIT_FSIZE, limits.written_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    # Already stricter, or a system that does not know the limit (macOS has no RLIMIT_AS): what is there stays.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft, soft if hard is None else hard))
