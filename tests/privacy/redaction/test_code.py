"""Parts of programs, and of prose about them, that only look personal."""

import pytest

from privacy.redaction import redact

NOTHING = [
    "fullname = filename",
    "The full name filename is not used here.",
    "a class named fullname",
    "if loader is None: the loader named None",
    "username = await request.user()",
    "self.handle = 'closed'",
    "login(username=auth_user, retries=3)",
    'def timeit(stmt="pass", setup="pass", timer=default_timer):',
    'fields = ("password1", "password2")',
    "client.login(username, password)",
    "session.login('user', 'password')",
    'Warning("SECRET_KEY_FALLBACKS", id=W025.id)',
    "AIX filesets are identified by four decimal values",
    "r * 2.71155_55687_43487_57815e-5",
    "h = h * 69069 + 907133923",
    "formatvarkw=lambda name: name, token == 'lambda'",
    "splituser('user[:passwd]@host[:port]') and ('_signature', '__weakref__')",
    "__all__ = ['HTTPPasswordMgr', 'AbstractBasicAuthHandler']",
    "raise OSError('handle is closed')",
    "the number '+3.140000; -3.140000' and number 3.1415926",
    'see the HTML5 specs, sections "8.2.4.44" and RFC 7231 section-7.1.1.1',
    "class Misc(Tk): Nim.STILL_RUNNING and a Taylor series after the Julian day",
    "Unicode categories Lu, Ll, Lt and Lo",
]
SOMETHING = [
    ("my name is zzyrk", "my name is [PERSON_1]"),
    ("if ip == '81.2.69.142':", "if ip == '[IP_1]':"),
    ("phone 06.12345678", "phone [PHONE_1]"),
    ('("password", "correctHorse")', '("password", "[SECRET_1]")'),
    ("Jennifer's letter and Jennifer's number", "[PERSON_1]'s letter and [PERSON_1]'s number"),
    ("It was Jennifer(28), and Philip.PLEASE call", "It was [PERSON_1](28), and [PERSON_2].PLEASE call"),
    ("backup --clé-pass hunter2!Xq9", "backup --clé-pass [SECRET_1]"),
    ("USERNAME=jsmith", "USERNAME=[USERNAME_1]"),
    ("my handle is zed_9", "my handle is [USERNAME_1]"),
    ('("password", "hunter2!x")', '("password", "[SECRET_1]")'),
    ("CREATE USER bob IDENTIFIED BY tiger99", "CREATE USER bob IDENTIFIED BY [SECRET_1]"),
    ("server.login('ada', 'Spring!time')", "server.login('ada', '[SECRET_1]')"),
    ("define('AUTH_SALT', 'Ed&1cr+{3T$a+ [8LP~i5-[|Z`x-V>;Di_C/E~UnSg{n[h#')", "define('AUTH_SALT', '[SECRET_1]')"),
    ('"encryptedUsername": "MDIEEPgAAAAAAAAAAAAA"', '"encryptedUsername": "[SECRET_1]"'),
    ("identified by 'x9Tq!'", "identified by '[SECRET_1]'"),
    ("pay with 4242 4242 4242 4242", "pay with [CARD_1]"),
    ("5555-5555-5555-4444", "[CARD_1]"),
    ("Mi DNI es 12345678Z", "Mi DNI es [NATIONAL_ID_1]"),
    ("Call me + 49 170 1234567", "Call me [PHONE_1]"),
]


@pytest.mark.parametrize("text", NOTHING)
def test_code_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("text", "wanted"), SOMETHING)
def test_its_neighbours_are_still_found(text: str, wanted: str) -> None:
    assert redact(text) == wanted
