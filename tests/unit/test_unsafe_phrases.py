"""Which words report that a phone or mailbox isn't safe, and which only ask about it."""

import pytest

from bot.privacy.phrases import says_unsafe


@pytest.mark.parametrize(
    "text",
    [
        "my phone isn't safe",
        "My mailbox isn’t safe.",
        "Please stop. My work email is not secure",
        "I think my phone has been hacked",
        "Hi, quick one: someone is reading my emails. Call me at home instead",
        "my ex has access to my phone",
        "He can see my messages",
        "They got into my email account",
        "don't write to my city email, it's not safe",
        "My phone and my inbox aren't private",
        "mon téléphone n'est pas sûr",
        "Ma boîte courriel n’est plus sûre!",
        "Mon courriel n'est pas sécurisé",
        "quelqu'un lit mes courriels",
        "Mon cellulaire est sur écoute, rappelez-moi autrement",
        "mon patron a accès à ma messagerie",
        "Mon compte a été piraté",
        "this phone is not safe",
        "I don't think my phone is safe anymore",
        "please don't reply to this address, my husband reads it",
        "my ex has my password",
        "they hacked my email",
        "it is not safe to write to me here",
        "the city reads my email",
        "my laptop has spyware on it",
        "mon téléphone est pas sûr",
        "ne me répondez pas à cette adresse, mon patron la lit",
        "n'écrivez pas ici, c'est pas sécuritaire",
        "on a piraté mon compte",
        "j'ai peur que quelqu'un lise mes textos",
    ],
)
def test_a_report_is_heard(text: str) -> None:
    assert says_unsafe(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I know if my phone is safe?",
        "How can I tell whether someone is reading my email?",
        "What if my email has been hacked?",
        "Is my phone safe with this app",
        "my phone was hacked last year and we learned a lot",
        "A resident says the city's website was hacked",
        "What should we do when someone has access to my account?",
        "My street isn't safe at night",
        "my phone number was posted online",
        "Comment savoir si mon téléphone n'est pas sûr?",
        "Que faire si mon compte a été piraté",
        "on m'a piraté mon compte Facebook de mairesse",
        "mon compte Instagram a été piraté",
        "mon courriel a été piraté il y a deux ans",
        "Ma rue n'est pas sûre",
        "Quelqu'un lit mes discours",
        "they read my emails aloud at the meeting",
        "can somebody check my email settings",
        "my assistant reads my email, so write in general terms",
        "don't use my email for the newsletter",
        "on a pris mon téléphone en photo",
    ],
)
def test_a_question_or_something_else_is_no_report(text: str) -> None:
    assert not says_unsafe(text)
