"""Reviewers who know the truth and are right in 95 % of cases: they take tasks from the queue and give verdicts as the
page does.
"""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bench.worlds.people import Log

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from curation.models import ReviewTask

RIGHT: Final = 0.95
HOURLY: Final = 30  # verdicts between two runs of what beat does each hour
REVIEWERS: Final = 3
"""Several, since nobody gives a second look at their own verdict."""


@dataclass(slots=True)
class Reviewers:
    """Those who review a log, and what they have found."""

    log: Log
    rng: random.Random
    users: list["User"] = field(default_factory=list)

    def __post_init__(self) -> None:
        from django.contrib.auth.models import User

        self.users = [User.objects.create_superuser(f"reviewer-{number}") for number in range(REVIEWERS)]

    def work(self, tasks: int) -> int:
        """Decide this many tasks, in turns; returns how many there were."""
        if not tasks:
            return 0
        from curation.models import ReviewTask
        from curation.review import deciding

        done = 0
        while done < tasks:
            if done % HOURLY == 0:
                product_checks()
            for place in range(REVIEWERS):
                user = self.users[(done + place) % REVIEWERS]
                if task := deciding.claim_next(ReviewTask.objects.all(), user):
                    self.decide(task, user)
                    break
            else:
                break
            done += 1
        return done

    def decide(self, task: "ReviewTask", user: "User") -> None:
        """Give a verdict; one that is refused becomes "of no use"."""
        from curation.policies import versions
        from curation.review import deciding, holds

        held = holds.is_hold(task)
        record = holds.record(task, versions.current(task.interaction.project)) if held else None
        resolution, text = self.verdict(task, record)
        try:
            deciding.resolve(task, deciding.Verdict(resolution, correction=text), user)
        except deciding.ReviewError:
            deciding.resolve(task, deciding.Verdict("never" if held else "reject"), user)

    def verdict(self, task: "ReviewTask", record: Any) -> tuple[str, str]:
        """A reviewer's verdict on the answer, or on the held record, and what they write."""
        from curation.review import holds

        turn = self.log.turns[int(task.interaction.external_id[1:])]
        is_right = self.log.is_true(turn.fact, str(task.interaction.answer), turn.asker)
        held = holds.is_hold(task)
        errs = self.rng.random() >= RIGHT
        if record is not None:
            accepted = self.log.is_true(turn.fact, record.expected, turn.asker)
            if accepted != errs:
                return "use", ""
            if errs:
                return "never", ""
        if is_right != errs:
            return ("agent" if held else "approve"), ""
        if errs:
            return ("never" if held else "reject"), ""
        return "correct", self.log.right_text(turn.fact, turn.asker)


def product_checks() -> None:
    """What beat does each hour for reviewers: it queues the records in use that have the least evidence."""
    from curation.policies import versions
    from curation.quality import checks
    from feedback.models import Project

    for project in Project.objects.all():
        checks.draw(project, versions.current(project))
