from knowledge_base.synonyms import Reading, Synonym, Thesaurus
from knowledge_base.tokens import analyse

THESAURUS = Thesaurus([Synonym("en", "posted my number", "doxing"), Synonym("fr", "doxage", "divulgation")])


def test_a_phrase_is_read_even_with_a_word_between() -> None:
    terms = analyse("they posted my new number", "en")
    assert THESAURUS.read(terms, "en") == (Reading(("post", "number"), ("dox",)),)


def test_a_synonym_is_read_in_both_directions() -> None:
    (reading,) = THESAURUS.read(analyse("divulgation", "fr"), "fr")
    assert reading.meaning == analyse("doxage", "fr")


def test_half_a_phrase_or_another_language_says_nothing() -> None:
    assert THESAURUS.read(analyse("they posted a sign", "en"), "en") == ()
    assert THESAURUS.read(analyse("doxage", "fr"), "en") == ()
