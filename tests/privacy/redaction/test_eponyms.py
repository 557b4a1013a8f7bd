"""What is called after somebody, or where something is, is no person; the same name elsewhere is one."""

import pytest

from privacy.redaction import redact

NOBODY = [
    "What are the signs of Addison's disease?",
    "Wilson's disease and Hodgkin's disease",
    "What is Murphy's law?",
    "La loi de Murphy et la maladie de Parkinson",
    "Das Gesetz von Murphy, Morbus Wilson",
    "Donate to St Vincent De Paul",
    "St. Peter's School and St. Jude Children's Research Hospital",
    "Fondation Jeanne Martin, Lycée Victor Hugo",
    "Universidad Simón Bolívar, Universität Johannes Gutenberg",
    "Harry S. Truman Library",
    "Anna Freud National Centre for Children and Families",
    "Guinea and Sierra Leone",
    "We ship to Costa Rica, Puerto Rico and Hong Kong.",
    "África do Sul e São Tomé e Príncipe têm novos escritórios.",
    "Il Reino Unido e i Paesi Bassi",
    "an on-line class (e.g. Tai Chi, yoga)",
    "The Alexander technique and the Nia dance",
    "a shop in Quincy",
    "How will I receive payment for the Jobseeker Supplement?",
    "Passwords are outdated!",
    "The Abraham Accords were signed at the Kennedy Space Center.",
    "We saw the Margit Kovács Ceramic Museum and the early Christian community.",
    "I am Muslim; the people called African Americans",
    "When will the payment for Coronavirus Supplement come?",
]
SOMEBODY = [
    ("Anna Wilson has Crohn's disease", "Anna Wilson"),
    ("Paul's disease got worse", "Paul"),
    ("la maladie de Sophie dure depuis mai", "Sophie"),
    ("Maria's scale is broken", "Maria"),
    ("Peggy St. Germain and Tara Strong sang", "Germain"),
    ("I believe in Martha", "Martha"),
    ("the brother-in-law of Peter Miller called", "Peter Miller"),
    ("Costa Rica Maria Lopez called", "Maria Lopez"),
    ("Steve Greenland wrote", "Steve Greenland"),
    ("Diego Garcia wrote", "Diego Garcia"),
    ("Maria and Peter went to Leeds", "Peter"),
    ("Please transfer 40 euros to Larbi", "Larbi"),
    ("Transfer $40 to the savings account of Jasbir.", "Jasbir"),
    ("Is the Karen Jones order late?", "Karen Jones"),
    ("the Maria Lopez account", "Maria Lopez"),
    ("please call my lisa schmidt tomorrow", "lisa schmidt"),
    ("since monday my emma has been ill", "emma"),
    ("yesterday a john from support told me so", "john"),
    ("The Kennedy Space Center is shut. Our neighbour Kennedy called.", "neighbour Kennedy"),
    ("I spoke with Kevorkian.", "Kevorkian"),
    ("Please send the money for Kagiso by Friday.", "Kagiso"),
    ("Professor Sarah O'Shea, National Centre", "O'Shea"),
]


@pytest.mark.parametrize("text", NOBODY)
def test_what_is_called_after_somebody_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("text", "name"), SOMEBODY)
def test_a_person_of_the_same_name_goes(text: str, name: str) -> None:
    assert name not in redact(text)
