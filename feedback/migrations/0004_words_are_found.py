"""An index of the words of questions and answers, on PostgreSQL alone; `feedback/search.py` asks it.

On SQLite an index of words would keep what was erased. PostgreSQL's is written anew with its table (`privacy/rewriting.py`);
no samples of it are taken, since they would be people's words. Only the beginning of a text is in it: a text of a million
different words has no place in one entry.
"""

from django.db import migrations


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX interaction_words ON feedback_interaction "
            "USING gin (to_tsvector('simple', left(question, 20000) || ' ' || left(answer, 20000)))"
        )
        schema_editor.execute("ALTER INDEX interaction_words ALTER COLUMN 1 SET STATISTICS 0")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX interaction_words")


class Migration(migrations.Migration):
    dependencies = [("feedback", "0003_waiting_signals_are_taken_back")]

    operations = [migrations.RunPython(make, drop)]
