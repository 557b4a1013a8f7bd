"""A project's own rules: checked before they are used, and errors that name the place and not the value."""

import json

import pytest

from privacy.redaction import DEFAULT_POLICY, RULES_VERSION, Policy, RedactionError, Term, compile_policy, redact

TICKET = Term(type="TICKET", pattern=r"TCK-\d{4}", must_match=("TCK-1234",), must_not_match=("TCK-12",))


def test_a_term_finds_what_it_says() -> None:
    made = redact("see TCK-1234", Policy(terms=(TICKET,)))
    assert made == "see [TICKET_1]" and made.spans[0].rule == "term:TICKET"


def test_words_are_found_whole_and_in_any_case() -> None:
    words = Term(
        type="CODENAME", words=("Blue Heron", "Émile"), must_match=("blue heron",), must_not_match=("bluebird",)
    )
    policy = Policy(terms=(words,))
    assert redact("BLUE HERON met émile; blue herons did not", policy) == (
        "[CODENAME_1] met [CODENAME_2]; blue herons did not"
    )


def test_context_words_are_needed_nearby() -> None:
    term = Term(
        type="BADGE",
        pattern=r"\b\d{4}\b",
        context_words=("badge",),
        must_match=("badge 1234",),
        must_not_match=("1234",),
    )
    policy = Policy(terms=(term,))
    assert redact("badge 1234", policy) == "badge [BADGE_1]"
    assert redact("in 1234", policy) == "in 1234"


def test_a_validator_has_to_pass() -> None:
    term = Term(
        type="LOYALTY", pattern=r"\b\d{8}\b", validator="luhn", must_match=("12345674",), must_not_match=("12345678",)
    )
    assert redact("12345674 12345678", Policy(terms=(term,))) == "[LOYALTY_1] 12345678"


def test_what_is_allowed_stays() -> None:
    policy = Policy(allow=("Support@Example.org",))
    assert redact("support@example.org, ada@example.org", policy) == "support@example.org, [EMAIL_1]"


def test_a_type_can_be_switched_off_but_not_secrets() -> None:
    assert redact("from 192.0.2.7", Policy(off=frozenset({"IP"}))) == "from 192.0.2.7"
    for kind in ("SECRET", "URL_CREDENTIAL"):
        with pytest.raises(RedactionError, match="always"):
            compile_policy(Policy(off=frozenset({kind})))


@pytest.mark.parametrize(
    ("term", "place"),
    [
        (Term("ticket", pattern="x1", must_match=("x1",), must_not_match=("y",)), r"terms\[0\]\.type"),
        (Term("TICKET", must_match=("x",), must_not_match=("y",)), r"terms\[0\] needs a pattern or words"),
        (Term("TICKET", pattern="x", words=("x",), must_match=("x",), must_not_match=("y",)), "not both"),
        (Term("TICKET", pattern=r"(a)\1", must_match=("aa",), must_not_match=("y",)), r"pattern is not RE2 syntax"),
        (Term("TICKET", pattern=r"(?=a)a", must_match=("a",), must_not_match=("y",)), r"pattern is not RE2 syntax"),
        (Term("TICKET", pattern=r"a*", must_match=("a",), must_not_match=("y",)), "matches the empty text"),
        (Term("TICKET", pattern=r"a", must_not_match=("y",)), r"must_match needs at least one"),
        (Term("TICKET", pattern=r"a", must_match=("a",)), r"must_not_match needs at least one"),
        (Term("TICKET", pattern=r"a", must_match=("b",), must_not_match=("y",)), r"must_match\[0\] is not found"),
        (Term("TICKET", pattern=r"a", must_match=("a",), must_not_match=("a",)), r"must_not_match\[0\] is found"),
        (Term("TICKET", pattern=r"a", validator="nope", must_match=("a",), must_not_match=("y",)), "validator"),
        (Term("TICKET", words=(" ",), must_match=("a",), must_not_match=("y",)), r"terms\[0\]\.words"),
    ],
)
def test_a_term_that_is_not_fit_is_refused(term: Term, place: str) -> None:
    with pytest.raises(RedactionError, match=place):
        compile_policy(Policy(terms=(term,)))


def test_errors_do_not_quote_the_examples() -> None:
    term = Term("TICKET", pattern="a+", must_match=("hunter2",), must_not_match=("b",))
    with pytest.raises(RedactionError) as caught:
        compile_policy(Policy(terms=(term,)))
    assert "hunter2" not in str(caught.value)


def test_it_goes_through_json_and_back() -> None:
    policy = Policy(version="p-3", terms=(TICKET,), regions=("DE",), allow=("a",), off=frozenset({"IP", "PERSON"}))
    assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy
    assert Policy.from_dict({}) == DEFAULT_POLICY and DEFAULT_POLICY.version == RULES_VERSION


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"termz": []}, "termz"),
        ({"terms": {}}, "terms must be a list"),
        ({"terms": [{"pattern": "a"}]}, r"terms\[0\]"),
        ({"terms": [{"type": "A", "pattern": 1}]}, r"terms\[0\]\.pattern"),
        ({"terms": [{"type": "A", "words": "abc"}]}, r"terms\[0\]\.words"),
        ({"allow": "abc"}, "allow must be a list"),
        ({"regions": [1]}, "regions must be a list"),
    ],
)
def test_a_definition_of_the_wrong_shape_is_refused(given: dict[str, object], place: str) -> None:
    with pytest.raises(RedactionError, match=place):
        Policy.from_dict(given)


def test_a_detector_that_fails_takes_the_text_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from privacy.redaction import gates
    from privacy.redaction.hits import Detector, Page

    def broken(page: Page) -> list[object]:
        raise ValueError(page.text)

    gate = gates.Gate([Detector("broken", "ada", broken)])  # type: ignore[arg-type]
    monkeypatch.setattr("privacy.redaction.engine.gate", lambda compiled: gate)
    with pytest.raises(RedactionError, match="detector broken failed: ValueError") as caught:
        redact("ada@example.org")
    assert "example" not in str(caught.value) and caught.value.__cause__ is None


def test_a_gate_that_gives_up_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from privacy.redaction import gates

    gate = gates.Gate([])
    monkeypatch.setattr(gate, "_in_ascii", (gates.GateSet(lambda encoded: [], [], digit=False),))
    monkeypatch.setattr("privacy.redaction.engine.gate", lambda compiled: gate)
    with pytest.raises(RedactionError, match="gate gave up"):
        redact("nothing to see")
