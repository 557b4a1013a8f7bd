"""Rows for the console's benchmark: generated inside the database by statements over a series of numbers, on SQLite and
PostgreSQL.

A million interactions take a minute or two this way. What a statement does not name has its model's default.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

PROJECTS = 8
TOPICS = ("ferries", "tickets", "refunds", "bicycles", "luggage", "tours", "meals", "delays", "dogs", "seats")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind go with that many interactions."""

    interactions: int
    tasks: int = 100_000

    @property
    def subjects(self) -> int:
        """Ten conversations a person."""
        return max(10, self.interactions // 10)

    @property
    def rated(self) -> int:
        """Every third conversation has a vote."""
        return self.interactions // 3


def text(value: str) -> str:
    """A string in SQL."""
    return "'" + value.replace("'", "''") + "'"


def spelled(expression: str) -> str:
    """A number as text in SQL."""
    return f"CAST({expression} AS TEXT)"


def ago(minutes: str) -> str:
    """The time so many minutes before the benchmark's day, in SQL."""
    if connection.vendor == "postgresql":
        return f"TIMESTAMPTZ '2026-11-20 12:00:00+00' - ({minutes}) * INTERVAL '1 minute'"
    return f"datetime('2026-11-20 12:00:00', printf('%+d minutes', -({minutes})))"


def digest(number: str) -> str:
    """Sixteen bytes that differ by number, in SQL."""
    if connection.vendor == "postgresql":
        return f"decode(lpad(to_hex({number}), 32, '0'), 'hex')"
    return f"CAST(printf('%016d', {number}) AS BLOB)"


def one_of(expression: str, values: tuple[str, ...]) -> str:
    """One of these words by a number, in SQL."""
    cases = " ".join(f"WHEN {place} THEN {text(value)}" for place, value in enumerate(values))
    return f"CASE ({expression}) % {len(values)} {cases} END"


def constant(column: Any, value: Any) -> str:
    """A default in SQL, of the column's type."""
    if isinstance(column, models.JSONField):
        written = "'[]'" if isinstance(value, list) else "'{}'"
        return f"CAST({written} AS jsonb)" if connection.vendor == "postgresql" else written
    if isinstance(value, bytes):
        return digest("1")
    if isinstance(value, bool):
        return "(1=1)" if value else "(1=0)"
    if isinstance(column, models.DateTimeField):
        return ago("0")
    return str(value) if isinstance(value, int | float) else text(str(value))


@dataclass
class Filling:
    """Statements that put rows into the tables, numbered from 1 to as many as are asked for."""

    project: int
    keys: list[int] = field(default_factory=list)

    def put(self, model: Any, count: int, /, **columns: str) -> None:
        """That many rows of the model; `columns` are SQL expressions over `i`, by column."""
        names, values = [], []
        for column in model._meta.concrete_fields:
            name = str(column.column)
            if name in columns:
                names.append(name)
                values.append(columns.pop(name))
            elif not isinstance(column, models.AutoField):
                names.append(name)
                values.append("NULL" if column.null else constant(column, column.get_default()))
        assert not columns, f"{model._meta.label} has no {', '.join(columns)}"
        listed = ", ".join(connection.ops.quote_name(name) for name in names)
        statement = (
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({listed}) "
            f"SELECT {', '.join(values)} FROM n"
        )
        if connection.vendor == "sqlite":  # SQLite takes the series after the table
            series, _, rest = statement.partition(" INSERT INTO ")
            head, _, select = rest.partition(" SELECT ")
            statement = f"INSERT INTO {head} {series} SELECT {select}"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.replace("%", "%%"), [])

    def of(self, number: str) -> str:
        """The project of a row: half of them belong to the first."""
        cases = " ".join(f"WHEN {2 * place + 1} THEN {key}" for place, key in enumerate(self.keys[1:]))
        return f"CASE ({number}) % {2 * len(self.keys)} {cases} ELSE {self.keys[0]} END"


def fill(sizes: Sizes) -> Any:
    """Fill the tables; returns the first project. The tables are empty before."""
    from curation.policies import projects

    made = [projects.create_project(f"bench-{number}") for number in range(PROJECTS)]
    filling = Filling(made[0].pk, [each.pk for each in made])
    captured(filling, sizes)
    decided(filling, sizes)
    derived(filling, sizes)
    released(filling, sizes, made)
    evidence(filling, sizes)
    sequences()
    if connection.vendor == "postgresql":  # autovacuum does it in a running server
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
    return made[0]


def captured(filling: Filling, sizes: Sizes) -> None:
    """People, what they asked and said, and the counts of it."""
    agreeing(filling, sizes)
    asked(filling, sizes)
    rated(filling, sizes)
    counted(filling)


def agreeing(filling: Filling, sizes: Sizes) -> None:
    """People, and what each of them said of the three purposes."""
    from privacy.models import ConsentEntry, Notice, Subject

    filling.put(
        Subject,
        sizes.subjects,
        id="i",
        namespace=f"'bench-' || {spelled(f'i % {PROJECTS}')}",
        digest=f"'d' || {spelled('i')}",
        created_at=ago("i % 100000"),
    )
    filling.put(Notice, 20, id="i", digest=f"'n' || {spelled('i')}", text=f"'Wording ' || {spelled('i')}")
    filling.put(
        ConsentEntry,
        sizes.subjects * 3,
        id="i",
        subject_id=f"1 + i % {sizes.subjects}",
        purpose=one_of("i", ("capture", "evaluation", "training")),
        granted="(i % 9 > 0)",
        method="'api'",
        notice_id="1 + i % 20",
        entry_hash="'h'",
        recorded_at=ago(f"{sizes.subjects * 3} - i"),
    )


def asked(filling: Filling, sizes: Sizes) -> None:
    """Interactions: the same few topics, each question with a number of its own."""
    from feedback.models import Interaction

    topic = one_of("i * 7", TOPICS)
    filling.put(
        Interaction,
        sizes.interactions,
        id="i",
        project_id=filling.of("i"),
        subject_id=f"1 + i % {sizes.subjects}",
        external_id=f"'talk-' || {spelled('i')}",
        question=f"'How do I ask about ' || {topic} || ' number ' || {spelled('i')} || ' at the harbour?'",
        answer=f"'For ' || {topic} || ' go to counter ' || {spelled('i % 97')} || ', take a ticket at the entrance, wait until it is called, "
        "and bring the receipt that you were given; it is open on every workday until six in the evening.'",
        occurred_at=ago(f"{sizes.interactions} - i"),
        received_at=ago(f"{sizes.interactions} - i"),
        body_digest=f"'b' || {spelled('i')}",
        fingerprint=digest("i"),
        redaction_version="'bench'",
        agent_name="'guide'",
        agent_version=one_of("i / 1000", ("1", "2", "3")),
        revision="CASE i % 3 WHEN 0 THEN 1 ELSE 0 END",
        pending="(i % 5000 = 0)",
    )


def rated(filling: Filling, sizes: Sizes) -> None:
    """Signals on every third interaction, and some that came before theirs."""
    from feedback.models import ParkedSignal, Signal

    kinds = ("thumbs_up",) * 12 + ("thumbs_down",) * 4 + ("edit", "copy", "retry", "accept")
    filling.put(
        Signal,
        sizes.rated,
        id="i",
        project_id=filling.of("i * 3"),
        interaction_id="i * 3",
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        external_id=f"'said-' || {spelled('i')}",
        kind=one_of("i", kinds),
        correction="CASE i % 20 WHEN 16 THEN 'At counter nine, until four.' ELSE '' END",
        occurred_at=ago(f"{sizes.rated} - i"),
        effective_at=ago(f"{sizes.rated} - i"),
        received_at=ago(f"{sizes.rated} - i"),
        body_digest="'b'",
    )
    filling.put(
        ParkedSignal,
        sizes.interactions // 100,
        id="i",
        project_id=filling.of("i"),
        interaction_external_id=f"'not-yet-' || {spelled('i')}",
        external_id=f"'waits-' || {spelled('i')}",
        kind="'thumbs_up'",
        occurred_at=ago("i"),
        effective_at=ago("i"),
        body_digest="'b'",
    )


def counted(filling: Filling) -> None:
    """What became of the writes of one day."""
    from feedback.models import Outcome

    filling.put(
        Outcome,
        20_000,
        id="i",
        project_id=filling.of("i"),
        day="'2026-11-20'" if connection.vendor == "sqlite" else "DATE '2026-11-20'",
        kind="'interaction'",
        result="'stored'",
        slot="i % 30000",
        number="i",
    )


def decided(filling: Filling, sizes: Sizes) -> None:
    """Runs, review tasks and decisions: open tasks, and three times as many decided ones where there is room."""
    from curation.models import CurationPolicy, Decision, ReviewTask, Run

    policy = CurationPolicy.objects.earliest("pk").pk
    filling.put(
        Run, sizes.interactions // 100, id="i", project_id=filling.of("i"), policy_id=str(policy), state="'done'"
    )
    reasons = ("bare_down",) * 8 + ("conflicting_votes", "differing_corrections", "audit", "sensitive_topic")
    tasks = min(sizes.tasks, sizes.rated)
    filling.put(
        ReviewTask,
        tasks,
        id="i",
        project_id=filling.of("i * 3"),
        interaction_id="i * 3",
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        reason=one_of("i", reasons),
        priority="10 + i % 20",
        revision="1",
        created_at=ago(f"{tasks} - i"),
    )
    done = sizes.rated - tasks
    if done > 0:
        filling.put(
            ReviewTask,
            done,
            id=f"i + {tasks}",
            project_id=filling.of(f"(i + {tasks}) * 3"),
            interaction_id=f"(i + {tasks}) * 3",
            subject_id=f"1 + ((i + {tasks}) * 3) % {sizes.subjects}",
            reason=one_of("i", reasons),
            priority="10",
            revision="1",
            state=one_of("i", ("resolved", "cancelled")),
            resolution=one_of("i", ("approve", "")),
            created_at=ago("i"),
        )
    filling.put(
        Decision,
        sizes.rated,
        interaction_id="i * 3",
        project_id=filling.of("i * 3"),
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        run_id="1",
        policy_version="1",
        revision="1",
        outcome=one_of(
            "i", ("confirmed",) * 12 + ("ambiguous",) * 4 + ("corrected", "confirmed", "conflicting", "confirmed")
        ),
        reason=one_of("i", ("clear_up", "bare_down", "clear_correction")),
        language="'en'",
        decided_at=ago(f"{sizes.rated} - i"),
    )


def derived(filling: Filling, sizes: Sizes) -> None:
    """Eval cases, examples and pairs of what was decided, and their clusters and graders."""
    from curation.models import CaseGrader, EvalCase, Example, PreferencePair, Question

    common = {
        "decision_id": "i * 3",
        "project_id": filling.of("i * 3"),
        "subject_id": f"1 + (i * 3) % {sizes.subjects}",
        "status": one_of("i", ("active",) * 7 + ("filtered", "duplicate", "held")),
        "fingerprint": digest("i * 3"),
    }
    filling.put(EvalCase, sizes.rated, **common, kind=one_of("i", ("golden",) * 9 + ("regression",)))
    filling.put(Example, sizes.rated, **common)
    filling.put(PreferencePair, sizes.rated // 5, **common)
    filling.put(
        Question,
        sizes.rated,
        interaction_id="i * 3",
        project_id=filling.of("i * 3"),
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        cluster="(i / 3) * 9",
        place="0.5",
        version="'bench'",
        **{f"band_{n}": f"i * 8 + {n}" for n in range(8)},
    )
    filling.put(
        CaseGrader,
        sizes.rated // 2,
        id="i",
        interaction_id="i * 3",
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        wording=f"'w' || {spelled('i')}",
        grader="'facts'",
        threshold="0.8",
        discriminating="(i % 10 > 0)",
        why="'It tells them apart.'",
        seal="'s'",
    )


def released(filling: Filling, sizes: Sizes, projects: list[Any]) -> None:
    """Releases with their members, recalls, versions, gate runs and their results."""
    from curation.models import AgentVersion, Dataset, GateResult, GateRun, Recall, Release, ReleaseMember

    first = Dataset.objects.filter(project=projects[0]).earliest("pk").pk
    sets = f"{first} + i % {PROJECTS}"
    filling.put(
        Release,
        400,
        id="i",
        dataset_id=sets,
        number="i",
        state="'published'",
        published_at=ago("400 - i"),
        period=f"'p' || {spelled('i')}",
    )
    filling.put(
        ReleaseMember,
        sizes.rated,
        id="i",
        release_id="1 + i % 400",
        interaction_id="i * 3",
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        evaluation="(1=1)",
    )
    filling.put(Recall, 2_000, id="i", release_id="1 + i % 400", replaced_by_id="1 + i % 400", created_at=ago("i"))
    filling.put(
        AgentVersion,
        2_000,
        id="i",
        project_id=filling.of("i"),
        name="'guide'",
        version=spelled("i"),
        created_at=ago("i"),
    )
    filling.put(
        GateRun,
        2_000,
        id="i",
        project_id=filling.of("i"),
        release_id="1 + i % 400",
        candidate_id="i",
        verdict=one_of("i", ("passed", "refused")),
        cases_digest="'c'",
        created_at=ago("2000 - i"),
    )
    filling.put(
        GateResult,
        sizes.rated,
        id="i",
        run_id="1 + i % 2000",
        interaction_id="i * 3",
        subject_id=f"1 + (i * 3) % {sizes.subjects}",
        kind="'golden'",
        answer="'At counter nine.'",
        score="1.0",
        passed="(i % 50 > 0)",
        grader="'facts'",
        case_digest="'c'",
    )


def evidence(filling: Filling, sizes: Sizes) -> None:
    """Requests, erasures, tombstones, keys and webhooks."""
    from feedback.models import ApiKey
    from privacy.models import Delivery, Erasure, PrivacyRequest, Tombstone, Webhook

    uuid = "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"
    name = f"'bench-' || {spelled(f'i % {PROJECTS}')}"
    filling.put(
        PrivacyRequest,
        20_000,
        id=uuid,
        namespace=name,
        origin=name,
        kind="'access'",
        state=one_of("i", ("closed",) * 50 + ("restricted",)),
        received_at=ago("i"),
        due_at=ago("i - 43200"),
        closed_at=ago("i"),
    )
    filling.put(Erasure, 20_000, id=uuid, namespace=name, executed_at=ago("i"), settled_at=ago("i"))
    filling.put(Tombstone, sizes.interactions // 10, id="i", kind="'interaction'", digest=f"'t' || {spelled('i')}")
    filling.put(ApiKey, 2_000, id="i", project_id=filling.of("i"), prefix="'fw_bench'", digest=f"'k' || {spelled('i')}")
    filling.put(Webhook, 500, id="i", origin=name, url="'https://a.example/hook'", secret=digest("i"))
    filling.put(
        Delivery, 50_000, id="i", webhook_id="1 + i % 500", message=f"'m' || {spelled('i')}", state="'delivered'"
    )


def sequences() -> None:
    """On PostgreSQL the next keys follow the highest; SQLite does so by itself."""
    from django.apps import apps
    from django.core.management.color import no_style

    models = [model for app in ("privacy", "feedback", "curation") for model in apps.get_app_config(app).get_models()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
