"""Say which of the two reply languages fits. A guess here never touches a safety result."""

from bot.safety.words import Words

_FRENCH = frozenset(
    """
    le la les un une des du de et est que qui dans pour pas sur avec nous vous je il elle ce cette ces mon ma mes
    notre nos votre vos son sa ses leur leurs au aux en ne se y mais ou donc si plus tout tous bonjour merci quoi
    comment quelqu suis sont ont avons avez etre avoir fait faire dit ca c j l d n qu aujourd hui maintenant chez
    moi toi lui eux deja encore puis parce depuis devant derriere sans sous entre apres avant quand peut peux veux
    maire mairesse ville conseil seance gens monde rien jamais toujours salut allo bonsoir svp plait ici tu
    pas pus faque bien mon ton gars char rue feu porte couteau fusil homme femme bebe enfant enfants maison bureau
    dehors dedans vient vite aidez aide peur icitte lui soir matin nuit hier demain oui non fete
    """.split()  # noqa: SIM905 - a table of words
)
_ENGLISH = frozenset(
    """
    the an of and is are was were to in for not with we you i he she they it this that these those my our your his
    her their at by from but or so if all what how who when where why hello hi thanks please someone somebody have
    has had do does did can could would should will be been am me us them there here just now any some about after
    before up out into over no yes good morning afternoon council town city mayor t m re ve ll dont need want get
    """.split()  # noqa: SIM905 - a table of words
)
# Spanish shares "la", "de" and "que" with French, and "el", "mi", "mis" and "con" with French as it is typed; these
# it does not share.
_SPANISH = frozenset(
    """
    los las por una hay esta estoy estan muy pero como donde quien cuando porque ahora aqui alli ayuda hijos casa
    puerta hombre mujer ellos nosotros nuestra nuestro fuera dentro tiene tengo quiere pistola cuchillo dice mata
    """.split()  # noqa: SIM905 - a table of words
)


def guess(words: Words) -> str:
    """Return "fr" or "en" for the reply; English where nothing speaks for French."""
    french, english, spanish = _counts(words)
    return "fr" if french > max(english, spanish) else "en"


def is_sure(words: Words) -> bool:
    """Say whether the words leave little doubt which of the two it is: "le tireur is in the hall" does not."""
    french, english, spanish = _counts(words)
    first, second = max(french, english, spanish), min(french, max(english, spanish))
    return first - second >= 2 or (first > 0 and second == 0)


def _counts(words: Words) -> tuple[int, int, int]:
    french = english = spanish = 0
    for sentence in words.sentences:
        for word in sentence:
            french += word in _FRENCH
            english += word in _ENGLISH
            spanish += word in _SPANISH
    return french, english, spanish
