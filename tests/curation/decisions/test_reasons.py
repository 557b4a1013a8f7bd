"""The words of every reason are in one place."""

from curation.decisions.reasons import AT_THE_GATE, HELD, REASONS, Kind, Reason, of, short
from curation.filters.filters import HOLD
from curation.gate.case_graders import JUDGE_DIVIDED, NOT_DISCRIMINATING
from curation.models.derived import ASKED, HELD_BACK
from curation.review import double_review
from curation.review.opening import ASKED_OF_RECORDS, AUDIT
from curation.selection.selection import FOR_A_PERSON
from docs.generate import findings


def test_every_reason_has_a_sentence() -> None:
    named = [AUDIT, double_review.DIFFER, JUDGE_DIVIDED, NOT_DISCRIMINATING]
    sets = [Reason, HELD, HOLD, ASKED, HELD_BACK, ASKED_OF_RECORDS, FOR_A_PERSON, named]
    assert {str(code) for codes in sets for code in codes} <= set(REASONS)
    assert all(words.sentence and len(words.sentence) < 120 for words in REASONS.values())


def test_every_reason_for_a_review_task_has_a_few_words_for_a_list() -> None:
    asked = [
        *of(Kind.FILTER, Kind.RIVAL, Kind.GUARD, Kind.GATE, Kind.CHECK, Kind.AUDIT),
        "bare_down",
        "conflicting_votes",
    ]
    assert all(REASONS[code].short and short(code) == REASONS[code].short for code in asked)
    assert short("of_an_older_version") == "of an older version"


def test_every_code_of_the_gate_is_in_words_also_where_another_run_is_at_fault() -> None:
    codes = {key for (maker, key), _ in dict(findings()).items() if maker in ("Reason", "about")}
    assert set(AT_THE_GATE) <= codes and not [code for code in codes if "_" in short(code)]
    assert short("earlier_broken_seal") == "an earlier run: results were changed"
    assert short("baseline_timed_out") == "the baseline: answers came too late"
    assert short("baseline_unpaired") == AT_THE_GATE["baseline_unpaired"]
