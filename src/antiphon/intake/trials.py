"""Test messages: everything is done with them but publishing.

A message that says it is a test is read, checked, rendered and answered like any other, and then waits. Its finding
tells so, and nothing else brings it into the catalogue than somebody who has seen that finding and clears it; a
clearance that was given before, for something else, does not reach it. A live message in a batch that is a test is
another matter: rule D6. Source: formats 8.
"""

import msgspec
from sqlalchemy import Connection

from antiphon.intake.work import Task
from antiphon.model.findings import Finding, Place, Severity
from antiphon.model.statement import Statement
from antiphon.record.timeline import load_findings

TEST_RULE = "TestMessage"


def find_trial(statement: Statement, message_file: str) -> tuple[Finding, ...]:
    """Return the finding that holds a test message at the end of its way; empty: it is meant."""
    if not statement.header.is_test:
        return ()
    return (
        Finding(
            rule=TEST_RULE,
            severity=Severity.HOLD,
            place=Place(file=message_file, path="MessageHeader/MessageControlType"),
            got="TestMessage",
            expected="LiveMessage, or no MessageControlType, for a release that is to be published",
            fix="nothing, if it is a test; else send the message again as a LiveMessage",
            message="This is a test: it was checked like any other message, and it is not published.",
        ),
    )


def limit_clearance(connection: Connection, task: Task) -> Task:
    """Return the task of a test message, without its clearance unless that can have meant the test.

    It can where the finding was there for whoever cleared to see.
    """
    is_told = any(finding.rule == TEST_RULE for finding in load_findings(connection, task.delivery_id))
    return task if is_told else msgspec.structs.replace(task, clearance="")
