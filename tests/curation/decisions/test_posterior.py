"""What many people's feedback on one question adds up to: which claim is right, how sure that is, and on what evidence."""

from datetime import UTC, datetime, timedelta

import pytest

from curation.decisions.posterior import (
    EvidenceSettings,
    Stance,
    Standing,
    Tier,
    Verdict,
    Word,
    believed,
    posterior,
    standings,
)

START = datetime(2026, 6, 1, tzinfo=UTC)
A, B, C = 1, 2, 3
SIGNS = {"+": Stance.UP, "-": Stance.DOWN, "!": Stance.REVIEW_UP, "x": Stance.REVIEW_DOWN}


def words(said: str, **given: object) -> list[Word]:
    """`A+ B- A>B` as three people's words in order: for A, against B, a correction of A to B."""
    made = []
    for number, text in enumerate(said.split()):
        claim = ord(text[0]) - ord("A") + 1
        stance = Stance.REPLACED if text[1] == ">" else SIGNS[text[1]]
        proposed = ord(text[2]) - ord("A") + 1 if text[1] == ">" else None
        person = -(number + 1) if text[1] in "!x" else number + 1
        word = Word(START + timedelta(hours=number), number, person, number, claim, stance, proposed)
        made.append(word._replace(**given))  # type: ignore[arg-type]
    return made


def doubted(person: int, proposed: int, **given: object) -> Word:
    """A correction of A that does not read like an answer."""
    word = Word(START, 100 + person, person, person, A, Stance.DOWN, proposed)
    return word._replace(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("others", "backed"),
    [
        (words("B+"), True),  # somebody found the same right
        (words("C>B"), True),  # or wrote it as an answer
        (words("C!"), False),
        (words("B-"), False),
        ([], False),
        ([doubted(8, B), doubted(9, B)], False),  # however many wrote it
        ([Word(START, 1, 7, 1, B, Stance.UP)], False),  # the writer's own vote
    ],
)
def test_a_correction_that_does_not_read_like_an_answer_is_one_where_others_say_the_same(
    others: list[Word], backed: bool
) -> None:
    heard = believed([doubted(7, B), *others])[0]
    assert (heard.stance, heard.proposed) == ((Stance.REPLACED, B) if backed else (Stance.DOWN, None))


def test_a_cited_source_that_contains_a_correction_makes_it_an_answer() -> None:
    assert believed([doubted(7, B, sourced=True)])[0].stance == Stance.REPLACED


def of(said: str, **given: object) -> dict[int, Standing]:
    return standings(words(said, **given))


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("A+", A),
        ("A>B", B),
        ("A-", None),
        ("A+ A-", None),
        ("A+ A>B", None),
        ("A+ A+ A+ A-", A),
        ("A+ B+", None),
        ("A+ A+ B+ A+", A),
        ("B- A+", A),
        ("A>B A>C", None),
        ("A>B B+", B),
        ("A- A- A>B", B),
        ("A- A! A-", A),
        ("A+ A+ Ax", None),
        ("A+ A+ A+ B!", B),
        ("A+ B- B- B- C>B", None),  # one person alone against another: each spoke for their own
        ("A- A- A- C+ A>B", None),
        ("A- A- A- A>B", B),
        ("A+ A+ A+ A+ A+ A+ A>B", A),
        ("A+ A+ A+ A+ B+", A),  # one up-vote on another answer is no correction of this one
    ],
)
def test_one_line_of_the_table(said: str, right: int | None) -> None:
    found = [claim for claim, one in of(said).items() if one.verdict == Verdict.RIGHT]
    assert found == ([] if right is None else [right])


def test_forty_confirmations_do_not_fall_to_one_voice_and_fall_to_some_that_agree() -> None:
    confirmed = " ".join(["A+"] * 40)
    assert of(f"{confirmed} A>B")[A].verdict == Verdict.RIGHT
    assert of(f"{confirmed} A>B A>B B+ A>B")[B].verdict == Verdict.RIGHT


def test_few_people_who_found_an_answer_right_do_not_hold_against_a_newer_correction() -> None:
    settings = EvidenceSettings(threshold=0.3)
    few, many = words("A+ A+ A+ A+ A>B"), words("A+ A+ A+ A+ A+ A+ A>B")
    assert standings(few, settings)[A].verdict == Verdict.DOUBT and posterior(few, settings)[A] > 0.3
    assert standings(many, settings)[A].verdict == Verdict.RIGHT
    assert standings([*few[:-1], few[-1]._replace(claim=C)], settings)[A].verdict == Verdict.RIGHT


def test_a_person_counts_once_with_the_newest_word() -> None:
    often = [word._replace(person=7) for word in words("A+ A+ A+ A-")]
    found = standings(often)[A]
    assert (found.supporters, found.opponents, found.conversations) == (0, 1, 4) and found.verdict == Verdict.DOUBT
    nobody = standings([word._replace(person=0) for word in words("A+ A+")])[A]
    assert (nobody.supporters, nobody.tier) == (1, Tier.SINGLE), "all words without a person count as one"


def test_who_finds_another_answer_wrong_takes_nothing_back() -> None:
    one = [word._replace(person=7) for word in words("A+ B-")]
    assert {claim: found.verdict for claim, found in standings(one).items()} == {A: Verdict.RIGHT}
    again = [word._replace(person=7) for word in words("B- A+")]
    assert standings(again)[A].verdict == Verdict.RIGHT
    changed = [word._replace(person=7) for word in words("A+ B+")]
    assert {claim: found.supporters for claim, found in standings(changed).items()} == {B: 1}
    withdrawn = [word._replace(person=7) for word in words("A+ B- A- C-")]
    assert all(not found.supporters for found in standings(withdrawn).values())


def test_one_person_may_find_several_long_answers_right_and_counts_once_for_each() -> None:
    often = [word._replace(person=7, length=900) for word in words("A+ B+ A+ C+ C-")]
    found = standings(often)
    assert {found[A].verdict, found[B].verdict} == {Verdict.RIGHT, Verdict.ACCEPTED}
    assert found[C].verdict == Verdict.WRONG
    assert {claim: (one.supporters, one.opponents) for claim, one in found.items()} == {A: (1, 0), B: (1, 0), C: (0, 1)}


def test_a_changed_source_leaves_earlier_support_about_one_vote() -> None:
    before, after = words("A+ A+ A+ A+ A+", sources=5), words("A+ A+ A+ A+ A+ A-")
    assert standings(before)[A].probability > 0.99
    late = [word._replace(sources=5 if number < 5 else 6) for number, word in enumerate(after)]
    assert posterior(late)[A] < 0.5 < posterior(after)[A]


@pytest.mark.parametrize(
    ("said", "given", "tier"),
    [
        ("A+", {}, Tier.SINGLE),
        ("A+ A+", {}, Tier.SEVERAL),
        ("A+", {"sourced": True}, Tier.SOURCED),
        ("A!", {}, Tier.REVIEWED),
    ],
)
def test_the_tier_says_what_a_claim_rests_on(said: str, given: dict[str, object], tier: Tier) -> None:
    assert of(said, **given)[A].tier == tier


def test_a_correction_that_a_cited_source_contains_outranks_a_few_votes() -> None:
    assert of("A+ A+ A>B")[B].verdict != Verdict.RIGHT
    last = [word._replace(sourced=word.proposed is not None) for word in words("A+ A>B")]
    assert standings(last)[B].verdict == Verdict.RIGHT


def test_long_answers_to_one_question_may_all_be_right() -> None:
    assert {one.verdict for one in of("A+ B+", length=900).values()} == {Verdict.RIGHT, Verdict.ACCEPTED}
    assert {one.verdict for one in of("A+ B+", length=80).values()} == {Verdict.DOUBT}


def test_a_short_answer_to_a_question_makes_no_rivals_of_long_ones() -> None:
    said = [word._replace(length=80 if word.claim == C else 900) for word in words("A+ B+ C- B+ A+")]
    assert {claim: one.verdict for claim, one in standings(said).items()} == {
        A: Verdict.ACCEPTED,
        B: Verdict.RIGHT,
        C: Verdict.WRONG,
    }


def test_a_long_answer_of_one_person_waits_where_several_found_another_one_right() -> None:
    found = of("A+ B+ B+", length=900)
    assert (found[A].verdict, found[B].verdict) == (Verdict.DOUBT, Verdict.RIGHT)
    found = of("A+ B+ B+ B- B- B-", length=900)  # the other one is in doubt itself
    assert (found[A].verdict, found[B].verdict) == (Verdict.RIGHT, Verdict.WRONG)
    reviewed = of("A! B+ B+", length=900)
    assert Verdict.DOUBT not in (reviewed[A].verdict, reviewed[B].verdict)


def test_a_corrected_answer_with_half_as_many_critics_as_believers_waits() -> None:
    assert of("A>B A- A+ A+ A+ A+")[A].verdict == Verdict.DOUBT
    assert of("A- A- A+ A+ A+ A+")[A].verdict == Verdict.RIGHT  # nobody wrote what is right instead
    assert of("A>B A- A+ A+ A+ A+ A+")[A].verdict == Verdict.RIGHT
    assert of("A>B A+ A+")[A].verdict == Verdict.RIGHT  # one critic alone
    assert of("A>B A- A- A+ A+ A!")[A].verdict == Verdict.RIGHT  # a reviewer settled it


def test_where_everybody_has_an_answer_of_their_own_it_depends_on_who_asks() -> None:
    assert {one.verdict for one in of("A+ B+ C+ D+ E+").values()} == {Verdict.DEPENDS}
    assert Verdict.DEPENDS not in {one.verdict for one in of("A+ A+ A+ A+ B+ C+ D+").values()}


def test_the_order_in_which_words_arrive_makes_no_difference() -> None:
    said = words("A+ B+ A>B B+ A- C+")
    assert standings(said) == standings(said[::-1])


def test_a_setting_that_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        EvidenceSettings(threshold=1.2)
    with pytest.raises(ValueError, match="unknown settings: thresh"):
        EvidenceSettings.from_dict({"thresh": 0.5})
