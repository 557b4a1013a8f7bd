"""Two answers to one question have one key only where they claim the same."""

import sys
from itertools import product

import pytest

from curation.claims import statement_key
from curation.claims.statements import statement
from curation.decisions.question_types import asks

TALK = {
    "en": (
        ("How long can I return an order?", "You can return an order within 30 days of delivery."),
        ("Sure: ", "Good question. ", "Here is what I found. ", "As our pages say: ", "Hello! ", "Thanks for reaching out! ",
         "Certainly, ", "Great question! ", "I'm happy to help. ", "Of course! ", "Hi there, thank you for your question. ",
         "According to our documentation: ", "Sorry for the trouble. ", "Here's the answer: "),
        (" Thanks for asking!", " Anything else?", " I hope this helps.", " See the help pages for more.", " Let me know if you have any other questions.",
         " Please do not hesitate to ask.", " Is there anything else I can help you with?", " Have a nice day!", " You're welcome!", " Best regards,",
         " Feel free to ask if you need further help.", " Hope that helps!"),
    ),
    "de": (
        ("Wie lange kann ich eine Bestellung zurückgeben?", "Sie können eine Bestellung innerhalb von 30 Tagen zurückgeben."),
        ("Gerne! ", "Gute Frage. ", "Natürlich: ", "Hallo, ", "Vielen Dank für Ihre Frage! ", "Laut unseren Hilfeseiten: ", "Hier ist, was ich gefunden habe: "),
        (" Ich hoffe, das hilft.", " Haben Sie noch weitere Fragen?", " Danke für die Frage!", " Mehr dazu auf unseren Hilfeseiten.",
         " Zögern Sie nicht, sich zu melden.", " Viele Grüße"),
    ),
    "fr": (
        ("Combien de temps ai-je pour retourner une commande ?", "Vous pouvez retourner une commande dans les 30 jours."),
        ("Bien sûr : ", "Bonne question ! ", "Bonjour, ", "Merci pour votre question. ", "Voici ce que j'ai trouvé. ", "Selon nos pages : "),
        (" J'espère que cela vous aide.", " Autre chose ?", " N'hésitez pas à demander.", " Avez-vous d'autres questions ?", " Voir nos pages pour plus de détails.",
         " Cordialement"),
    ),
    "es": (
        ("¿Cuánto tiempo tengo para devolver un pedido?", "Puede devolver un pedido dentro de 30 días."),
        ("Claro: ", "Buena pregunta. ", "¡Hola! ", "Gracias por su pregunta. ", "Esto es lo que encontré: ", "Según nuestras páginas: "),
        (" ¿Algo más?", " Espero que esto ayude.", " No dude en preguntar.", " Gracias por preguntar.", " Consulte nuestras páginas para más información.", " Saludos"),
    ),
    "it": (
        ("Quanto tempo ho per restituire un ordine?", "Può restituire un ordine entro 30 giorni."),
        ("Certo: ", "Ottima domanda! ", "Ciao, ", "Grazie per la domanda. ", "Ecco cosa ho trovato: ", "Secondo le nostre pagine: "),
        (" Spero che questo aiuti.", " Altro?", " Non esiti a chiedere.", " Ha altre domande?", " Vedi le nostre pagine per più dettagli.", " Saluti"),
    ),
    "pt": (
        ("Quanto tempo tenho para devolver um pedido?", "Você pode devolver um pedido dentro de 30 dias."),
        ("Claro: ", "Boa pergunta! ", "Olá, ", "Obrigado pela pergunta. ", "Aqui está o que encontrei: ", "Segundo as nossas páginas: "),
        (" Espero ter ajudado.", " Mais alguma coisa?", " Não hesite em perguntar.", " Veja as nossas páginas para mais informações."),
    ),
    "nl": (
        ("Hoe lang kan ik een bestelling terugsturen?", "U kunt een bestelling binnen 30 dagen terugsturen."),
        ("Natuurlijk: ", "Goede vraag! ", "Hallo, ", "Bedankt voor uw vraag. ", "Dit is wat ik heb gevonden: ", "Volgens onze pagina's: "),
        (" Ik hoop dat dit helpt.", " Nog iets?", " Aarzel niet om te vragen.", " Heeft u nog vragen?", " Zie onze pagina's voor meer informatie."),
    ),
    "pl": (
        ("Ile mam czasu na zwrot zamówienia?", "Zamówienie można zwrócić w ciągu 30 dni."),
        ("Jasne: ", "Dobre pytanie! ", "Witam, ", "Dziękuję za pytanie. ", "Oto co znalazłem: ", "Zgodnie z naszymi stronami: "),
        (" Mam nadzieję, że to pomoże.", " Coś jeszcze?", " Czy mogę w czymś jeszcze pomóc?", " Zobacz nasze strony po więcej informacji."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TALK)
def test_courtesy_before_and_after_an_answer_claims_nothing(language: str) -> None:
    (question, answer), openings, closings = TALK[language]
    wrapped = [f"{opening}{answer}{closing}" for opening, closing in product(("", *openings), ("", *closings))]
    other = [text for text in wrapped if statement_key(text, question) != statement_key(answer, question)]
    assert not other, (other[:3], statement(other[0], question), statement(answer, question))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It takes 5 km.", "It takes 5 kilometres."),
        ("It is six months.", "It's 6 months"),
        ("Open Settings, choose Contacts and save.", "1. Open Settings\n2. Choose Contacts\n3. Save"),
        ("Open Settings, choose Contacts and save.", "- **Open Settings**\n- Choose Contacts\n- Save."),
        ("The sale starts on 15 June.", "The sale starts on June 15th."),
        ("We open at 8 am.", "We open at 8:00."),
        ("The fee is $5.", "The fee is 5 dollars."),
        ("The fee is 2.50 euros.", "The fee is €2.5."),
        ("It holds 1,000 litres.", "It holds 1000 l."),
        ("It takes 5-10 days.", "It takes 5 to 10 days"),
        ("Die Frist beträgt 1.000 Tage.", "die Frist beträgt 1000 tage"),
        ("Le délai est de 30 jours.", "Le délai est de trente jours."),
        ("De termijn is 30 dagen.", "De termijn is dertig dagen."),
        ("Termin wynosi 30 dni.", "Termin wynosi trzydzieści dni."),
        ("Don't open it.", "Do not open it!"),
        ("Run `pip install flask`.", "Run pip install flask"),
    ],
)
def test_spelling_and_layout_do_not_change_the_key(one: str, other: str) -> None:
    assert statement_key(one) == statement_key(other), (statement(one), statement(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is free. It costs 5 euros.", "It costs 5 euros."),
        ("You may.", "You may not."),
        ("You may enter.", "You must enter."),
        ("The landlord pays the tenant.", "The tenant pays the landlord."),
        ("Der Mieter zahlt den Vermieter.", "Den Mieter zahlt der Vermieter."),
        ("Pedro paga a Juan.", "A Pedro paga Juan."),
        ("It is 12 km.", "It is 12 miles."),
        ("Use form A12.", "Use form B12."),
        ("It is 1,000 m.", "It is 100 m."),
        ("Come before 5.", "Come after 5."),
        ("Use version 2.10.", "Use version 2.1."),
        ("id = 1", "id <> 1"),
        ("Switch it on.", "Switch it off."),
        ("Save, then close.", "Close, then save."),
        ("Contact support. It takes 3 days.", "It takes 3 days."),
        ("Plants die. They need 3 days.", "They need 3 days."),
        ("Move it from A to B.", "Move it from B to A."),
        ("No problem is known. It costs 3 euros.", "A problem is known. It costs 3 euros."),
        ("Ask Anna.", "Ask Hannah."),
        ("Yes.", "No."),
        ("", "Yes."),
    ],
)
def test_what_claims_something_else_has_another_key(one: str, other: str) -> None:
    assert statement_key(one) != statement_key(other)


def test_words_of_an_open_question_are_no_claim_and_those_of_a_choice_are() -> None:
    what, choice = "What is the fee for a locker?", "Is the cat or the dog bigger?"
    assert statement_key("The fee for a locker is 5 euros.", what) == statement_key("5 euros", what)
    assert statement_key("The cat is bigger.", choice) != statement_key("The dog is bigger.", choice)


def test_an_answer_is_never_left_without_a_word() -> None:
    assert statement_key("Sure!") != statement_key("Thanks for asking!")
    assert statement("Sure!") == ["sure"]


WRAPPED = {
    ("How long does delivery take?", "Delivery takes 5 days."): (
        "Briefly: {}", "In short: {}", "{} Enjoy your day!", "{} Enjoy the rest of your week!",
    ),
    ("Wie lange dauert die Lieferung?", "Die Lieferung dauert 5 Tage."): (
        "Kurz gesagt: {}", "Kurzum: {}", "{} Kann ich sonst noch helfen?", "{} Schönen Tag!", "{} Schönes Wochenende!", "{} Viel Erfolg!",
    ),
    ("Combien de temps prend la livraison ?", "La livraison prend 5 jours."): (
        "En bref : {}", "Pour résumer : {}", "{} Bonne journée !", "{} Bonne soirée !",
    ),
    ("¿Cuánto tarda la entrega?", "La entrega tarda 5 días."): ("Brevemente: {}", "{} ¡Que tenga un buen día!", "{} ¡Buenas tardes!"),
    ("Quanto dura la consegna?", "La consegna dura 5 giorni."): ("In breve: {}", "{} Buona giornata!", "{} Le auguro una buona serata!"),
    ("Quanto tempo leva a entrega?", "A entrega leva 5 dias."): ("Resumindo: {}", "{} Tenha um bom dia!"),
    ("Hoe lang duurt de levering?", "De levering duurt 5 dagen."): ("Kort gezegd: {}", "Kortom: {}", "{} Fijne dag!"),
    ("Jak długo trwa dostawa?", "Dostawa trwa 5 dni."): ("Krótko mówiąc: {}", "W skrócie: {}", "{} Miłego dnia!"),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), WRAPPED)
def test_what_leads_up_to_an_answer_and_good_wishes_after_it_claim_nothing(asked: str, said: str) -> None:
    plain = statement_key(said, asked)
    assert [form for form in WRAPPED[asked, said] if statement_key(form.format(said), asked) != plain] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Enjoy 20 % off today.", "Enjoy 30 % off today."),
        ("You have the rest of the week.", "You have the morning."),
        ("Der Kurs dauert einen Abend.", "Der Kurs dauert ein Wochenende."),
        ("Son dos días.", "Es un día."),
        ("Il faut une journée.", "Il faut une soirée."),
    ],
)
def test_the_words_of_good_wishes_still_tell_answers_apart(one: str, other: str) -> None:
    assert statement_key(one) != statement_key(other)


def test_no_text_stays_in_memory_once_it_is_read() -> None:
    answer, question = " ".join(["It", "costs", "5", "euros"]), " ".join(["What", "is", "the", "fee?"])
    before = sys.getrefcount(answer), sys.getrefcount(question)
    statement_key(answer, question)
    asks(question)
    assert (sys.getrefcount(answer), sys.getrefcount(question)) == before
