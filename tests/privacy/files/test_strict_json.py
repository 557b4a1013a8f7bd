"""The message for a record that is not JSON: where it stops being JSON, and what to do."""

import pytest

from privacy.files.records import from_json


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,}', "character 8: delete this comma"),
        ('{"a": [1, 2, ], "b": 2}', "character 12: delete this comma"),
        ('data: {"a": 1}', "character 1: this is a line of an event stream"),
        ('{"a": NaN}', "character 7: NaN and Infinity are not JSON"),
        ('{"said": "NaN \\" Infinity", "a": -Infinity}', "character 34: NaN and Infinity are not JSON"),
        ("{'a': 1}", "character 2: names and texts need double quotes"),
        ('{"a": None}', "character 7: JSON writes null, true and false"),
        ('{"a": 1} // one', "character 10: JSON has no comments"),
        ('{"a": 1}{"b": 2}', "character 9: the record ends here, and more text follows"),
        ('{"a": 1', "character 8: the record ends too early"),
        ('{"a": secret}', "character 7."),
    ],
)
def test_a_record_that_is_no_json_is_told_where_and_what_to_do(text: str, words: str) -> None:
    problem = from_json(1, text.encode()).problem
    assert words in problem and "secret" not in problem


def test_a_record_that_is_no_utf8_is_told_where() -> None:
    assert "UTF-8 at byte 8" in from_json(1, b'{"a": "\xff"}').problem
