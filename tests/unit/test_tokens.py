from knowledge_base.tokens import analyse, fold, telling, words


def test_accents_and_case_do_not_matter() -> None:
    assert analyse("SÉCURITÉ menacés", "fr") == analyse("securite menaces", "fr")


def test_elisions_are_split_with_any_apostrophe() -> None:
    expected = analyse("adresse école intimidation", "fr")
    assert analyse("l'adresse d'école l'intimidation", "fr") == expected
    assert analyse("l\u2019adresse d\u2019école l\u02bcintimidation", "fr") == expected
    assert analyse("qu\u2019adresse jusqu'école lorsqu'intimidation", "fr") == expected


def test_plurals_and_verb_forms_share_a_stem() -> None:
    assert len(set(analyse("protest protests protested protesting", "en"))) == 1
    assert len(set(analyse("menace menaces menacer menacé", "fr"))) == 1


def test_possessives_and_contractions_leave_the_word() -> None:
    assert analyse("the mayor's kids\u2019 school", "en") == analyse("mayor kid school", "en")


def test_hyphen_variants_are_one() -> None:
    assert analyse("e-mail", "en") == analyse("e\u2011mail", "en") == analyse("email", "en")
    assert analyse("cyber\u2013abuse", "en") == analyse("cyber abuse", "en")


def test_numbers_and_acronyms_are_kept() -> None:
    assert analyse("R.C.M.P. and 9-1-1", "en") == ("rcmp", "911")
    assert "264.1" in analyse("section 264.1 du Code", "fr")
    assert analyse("call 1-800-420-5805", "en")[1:] == ("1", "800", "420", "5805")


def test_inclusive_spellings_are_the_plain_word() -> None:
    assert analyse("les élu·e·s et conseiller(e)s", "fr") == analyse("élu conseiller", "fr")


def test_function_words_are_dropped_in_their_own_language_only() -> None:
    assert analyse("what is the threat", "en") == ("threat",)
    assert analyse("on", "fr") == ()
    assert analyse("pour", "en") == ("pour",)


def test_telling_terms_leave_out_words_without_a_subject() -> None:
    assert telling("can you please help me, I want someone to do something about doxing", "en") == {
        "dox",
        "help",
    }


def test_a_very_long_word_and_other_scripts_do_no_harm() -> None:
    assert analyse("x" * 50_000, "en") == ()
    assert words("\u1403\u14c4\u1483\u144e\u1450\u1466") != ()
    assert analyse("\U0001f600 \u202e!!", "en") == ()


def test_folding_unifies_ligatures_and_soft_hyphens() -> None:
    assert fold("Cœur co\u00adopération") == "coeur cooperation"
