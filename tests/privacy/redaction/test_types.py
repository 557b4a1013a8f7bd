"""What is found, type by type, and what looks like it and is not. Every value here is made up or published as a sample."""

import pytest

from privacy.redaction import DEFAULT_POLICY, Policy, Term, compile_policy, redact
from privacy.redaction.engine import LONGEST_WORD, Look
from privacy.redaction.lexicon import lexicon, ordinary

FOUND = [
    # contact
    ("PHONE", "Call ⟦1800 551 800⟧ Kids Helpline View"),
    ("EMAIL", "write to ⟦ada.lovelace+tag@mail.example.co.uk⟧, please"),
    ("EMAIL", "(⟦ada@example.org⟧)"),
    ("EMAIL", "**⟦ada@example.org⟧**"),
    ("EMAIL", "https://app.example.org/reset?user=⟦ada.l%40example.org⟧&lang=en"),
    ("EMAIL", '{"text":"Contact me:\\n⟦ada@example.org⟧\\nthanks"}'),
    ("EMAIL", "⟦ada@bücher.example⟧"),
    ("EMAIL", "user ⟦ada@会社.jp⟧ works"),
    ("EMAIL", "邮箱是⟦ada@example.com⟧谢谢"),
    ("EMAIL", "⟦ada＠example.org⟧"),
    ("EMAIL", "⟦ad\u200ba@exam\u00adple.org⟧ it is"),
    ("EMAIL", "⟦аdа@ехаmple.org⟧ in Cyrillic disguise"),
    ("EMAIL", "⟦ada(at)example(dot)org⟧"),
    ("EMAIL", "mail ⟦adal at example dot org⟧ now"),
    ("EMAIL", "⟦ada [at] example.org⟧"),
    ("EMAIL", "see ⟦root@192.0.2.7⟧"),
    ("PHONE", "⟦+44 20 7946 0958⟧"),
    ("PHONE", "⟦(212) 555-0147 ext. 12⟧"),
    ("PHONE", "⟦212.555.0147⟧"),
    ("PHONE", "call ⟦2125550147⟧"),
    ("PHONE", "my phone is ⟦2 1 2 5 5 5 0 1 4 7⟧"),
    ("PHONE", "⟦+１ ２１２ ５５５ ０１４７⟧"),
    ("PHONE", "⟦212‐555‐0147⟧"),
    ("PHONE", "ring me on ⟦079 7602 9803⟧"),
    ("PHONE", '{"phone":"⟦+12125550147⟧"}'),
    ("PHONE", "dial ⟦0044 20 7946 0958⟧"),
    # financial
    ("CARD", "card ⟦4111 1111 1111 1111⟧ expires 12/25"),
    ("CARD", "⟦5555-5555-5555-4444⟧"),
    ("CARD", "⟦3782.822463.10005⟧"),
    ("CARD", "visa ⟦4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1⟧"),
    ("CARD", "⟦٤١١١ ١١١١ ١١١١ ١١١١⟧"),
    ("CARD", "number ⟦4111111111111111⟧-001"),
    ("IBAN", "⟦GB82 WEST 1234 5698 7654 32⟧ for me"),
    ("IBAN", "my iban is ⟦de89370400440532013000⟧ ok"),
    ("ACCOUNT", "account no. ⟦692299431314⟧"),
    ("ACCOUNT", "order #⟦ORD-408216⟧ has not arrived"),
    ("ACCOUNT", "Patient ID ⟦AHC-0933289⟧"),
    # government
    ("NATIONAL_ID", "check ⟦078-05-1120⟧"),
    ("NATIONAL_ID", "my ssn is ⟦078051120⟧"),
    ("NATIONAL_ID", "SSN: ⟦078 05 1120⟧"),
    ("NATIONAL_ID", "NI number ⟦AB 12 34 56 C⟧"),
    ("NATIONAL_ID", "passport no. ⟦XD7556199⟧"),
    ("NATIONAL_ID", "driver's license ⟦K08675425⟧"),
    ("NATIONAL_ID", "DNI ⟦12345678Z⟧"),
    ("NATIONAL_ID", "CPF ⟦529.982.247-25⟧"),
    ("NATIONAL_ID", "⟦2341 2341 2346⟧ is my Aadhaar"),
    ("NATIONAL_ID", "codice fiscale ⟦RSSMRA85T10A562S⟧"),
    ("NATIONAL_ID", "Tax ID ⟦94-2841935⟧"),
    # network
    ("IP", "from ⟦192.0.2.7⟧:8080"),
    ("IP", "⟦2001:db8:85a3::8a2e:370:7334⟧ is it"),
    ("IP", "mac ⟦00:1b:63:84:45:e6⟧"),
    ("URL_CREDENTIAL", "postgres://⟦ada:s3cr3t!⟧@db.example.org:5432/prod"),
    # secrets
    ("SECRET", "key ⟦AKIAIOSFODNN7EXAMPLE⟧"),
    ("SECRET", "⟦sk_live_nXPUE3Yo85KsaHO1RNb7291Y⟧"),
    ("SECRET", "⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLXRoaXM⟧ ok"),
    ("SECRET", "password=⟦peQ7VfNxR2EtG62bsjCd⟧\nnext"),
    ("SECRET", 'api_key: "⟦o0sKlTyagCTGF2ATs1Ev⟧"'),
    ("SECRET", "define('DB_PASSWORD', '⟦wp-s3cret⟧');"),
    ("SECRET", "<password>⟦hunter2⟧</password>"),
    ("SECRET", "machine example.org login ada password ⟦swordfish⟧"),
    ("SECRET", "my password is ⟦Tr0ub4dor&3⟧ can you log in?"),
    ("SECRET", "the pwd is ⟦p@ss0611⟧"),
    ("SECRET", "with password '⟦WinterIsComing!⟧'"),
    ("SECRET", 'curl -H "Authorization: Bearer ⟦K4qq91I742Tnn4Le1Xouie7⟧" https://x.example'),
    ("SECRET", "?limit=2&token=⟦FV90JnAOv2IX6SW9Q17A⟧&page=2"),
    ("SECRET", "ada:⟦$2b$12$C6UzMDM.H6dfI/f/IKcEeO7Zb4Q4yC0m9WJ0gq2Yw5qk3bF7T0D2a⟧"),
    ("SECRET", "-> ⟦-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\nzOMv8Sw⟧"),
    ("SECRET", 'x "⟦-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----⟧"'),
    # person
    ("PERSON", "my name is ⟦jo bennett⟧ and i want a refund"),
    ("PERSON", "hi this is ⟦James Fleming⟧ and I need help."),
    ("PERSON", "Could you forward it to Mrs ⟦Fleming⟧ today?"),
    ("PERSON", "Dear ⟦Jochen⟧, thanks"),
    ("PERSON", "It does not work.\n\nKind regards\n⟦Flora Wagner⟧"),
    ("PERSON", '{"customer":{"full_name":"⟦Manon Laine⟧"}}'),
    ("PERSON", "Please remove ⟦Kevin Mcintosh⟧'s access"),
    ("PERSON", "ask ⟦Kevin⟧ about the invoice"),
    ("PERSON", "transfer $20 to ⟦Jasbir⟧."),
    ("PERSON", "an appointment with ⟦Becker Hubert J⟧ at 4 pm"),
    # address
    ("ADDRESS", "ship it to ⟦2385 Barajas Lane, Springfield, OK 80814⟧, ok?"),
    ("ADDRESS", "Deliver to:\n⟦6380 Parker Blvd\nApt. 26\nNew Pedro, AS 85644⟧\nthanks"),
    ("ADDRESS", "⟦83 Robinson Gardens, Bristol, M0G 9DR⟧ from May."),
    ("ADDRESS", "⟦33 rue de la Paix, 75013 Paris⟧"),
    ("ADDRESS", "⟦Calle de Alcalá 75, 28013 Madrid⟧"),
    ("ADDRESS", "⟦Schillerstraße 50, 24067 Köln⟧"),
    ("ADDRESS", "send to ⟦P.O. Box 6361⟧ please"),
    ("ADDRESS", "it is located on ⟦998 west mission bay drive⟧."),
    ("POSTCODE", "The store near ⟦RM7 8AZ⟧ is closed"),
    ("POSTCODE", "my zip code is ⟦78705⟧"),
    ("POSTCODE", "postal code: ⟦94110-1234⟧"),
    ("POSTCODE", "Do you deliver to postcode ⟦10115⟧?"),
    ("POSTCODE", "What's your zip code? ⟦30301⟧"),
    ("POSTCODE", "The zip code for my billing address is ⟦60614⟧"),
    ("POSTCODE", "please change my postal code from 10001 to ⟦10002⟧"),
    ("POSTCODE", '{"postal_code": "⟦123-4567⟧"}'),
    # the rest
    ("BIRTH_DATE", "my date of birth is ⟦01 September 1959⟧"),
    ("BIRTH_DATE", "Please tell me your date of birth. It's ⟦2/16/1962⟧"),
    ("USERNAME", "my twitter is ⟦@ada_l⟧"),
]

NOT_FOUND = [
    "Upgrade from 5.23.45 to v17.0.7.4080 fixes it",
    "version 1.2.3.4 and ==10.20.30.40",
    "Logged at 2021-08-22T05:32:47.943243Z with status 500 in 850 ms",
    "The meeting moved from 18/12/2000 to January 18, 1991 (2004-05-11)",
    "It costs $21,558.15 or €7368193 per year, total 036,426,212 units",
    "request 9b08923d-10c6-4fd9-94b2-b8fda02f34a6 failed",
    "fixed in commit e440066559a6656c90bd5482a90a29b9fa5ff518 (short 0bc0dbc)",
    "part TE-0748-33 replaced by 887-HYV-6232",
    "see ISBN 978-2-1748-8851-5 page 904",
    "created_at=1648778985 updated=1607165326342",
    "between 1974-2045 we sold 06 000 947 units in 45 cities",
    "Ask Google Cloud Support about Red Hat Linux.",
    "Grace period ends in April; Rose gold colour is sold out.",
    "Regards to the Finance Department.",
    "look at example dot com style notation; meet at 10 dot 30",
    "password=<YOUR_PASSWORD>",
    "api_key = os.environ['API_KEY']",
    "connect(password=password, token=self.token)",
    "the password is required, and the token is invalid",
    "max_tokens: 4096",
    "const KEY_LENGTH = 256; // password hashing rounds",
    "Invalid card: 1234567890123456 should not pass Luhn",
    "not@email without a dot",
    "docker run -p 8080:80 nginx:1.25.3-alpine",
    "listen on 127.0.0.1 or 0.0.0.0, mask 255.255.255.0",
    "std::vector<int> a::b; 12:34:56",
    "The order has shipped, thank you very much.",
    "SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "I'm sorry, this is not what I asked for.",
    "Dear customer, Dear Sir or Madam, hello world",
    "order by created_at desc limit 10000",
    "the zip file has 12345 entries",
    "zip code lookup failed with error 10061",
    "1300 224 636 Lifeline Way",
    'PASSPHRASE="enter your passphrase here"',
    "Section 4 of the License, and in the State of California",
]


@pytest.mark.parametrize(("kind", "marked"), FOUND, ids=[f"{kind}-{index}" for index, (kind, _) in enumerate(FOUND)])
def test_it_finds(kind: str, marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    start = marked.index("⟦")
    wanted = (start, marked.index("⟧") - 1, kind)
    assert wanted in [span[:3] for span in redact(text).spans]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_it_leaves_alone(text: str) -> None:
    assert redact(text).spans == ()


def test_a_word_that_is_passed_without_a_look_would_not_be_found_by_one() -> None:
    look = Look(compile_policy(DEFAULT_POLICY))
    passed = [word for word in lexicon() if ordinary(word)]
    assert len(passed) > 20_000 and max(map(len, passed)) <= LONGEST_WORD
    assert [word for word in passed[::10] if look.find(word)] == []
    assert (
        redact("lid", Policy(terms=(Term("PART", words=("lid",), must_match=("lid",), must_not_match=("lids",)),)))
        == "[PART_1]"
    )


def test_a_second_mention_is_hidden_too() -> None:
    made = redact("My name is Zorblax Quint. Zorblax Quint wants a refund.")
    assert "Zorblax" not in made and made.count("[PERSON_1]") == 2


def test_what_overlaps_is_one_stretch_without_residue() -> None:
    made = redact("account 4111 1111 1111 1111 at 12 St James's Square, London, SW1Y 4JH")
    assert made == "account [CARD_1] at [ADDRESS_1]"


def test_a_long_text_is_found_out_at_every_place() -> None:
    filler = "The quick brown fox jumps over the lazy dog. " * 250
    text = "".join(f"{filler} mail ada{index}@example.org now " for index in range(6))
    made = redact(text)
    assert made.findings == {"EMAIL": 6} and "@" not in made


def test_a_key_block_longer_than_a_window_is_one_stretch() -> None:
    body = "\n".join("A1b2C3d4" * 8 for _ in range(400))
    text = f"before\n-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\nafter"
    assert redact(text) == "before\n[SECRET_1]\nafter"
