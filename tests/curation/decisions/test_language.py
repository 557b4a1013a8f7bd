"""Guessing the language of whole sentences and of very short texts."""

import pytest

from curation.decisions.language import guess

SENTENCES = """
en How do I reset my password?
en refund policy for our plans
de Wie setze ich mein Passwort zurück?
fr Comment réinitialiser mon mot de passe ?
es ¿Cómo restablezco mi contraseña?
it Come posso reimpostare la mia password?
pt Como posso redefinir a minha senha?
nl Hoe stel ik mijn wachtwoord opnieuw in?
sv Hur återställer jag mitt lösenord?
pl Jak mogę zresetować moje hasło?
cs Jak mohu obnovit své heslo? Kde je to
tr Şifremi nasıl sıfırlarım? Bu çok önemli
fi Miten voin vaihtaa salasanan?
vi Làm thế nào để đặt lại mật khẩu của tôi?
ru Как сбросить мой пароль, если я его забыл?
uk Як скинути мій пароль?
el Πώς επαναφέρω τον κωδικό μου;
he איך אני מאפס את הסיסמה?
ar كيف أعيد تعيين كلمة المرور؟
fa چگونه رمز عبور خود را بازنشانی کنم؟
hi मैं अपना पासवर्ड कैसे रीसेट करूं?
th ฉันจะรีเซ็ตรหัสผ่านได้อย่างไร
zh 如何重置我的密码？
ja パスワードを変更する方法は？
ko 비밀번호를 어떻게 재설정하나요?
"""


@pytest.mark.parametrize("line", SENTENCES.strip().splitlines())
def test_it_knows_the_language_of_a_sentence(line: str) -> None:
    code, text = line.split(" ", 1)
    assert guess(text) == code


@pytest.mark.parametrize("text", ["", "?", "ok", "xkcd 42", "asdf qwer", "[EMAIL_1]", "https://example.org/the/and"])
def test_it_does_not_guess_where_there_is_nothing_to_go_by(text: str) -> None:
    assert guess(text) == "und"


def test_code_and_addresses_do_not_count_as_words() -> None:
    assert guess("Was macht `for the in of and to` hier, und warum ist es nicht da?") == "de"


def test_a_foreign_name_does_not_change_the_language() -> None:
    assert guess("What does 東京 mean in the title of this film?") == "en"
