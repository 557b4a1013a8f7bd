"""Reason codes of decisions, records and review tasks: each code once, with its kind and its words."""

from enum import StrEnum
from typing import Final, NamedTuple


class Reason(StrEnum):
    """Why a ruling is what it is. `REASONS` has the words for each."""

    UP_VOTE = "up_vote"
    EDIT = "edit"
    DOWN_WITH_CORRECTION = "down_with_correction"
    BARE_DOWN = "bare_down"
    CONFLICTING_VOTES = "conflicting_votes"
    DIFFERING_CORRECTIONS = "differing_corrections"
    CORRECTION_IS_COMPLAINT = "correction_is_complaint"
    CORRECTION_IS_INSTRUCTION = "correction_is_instruction"
    CORRECTION_IS_QUESTION = "correction_is_question"
    CORRECTION_IS_FRAGMENT = "correction_is_fragment"
    CORRECTION_IS_NO_ANSWER = "correction_is_no_answer"
    CORRECTION_IS_PLACEHOLDER = "correction_is_placeholder"
    CORRECTION_IS_EMPTY = "correction_is_empty"
    CORRECTION_EQUALS_ANSWER = "correction_equals_answer"
    EDIT_CHANGES_NOTHING = "edit_changes_nothing"
    UP_WITH_CORRECTION = "up_with_correction"
    ONLY_RATINGS = "only_ratings"
    NO_SIGNAL = "no_signal"
    SEVERAL_FOUND_RIGHT = "several_found_right"
    PEOPLE_DIFFER = "people_differ"
    OTHER_FOUND_RIGHT = "other_found_right"
    DEPENDS_ON_ASKER = "depends_on_asker"
    ANSWER_IS_EMPTY = "answer_is_empty"
    REVIEW_APPROVED = "review_approved"
    REVIEW_CORRECTED = "review_corrected"
    REVIEW_REJECTED = "review_rejected"
    REVIEW_SENSITIVE = "review_sensitive"
    REVIEW_UNSURE = "review_unsure"
    REVIEW_USED = "review_used"
    REVIEW_NEVER = "review_never"


class Kind(StrEnum):
    """What a reason is about. A record of the kinds filter, rival, guard or dispute is held until a person has looked."""

    VOTES = "votes"
    REVIEW = "review"
    FILTER = "filter"
    RIVAL = "rival"
    GUARD = "guard"
    DISPUTE = "dispute"
    GATE = "gate"
    CHECK = "check"
    AUDIT = "audit"


class Words(NamedTuple):
    """A reason's kind, the sentence that a person reads, the few words for a list, and the priority of its task."""

    kind: Kind
    sentence: str
    short: str = ""
    priority: int = 10


LEAST_SURE: Final = "least_sure"

REASONS: Final[dict[str, Words]] = {
    Reason.UP_VOTE: Words(Kind.VOTES, "Everybody who voted found the answer good."),
    Reason.EDIT: Words(Kind.VOTES, "A person rewrote the answer."),
    Reason.DOWN_WITH_CORRECTION: Words(Kind.VOTES, "A person found the answer wrong and wrote the right one."),
    Reason.BARE_DOWN: Words(
        Kind.VOTES, "The answer was voted down and nobody wrote a better one.", "voted down, no better answer"
    ),
    Reason.CONFLICTING_VOTES: Words(
        Kind.VOTES, "Some found the answer good and others found it wrong.", "votes conflict"
    ),
    Reason.DIFFERING_CORRECTIONS: Words(
        Kind.VOTES, "People corrected the answer in different ways.", "corrections differ"
    ),
    Reason.CORRECTION_IS_COMPLAINT: Words(
        Kind.VOTES, "The correction says that the answer is wrong, but gives no answer.", "correction is a complaint"
    ),
    Reason.CORRECTION_IS_INSTRUCTION: Words(
        Kind.VOTES, "The correction asks for another answer, but gives none.", "correction is an instruction"
    ),
    Reason.CORRECTION_IS_QUESTION: Words(Kind.VOTES, "The correction is a question.", "correction is a question"),
    Reason.CORRECTION_IS_FRAGMENT: Words(
        Kind.VOTES, "The correction is at most part of an answer.", "correction is a fragment", 15
    ),
    Reason.CORRECTION_IS_NO_ANSWER: Words(
        Kind.VOTES, "The correction does not answer the question.", "correction is no answer"
    ),
    Reason.CORRECTION_IS_PLACEHOLDER: Words(
        Kind.VOTES, "Nothing but redacted values is left of the correction.", "correction is redacted away"
    ),
    Reason.CORRECTION_IS_EMPTY: Words(Kind.VOTES, "The edit left no text.", "correction is empty"),
    Reason.CORRECTION_EQUALS_ANSWER: Words(
        Kind.VOTES, "The answer was voted down, but the correction says the same.", "correction says the same"
    ),
    Reason.EDIT_CHANGES_NOTHING: Words(
        Kind.VOTES, "The answer was edited without a change: neither praise nor a correction.", "edit changes nothing"
    ),
    Reason.UP_WITH_CORRECTION: Words(
        Kind.VOTES, "A person found the answer good but rewrote it anyway.", "voted up, but rewritten"
    ),
    Reason.SEVERAL_FOUND_RIGHT: Words(
        Kind.VOTES, "Taken together, people found this answer to the question right.", "people found it right"
    ),
    Reason.PEOPLE_DIFFER: Words(
        Kind.VOTES, "Taken together, people do not agree on the right answer to this question.", "people differ"
    ),
    Reason.OTHER_FOUND_RIGHT: Words(
        Kind.VOTES, "People found another answer to the same question right.", "another answer was found right"
    ),
    Reason.DEPENDS_ON_ASKER: Words(
        Kind.VOTES,
        "The right answer depends on who asks, or when: people found many different ones right.",
        "depends on who asks",
    ),
    Reason.ONLY_RATINGS: Words(Kind.VOTES, "There are only ratings, and a rating is not a vote."),
    Reason.NO_SIGNAL: Words(Kind.VOTES, "Nobody voted on the answer."),
    Reason.ANSWER_IS_EMPTY: Words(
        Kind.VOTES, "The answer was found good, but says nothing.", "voted up, but says nothing"
    ),
    Reason.REVIEW_APPROVED: Words(Kind.REVIEW, "A reviewer found the answer right."),
    Reason.REVIEW_CORRECTED: Words(Kind.REVIEW, "A reviewer wrote the right answer."),
    Reason.REVIEW_REJECTED: Words(Kind.REVIEW, "A reviewer found it of no use."),
    Reason.REVIEW_SENSITIVE: Words(Kind.REVIEW, "A reviewer found it too sensitive to use."),
    Reason.REVIEW_UNSURE: Words(Kind.REVIEW, "A reviewer could not tell."),
    Reason.REVIEW_USED: Words(Kind.REVIEW, "A reviewer found that it may be used as it was decided."),
    Reason.REVIEW_NEVER: Words(Kind.REVIEW, "A reviewer found that it must never be used."),
    "sensitive_topic": Words(
        Kind.FILTER, "It touches a sensitive topic. May it be used?", "touches a sensitive topic", 20
    ),
    "prompt_injection": Words(
        Kind.FILTER, "Its text may try to instruct a reader or a judge. Is it harmless?", "may instruct its reader", 30
    ),
    "media": Words(
        Kind.FILTER,
        "It comes with a picture, a recording or a file, which releases leave out. May its text be used alone?",
        "comes with media",
    ),
    "classifier": Words(
        Kind.FILTER, "The project's own classifier stopped it. May it be used?", "stopped by the project's classifier"
    ),
    "answers_differ": Words(
        Kind.RIVAL,
        "Another answer to the same question was confirmed too. Is this one right?",
        "confirmed answers differ",
    ),
    "contradicts_review": Words(
        Kind.RIVAL,
        "Somebody corrected what a reviewer had decided. Is the correction right?",
        "contradicts a reviewer",
        25,
    ),
    "pushed_phrase": Words(
        Kind.GUARD, "A few people often use the same phrase. Is the answer right?", "a few people push a phrase"
    ),
    "spread_phrase": Words(
        Kind.GUARD, "Many people wrote a phrase that no source has. Is the answer right?", "many people spread a phrase"
    ),
    "rare_words": Words(
        Kind.GUARD,
        "It names something that hardly anybody else wrote. Could that reveal who asked?",
        "names something rare",
    ),
    "unknown_names": Words(
        Kind.GUARD,
        "The answer names something that no source and no approved record has. Is it right?",
        "names something unknown",
    ),
    "subject_cap": Words(
        Kind.GUARD,
        "Many records in use already rest on one person alone. Is the answer right?",
        "too much rests on one person",
    ),
    "cohort_cap": Words(
        Kind.GUARD,
        "Many records in use rest on people who came at the same time. Is the answer right?",
        "many people came at once",
    ),
    "source_changed": Words(
        Kind.GUARD,
        "A source has changed, and no longer says what the answer took from it. Is the answer still right?",
        "its source has changed",
        20,
    ),
    "quorum": Words(Kind.GUARD, "Too few people have voted on it. Is the answer right?", "too few have voted"),
    "reviewers_differ": Words(Kind.DISPUTE, "Two reviewers differ; a curator decides.", "reviewers differ"),
    "second_review": Words(Kind.DISPUTE, "A second reviewer has not decided yet."),
    "not_discriminating": Words(Kind.GATE, "The gate cannot judge answers to this question", "no grader can judge it"),
    "judge_divided": Words(
        Kind.GATE, "The gate's judge was divided on an answer to this question", "the gate's judge was divided"
    ),
    LEAST_SURE: Words(
        Kind.CHECK, "It is in use, but has less evidence than most. Is it right?", "in use, little evidence", 5
    ),
    "audit": Words(Kind.AUDIT, "It was drawn at random. Judge the answer by itself.", "drawn at random"),
}


TIERS: Final = {
    "single": "one person's word",
    "several": "several people",
    "sourced": "a source that contains it",
    "reviewed": "a reviewer",
}
"""What a right answer can rest on, by its tier."""


AT_THE_GATE: Final = {
    "anchor_drop": "worse than an earlier run",
    "bad_case": "cases cannot be used",
    "baseline_unpaired": "little to compare with",
    "below_min_golden": "too few golden cases pass",
    "broken_seal": "results were changed",
    "copied_expected": "expected answers are copied",
    "duplicate_case": "a case appears twice",
    "duplicate_result": "a case has two results",
    "empty_answer": "answers are empty",
    "errored": "the agent failed",
    "fixed_regressions": "corrected cases fail again",
    "golden_regressions": "golden cases fail",
    "invalid_score": "scores cannot be used",
    "malformed": "results cannot be read",
    "missing_result": "cases have no result",
    "more_brittle": "variants of questions fail",
    "never_again": "never-again cases fail",
    "plainly_worse": "worse beyond doubt, so asking stopped early",
    "replayed": "the baseline's own answers",
    "significant_drop": "worse beyond chance",
    "silent_grader": "the grading model did not answer",
    "slice_drop": "worse in one slice",
    "stale_cases": "answers to older cases",
    "stale_grader": "graded by other graders",
    "stale_result": "an answer to an older case",
    "tampered": "scores that no answer earned",
    "timed_out": "answers came too late",
    "too_few_cases": "too few cases",
    "too_few_discriminating": "too few cases that can be graded",
    "too_many_repeats": "too many repetitions",
    "unknown_case": "cases of another release",
    "wrong_release": "results of another release",
}
"""Why the gate refuses or cannot judge, in a few words, where the code alone does not say it."""
OTHER_RUNS: Final = {"baseline": "the baseline", "earlier": "an earlier run"}
"""What a code of the gate begins with if its cause is in another run than the candidate's."""


def of(*kinds: Kind) -> tuple[str, ...]:
    """The codes of these kinds, in order."""
    return tuple(sorted(code for code, words in REASONS.items() if words.kind in kinds))


def short(code: str) -> str:
    """A reason, or any other code, in a few words for a list."""
    whose, _, rest = code.partition("_")
    if code not in AT_THE_GATE and rest in AT_THE_GATE and whose in OTHER_RUNS:
        return f"{OTHER_RUNS[whose]}: {AT_THE_GATE[rest]}"
    listed = REASONS[code].short if code in REASONS else AT_THE_GATE.get(code)
    return listed or code.replace("_", " ")


def detail(code: str, text: str) -> str:
    """What a reason says beyond its short words, next to which it is shown: "17 that the baseline passed: shop-1"."""
    return text.replace(f": {short(code)}", "", 1)


HELD: Final = of(Kind.FILTER, Kind.RIVAL, Kind.GUARD)
"""The reasons for which a record that has a label waits until a person says whether it may be used."""
