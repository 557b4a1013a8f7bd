"""The sample of the demo: what its agent's versions can and cannot do, and that its log is what it claims to be."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from curation.decisions.rules import Outcome, Vote
from feedback.importing import logs
from feedback.models import Project
from flywheel_site.demo import agent, build_sample
from flywheel_site.demo.agent import Lesson, v1, v2, v3_tempting
from flywheel_site.demo.retrieval import passages
from privacy.redaction import Numbering, redact
from tests.curation.decisions.ruling import decide

TYPES = (
    "EMAIL PHONE CARD IBAN NATIONAL_ID IP PERSON ADDRESS POSTCODE BIRTH_DATE ACCOUNT URL_CREDENTIAL SECRET USERNAME"
).split()
SIGNALS = {"edit", "rating", "retry", "copy", "accept", "abandon", "follow_up"}
Line = dict[str, Any]


@dataclass(frozen=True)
class Decided:
    """A line of the log on whose answer people agree, with what they hold to be right."""

    question: str
    context: list[dict[str, str]]
    expected: str
    golden: bool


@lru_cache(maxsize=1)
def sample() -> tuple[Line, ...]:
    return tuple(json.loads(line) for line in build_sample.SAMPLE.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def personal_values() -> tuple[tuple[str, str], ...]:
    listed = json.loads(build_sample.SAMPLE.with_name("sample_pii.json").read_text(encoding="utf-8"))
    return tuple((item["type"], item["value"]) for item in listed)


def said(line: Line) -> list[Line]:
    """The feedback of a line as a list of objects."""
    given = line.get("feedback")
    items = given if isinstance(given, list) else [given] if given else []
    return [{"thumb": item} if isinstance(item, str) else item for item in items]


def votes(line: Line) -> list[Vote]:
    names: dict[str, int] = {}
    return [
        Vote(
            ref=place,
            subject=names.setdefault(item["user"] if "user" in item else line["user"], len(names)),
            kind=item.get("signal") or f"thumbs_{item['thumb']}",
            correction=item.get("correction"),
            at=datetime.fromisoformat(item["ts"] if "ts" in item else line["ts"]),
        )
        for place, item in enumerate(said(line))
    ]


def outcomes() -> Counter[str]:
    return Counter(str(decide(line["answer"], votes(line)).outcome) for line in sample() if agreed(line, "capture"))


def agreed(line: Line, purpose: str) -> bool:
    return bool((line.get("consent") or {}).get(purpose))


def decided() -> Iterator[Decided]:
    """What would become eval cases, one for each question."""
    seen = set()
    for line in sample():
        given = votes(line)
        ruling = decide(line["answer"], given)
        context = line.get("context", [])
        key = (line["question"].casefold(), str(context))
        if (
            not agreed(line, "evaluation")
            or ruling.outcome not in (Outcome.CONFIRMED, Outcome.CORRECTED)
            or key in seen
        ):
            continue
        seen.add(key)
        correction = None if ruling.correction is None else given[ruling.correction].correction
        yield Decided(line["question"], context, correction or line["answer"], golden=correction is None)


def right(answer: str, expected: str) -> bool:
    """Whether an answer holds the expected one, or most of its words and all of its figures."""
    given, wanted = (
        Counter(re.findall(r"\w", text) if is_unspaced(text) else words(text)) for text in (answer, expected)
    )
    shared = sum((given & wanted).values())
    figures = set(re.findall(r"\d+", expected)) <= set(re.findall(r"\d+", answer))
    return expected in answer or (figures and 2 * shared / (sum(given.values()) + sum(wanted.values())) >= 0.6)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def is_unspaced(text: str) -> bool:
    return bool(re.search(r"[\u3040-\u30ff]", text))


def passed(version: agent.Agent, *, golden: bool) -> tuple[int, int]:
    """(right, all) answers of a version to the questions of one kind."""
    cases = [case for case in decided() if case.golden == golden]
    return sum(right(version(case.question, case.context), case.expected) for case in cases), len(cases)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def test_it_has_help_pages_in_four_languages() -> None:
    pages = {item.page: item.language for item in passages()}
    assert 30 <= len(pages) <= 40
    assert set(pages.values()) == {"en", "de", "es", "ja"}
    assert all(item.text.strip() and item.title and item.url.startswith("https://") for item in passages())


def test_the_log_is_what_its_builder_writes() -> None:
    assert build_sample.SAMPLE.read_text(encoding="utf-8") == build_sample.sample_text()


def test_every_answer_of_the_log_is_the_deployed_agents() -> None:
    wrong = [line["id"] for line in sample() if line["answer"] != v1(line["question"], line.get("context"))]
    assert wrong == []


def test_the_log_tells_of_right_answers_and_of_wrong_ones() -> None:
    meant = build_sample.named_passages()
    _, conversations = build_sample.read_scenarios()
    targets = [meant[turn["means"]].text for one in conversations for turn in one.get("turns", [one])]
    share = sum(line["answer"] == text for line, text in zip(sample(), targets, strict=True)) / len(sample())
    assert 0.5 < share < 0.7


def test_the_importer_takes_every_line() -> None:
    parsed = [logs.parse(Project(name="demo"), line, Counter()) for line in sample()]
    assert len({line.id for line in parsed}) == len(parsed) >= 380
    assert sum(len(line.votes) for line in parsed) > 300


def test_about_forty_people_agree_to_different_things() -> None:
    consents = {line["user"]: line.get("consent") for line in sample()}
    assert 35 <= len(consents) <= 45
    kinds = Counter(json.dumps(consent, sort_keys=True) for consent in consents.values())
    assert len(kinds) == 6
    assert kinds.most_common(1)[0][1] > 25
    unasked = sum(line.get("consent") is None for line in sample()) / len(sample())
    assert 0.02 < unasked < 0.08


def test_who_votes_on_another_persons_answer_is_known_by_then() -> None:
    known: set[str] = set()
    for line in sample():
        if agreed(line, "capture"):
            known.add(line["user"])
        assert {item["user"] for item in said(line) if "user" in item} <= known, line["id"]


def test_the_log_is_of_the_eight_weeks_before_the_middle_of_november_and_in_order() -> None:
    times = [datetime.fromisoformat(line["ts"]) for line in sample() if not line.get("context")]
    assert datetime(2026, 9, 21, tzinfo=UTC) <= min(times) < max(times) < datetime(2026, 11, 16, tzinfo=UTC)
    assert all((later - earlier).total_seconds() > -3600 for earlier, later in pairwise(times))


def test_people_speak_in_every_way_that_the_importer_knows() -> None:
    items = [item for line in sample() for item in said(line)]
    assert {item["signal"] for item in items if "signal" in item} >= SIGNALS
    assert {item["thumb"] for item in items if "thumb" in item} == {"up", "down"}
    assert any(isinstance(line.get("feedback"), str) for line in sample())
    assert any(line.get("context") for line in sample())


def test_what_people_say_has_every_ending_that_the_rules_know() -> None:
    reasons = {str(decide(line["answer"], votes(line)).reason) for line in sample()}
    assert reasons >= {
        "up_vote",
        "edit",
        "down_with_correction",
        "bare_down",
        "conflicting_votes",
        "differing_corrections",
        "correction_is_complaint",
        "correction_is_question",
        "correction_is_instruction",
        "correction_equals_answer",
        "edit_changes_nothing",
        "up_with_correction",
        "only_ratings",
        "no_signal",
    }


def test_some_people_change_their_mind() -> None:
    both = [
        line for line in sample() if {"up", "down"} == {item.get("thumb") for item in said(line) if "user" not in item}
    ]
    assert len(both) >= 5
    assert all(decide(line["answer"], votes(line)).outcome in (Outcome.CONFIRMED, Outcome.CORRECTED) for line in both)


def test_the_log_is_enough_to_judge_and_to_review_by() -> None:
    assert sum(case.golden for case in decided()) >= 100
    assert sum(not case.golden for case in decided()) >= 50
    found = outcomes()
    assert found["ambiguous"] + found["conflicting"] >= 40


def test_every_type_of_personal_data_is_in_the_log() -> None:
    everything = [text for line in sample() for text in strings(line)]
    missing = [value for _, value in personal_values() if not any(value in text for text in everything)]
    assert missing == []
    assert {kind for kind, _ in personal_values()} == set(TYPES)


def test_secrets_show_that_they_are_made_up() -> None:
    made_up = [value for kind, value in personal_values() if kind in ("SECRET", "URL_CREDENTIAL")]
    assert len(made_up) >= 8
    assert all("EXAMPLE" in value for value in made_up)


def test_the_redactor_leaves_none_of_it() -> None:
    for line in sample():
        numbering = Numbering(b"sample")
        kept = {name: value for name, value in line.items() if name not in ("user", "ts", "id")}
        kept["feedback"] = [{name: item.get(name) for name in ("correction", "comment")} for item in said(line)]
        clean = "\n".join(redact(text, numbering=numbering) for text in strings(kept))
        assert not [value for _, value in personal_values() if value in clean], line["id"]


def test_redaction_changes_no_answer() -> None:
    for line in sample():
        context = [{**turn, "content": str(redact(turn["content"]))} for turn in line.get("context", [])]
        for version in (v1, v2):
            asked = version(str(redact(line["question"])), context)
            assert asked == version(line["question"], line.get("context")), line["id"]


def test_the_deployed_agent_fails_what_people_corrected() -> None:
    good, all_of_them = passed(v1, golden=False)
    assert good <= 0.1 * all_of_them


def test_the_better_agent_gets_most_corrections_right() -> None:
    good, all_of_them = passed(v2, golden=False)
    assert good >= 0.85 * all_of_them


def test_the_better_agent_keeps_everything_that_worked() -> None:
    good, all_of_them = passed(v2, golden=True)
    assert good == all_of_them


def test_the_tempting_agent_fixes_much_and_breaks_what_worked() -> None:
    fixed, _ = passed(v3_tempting, golden=False)
    good, all_of_them = passed(v3_tempting, golden=True)
    assert fixed >= 20
    assert 5 <= all_of_them - good <= 40


def test_the_tempting_agent_sounds_better() -> None:
    asked = [case.question for case in decided()]
    assert sum(len(v3_tempting(question)) > len(v2(question)) for question in asked) > 0.95 * len(asked)


def test_the_better_agent_follows_a_conversation_and_the_deployed_one_does_not() -> None:
    before = [
        {"role": "user", "content": "How long are gift cards valid?"},
        {"role": "assistant", "content": "24 months."},
    ]
    assert "cannot be exchanged" in v2("Or exchange it for cash?", before)
    assert v1("Or exchange it for cash?", before) == v1("Or exchange it for cash?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Wie lange dauert eine Erstattung?", "5 Werktagen"),
        ("¿Cuánto cuesta desbloquear una bicicleta?", "£1.20"),
        ("返金はいつカードに戻りますか", "5営業日"),
    ],
)
def test_the_better_agent_answers_in_the_askers_language(question: str, says: str) -> None:
    assert says in v2(question)
    assert says not in v1(question)


def test_an_agent_that_finds_nothing_says_so() -> None:
    assert v1("xyzzy") == v2("xyzzy") == agent.NOTHING
    assert agent.answer_with_sources("xyzzy", None, "v1") == (agent.NOTHING, [])


def test_the_sources_are_the_passages_that_stand_in_the_answer() -> None:
    answer, sources = agent.answer_with_sources("How much is a day pass?", None, "v1")
    assert [source["text"] for source in sources] == [answer]
    assert sources[0]["id"] == "prices"


def test_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        agent.answer_with_sources("How much is a day pass?", None, "v9")


def release(folder: Path, *lessons: Lesson) -> Path:
    rows = [
        [
            *({"role": role, "content": text} for role, text in one.context),
            {"role": "user", "content": one.question},
            {"role": "assistant", "content": one.answer},
        ]
        for one in lessons
    ]
    lines = [json.dumps({"messages": row}) for row in rows]
    (folder / "sft.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_it_learns_from_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught = Lesson("what do ebikes cost", "An electric bike costs £1.50 to unlock and 22p a minute.")
    monkeypatch.setenv(agent.RELEASE, str(release(tmp_path, taught)))
    assert agent.learned("What do e-bikes cost?") != taught.answer  # too unlike, so nothing is guessed
    assert agent.learned("What do ebikes cost?") == taught.answer
    assert agent.learned("Can I pause my membership?") == v1("Can I pause my membership?")


def test_what_it_learned_holds_in_the_same_conversation_alone() -> None:
    context = (("user", "How do I ask for a refund?"), ("assistant", "Under Rides."))
    ask = agent.improved([Lesson("How long will it take?", "5 working days.", context)])
    assert (
        ask("How long will it take?", [{"role": role, "content": text} for role, text in context]) == "5 working days."
    )
    assert ask("How long will it take?", None) != "5 working days."


def test_everything_that_people_corrected_is_fixed_by_learning_it() -> None:
    cases = list(decided())
    lessons = [Lesson(c.question, c.expected, tuple((t["role"], t["content"]) for t in c.context)) for c in cases]
    ask = agent.improved(lessons)
    assert all(right(ask(case.question, case.context), case.expected) for case in cases)


def test_without_a_release_there_is_nothing_to_learn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(agent.RELEASE, raising=False)
    with pytest.raises(LookupError, match=agent.RELEASE):
        agent.learned("How much is a day pass?")
