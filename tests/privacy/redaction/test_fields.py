"""Values whose name is elsewhere: in a sibling field or a header row; and structures that must not change."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest
import yaml

from privacy.redaction import redact, redact_json

HIDDEN = [
    ('{"name": "api_token", "value": "q8Zr-Lamp-4471"}', ["q8Zr-Lamp-4471"]),
    ('{"value": "Saffron.Gate.12", "key": "password", "enabled": true}', ["Saffron.Gate.12"]),
    ('{"Name": "/prod/db/password", "Type": "SecureString", "Value": "Copper-Wren-52"}', ["Copper-Wren-52"]),
    ("- name: REDIS_AUTH_TOKEN\n  value: zinc.Harbor.77\n- name: PORT\n  value: 80", ["zinc.Harbor.77"]),
    ('Set-Variable -Name "ApiSecret" -Value "granite-Otter-8"', ["granite-Otter-8"]),
    ("full_name;date of birth;phone\nOlena Bondar;1990-04-12;0671234567", ["Olena Bondar", "1990-04-12", "0671234567"]),
    ("| Customer | SSN |\n| --- | --- |\n| Femi Adebayo | 123456780 |", ["Femi Adebayo", "123456780"]),
    ("<tr><th>Patient</th><th>DOB</th></tr><tr><td>Ngozi Eze</td><td>02/03/1971</td></tr>", ["Ngozi Eze", "1971"]),
    ('{"columns":["customer","card_number"],"rows":[["Ana Horvat","4111111111111112"]]}', ["Ana Horvat", "41111111"]),
    ("Server=m1;Uid=mailer;Pwd=mailerword;", ["mailerword"]),
    ("host=pg1 dbname=app user=app password=marigold", ["marigold"]),
    ('password = \\\n    "rusty-gate-58"', ["rusty-gate-58"]),
    ("db_password: |-\n  rusty-gate-58\n", ["rusty-gate-58"]),
    ('SECRET_KEY = "green kettle under a bridge 77"', ["green kettle"]),
    ("STRIPE_KEY=0f343b0931126a20f133d67c2b018a3b", ["0f343b09"]),
]
KEPT = [
    "name,version,license\nreact,18.2.0,MIT\nflask,3.0.1,BSD",
    "- name: LOG_FORMAT\n  value: json",
    '{"name":"password_min_length","value":"12"}',
    '{"kind": "secret", "title": "Rotate keys"}',
    '{"type": "password", "label": "Enter it"}',
    '<input type="password" name="pw1" autocomplete="off">',
    "s.fetchWarehouseShelfIndexZ(x)",
    "export PWD=/opt/app OLDPWD=/opt",
    "md5 5f4dcc3b5aa765d61d8327deb882cf99",
]


@pytest.mark.parametrize(("text", "values"), HIDDEN)
def test_a_value_is_hidden_whose_name_stands_elsewhere(text: str, values: list[str]) -> None:
    made = redact(text)
    assert [value for value in values if value in made] == []


@pytest.mark.parametrize("text", KEPT)
def test_names_of_fields_and_of_functions_stay(text: str) -> None:
    assert redact(text) == text


def test_a_field_of_its_own_names_a_value_of_a_structure() -> None:
    made = redact_json([{"key": "password", "value": "rusty"}, {"key": "colour", "value": "rusty"}])
    assert made.value == [{"key": "password", "value": "[SECRET_1]"}, {"key": "colour", "value": "rusty"}]


SIBLINGS = [
    ("OptionName", "OptionValue"),
    ("option_name", "option_value"),
    ("param-name", "param-value"),
    ("parameterName", "value"),
    ("VARIABLE", "VALUE"),
    ("Key", "Val"),
    ("HeaderName", "HeaderValue"),
    ("header", "content"),
    ("attribute", "data"),
    ("id", "text"),
]


@pytest.mark.parametrize(("name", "value"), SIBLINGS)
def test_fields_for_name_and_value_are_read_together_in_any_style(name: str, value: str) -> None:
    given = {"enabled": True, value: "Kettle-2291-Moor", "type": "string", name: "DbPassword"}
    for structure in (given, dict(reversed(given.items()))):
        assert redact_json(structure).value == {**structure, value: "[SECRET_1]"}


def test_a_structure_hides_the_siblings_that_its_text_hides() -> None:
    for name, value in SIBLINGS:
        given = {name: "DbPassword", value: "Kettle-2291-Moor"}
        assert json.loads(redact(json.dumps(given))) == redact_json(given).value


@pytest.mark.parametrize(
    "given",
    [
        {"id": "password-reset", "text": "You can reset it on the sign-in page."},
        {"title": "API key", "content": "An API key identifies a program. Ask for one in the console."},
        {"role": "tool", "name": "get_password_policy", "content": "At least twelve characters, one digit."},
        {"key": "primary_key", "value": "order_id"},
        {"username": "shop", "key": "colour", "value": "amber"},
        {"field": "password", "data": {"min": 8, "text": "must hold a digit"}},
    ],
)
def test_fields_beside_the_word_for_a_secret_stay(given: dict[str, object]) -> None:
    assert redact_json(given).value == given


RECORD = {
    "env": [{"name": "DB_PASSWORD", "value": "Wint3r-Kettle"}, {"name": "LEVEL", "value": "debug"}],
    "user": {"full_name": "Ada Byron", "mail": "ada@example.org", "card": "4539148803436468"},
    "note": 'Call 555-010-4477, "Ada" lives at 12 Oak Street, Springfield',
}


def test_json_is_json_afterwards() -> None:
    for text in (json.dumps(RECORD), json.dumps(RECORD, indent=2)):
        made = json.loads(redact(text))
        assert made["env"][0]["name"] == "DB_PASSWORD" and "Kettle" not in str(made) and set(made) == set(RECORD)


def test_yaml_is_yaml_afterwards() -> None:
    made = yaml.safe_load(redact(yaml.safe_dump(RECORD)))
    assert "Kettle" not in str(made) and "ada@" not in str(made) and set(made) == set(RECORD)


def test_csv_keeps_its_cells() -> None:
    rows = [["name", "phone", "password", "city"], ["Ada Byron", "555 0142 88", 'q;7"x, y', "Ulm"]]
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    made = list(csv.reader(io.StringIO(redact(written.getvalue()))))
    assert [len(row) for row in made] == [4, 4] and made[0] == rows[0] and made[1][0] == "[PERSON_1]"


class Tags(HTMLParser):
    """The tags of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")


def test_html_keeps_its_tags() -> None:
    text = (
        "<table><tr><th>Name</th><th>Password</th></tr><tr><td>Ada Byron</td><td>q7-Kettle</td></tr></table>"
        '<a href="mailto:ada@example.org">mail</a><input type="password" value="hunter2-x">'
    )
    before, after = Tags(), Tags()
    before.feed(text)
    after.feed(redact(text))
    assert after.seen == before.seen and "Kettle" not in redact(text)
