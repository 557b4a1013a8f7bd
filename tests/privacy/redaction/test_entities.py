"""The second redaction: a named-entity model over redacted text, or any function from a text to spans."""

from collections import Counter
from collections.abc import Iterable

import pytest

from privacy.redaction import Numbering, Policy, RedactionError, redact
from privacy.redaction.entities import entities, load, rescan


def names(*wanted: str) -> "Model":
    return Model(wanted)


class Model:
    """Finds given words, as a trained model would find names."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self.wanted = wanted
        self.read: list[str] = []

    def __call__(self, text: str) -> Iterable[tuple[int, int, str]]:
        self.read.append(text)
        for word in self.wanted:
            at = text.find(word)
            if at >= 0:
                yield at, at + len(word), "PERSON"


def test_it_gives_the_redactors_types() -> None:
    assert [span[:3] for span in entities("ask Wxyz", names("Wxyz"))] == [(4, 8, "PERSON")]


def test_labels_that_are_no_persons_data_are_left_out() -> None:
    assert entities("Acme met us", lambda text: [(0, 4, "ORG"), (5, 8, "CARDINAL")]) == ()


def test_the_model_never_sees_a_placeholder() -> None:
    model = names("PERSON")
    assert entities("ask [PERSON_1]", model) == () and "PERSON" not in model.read[0]


def test_a_stretch_over_a_placeholder_leaves_it_whole() -> None:
    made = entities("Wx [EMAIL_1] yz", lambda text: [(0, len(text), "PERSON")])
    assert [span[:2] for span in made] == [(0, 2), (13, 15)]


def test_a_model_that_fails_says_so_without_the_text() -> None:
    def broken(text: str) -> Iterable[tuple[int, int, str]]:
        raise KeyError(text)

    with pytest.raises(RedactionError, match="entity model failed: KeyError") as caught:
        entities("hunter2", broken)
    assert "hunter2" not in str(caught.value)


def test_rescanning_goes_on_with_the_numbers_and_keeps_what_stands() -> None:
    numbering = Numbering(b"key")
    stored = redact("My name is Ada Lovelace; Wxyz knows", numbering=numbering)
    again = rescan(stored, numbering=Numbering.restored(b"key", numbering.state()), model=names("Wxyz"))
    assert stored == "My name is [PERSON_1]; Wxyz knows"
    assert again == "My name is [PERSON_1]; [PERSON_2] knows"


def test_rescanning_without_a_model_applies_the_rules() -> None:
    policy = Policy(off=frozenset({"EMAIL"}))
    stored = redact("ada@example.org", policy)
    assert rescan(stored, policy) == "ada@example.org"
    assert rescan(stored) == "[EMAIL_1]"


def test_rescanning_heeds_the_policy() -> None:
    assert rescan("ask Wxyz", Policy(allow=("wxyz",)), model=names("Wxyz")) == "ask Wxyz"
    assert rescan("ask Wxyz", Policy(off=frozenset({"PERSON"})), model=names("Wxyz")) == "ask Wxyz"


@pytest.mark.parametrize("name", ["spacy:none", "gliner:none", "presidio:en"])
def test_a_model_that_is_not_installed_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(module: str) -> object:
        raise ImportError(module)

    monkeypatch.setattr("privacy.redaction.entities.import_module", absent)
    with pytest.raises(RedactionError, match=f"{name.partition(':')[0]} is not installed"):
        load(name)


def test_an_unknown_kind_of_model_is_refused() -> None:
    with pytest.raises(RedactionError, match="the name must be"):
        load("magic")


def test_a_model_named_in_the_settings_reads_stored_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from django.conf import settings

    from feedback.rescans.rescan import reader
    from privacy.redaction.entities import second_redactor

    found = SimpleNamespace(ents=[SimpleNamespace(start_char=4, end_char=8, label_="PER")])
    spacy = SimpleNamespace(load=lambda name: lambda text: found if "Wxyz" in text else SimpleNamespace(ents=[]))
    monkeypatch.setattr("privacy.redaction.entities.import_module", lambda name: spacy)
    monkeypatch.setattr(settings, "SECOND_REDACTOR", "spacy:made_up")
    second_redactor.cache_clear()
    findings: Counter[str] = Counter()
    assert reader(Policy(), Numbering(), findings)("ask Wxyz") == "ask [PERSON_1]" and findings == {"PERSON": 1}
