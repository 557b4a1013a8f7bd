"""What a release includes of everything captured, what it leaves out, why, and what to do about it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Count

from curation.decisions import reasons
from curation.decisions.rules import LABELLED, Outcome
from curation.models import FIRST, Decision, Derived, EvalCase, Example, PreferencePair, ReviewTask, TaskState
from curation.releases.manifest import Funnel, Loss
from feedback.models import Interaction, Project
from privacy.console.counting import counted

Status = Derived.Status
KINDS: Mapping[str, type[Derived]] = {"cases": EvalCase, "examples": Example, "pairs": PreferencePair}
SECONDS_A_VERDICT = 30
REVIEW_MINUTES = 20


class LossText(NamedTuple):
    """How one kind of loss is described to people."""

    why: str
    remedy: str


NOT_VOTED = LossText(
    "The answer has no feedback.",
    "Ask for votes where answers are shown, or raise audit.share, which draws more for review.",
)
PENDING = LossText("Not curated yet.", "Nothing to do: the worker curates within seconds. Or run manage.py curate.")
IN_REVIEW = "Decide it in review."
OF_STATUS = {
    Status.FILTERED: "If the filter is wrong about such texts, change it in the policy.",
    Status.DUPLICATE: "Nothing to do: the record in use represents it.",
    Status.BALANCED: "Turn off balancing in the policy (balance.temperature 1).",
    Status.GUARDED: "Raise guard.max_agent_share in the policy, or collect more answers written by people.",
    Status.HELD: IN_REVIEW,
    Status.RETIRED: "Nothing to do: a better answer to the question is in use.",
}
OF_OUTCOME = {
    Outcome.UNRATED: NOT_VOTED.remedy,
    Outcome.AMBIGUOUS: IN_REVIEW,
    Outcome.CONFLICTING: IN_REVIEW,
    Outcome.OUTVOTED: "Nothing to do: another answer to the question is in use.",
    Outcome.REJECTED: "Nothing to do: a reviewer has decided it.",
}
CONSENT = LossText(
    "Somebody whose words it contains has not agreed to the purpose.", "Ask for consent where people use the product."
)


def funnel(project: Project) -> Funnel:
    """Count what became of everything that the project captured."""
    conversations = Interaction.objects.filter(project=project)
    decided = Decision.objects.filter(project=project)
    outcomes = list(decided.order_by().values_list("outcome", "reason").annotate(n=Count("pk")))
    number = conversations.count()
    pending = conversations.filter(pending=True).count()
    made = sum(n for _, _, n in outcomes)
    losses = [
        loss("vote", "not_voted", NOT_VOTED, conversations=max(number - made - pending, 0)),
        loss("curate", "pending", PENDING, conversations=pending),
        *(
            loss("decide", reason, LossText(sentence(reason), OF_OUTCOME[Outcome(outcome)]), conversations=n)
            for outcome, reason, n in sorted(outcomes, key=lambda row: -row[2])
            if outcome not in LABELLED
        ),
        without_consent(project),
        *left_out(project),
    ]
    return {
        "conversations": number,
        "decided": made,
        "labelled": sum(n for outcome, _, n in outcomes if outcome in LABELLED),
        "questions": decided.filter(outcome__in=LABELLED).aggregate(n=Count("question", distinct=True))["n"],
        "losses": [one for one in losses if any(one[kind] for kind in ("conversations", *KINDS))],  # type: ignore[literal-required]
        "review": review(project),
    }


def review(project: Project) -> dict[str, int]:
    """The effect of some minutes of review, in the order in which tasks are served: how many conversations they would
    decide, and how many questions would get their first eval case.
    """
    labels = ReviewTask.objects.filter(project=project, state=TaskState.OPEN, kind=ReviewTask.Kind.LABEL)
    tasks = labels.exclude(reason=reasons.LEAST_SURE)  # a record already in use adds nothing
    columns = ("interaction", "settles", "interaction__decision__question")
    served = list(tasks.order_by(*FIRST).values_list(*columns)[: REVIEW_MINUTES * 60 // SECONDS_A_VERDICT])
    asked = {bytes(question) if question else key for key, _, question in served}
    in_use = EvalCase.objects.filter(project=project, status=Status.ACTIVE, selected=True)
    there = in_use.filter(fingerprint__in=[key for key in asked if isinstance(key, bytes)])
    return {
        "tasks": tasks.count(),
        "minutes": REVIEW_MINUTES,
        "records": len(asked) - there.values("fingerprint").distinct().count(),
        "conversations": sum(settles for _, settles, _ in served),
    }


def loss(stage: str, code: str, told: LossText, **numbers: int) -> Loss:
    """A line of the funnel."""
    counts = {kind: numbers.get(kind, 0) for kind in ("conversations", *KINDS)}
    return {"stage": stage, "code": code, **counts, "why": told.why, "remedy": told.remedy}  # type: ignore[typeddict-item]


def without_consent(project: Project) -> Loss:
    """Labelled decisions without a record, for lack of consent."""
    labelled = Decision.objects.filter(project=project, outcome__in=LABELLED)
    return loss(
        "consent",
        "no_consent",
        CONSENT,
        cases=labelled.filter(evalcase__isnull=True).count(),
        examples=labelled.filter(example__isnull=True).count(),
    )


def left_out(project: Project) -> list[Loss]:
    """The records that are not in use, by reason."""
    counts: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for kind, model in KINDS.items():
        rows = model.objects.filter(project=project).exclude(status=Status.ACTIVE).order_by()
        for status, reason, n in rows.values_list("status", "reason").annotate(n=Count("pk")):
            counts[status, reason][kind] = n
    return [
        loss(
            stage_of(status, reason),
            reason or status,
            LossText(sentence(reason, status), OF_STATUS[Status(status)]),
            **some,
        )
        for (status, reason), some in sorted(counts.items(), key=lambda item: -sum(item[1].values()))
    ]


def stage_of(status: str, reason: str) -> str:
    """The stage of curation that leaves a record out."""
    if status in (Status.DUPLICATE, Status.RETIRED):
        return "question"
    if status == Status.FILTERED or reason in reasons.of(reasons.Kind.FILTER):
        return "filter"
    return "balance" if status == Status.BALANCED else "guard"


def sentence(code: str, status: str = "") -> str:
    """The reason, in words."""
    if code in reasons.REASONS:
        return reasons.REASONS[code].sentence
    return WORDS.get(code, f"{Status(status).label if status else 'Left out'}: {code.replace('_', ' ')}.")


WORDS = {
    "same_question": "The same question with the same answer is already in use.",
    "accepted_too": "The answer is also right, and the question's case accepts it.",
    "corrected_later": "A newer right answer to the same question is in use in its place.",
    "reviewed_otherwise": "A reviewer decided for another answer to the question.",
    "stratum_share": "Balance left it out of training.",
    "agent_share": "The share of answers by an agent that our own releases taught is limited.",
}


def lines(found: Funnel) -> list[str]:
    """The funnel as the command prints it."""
    head = (
        f"{counted(found['conversations'], 'conversation')}, {found['decided']:,} decided, {found['labelled']:,} with a right "
        f"answer to {counted(found['questions'], 'question')}."
    )
    rows = [f"  {numbers(one):<38} {one['why']} {one['remedy']}" for one in found["losses"]]
    some = found["review"]
    tail = (
        f"{some['minutes']} minutes of review would decide {counted(some['conversations'], 'conversation')} and add up to "
        f"{counted(some['records'], 'eval case')}; {counted(some['tasks'], 'open task')}."
    )
    out = ["Not in the release:", *rows] if rows else []
    return [head, *out, tail] if some["tasks"] else [head, *out]


def numbers(one: Loss) -> str:
    """How many of each kind a line counts."""
    parts = [counted(one[kind], kind[:-1]) for kind in ("conversations", *KINDS) if one[kind]]  # type: ignore[literal-required]
    return ", ".join(parts)
