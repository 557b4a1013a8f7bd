"""A question word says what kind of answer is wanted."""

import pytest

from curation.decisions.question_types import asks

QUESTIONS = """
amount: How long may I wait?
amount: Wie viele Tage habe ich?
amount: Combien coûte l'envoi ?
amount: ¿Cuántos días tengo?
amount: Сколько стоит доставка?
amount: 退货期限是多少天？
time: When does it open?
time: Wann öffnet ihr?
place: Where are my invoices?
place: ¿Dónde está la tienda?
place: どこにありますか？
person: Who approves it?
person: Wer genehmigt das?
yes or no: Is it free?
yes or no: Kann ich umtauschen?
yes or no: Peut-on payer en espèces ?
yes or no: 可以退货吗？
yes or no: Kargo ücretsiz mi?
open: What happens when I miss a payment?
open: How do I cancel?
amount: Could you tell me: how long is it valid?
amount: Können Sie mir sagen, wie lange das dauert?
place: Can you please tell me where the office is?
yes or no: Please let me know whether it opens on Sundays.
yes or no: Pouvez-vous me dire si la piscine est ouverte ?
yes or no: Can you help me?
unknown: Show the names of all singers
"""


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines())
def test_the_first_question_word_says_what_is_asked_for(line: str) -> None:
    kind, question = line.split(": ", 1)
    assert asks(question) == kind
