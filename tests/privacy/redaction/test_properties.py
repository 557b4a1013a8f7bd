"""What holds for the redactor whatever the text: Hypothesis looks for the text for which it does not."""

import pickle

from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.redaction import Numbering, Redacted, redact, redact_json
from privacy.redaction.folding import fold
from privacy.redaction.repeats import SHORTEST, stands_alone
from tests.extent import extent

VALUES = [
    "ada.lovelace@example.org",
    "ada(at)example(dot)org",
    "аda@exаmple.org",
    "+44 20 7946 0958",
    "(212) 555-0147 ext. 12",
    "4111 1111 1111 1111",
    "４１１１-1111-1111-1111",
    "GB82 WEST 1234 5698 7654 32",
    "078-05-1120",
    "192.0.2.7",
    "2001:db8::8a2e:370:7334",
    "postgres://ada:s3cr3t!@db.example.org/prod",
    "password=hunter2x!",
    "my password is Tr0ub4dor&3",
    "AKIAIOSFODNN7EXAMPLE",
    "Authorization: Bearer abcdef0123456789abcdef",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----",
    "My name is Ada Lovelace",
    "Dr. Grace Hopper",
    "Dear Jochen,",
    "12 St James's Square, London, SW1Y 4JH",
    "221b Baker Street",
    "Chausseestr. 32, 10115 Berlin",
    "order #ORD-408216",
    "born on 10 December 1815",
    "my zip code is 94110",
    "[EMAIL_1]",
    "[PERSON_3]",
    "[SECRET_2",
    "Maria Keller",
    "Keller",
    "Les clients, Sie und Elke",
    '{"key": "password", "value": "Wint3r-Kettle"}',
    "name: DB_PASSWORD\n  value: Wint3r-Kettle",
    "name,phone,dob\nAda Byron,555 0142,1815-12-10\n",
    "/home/abyron/src",
    "git@github.com:acme/x.git",
    "card 4539148803436468",
    "我叫王小明，",
    "私は田中太郎です",
    "Меня зовут Анна Петрова",
    "Your verification code is 481932",
    "https://x.example/cb?code=FjpdfZTdXFMTxFQ2RzWk&s=1",
    "my key is d3e8474f2a7dccc06616cd334b459e42",
    "the Sonja chair",
    "9 Mayo 2024",
    "passport number XD7556199",
    "twitter is @ada_l",
    "Marie, Hannah and Kyle",
    "al\u200bbert@example.com",
]
GLUE = st.sampled_from(
    [" ", "\n", ", ", ". ", ": ", " and ", "/", "\\n", '"', "", "-", " is ", "\u00a0", "|", "(", ")", "=", "'"]
)
NOISE = st.text(max_size=12)
TEXTS = st.lists(st.one_of(st.sampled_from(VALUES), GLUE, NOISE), max_size=14).map("".join)
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)


@given(TEXTS)
@settings(max_examples=extent(100, 400), deadline=None)
def test_it_changes_nothing_the_second_time(text: str) -> None:
    once = redact(text)
    assert str(redact(str(once))) == str(once)


@given(TEXTS)
@settings(max_examples=extent(75, 300), deadline=None)
def test_its_spans_are_exact(text: str) -> None:
    made = redact(text)
    kept, at = [], 0
    for span in made.spans:
        assert at <= span.start < span.end <= len(text)
        kept.append(text[at : span.start])
        at = span.end
    kept.append(text[at:])
    rest = str(made)
    for piece in kept:
        found = rest.find(piece)
        assert found >= 0
        rest = rest[found + len(piece) :]


@given(TEXTS)
@settings(max_examples=extent(75, 300), deadline=None)
def test_no_value_that_was_found_survives(text: str) -> None:
    made = redact(text)
    output = fold(str(made)).text
    for span in made.spans:
        value = fold(text[span.start : span.end]).text
        if len(value) < SHORTEST or value.strip("[]_0123456789").isupper():
            continue
        at = output.find(value)
        while at >= 0:
            assert not stands_alone(output, at, at + len(value)) or inside_placeholder(output, at)
            at = output.find(value, at + 1)


def inside_placeholder(text: str, at: int) -> bool:
    """Whether a place lies between the brackets of a placeholder."""
    return text.rfind("[", 0, at + 1) > text.rfind("]", 0, at)


@given(st.text(st.characters(codec=None), max_size=300))
@settings(max_examples=extent(75, 300), deadline=None)
def test_unicode_soup_never_stops_it(text: str) -> None:
    assert isinstance(redact(text), Redacted)


@given(st.text(st.sampled_from("aA1 @.:-+/()[]_='\"\\\n\u200b\u0430\uff11\ud800é—"), max_size=200))
@settings(max_examples=extent(75, 300), deadline=None)
def test_signs_in_any_order_never_stop_it(text: str) -> None:
    once = redact(text)
    assert str(redact(str(once))) == str(once)


@given(st.lists(TEXTS, min_size=2, max_size=4))
@settings(max_examples=extent(40, 100), deadline=None)
def test_a_value_has_one_number_in_all_fields(texts: list[str]) -> None:
    numbering, restored = Numbering(b"key"), None
    for text in texts:
        first = redact(text, numbering=numbering)
        restored = Numbering.restored(b"key", numbering.state())
        assert str(redact(text, numbering=restored)) == str(first)
    assert restored is not None and restored.state() == numbering.state()


@given(JSONS)
@settings(max_examples=extent(40, 150), deadline=None)
def test_a_structure_comes_back_redacted_throughout(value: object) -> None:
    from privacy.redaction import is_redacted

    made = redact_json(value)
    assert is_redacted(made.value)
    assert redact_json(made.value).value == made.value


def test_a_structure_whose_key_is_half_a_placeholder_changes_nothing_the_second_time() -> None:
    once = redact_json({"[SECRET_2": "postgres://ada:s3cr3t!@db.example.org/prodada(at)example(dot)org"}).value
    assert redact_json(once).value == once


@given(TEXTS, TEXTS)
@settings(max_examples=extent(50, 200), deadline=None)
def test_an_answer_changes_nothing_the_second_time(asked: str, text: str) -> None:
    once = redact(text, asked=f"{asked} What is your name, please?")
    assert str(redact(str(once), asked=f"{asked} What is your name, please?")) == str(once)


@given(TEXTS)
@settings(max_examples=extent(40, 100), deadline=None)
def test_it_survives_being_pickled(text: str) -> None:
    made = redact(text)
    back = pickle.loads(pickle.dumps(made))  # noqa: S301 - what was pickled a line above
    assert back == made and back.spans == made.spans and isinstance(back, Redacted)
