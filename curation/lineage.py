"""Where an agent version comes from: conversations → release → version, generation by generation."""

from dataclasses import dataclass

from django.db.models import Count

from curation.models import AgentVersion, Release, ReleaseMember

GENERATIONS = 12
ROW, HEIGHT = 110, 64  # of the drawing, in its own units; the template has the columns


@dataclass(frozen=True, slots=True)
class Generation:
    """One version, the release that taught it, and the conversations in that release."""

    version: AgentVersion
    release: Release | None
    conversations: int
    answered_by: AgentVersion | None
    row: int

    @property
    def top(self) -> int:
        """Where its boxes begin in the drawing."""
        return 10 + self.row * ROW

    @property
    def middle(self) -> int:
        """Where its arrows are."""
        return self.top + HEIGHT // 2

    @property
    def bottom(self) -> int:
        """Where its boxes end."""
        return self.top + HEIGHT


def generations(version: AgentVersion) -> list[Generation]:
    """The version and its ancestors, newest first: the parent is whoever answered most of what taught the child.

    It ends with a version that nothing of ours taught, and never goes round.
    """
    found: list[Generation] = []
    seen: set[int] = set()
    current: AgentVersion | None = version
    while current is not None and current.pk not in seen and len(found) < GENERATIONS:
        seen.add(current.pk)
        release = newest_cut(current.trained_on) if current.trained_on else None
        members = ReleaseMember.objects.filter(release=release, training=True) if release else None
        parent = answered_by(current, release) if release else None
        found.append(Generation(current, release, members.count() if members is not None else 0, parent, len(found)))
        current = parent
    return found


def newest_cut(release: Release) -> Release:
    """The release as it is today: its newest recut."""
    cuts = Release.objects.filter(dataset=release.dataset_id, number=release.number).exclude(
        state=Release.State.CUTTING
    )
    return cuts.select_related("dataset").order_by("-recut").first() or release


def answered_by(child: AgentVersion, release: Release) -> AgentVersion | None:
    """The registered version that gave most of the answers which taught the child."""
    members = ReleaseMember.objects.filter(release=release, training=True)
    names = members.values_list("interaction__agent_name", "interaction__agent_version")
    for name, number, _ in names.annotate(n=Count("pk")).order_by("-n", "interaction__agent_name")[:GENERATIONS]:
        rows = AgentVersion.objects.filter(project=child.project_id, name=name, version=number)
        if row := rows.select_related("trained_on__dataset").first():
            return row
    return None


def height(found: list[Generation]) -> int:
    """How high the drawing is."""
    return 20 + ROW * len(found)
