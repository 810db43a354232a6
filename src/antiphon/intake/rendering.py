"""The third stage: every file the delivery brought becomes renditions, a few files at a time."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from time import perf_counter

from antiphon.intake.agreements import find_policy
from antiphon.intake.checking import make_context, open_links
from antiphon.intake.scratch import lend_folder, remove_abandoned
from antiphon.intake.sources import Source, list_sources
from antiphon.intake.trials import find_trial, limit_clearance
from antiphon.intake.verdicts import weigh_findings
from antiphon.intake.work import Case, Mark, Parts, Stopping, measure_ms
from antiphon.media import render_audio, render_cover
from antiphon.model.delivery import Delivery, Stage
from antiphon.model.errors import Rejected
from antiphon.model.findings import Finding
from antiphon.model.media import ResourceMedia
from antiphon.model.resources import ResourceKind
from antiphon.record.engine import reading, writing
from antiphon.record.media import load_media, store_media
from antiphon.record.providers import find_provider
from antiphon.record.waivers import Waiver, waivers_in_force
from antiphon.rules import check_media
from antiphon.telemetry import definitions

FOLDER_PREFIX = "render-"
"""What the folders of files being rendered begin with; the number of their process follows."""


def has_work(parts: Parts, case: Case) -> bool:
    """Tell whether a delivery brought a file that must be rendered and never was: then its turn takes long."""
    blobs = {source.file.blob for source in list_sources(case.statement, case.delivery)}
    if not blobs:
        return False
    with reading(parts.engine) as connection:
        return load_media(connection, blobs).keys() < blobs


def render_delivery(parts: Parts, case: Case) -> Mark:
    """Render what the statement names and the delivery brought, and return the mark that records what was found.

    A file that was rendered before, for whichever delivery, is not rendered again: each result is recorded at once, so
    a repeated stage goes on where the last one stopped. A file that cannot be used is a finding; the other files are
    still rendered, so that the sender learns everything at once. What was decoded is checked; where nothing was there
    is nothing to check.
    """
    started_at = parts.clock()
    delivery, statement = case.delivery, case.statement
    sources = list_sources(statement, delivery)
    trial = find_trial(statement, delivery.message.path)
    findings: list[Finding] = [*trial]
    rendered: Mapping[str, ResourceMedia] = {}
    waivers: tuple[Waiver, ...] = ()
    task = case.task
    if sources or trial:
        with reading(parts.engine) as connection:
            policy = find_policy(find_provider(connection, delivery.provider))
            waivers = waivers_in_force(connection, delivery.provider, started_at)
            media = dict(load_media(connection, {source.file.blob for source in sources}))
            context = make_context(connection, delivery, statement, open_links(connection, statement), started_at)
            task = limit_clearance(connection, case.task) if trial else case.task
        rendered, damaged = _render_sources(parts, [source for source in sources if source.file.blob not in media])
        media |= rendered
        by_reference = {s.resource.reference: media[s.file.blob] for s in sources if s.file.blob in media}
        findings += [*damaged, *check_media(statement, by_reference, context, policy)]
        case.found += findings
    return Mark(
        stage=Stage.RENDERED,
        reached=weigh_findings(findings, task, Stage.RENDERED, waivers, statement).stage,
        elapsed_ms=measure_ms(parts, started_at),
        findings=tuple(findings),
        detail=_describe(delivery, rendered),
    )


def prepare_scratch(scratch: Path) -> None:
    """Make the scratch folder, and remove what workers that were killed left in it; those that live keep theirs.

    To be called before anything is rendered: what lies there in our own name is of one who had our process id.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    remove_abandoned(scratch, FOLDER_PREFIX, is_beginning=True)


def _render_sources(parts: Parts, sources: Iterable[Source]) -> tuple[dict[str, ResourceMedia], list[Finding]]:
    """Render each file once; return what came of them, by content hash, and what is wrong with the others."""
    distinct = {source.file.blob: source for source in sources}
    futures: dict[str, Future[ResourceMedia]] = {
        blob: parts.renderers.submit(_render_source, parts, source) for blob, source in distinct.items()
    }
    rendered: dict[str, ResourceMedia] = {}
    findings: list[Finding] = []
    failures: list[BaseException] = []
    for blob, future in futures.items():
        failure = future.exception()
        if failure is None:
            rendered[blob] = future.result()
        elif isinstance(failure, Rejected):
            findings.append(failure.as_finding())
        else:
            failures.append(failure)
    if failures:
        raise failures[0]
    return rendered, findings


def _render_source(parts: Parts, source: Source) -> ResourceMedia:
    """Render one file from a private copy of its blob, so that no decoder ever touches the store; record the result."""
    if parts.stop.is_set():
        raise Stopping
    with lend_folder(parts.scratch, FOLDER_PREFIX) as folder:
        path = folder / "source"
        parts.blobs.get_file(source.file.blob, path)
        path.chmod(0o400)
        started_s = perf_counter()
        if source.resource.kind is ResourceKind.IMAGE:
            media = render_cover(path, parts.blobs, file=source.file.path)
        else:
            media = render_audio(path, parts.blobs, folder, file=source.file.path)
        parts.metrics.observe(definitions.RENDER_SECONDS, perf_counter() - started_s, kind=source.resource.kind.value)
    with writing(parts.engine) as connection:
        store_media(connection, media)
    return media


def _describe(delivery: Delivery, rendered: Mapping[str, ResourceMedia]) -> str:
    return f"{len(rendered)} of {len(delivery.files)} files rendered anew"
