"""What the console says about the library, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final

from bot.browser.language import Language, typeset


@dataclass(frozen=True, slots=True)
class LibraryTexts:
    """One language's sentences. `{...}` is filled in where the sentence is used."""

    documents: str
    gaps: str
    words: str
    changes: str
    new: str
    waits: str
    behind: str
    overdue: str
    untranslated: str
    all_current: str
    to_look_at: str
    draft_waits: str
    is_behind: str
    no_twin: str
    open_page: str
    facts: str
    about: Mapping[str, str]
    kinds: Mapping[str, str]
    versions: str
    version: str
    written: str
    by: str
    out_since: str
    version_states: Mapping[str, str]
    compare: str
    changed_title: str
    first_version: str
    nothing_differs: str
    check_first: str
    gone: str
    new_fact: str
    fact_kinds: Mapping[str, str]
    line_gone: str
    line_new: str
    acts: str
    publish: str
    publish_hint: str
    needs_second: str
    roll_back: str
    edit: str
    confirm: str
    confirm_hint: str
    retire: str
    retire_hint: str
    withdraw: str
    withdraw_hint: str
    purge: str
    purge_hint: str
    purge_sure: str
    reason: str
    done: Mapping[str, str]
    purged: str
    nobody_saw: str
    saw: str
    sealed_request: str
    nameless: str
    when: str
    channel: str
    edit_title: str
    edit_lead: str
    save: str
    unchanged: str
    new_title: str
    skeleton: str
    gaps_lead: str
    gaps_headline: str
    gaps_none_yet: str
    gaps_counts: str
    gaps_empty: str
    gaps_writing: str
    asked: str
    not_helped: str
    first: str
    where: str
    such_as: str
    take: str
    title: str
    language: str
    owner: str
    nobody: str
    written_by: str
    words_lead: str
    synonyms: str
    synonyms_lead: str
    synonyms_empty: str
    people_write: str
    library_says: str
    add: str
    remove: str
    approved: str
    approved_lead: str
    approved_empty: str
    question: str
    other_ways: str
    other_ways_hint: str
    reply: str
    document: str
    section: str
    section_hint: str
    not_given: str
    approve: str
    changes_lead: str
    changes_empty: str
    who: str
    what: str
    act_names: Mapping[str, str]
    propose_title: str
    propose_lead: str
    propose: str
    proposed: str
    days: str
    hours: str
    faults: Mapping[str, str] = field(default_factory=dict)


_ENGLISH: Final = LibraryTexts(
    documents="Documents",
    gaps="Gaps",
    words="Words",
    changes="Changes",
    new="New document",
    waits="Drafts to read: {count}",
    behind="Translations behind: {count}",
    overdue="Reviews overdue: {count}",
    untranslated="Without a twin in the other language: {count}",
    all_current="Everything is current in both languages.",
    to_look_at="To look at",
    draft_waits="draft {number} waits",
    is_behind="translation is behind",
    no_twin="no twin in the other language",
    open_page="Read it as officials do",
    facts="About this document",
    about={
        "kind": "Kind",
        "language": "Language",
        "state": "State",
        "topics": "Topics",
        "jurisdiction": "Holds in",
        "visibility": "Who may see it",
        "owner": "Owner",
        "review_date": "Review by",
        "source_address": "Taken from",
        "licence": "Licence",
        "expires": "Last day",
        "handling": "Handling",
        "organisation": "Organization",
        "phone": "Phone",
        "hours": "Hours",
        "region": "Region",
        "last_verified": "Last verified",
    },
    kinds={
        "toolkit": "Toolkit",
        "policy_brief": "Policy brief",
        "article": "Article",
        "template": "Template",
        "recording": "Recording",
        "event": "Event",
        "referral": "Referral",
        "briefing": "Briefing",
    },
    versions="Versions",
    version="Version {number}",
    written="Written",
    by="By",
    out_since="Published",
    version_states={
        "draft": "Draft",
        "published": "Quoted now",
        "superseded": "Earlier",
        "withdrawn": "Withdrawn",
    },
    compare="See what changed",
    changed_title="What version {new} changes in version {old}",
    first_version="Version {new} is the first",
    nothing_differs="The two versions say the same.",
    check_first="Check these first: people act on them.",
    gone="No longer there ({kind}):",
    new_fact="New ({kind}):",
    fact_kinds={"phone": "phone number", "address": "address", "link": "link"},
    line_gone="removed",
    line_new="added",
    acts="What to do with it",
    publish="Publish version {number}",
    publish_hint="Answers quote it within five seconds.",
    needs_second="You wrote version {number}. Ask another admin to read and publish it.",
    roll_back="Go back to this version",
    edit="Edit",
    confirm="The translation still holds",
    confirm_hint="Its original was changed on {when}. If the change does not touch this text, say so here.",
    retire="Retire",
    retire_hint="For what is out of date. New answers leave it out; old ones stay as they are.",
    withdraw="Withdraw now",
    withdraw_hint="For what is wrong or dangerous. It leaves every answer at once, messages not yet sent are held "
    "back, and old answers are marked.",
    purge="Purge for good",
    purge_hint="For what must not exist: a home address, a name. Every copy in old answers is removed, and you see who "
    "was sent one. There is no way back.",
    purge_sure="Yes, remove it for good",
    reason="Why",
    done={
        "publish": "It is published.",
        "rollback": "The earlier version is back.",
        "retire": "It is retired.",
        "withdraw": "It is withdrawn. Messages held back before they left: {count}.",
        "confirm": "The translation counts as current.",
        "saved": "Your draft is kept. Read what changes, then publish it.",
        "added": "Added.",
        "removed": "Removed.",
    },
    purged="{id} is gone. Old answers it was removed from: {count}.",
    nobody_saw="Nobody had been sent an excerpt.",
    saw="These people were sent an excerpt. Their mail or Slack still has it.",
    sealed_request="A sealed request",
    nameless="Somebody without a name",
    when="When",
    channel="Channel",
    edit_title="Edit {title}",
    edit_lead="The lines between the dashes say what the document is. Below them stands what answers quote: headings "
    "begin with ##, steps with 1., points with a dash. Nothing is published when you save.",
    save="Save as a draft",
    unchanged="Nothing was changed, so nothing was saved.",
    new_title="New document",
    skeleton="---\nid: short-name-en\ntitle: Title of the document\nkind: article\nlanguage: en\ntopics: []\n"
    "visibility: public\nowner: {owner}\nreviewed: false\n---\n\n## What to do now\n\n1. First step.\n2. Second step.\n",
    gaps_lead="What people asked and the library could not answer, or not well, grouped by meaning. Private details "
    "are masked. Questions about danger and sealed requests are never shown here.",
    gaps_headline="From first unanswered question to published answer: {span}",
    gaps_none_yet="no gap closed yet",
    gaps_counts="closed: {answered}, being written: {writing}, open: {open}",
    gaps_empty="No gap. The library had an answer to every question of the last six months.",
    gaps_writing="Being written",
    asked="Asked",
    not_helped="answers that did not help: {count}",
    first="First asked",
    where="Where",
    such_as="Such as",
    take="Begin a draft",
    title="Title",
    language="Language",
    owner="Who writes it",
    nobody="Nobody yet",
    written_by="{who} writes it",
    words_lead="Teach the search the words people use, and fix the reply to questions that must be answered in one way "
    "only.",
    synonyms="Synonyms",
    synonyms_lead="When people write the first, the search looks for the second too.",
    synonyms_empty="No synonym yet. The documents bring their own.",
    people_write="People write",
    library_says="The library says",
    add="Add",
    remove="Remove",
    approved="Approved answers",
    approved_lead="The reply is given word for word, with its source, in place of a search. It falls silent when its "
    "document is withdrawn or retired.",
    approved_empty="No approved answer yet.",
    question="Question",
    other_ways="Other ways to ask it",
    other_ways_hint="One on each line. It is given only to these questions, in these words or nearly so.",
    reply="Reply",
    document="Document it stands on",
    section="Heading",
    section_hint="As written in the document; leave it empty for the beginning.",
    not_given="not given: its document is not published",
    approve="Approve",
    changes_lead="Who did what to the library, the latest first. Nothing here can be changed.",
    changes_empty="Nothing was done yet.",
    who="Who",
    what="What",
    act_names={
        "added": "added",
        "changed": "wrote a new version",
        "published": "published",
        "rolled_back": "went back to an earlier version",
        "retired": "retired",
        "withdrawn": "withdrew",
        "purged": "purged",
        "expired": "expired",
        "matched": "found the translation current",
        "synonym_added": "added a synonym",
        "synonym_removed": "removed a synonym",
        "answer_approved": "approved an answer",
        "answer_removed": "removed an approved answer",
    },
    propose_title="Make an article of it",
    propose_lead="What was asked and what you replied goes into a draft, masked. An admin edits and publishes it.",
    propose="Propose an article",
    proposed="The draft {id} waits for an admin.",
    days="{count} days",
    hours="{count} h",
    faults={
        "second": "Another admin must publish this version: you wrote it.",
        "publish": "This version can't be published yet: {why}",
        "read": "This can't be read: {why}",
        "reason": "Say why first. The reason stays in the record of changes.",
        "taken": "This was not saved: {why}",
        "gone": "Somebody was quicker: this is not there any more.",
    },
)
_FRENCH: Final = LibraryTexts(
    documents="Documents",
    gaps="Lacunes",
    words="Vocabulaire",
    changes="Modifications",
    new="Nouveau document",
    waits="Ébauches à lire : {count}",
    behind="Traductions en retard : {count}",
    overdue="Révisions en retard : {count}",
    untranslated="Sans jumeau dans l’autre langue : {count}",
    all_current="Tout est à jour dans les deux langues.",
    to_look_at="À voir",
    draft_waits="l’ébauche {number} attend",
    is_behind="traduction en retard",
    no_twin="pas de jumeau dans l’autre langue",
    open_page="Le lire comme les élus le voient",
    facts="Ce document",
    about={
        "kind": "Genre",
        "language": "Langue",
        "state": "État",
        "topics": "Sujets",
        "jurisdiction": "Valable pour",
        "visibility": "Qui peut le voir",
        "owner": "Responsable",
        "review_date": "À revoir d’ici le",
        "source_address": "Provenance",
        "licence": "Licence",
        "expires": "Dernier jour",
        "handling": "Diffusion",
        "organisation": "Organisme",
        "phone": "Téléphone",
        "hours": "Heures",
        "region": "Région",
        "last_verified": "Vérifié le",
    },
    kinds={
        "toolkit": "Trousse",
        "policy_brief": "Note de politique",
        "article": "Article",
        "template": "Modèle",
        "recording": "Enregistrement",
        "event": "Activité",
        "referral": "Ressource",
        "briefing": "Note d’information",
    },
    versions="Versions",
    version="Version {number}",
    written="Rédigée",
    by="Par",
    out_since="Publiée",
    version_states={
        "draft": "Ébauche",
        "published": "Citée maintenant",
        "superseded": "Antérieure",
        "withdrawn": "Rappelée",
    },
    compare="Voir ce qui change",
    changed_title="Ce que la version {new} change à la version {old}",
    first_version="La version {new} est la première",
    nothing_differs="Les deux versions disent la même chose.",
    check_first="À vérifier d’abord : les gens s’y fient.",
    gone="Disparu ({kind}) :",
    new_fact="Nouveau ({kind}) :",
    fact_kinds={"phone": "numéro de téléphone", "address": "adresse", "link": "lien"},
    line_gone="retiré",
    line_new="ajouté",
    acts="Que faire du document",
    publish="Publier la version {number}",
    publish_hint="Les réponses la citent d’ici cinq secondes.",
    needs_second="Vous avez rédigé la version {number}. Demandez à une autre personne de l’administration de la lire "
    "et de la publier.",
    roll_back="Revenir à cette version",
    edit="Modifier",
    confirm="La traduction tient toujours",
    confirm_hint="L’original a changé le {when}. Si ce changement ne touche pas ce texte, dites-le ici.",
    retire="Mettre de côté",
    retire_hint="Pour ce qui est dépassé. Les nouvelles réponses ne le citent plus; les anciennes restent telles "
    "quelles.",
    withdraw="Rappeler maintenant",
    withdraw_hint="Pour ce qui est faux ou dangereux. Il quitte aussitôt toutes les réponses, les messages qui ne sont "
    "pas partis sont retenus, et les anciennes réponses sont marquées.",
    purge="Supprimer pour de bon",
    purge_hint="Pour ce qui ne doit pas exister : l’adresse d’un domicile, un nom. Chaque copie dans les anciennes "
    "réponses est enlevée, et vous voyez qui en a reçu une. C’est irréversible.",
    purge_sure="Oui, le supprimer pour de bon",
    reason="Pourquoi",
    done={
        "publish": "C’est publié.",
        "rollback": "La version antérieure est de retour.",
        "retire": "Le document est mis de côté.",
        "withdraw": "Le document est rappelé. Messages retenus avant leur départ : {count}.",
        "confirm": "La traduction compte comme à jour.",
        "saved": "Votre ébauche est conservée. Lisez ce qui change, puis publiez-la.",
        "added": "C’est ajouté.",
        "removed": "C’est retiré.",
    },
    purged="{id} n’existe plus. Anciennes réponses dont il a été enlevé : {count}.",
    nobody_saw="Personne n’en avait reçu d’extrait.",
    saw="Ces personnes en ont reçu un extrait. Leur courriel ou leur Slack l’a encore.",
    sealed_request="Une demande sous scellé",
    nameless="Une personne sans nom",
    when="Quand",
    channel="Canal",
    edit_title="Modifier {title}",
    edit_lead="Les lignes entre les tirets disent ce qu’est le document. En dessous se trouve ce que les réponses citent : "
    "les titres commencent par ##, les étapes par 1., les points par un tiret. Rien n’est publié à l’enregistrement.",
    save="Enregistrer comme ébauche",
    unchanged="Rien n’a changé : rien n’a été enregistré.",
    new_title="Nouveau document",
    skeleton="---\nid: nom-court-fr\ntitle: Titre du document\nkind: article\nlanguage: fr\ntopics: []\n"
    "visibility: public\nowner: {owner}\nreviewed: false\n---\n\n## Quoi faire maintenant\n\n1. Première étape.\n"
    "2. Deuxième étape.\n",
    gaps_lead="Ce que les gens ont demandé et que la bibliothèque ne savait pas, ou savait mal, regroupé par sens. Les "
    "détails privés sont masqués. Les questions de danger et les demandes sous scellé n’apparaissent jamais ici.",
    gaps_headline="De la première question sans réponse à la réponse publiée : {span}",
    gaps_none_yet="aucune lacune comblée pour l’instant",
    gaps_counts="comblées : {answered}, en rédaction : {writing}, ouvertes : {open}",
    gaps_empty="Aucune lacune. La bibliothèque avait réponse à toutes les questions des six derniers mois.",
    gaps_writing="En rédaction",
    asked="Demandé",
    not_helped="réponses qui n’ont pas aidé : {count}",
    first="Première fois",
    where="Où",
    such_as="Par exemple",
    take="Commencer une ébauche",
    title="Titre",
    language="Langue",
    owner="Qui la rédige",
    nobody="Personne encore",
    written_by="En rédaction : {who}",
    words_lead="Apprenez à la recherche les mots des gens, et fixez la réponse aux questions qui n’en admettent qu’une.",
    synonyms="Synonymes",
    synonyms_lead="Quand on écrit le premier, la recherche cherche aussi le second.",
    synonyms_empty="Aucun synonyme encore. Les documents apportent les leurs.",
    people_write="Les gens écrivent",
    library_says="La bibliothèque dit",
    add="Ajouter",
    remove="Retirer",
    approved="Réponses approuvées",
    approved_lead="La réponse est donnée mot pour mot, avec sa source, à la place d’une recherche. Elle se tait quand son "
    "document est rappelé ou mis de côté.",
    approved_empty="Aucune réponse approuvée encore.",
    question="Question",
    other_ways="Autres façons de la poser",
    other_ways_hint="Une par ligne. La réponse n’est donnée qu’à ces questions, dans ces mots ou presque.",
    reply="Réponse",
    document="Document sur lequel elle s’appuie",
    section="Titre de section",
    section_hint="Tel qu’écrit dans le document; laissez vide pour le début.",
    not_given="pas donnée : son document n’est pas publié",
    approve="Approuver",
    changes_lead="Qui a fait quoi dans la bibliothèque, le plus récent d’abord. Rien ici ne peut être modifié.",
    changes_empty="Rien n’a encore été fait.",
    who="Qui",
    what="Quoi",
    act_names={
        "added": "a ajouté",
        "changed": "a rédigé une version",
        "published": "a publié",
        "rolled_back": "est revenu à une version antérieure",
        "retired": "a mis de côté",
        "withdrawn": "a rappelé",
        "purged": "a supprimé pour de bon",
        "expired": "est arrivé à échéance",
        "matched": "a confirmé la traduction",
        "synonym_added": "a ajouté un synonyme",
        "synonym_removed": "a retiré un synonyme",
        "answer_approved": "a approuvé une réponse",
        "answer_removed": "a retiré une réponse approuvée",
    },
    propose_title="En faire un article",
    propose_lead="La question et vos réponses entrent dans une ébauche, masquées. L’administration la relit et la publie.",
    propose="Proposer un article",
    proposed="L’ébauche {id} attend l’administration.",
    days="{count} jours",
    hours="{count} h",
    faults={
        "second": "Une autre personne doit publier cette version : vous l’avez rédigée.",
        "publish": "Cette version ne peut pas encore être publiée : {why}",
        "read": "Ce texte ne peut pas être lu : {why}",
        "reason": "Dites d’abord pourquoi. La raison reste au registre des modifications.",
        "taken": "Rien n’a été enregistré : {why}",
        "gone": "Quelqu’un a été plus rapide : ce n’est plus là.",
    },
)


def _set(texts: LibraryTexts, language: Language) -> LibraryTexts:
    """Return the sentences with their language's apostrophes and spaces; what is typed over stays plain."""
    done: dict[str, str | dict[str, str]] = {}
    for one in fields(texts):
        value: str | Mapping[str, str] = getattr(texts, one.name)
        if one.name == "skeleton":
            done[one.name] = str(value)
        elif isinstance(value, str):
            done[one.name] = typeset(value, language)
        else:
            done[one.name] = {name: typeset(words, language) for name, words in value.items()}
    return replace(texts, **done)  # type: ignore[arg-type]  # each value keeps its field's type


LIBRARY: Final[Mapping[Language, LibraryTexts]] = {
    Language.EN: _set(_ENGLISH, Language.EN),
    Language.FR: _set(_FRENCH, Language.FR),
}
