import pytest

from knowledge_base.language import detect, language_wished


@pytest.mark.parametrize(
    "text",
    [
        "someone put my kids school and our street on telegram, what now",
        "help",
        "ppl cant breathe, someone threw a flare",
        "mayor got swatted",
        "and for my staff?",
        "ok",
    ],
)
def test_english_is_told_even_when_short_or_sloppy(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Quelqu\u2019un a publié mon adresse",
        "aide svp",
        "j'ai peur de rentrer chez moi ce soir",
        "c quoi les etapes pour le doxage",
        "menaces de mort",
        "alerte a la bombe",
        "et pour mes employés?",
        "en français svp",
    ],
)
def test_french_is_told_even_without_accents(text: str) -> None:
    assert detect(text) == "fr"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Alguien publicó la dirección de mi casa en internet y tengo miedo", "es"),
        ("Hay un hombre armado en el ayuntamiento ahora mismo", "es"),
        ("Un uomo armato è davanti al municipio adesso", "it"),
        ("Tulong po may nagbabanta sa akin dito sa bahay", "tl"),
        ("\u5e2e\u52a9\u6211 \u6211\u5bb3\u6015", "zh"),
        ("\u1403\u14c4\u1483\u144e\u1450\u1466 \u1405\u1483\u1405\u14ef\u1466", "iu"),
    ],
)
def test_other_languages_are_noticed_and_not_taken_for_french(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["", "   ", "\U0001f600\U0001f600", "12345", "x" * 50_000, "https://example.org/une/deux"]
)
def test_text_without_words_is_english(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("en français svp", "fr"),
        ("In English, please!", "en"),
        ("can I have that in French?", "fr"),
        ("et en anglais?", "en"),
        ("our French immersion school was threatened", None),
        ("they posted my address in English", None),
    ],
)
def test_a_message_that_only_asks_for_a_language_is_told(text: str, wish: str | None) -> None:
    assert language_wished(text) == wish
