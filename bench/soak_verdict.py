"""What must hold after a soak: everything acknowledged is stored once, and nothing is left of people who left."""

from pathlib import Path

from bench.soak_load import LEAVER, Mixed
from tests.faults.system import System

STORED = (
    "list(M['Interaction'].values_list('external_id', flat=True))",
    "list(M['Signal'].values_list('external_id', flat=True))",
    "list(M['ParkedSignal'].values_list('external_id', flat=True))",
    "dict(M['Outcome'].filter(result='stored').values_list('kind').annotate(Sum('number')))",
    "list(map(str, M['PrivacyRequest'].filter(state='closed').values_list('pk', flat=True)))",
    "list(M['ReviewEvent'].filter(action='decided').values_list('task_number', flat=True))",
    f"M['Interaction'].filter(question__icontains={LEAVER!r}).count()",
    "len(set(M['Signal'].values_list('interaction')) - set(M['Decision'].values_list('interaction')))",
)


def faults(made: System, load: Mixed) -> list[str]:
    """What was lost, doubled, miscounted or left behind; empty if every promise was kept."""
    interactions, signals, parked, counts, closed, decided, named, undecided = made.read(f"[{', '.join(STORED)}]")
    said = [*signals, *parked]
    found = [*load.sender.refusals, *load.problems]
    found += [f"lost interaction {name}" for name in sorted(load.interactions - set(interactions))]
    found += [f"unasked interaction {name}" for name in sorted(set(interactions) - load.interactions)]
    found += [f"lost signal {name}" for name in sorted(load.signals - set(said))]
    found += [f"lost request {name}" for name in sorted(load.requests - set(closed))]
    found += [f"lost verdict on task {number}" for number in sorted(set(load.verdicts) - set(decided))]
    for subject, agrees in load.consents.items():
        state = load.sender.send("/api/v1/consent/lookup", {"subject": subject}, subject)
        if state["purposes"]["training"] != agrees:
            found.append(f"lost consent of {subject}")
    if len(interactions) != len(set(interactions)) or len(said) != len(set(said)) or len(decided) != len(set(decided)):
        found.append("doubled rows")
    if counts.get("interaction") != len(load.interactions | load.left):
        found.append(f"counted {counts}, acknowledged {len(load.interactions | load.left)} interactions")
    if named or undecided:
        found.append(f"{named} interactions of people who left, {undecided} rated ones undecided")
    found += [f"a person who left is in {path.name}" for path in files(made) if LEAVER.encode() in path.read_bytes()]
    made.manage("verify_release")
    return found


def files(made: System) -> list[Path]:
    """Every file that the processes have written."""
    return [path for path in Path(made.environment["FLYWHEEL_VAR"]).rglob("*") if path.is_file()]
