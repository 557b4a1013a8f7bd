"""One redactor over the texts on stdin, for `bench.redaction`: it runs in the environment that has the tool.

`python redaction_peers.py TOOL < texts.json`: stdin is a JSON list of texts, stdout `{"spans": [[[start, end, TYPE]...]...],
"seconds", "bytes"}`, the time being CPU time of redacting, best of what the budget allows. There is no network.
"""

import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterable

Found = Iterable[tuple[int, int, str]]
BUDGET = 20.0  # seconds of CPU that the timing of one tool may take

PRESIDIO = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "IP",
    "US_SSN": "NATIONAL_ID",
    "US_ITIN": "NATIONAL_ID",
    "US_PASSPORT": "NATIONAL_ID",
    "US_DRIVER_LICENSE": "NATIONAL_ID",
    "UK_NHS": "NATIONAL_ID",
    "MEDICAL_LICENSE": "NATIONAL_ID",
    "US_BANK_NUMBER": "ACCOUNT",
}
SCRUBADUB = {
    "email": "EMAIL",
    "phone": "PHONE",
    "credit_card": "CARD",
    "social_security_number": "NATIONAL_ID",
    "national_insurance_number": "NATIONAL_ID",
    "tax_reference_number": "NATIONAL_ID",
    "drivers_licence": "NATIONAL_ID",
    "postalcode": "POSTCODE",
    "twitter": "USERNAME",
    "credential": "SECRET",
    "date_of_birth": "BIRTH_DATE",
    "address": "ADDRESS",
    "name": "PERSON",
}
DATAFOG = {
    "EMAIL": "EMAIL",
    "PHONE": "PHONE",
    "CREDIT_CARD": "CARD",
    "SSN": "NATIONAL_ID",
    "IP_ADDRESS": "IP",
    "DOB": "BIRTH_DATE",
    "DATE": "BIRTH_DATE",
    "ZIP": "POSTCODE",
    "ZIP_CODE": "POSTCODE",
    "PERSON": "PERSON",
}


def flywheel() -> tuple[Callable[[str], Found], Callable[[str], object]]:
    """This project's redactor."""
    from privacy.redaction import redact

    return (lambda text: [span[:3] for span in redact(text).spans]), redact


def presidio() -> tuple[Callable[[str], Found], Callable[[str], object]]:
    """presidio-analyzer's own recognizers, without a language model."""
    from presidio_analyzer import EntityRecognizer, RecognizerRegistry  # type: ignore[import-not-found, unused-ignore]

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    patterns = [one for one in registry.recognizers if "Spacy" not in type(one).__name__]

    def analyze(text: str) -> list[tuple[int, int, str]]:
        found = [hit for one in patterns for hit in one.analyze(text, one.supported_entities, None) or ()]
        kept = EntityRecognizer.remove_duplicates(found)
        return [(hit.start, hit.end, PRESIDIO[hit.entity_type]) for hit in kept if hit.entity_type in PRESIDIO]

    return analyze, analyze


def scrubadub() -> tuple[Callable[[str], Found], Callable[[str], object]]:
    """scrubadub with the detectors that it has by default."""
    from scrubadub import Scrubber  # type: ignore[import-not-found, unused-ignore]

    scrubber = Scrubber()

    def found(text: str) -> Found:
        return [
            (filth.beg, filth.end, SCRUBADUB[filth.type])
            for filth in scrubber.iter_filth(text)
            if filth.type in SCRUBADUB
        ]

    return found, scrubber.clean


def datafog() -> tuple[Callable[[str], Found], Callable[[str], object]]:
    """DataFog's regular expressions."""
    import datafog as library  # type: ignore[import-not-found, unused-ignore]

    def found(text: str) -> Found:
        entities = library.scan(text, engine="regex").entities
        return [(one.start, one.end, DATAFOG[one.type]) for one in entities if one.type in DATAFOG]

    return found, lambda text: library.redact(text, engine="regex")


def detect_secrets() -> tuple[Callable[[str], Found], Callable[[str], object]]:
    """detect-secrets with its default plugins, line by line."""
    from detect_secrets.core import scan  # type: ignore[import-not-found, unused-ignore]
    from detect_secrets.settings import default_settings  # type: ignore[import-not-found, unused-ignore]

    settings = default_settings()
    settings.__enter__()  # for as long as this process lives

    def found(text: str) -> list[tuple[int, int, str]]:
        spans: list[tuple[int, int, str]] = []
        at = 0
        for line in text.split("\n"):
            for secret in scan.scan_line(line):
                start = line.find(secret.secret_value or "\0")
                if start >= 0:
                    spans.append((at + start, at + start + len(secret.secret_value), "SECRET"))
            at += len(line) + 1
        return spans

    found.settings = settings  # type: ignore[attr-defined] # the generator behind it must not be collected
    return found, found


TOOLS = {
    "flywheel": flywheel,
    "presidio": presidio,
    "scrubadub": scrubadub,
    "datafog": datafog,
    "detect-secrets": detect_secrets,
}


def timed(run: Callable[[str], object], texts: list[str]) -> tuple[float, int]:
    """CPU seconds and bytes: of the best of two rounds, or of as many texts as the budget lets be read once."""
    best, size, spent = float("inf"), sum(len(text.encode()) for text in texts), 0.0
    for _ in range(2):
        began, read = time.process_time(), 0
        for text in texts:
            run(text)
            read += len(text.encode())
            if time.process_time() - began > BUDGET:
                return time.process_time() - began, read
        took = time.process_time() - began
        best, spent = min(best, took), spent + took
        if spent > BUDGET / 2:
            break
    return best, size


def shut_network() -> None:
    """Some tools fetch lists at first use. Without a network they use the copies that they ship."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("the network is shut during the benchmark")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse  # type: ignore[assignment]


def main() -> int:
    """Read texts, find, time, answer."""
    logging.disable(logging.CRITICAL)
    shut_network()
    texts = json.load(sys.stdin)
    find, run = TOOLS[sys.argv[1]]()
    spans = [[list(span) for span in find(text)] for text in texts]
    seconds, size = timed(run, texts)
    json.dump({"spans": spans, "seconds": seconds, "bytes": size}, sys.stdout)
    return 0


if sys.argv[0].endswith("redaction_peers.py"):
    sys.exit(main())
