"""Function words of English and French, folded as `tokens.fold` folds them.

Two lists each. The short one is left out of the index: dropping more than the plainest
words was measured to cost ranking. The long one holds what says nothing about the subject
of a question; it only counts when deciding whether a passage covers a question.
"""

ENGLISH = frozenset(
    """
    a am an and are arent as at
    be been being but by can cant
    did didnt do does doesnt dont
    for from
    had has hasnt have havent he hed her hes him his how
    i id if ill im in is isnt it its ive
    me my no not of on or our
    she so than that thats the their them then there these they theyre this those to
    us was wasnt we were weve what when where which who whos will with wont
    you your youre
    """.split()  # noqa: SIM905 - a word list reads better as text
)

FRENCH = frozenset(
    """
    a ai as au aux avec c ce ces cet cette comment d dans de des du
    elle elles en es est et ete etre eu eux fut
    il ils j je l la le les leur lui m ma mais me meme mes moi mon
    n ne nos notre nous on ont ou par pas pour
    qu quand que quel quelle quelles quels qui quoi
    s sa se ses son sont suis sur t ta te tes toi ton tu un une vos votre vous y
    """.split()  # noqa: SIM905 - a word list reads better as text
)

ENGLISH_WEAK = ENGLISH | frozenset(
    """
    a about above after again all also although always am an and any anyone anything are arent as at
    be because been before being below between both but by
    can cannot cant could couldnt
    did didnt do does doesnt doing done dont down during
    each either else ever every everyone everything few for from further
    get gets getting got had hadnt has hasnt have havent having he hed her here heres hers herself hes him
    himself his how hows however
    i id if ill im in into is isnt it its itself ive
    just let lets like
    many may maybe me might mine more most much must my myself
    near need neither no nor not now of off often on once one only onto or other others ought our ours
    ourselves out over own
    per perhaps please quite rather really same shall she should shouldnt since so some someone something
    somehow sometimes soon still such
    than thanks that thats the their theirs them themselves then there theres these they theyre theyve thing
    things this those though through thus to together too toward towards
    under until unless up upon us very via
    want wants was wasnt way we well were werent weve what whats when where whether which while who whom
    whose why will with within without wont would wouldnt
    yes yet you your youre yours yourself yourselves youve
    """.split()  # noqa: SIM905 - a word list reads better as text
)

FRENCH_WEAK = FRENCH | frozenset(
    """
    a afin ai aie ainsi alors apres as assez au aucun aucune aura aurait auront aussi autre autres aux avaient
    avais avait avant avec avez aviez avions avoir avons ayant
    beaucoup bien bonjour
    c ca car ce ceci cela celle celles celui cependant certain certaine certaines certains ces cet cette ceux
    chaque chez ci comme comment
    d dans de deja dela depuis des dessous dessus deux devait devrait devriez devrions dit dois doit doivent
    donc dont du durant
    elle elles en encore entre es est et etaient etais etait etant ete etes etiez etions etre eu eux
    faire fais faisait fait faites fallait faut font fut
    ici il ils
    j je jusque
    l la le lequel les lesquelles lesquels leur leurs lors lorsque lui
    m ma mais malgre me meme memes merci mes mien mienne moi moins mon
    n ne ni non nos notre nous
    on ont or ou
    par parce parmi pas pendant peu peut peuvent peux plus plusieurs plutot pour pourquoi pourra pourrait
    pouvez pouvons pres puis puisque
    qu quand que quel quelle quelles quels quelque quelques qui quoi
    s sa sans se sera serait seront ses si sien sienne sinon soi soient sois soit sommes son sont sous souvent
    suis sur svp
    t ta tandis tant te tel telle telles tels tes toi ton toujours tous tout toute toutes tres trop tu
    un une va vais vers veut veux voici voila vont vos votre voulez voulons vous vraiment vu
    y
    """.split()  # noqa: SIM905 - a word list reads better as text
)
