"""Asks an agent the cases, round by round, and grades its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from curation.gate import agents, candidate_steps
from curation.gate.agents import Effort, Journal
from curation.gate.graders import Grader
from curation.gate.runs import Exam
from curation.gate.verdicts import Attempt, Case, Result, attempted, grade_ahead
from curation.questions.variants import variants
from privacy.redaction import Redacted, redact

VARIANTS_FROM = 100  # the number of the first variant's round in the journal
Progress = Callable[[int, int], Any]


class Asking:
    """Putting cases to one agent, round by round. Answers are redacted as they come, and kept in the journal."""

    def __init__(
        self,
        paper: Exam,
        agent: agents.Agent,
        effort: Effort,
        progress: Progress | None,
        failures: agents.Failures,
        variants: int = 0,
    ) -> None:
        self.paper, self.agent, self.effort, self.progress = paper, agent, effort, progress
        self.failures, self.variants = failures, variants
        self.journal: Journal | None = None

    def round(self, number: int, cases: Sequence[Case]) -> list[agents.Answer]:
        paper = self.paper
        questions = [
            agents.Question(case.question, list(paper.contexts[case.id]), paper.worlds[case.id]) for case in cases
        ]
        journal = self.journal
        before = {place: journal.known(number, case.id) for place, case in enumerate(cases)} if journal else {}
        clean: list[agents.Answer] = []

        def said(place: int, answer: agents.Answer) -> None:
            text = redacted_answer(paper, cases[place], answer.text)
            steps = redacted_steps(paper, cases[place], answer.steps)
            clean.append(agents.Answer(text, answer.error, steps=steps))
            self.failures.add(answer)
            if journal and text is not None:
                journal.keep(number, cases[place].id, text, steps)
            if self.progress:
                self.progress(place + 1, len(cases))

        known = {place: told for place, told in before.items() if told is not None}
        agents.ask_all(self.agent, questions, self.effort, known=known, on_answer=said)
        return clean


def with_repeats(
    results: Sequence[Result],
    cases: Sequence[Case],
    rounds: Sequence[Sequence[agents.Answer]],
    using: Mapping[str, Grader],
) -> list[Result]:
    """The results with what the agent said to these cases in further rounds."""
    grade_ahead([(case, said.text) for answers in rounds for case, said in zip(cases, answers, strict=True)], using)
    added: dict[str, list[Attempt]] = {case.id: [] for case in cases}
    for answers in rounds:
        for case, said in zip(cases, answers, strict=True):
            added[case.id].append(attempted(case, said.text, error=said.error, steps=said.steps, using=using))
    return [replace(result, repeats=(*result.repeats, *added.get(result.case, ()))) for result in results]


def with_variants(results: Sequence[Result], asking: Asking, cases: Sequence[Case]) -> list[Result]:
    """The results with what the agent said to variants of these cases' questions, each a round of its own."""
    made = {case.id: variants(case.question, asking.variants) for case in cases}
    using, found = asking.paper.models.graders, {result.case: result for result in results}
    for number in range(max(map(len, made.values()), default=0)):
        asked = [case for case in cases if number < len(made[case.id])]
        worded = [replace(case, question=made[case.id][number]) for case in asked]
        for case, said in zip(asked, asking.round(VARIANTS_FROM + number, worded), strict=True):
            more = attempted(case, said.text, error=said.error, steps=said.steps, using=using)
            found[case.id] = replace(found[case.id], variants=(*found[case.id].variants, more))
    return list(found.values())


def redacted_answer(paper: Exam, case: Case, text: str | None) -> str | None:
    if text is None:
        return None
    origin, project = paper.origins[case.id], paper.release.dataset.project
    return redact(text, project.redaction_policy, project.numbering(origin.external_id, origin.placeholders))


def redacted_steps(paper: Exam, case: Case, steps: str | None) -> Redacted | None:
    """What the candidate did, as it is graded and kept."""
    return candidate_steps.redacted(paper.release.dataset.project, paper.origins[case.id], steps)
