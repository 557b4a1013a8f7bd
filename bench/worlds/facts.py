"""Questions and their true answers: families of one slot in English and German, answers that depend on the asker, and
questions that share nothing (`faq.tsv`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIZE: Final = 25
"""The facts of a family."""
LAST_NUMBER: Final = re.compile(r"\d+(?=\D*$)")


@dataclass(frozen=True, slots=True)
class Fact:
    """A question in two wordings that people use, a third that nobody has used, and what is true.

    Where the truth depends on the asker it has `{}`, which `for_asker` fills.
    """

    forms: tuple[str, str, str]
    truth: str

    @property
    def depends_on_asker(self) -> bool:
        return "{}" in self.truth

    def for_asker(self, asker: int) -> str:
        """What is true for this person."""
        return self.truth.format(3 + asker * 7 % 89) if self.depends_on_asker else self.truth


def other(claim: str, by: int) -> str:
    """A fluent false answer: the same sentence with another number."""
    return LAST_NUMBER.sub(lambda found: str(int(found[0]) + by), claim)


def family(forms: tuple[str, str, str], values: str, answer: Callable[[str, int], str]) -> list[Fact]:
    """A fact for each of the values, which occur in all wordings."""
    first, second, third = forms
    return [
        Fact((first.format(value), second.format(value), third.format(value)), answer(value, place))
        for place, value in enumerate(values.split(", ")[:SIZE])
    ]


DISHES = (
    "apple pie, lasagne, banana bread, quiche, focaccia, shortbread, baked potatoes, moussaka, gratin, scones, brownies, "
    "meatloaf, flapjacks, soufflé, roast carrots, cheesecake, crumble, garlic bread, cannelloni, muffins, rice pudding, "
    "stuffed peppers, gingerbread, pavlova, sausage rolls"
)
COURSES = (
    "pottery, weaving, origami, calligraphy, carving, printmaking, juggling, yoga, chess, salsa, knitting, watercolour, "
    "bookbinding, beekeeping, soldering, photography, theatre, choir, drumming, gardening, fencing, astronomy, baking, "
    "upholstery, mosaic"
)
SERVICES = (
    "mailer, indexer, scheduler, ledger, gateway, resizer, crawler, notifier, archiver, translator, thumbnailer, "
    "deduplicator, exporter, watcher, balancer, recorder, planner, sampler, encoder, collector, importer, checker, "
    "forwarder, replicator, tagger"
)
THINGS = (
    "novel, atlas, board game, audiobook, telescope, sewing machine, comic, magazine, projector, tablet, guitar, cookbook, "
    "puzzle, film, dictionary, microscope, tent, cargo bike, drill, ukulele, slide scanner, karaoke set, map, score, e-reader"
)
FEATURES = (
    "roaming, hotspot, voicemail, call forwarding, conference calls, cloud storage, music streaming, parental control, "
    "second card, spam filter, number transfer, fax service, visual voicemail, priority support, virus scanner, "
    "data rollover, photo backup, live television, group chat, video calls, shared calendar, travel insurance, "
    "device exchange, password manager, guest network"
)


def english() -> list[Fact]:
    """150 facts of a kitchen, a course programme, a server room, a library, and a telephone plan."""
    return [
        *family(
            ("At what temperature do I bake {}?", "How hot should the oven be for {}?", "oven temperature {}"),
            DISHES,
            lambda dish, n: f"Bake {dish} at {140 + 5 * n} degrees on the middle rack.",
        ),
        *family(
            ("In which room is the {} course?", "Where does the {} course take place?", "room of the {} course"),
            COURSES,
            lambda course, n: f"The {course} course takes place in room {n + 12}.",
        ),
        *family(
            ("On which port does the {} listen?", "What is the default port of the {}?", "{} port"),
            SERVICES,
            lambda service, n: f"The {service} listens on port {7100 + 11 * n} by default.",
        ),
        *family(
            ("For how many days can I borrow a {}?", "How long may I keep a borrowed {}?", "loan period {}"),
            THINGS,
            lambda thing, n: f"You can keep the {thing} for {n + 4} days.",
        ),
        *family(
            ("Does the basic plan include {}?", "Is {} part of the basic plan?", "basic plan {}"),
            FEATURES,
            lambda feature, n: (
                f"{'Yes' if n % 2 else 'No'}, {feature} {'is included' if n % 2 else 'is not included'} in the basic plan; "
                f"see point {n + 31}."
            ),
        ),
        *family(
            ("What does status {} mean and what should I do?", "My terminal shows status {}, what now?", "status {}"),
            ", ".join(f"S-{n:02}" for n in range(11, 36)),
            lambda status, n: f"Status {status} means that check {n * 3 + 5} has failed; run step {n + 51}.",
        ),
    ]


def german() -> list[Fact]:
    """75 facts of a library, a town hall, and a bakery, in German."""
    return [
        *family(
            ("Wie lange darf ich {} ausleihen?", "Wie viele Tage kann ich {} behalten?", "Leihfrist {}"),
            "ein Hörbuch, einen Roman, eine Karte, ein Brettspiel, eine Zeitschrift, einen Film, ein Tablet, ein Wörterbuch, "
            "eine Gitarre, ein Fernrohr, eine Nähmaschine, ein Zelt, einen Beamer, ein Kochbuch, einen Bildband, "
            "ein Mikroskop, eine Schallplatte, einen Comic, ein Lastenrad, eine Bohrmaschine, ein Notenheft, ein Puzzle, "
            "eine Landkarte, einen Reiseführer, ein Lesegerät",
            lambda thing, n: f"Sie dürfen {thing} {n + 5} Tage lang behalten.",
        ),
        *family(
            ("Was kostet {} im Rathaus?", "Wie hoch ist die Gebühr für {}?", "Gebühr {}"),
            "ein Führungszeugnis, ein Reisepass, eine Beglaubigung, ein Fischereischein, ein Anwohnerparkausweis, "
            "eine Meldebescheinigung, eine Ummeldung, ein Kinderreisepass, ein Familienbuch, eine Hundemarke, "
            "eine Sperrmüllkarte, ein Jagdschein, eine Baugenehmigung, ein Bewohnerausweis, eine Geburtsurkunde, "
            "eine Heiratsurkunde, ein Gewerbeschein, eine Ausnahmegenehmigung, ein Ersatzausweis, eine Kopie, ein Lageplan, "
            "eine Auskunft, ein Wunschkennzeichen, ein Angelschein, eine Standgenehmigung",
            lambda paper, n: f"Die Gebühr für {paper} beträgt {n * 3 + 8} Euro.",
        ),
        *family(
            ("Bei wie viel Grad backe ich {}?", "Wie heiß muss der Ofen für {} sein?", "Backtemperatur {}"),
            "Apfelkuchen, Zwiebelkuchen, Lebkuchen, Käsekuchen, Brötchen, Pizza, Auflauf, Plätzchen, Streuselkuchen, "
            "Marmorkuchen, Zimtsterne, Stollen, Flammkuchen, Laugenstangen, Muffins, Rührkuchen, Hefezopf, Baiser, "
            "Blätterteig, Bienenstich, Pfefferkuchen, Kartoffelgratin, Lasagne, Windbeutel, Makronen",
            lambda cake, n: f"Backen Sie {cake} bei {135 + 5 * n} Grad auf mittlerer Schiene.",
        ),
    ]


def with_accounts() -> list[Fact]:
    """100 facts that are the same for everybody, and 25 that differ from one asker to the next."""
    things = (
        "data volume, call minutes, loyalty points, vouchers, open invoices, loan slots, free returns, saved cards, "
        "cloud gigabytes, guest passes, ride credits, unread letters, spare licences, ticket credits, print pages, "
        "parking hours, gym visits, course hours, film tokens, travel days, flex days, training days, meal stamps, "
        "storage boxes, bonus stars"
    )
    forms = (
        "How many {} do I have left?",
        "What is my remaining number of {}?",
        "my {} left",
    )
    return [*english()[:100], *family(forms, things, lambda thing, n: f"You have {{}} {thing} left.")]


def faq(path: Path | None = None) -> list[Fact]:
    """Questions that share nothing, with answers of a sentence or three: of `faq.tsv`, or of a file like it."""
    lines = (path or Path(__file__).with_name("faq.tsv")).read_text(encoding="utf-8").splitlines()
    return [entry(*line.split("\t")) for line in lines if line.strip()]


def entry(question: str, answer: str) -> Fact:
    """A question as it was asked, with a polite opening, and as the words that somebody types into a search box."""
    lowered = question[0].lower() + question[1:]
    typed = " ".join(word for word in re.findall(r"\w+", question.lower()) if len(word) > 3)
    return Fact((question, f"Could you tell me: {lowered}", typed), answer)


def forms_of(facts: Sequence[Fact]) -> dict[str, int]:
    """The number of the fact that each wording asks for."""
    return {form: number for number, fact in enumerate(facts) for form in fact.forms}
