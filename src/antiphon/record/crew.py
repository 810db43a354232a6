"""Processes that read one and the same state of the record, to compute with every core what is made of it."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from antiphon.model.errors import AntiphonError, Broken
from antiphon.record.changes import head_version
from antiphon.record.engine import open_record, reading

A = TypeVar("A")
R = TypeVar("R")

_LOOK = "look"
"""Said to a process: take the state the record has now. It says the same when it has."""


class _Failure(NamedTuple):
    """What a process answers when it could not do a task."""

    told: str


class Runner(Protocol):
    """What computes from one state of the record."""

    def run(self, function: Callable[[Connection, A], R], arguments: Iterable[A]) -> Iterator[R]:
        """Yield what a function of a module makes of each argument, as the answers come, in any order.

        Raises: Broken where a task failed, or a process died.
        """


class Crew(Runner, Protocol):
    """A runner that says which state: some processes, or, where one is enough, this one alone."""

    def look(self) -> None:
        """Take the state the record has now, and keep it until the next look.

        Call it while the head row is locked, or processes may see different ones.
        """


class Here:
    """A runner in this process, on one connection."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def run(self, function: Callable[[Connection, A], R], arguments: Iterable[A]) -> Iterator[R]:
        """Yield what the function makes of each argument, in order."""
        return map(partial(function, self._conn), arguments)


class _Alone:
    """A crew that is this process, with a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.looking = ExitStack()
        self._runner: Here | None = None

    def look(self) -> None:
        """Take the state the record has now."""
        self.looking.close()
        conn = self.looking.enter_context(reading(self._engine))
        head_version(conn)
        self._runner = Here(conn)

    def run(self, function: Callable[[Connection, A], R], arguments: Iterable[A]) -> Iterator[R]:
        """Yield what the function makes of each argument, in order."""
        assert self._runner is not None, "a crew looks before it runs"
        return self._runner.run(function, arguments)


class _Processes:
    """A crew of processes, each with a connection of its own."""

    def __init__(self, pipes: Sequence[Pipe]) -> None:
        self._pipes = pipes

    def look(self) -> None:
        """Let every process take the state the record has now."""
        for pipe in self._pipes:
            pipe.send(_LOOK)
        for pipe in self._pipes:
            _receive(pipe)

    def run(self, function: Callable[[Connection, A], R], arguments: Iterable[A]) -> Iterator[R]:
        """Yield what the function makes of each argument, as the answers come.

        An argument is taken when a process is free for it, and a process goes on while its answer is looked at.
        """
        waiting = iter(arguments)
        busy = [pipe for pipe in self._pipes if _hand_over(pipe, function, waiting)]
        while busy:
            for pipe in wait(busy):
                assert isinstance(pipe, Pipe)
                answer = _receive(pipe)
                if not _hand_over(pipe, function, waiting):
                    busy.remove(pipe)
                yield answer


@contextmanager
def open_crew(engine: Engine, processes: int) -> Iterator[Crew]:
    """Give a crew of so many processes, which end with the block; one is this one."""
    if processes == 1:
        alone = _Alone(engine)
        with alone.looking:
            yield alone
        return
    url = engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        pipes = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(url, theirs), daemon=True)
            process.start()
            theirs.close()
            stack.callback(process.join)
            stack.callback(ours.close)
            pipes.append(ours)
        yield _Processes(pipes)


def _hand_over(pipe: Pipe, function: Callable[[Connection, A], R], waiting: Iterator[A]) -> bool:
    """Give a process the next task; tell whether there was one."""
    for argument in waiting:
        pipe.send((function, argument))
        return True
    return False


def _receive(pipe: Pipe) -> Any:
    try:
        answer = pipe.recv()
    except EOFError as error:
        raise Broken("a process that computed the catalogue has died; nothing was written, start again") from error
    if isinstance(answer, _Failure):
        raise Broken(answer.told)
    return answer


def _work(url: str, pipe: Pipe) -> None:
    """Do what comes through a pipe until its other end is closed."""
    # Whoever presses Ctrl-C means the process that started us; it closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = open_record(url)
    with suppress(EOFError, BrokenPipeError):
        order = pipe.recv()
        while order == _LOOK:
            with reading(engine) as conn:
                head_version(conn)
                pipe.send(_LOOK)
                while (order := pipe.recv()) != _LOOK:
                    pipe.send(_do(conn, *order))
    engine.dispose()


def _do(conn: Connection, function: Callable[[Connection, A], R], argument: A) -> R | _Failure:
    try:
        return function(conn, argument)
    except AntiphonError as error:
        return _Failure(str(error))
