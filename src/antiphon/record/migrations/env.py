"""What Alembic runs to migrate a record: on the connection it is given, in that connection's transaction."""

from alembic import context

from antiphon.record.migrate import VERSION_TABLE
from antiphon.record.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
