"""What must hold after all the kills."""

import time

from tests.faults.load import Load
from tests.faults.system import System

DONE_SECONDS = 600.0
LEFT = (
    "M['Interaction'].filter(pending=True).count()",
    "M['PrivacyRequest'].exclude(state='closed').count()",
    "M['Erasure'].filter(settled_at=None).count()",
    "M['Release'].filter(state__in=['cutting', 'stale']).count()",
)
# Read by one process, which takes two seconds to start.
STORED = (
    "list(M['Interaction'].values_list('external_id', flat=True))",
    "list(M['Signal'].values_list('external_id', flat=True))",
    "list(M['ParkedSignal'].values_list('external_id', flat=True))",
    "list(M['Outcome'].filter(result='stored').values_list('kind').annotate(Sum('number')))",
    "M['Interaction'].aggregate(n=Sum('revision'))['n']",
)


def until_done(made: System, seconds: float = DONE_SECONDS) -> list[str]:
    """Wait until the workers have done everything; what is left after so many seconds."""
    deadline = time.monotonic() + seconds
    while any(left := made.read(f"[{', '.join(LEFT)}]")) and time.monotonic() < deadline:
        time.sleep(5)
    names = ("interactions to curate", "requests", "erasures", "releases in the making")
    return [f"{number} {name} still open" for name, number in zip(names, left, strict=True) if number]


def faults(made: System, load: Load) -> list[str]:
    """What was lost, doubled or miscounted; empty where every promise was kept."""
    interactions, signals, parked, stored, revisions = made.read(f"[{', '.join(STORED)}]")
    counts = dict(stored)
    found = [*load.sender.refusals]
    if unexplained := load.sender.again[500]:
        found.append(f"{unexplained} calls answered by 500")
    found += [f"lost interaction {name}" for name in sorted(load.interactions - set(interactions))]
    found += [f"lost signal {name}" for name in sorted(load.signals - {*signals, *parked})]
    if len(interactions) != len(set(interactions)) or len(signals) + len(parked) != len({*signals, *parked}):
        found.append("doubled rows")
    if (counts.get("interaction", 0), counts.get("signal", 0)) != (len(interactions), len(signals)):
        found.append(f"counted {counts}, stored {len(interactions)} interactions and {len(signals)} signals")
    if (revisions or 0) != len(signals):
        found.append(f"{revisions} revisions of {len(signals)} signals")
    return found
