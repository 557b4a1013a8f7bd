"""A password that somebody states is hidden, in the languages of the person's page; a sentence about passwords stays."""

import pytest

from privacy.redaction import redact

TOLD = {
    "Das Passwort lautet Nebel-Turm-Sechs.": "Nebel-Turm-Sechs",
    "La contraseña es Lluvia-73": "Lluvia-73",
    "Le mot de passe est chaise-bleue-22": "chaise-bleue-22",
    "A senha é casa-azul-4": "casa-azul-4",
    "La password è gatto-rosso-9": "gatto-rosso-9",
    "Hasło to zielony-rower-8": "zielony-rower-8",
    "Heslo je modrá-lampa-5": "modrá-lampa-5",
    "Lösenordet är grön-cykel-7": "grön-cykel-7",
    "Şifrem mavi-kapı-12": "mavi-kapı-12",
    "Пароль — зимний-вечер-42": "зимний-вечер-42",
    "הסיסמה שלי היא shemesh-kayitz-7": "shemesh-kayitz-7",
    "密码是hunter2pass。请保密": "hunter2pass",
    "パスワードはsakura-77です。": "sakura-77",
    "비밀번호는 namu-55입니다": "namu-55",
    "Passwort für das WLAN: blaue-tuer-9": "blaue-tuer-9",
}
ABOUT = (
    "Das Passwort ist 8-stellig.",
    "Le mot de passe est obligatoire (8 caractères).",
    "La contraseña es de 12 caracteres.",
    "Het wachtwoord is verlopen.",
    "Hasło to podstawa.",
    "Пароль — это важно. 100% безопасность",
    "新しいパスワードを入力してください。8文字以上",
    "パスワードを知っているファイルに誰でもアクセスできるため、preseed を使います",
    "密码至少8位,包含字母A",
)


@pytest.mark.parametrize("text", TOLD)
def test_a_password_that_is_told_goes_and_the_rest_stays(text: str) -> None:
    assert redact(text) == text.replace(TOLD[text], "[SECRET_1]")


@pytest.mark.parametrize("text", ABOUT)
def test_a_sentence_about_passwords_stays(text: str) -> None:
    assert redact(text) == text
