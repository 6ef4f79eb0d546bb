"""Who is where: what the choice of a reply must know beyond the danger itself.

Read only once danger was seen, to choose the step that fits: "do not go home" is for somebody on the road, "lock
the door" for somebody inside, and neither for a clerk whose mayor is in danger across town. Notation: lexicon.py.
These tables are no features of the learned weights, so they may change without training.
"""

import functools
from collections.abc import Mapping

from bot.safety.lexicon import Lexicon, compiled
from bot.safety.reading import Reading

_ROLES_EN = (
    "mayor|councillor|councilor|councilwoman|councilman|councilmember|reeve|clerk|deputy|manager|director|warden|colleague"
    "|coworker|boss|chair|commissioner|trustee|secretary|assistant|wife|husband|daughter|son|mother|mom|father|dad|sister"
    "|brother|partner|family|superintendent|judge|chief|supervisor|administrator"
)
_ROLES_FR = (
    "maire|mairesse|conseiller|conseillere|greffier|greffiere|directeur|directrice|prefet|prefete|collegue|patron|patronne"
    "|adjoint|adjointe|femme|mari|conjoint|conjointe|blonde|chum|fille|fils|mere|pere|soeur|frere|famille|presidente|president"
)
_HOME_EN = "home|house|door|place|apartment|condo|cabin|cottage|yard|backyard|porch|lawn|street|driveway|window|windows|basement|bedroom|garage|townhouse|hotel"
_HOME_FR = "maison|porte|cour|galerie|fenetre|fenetres|logement|appartement|chalet|rue|entree|domicile|residence|perron|garage|balcon|condo|terrain"

_ENGLISH: Mapping[str, str] = {
    # officers with weapons, and what they were told
    "armed_police": """
        armed (police|officers|officer|cops|deputies|troopers|agents|sheriff*), (rcmp|mounties|opp|police|officers|cops|deputies) ~ ~ gun, (police|officers|cops|deputies|troopers|swat) ~ (with|have|and) ~ (guns|rifles|weapons),
        (police|officers|cops|deputies|troopers) ~ ~ (guns|rifles|weapons drawn), swat (team|is|are|here|just|at), red dots, laser dots, tactical team, (police|cops|officers|deputies|sheriff) ~ (surround*|encircl*)
    """,
    "accused": """
        (if|that|said|says|saying|claim*|claims|think*|thinks|reported|report) ~ i (had|have|ve|shot|killed|stabbed|murdered|was|am|m|took), (asked|asking|asks) ~ (hostage*|if i), hostage* (at|in|inside) (my|our|here), think* ~ hostage,
        (nobody|no one|noone) (here )(called|dialed|dialled|phoned), (didn t|never|did not) (call|phone|dial) (911|them|anyone|anybody|police|the police), (we|i) (did|have done|ve done) nothing, (no|isn t a|is no) hostage, false (report|call|alarm), (fake|false|bogus|hoax) (call|911|emergency|shooting|shots|tip|story),
        hoax, prank, on a lie, swatt*, this is a mistake, call (came|coming) from (my|our) (house|home|address|number|phone), (knows|know|says|said|think*) i (have|had|ve) a (gun|weapon|hostage), report* ~ (at|from) (my|our) (house|home|address)
    """,
    # officers at one's own house: no door is locked against them
    "police_here": """
        (police|officer|officers|cop|cops|deputy|deputies|troopers|swat|sheriff*) (at|on|in|outside|around|surround*) (my|our|the) (door|front door|lawn|yard|porch|house|driveway|property),
        (police|officers|cops|deputies|troopers) (are|r|all) ~ (at|on|in|outside|around|surround*) (my|our) (door|front door|lawn|yard|porch|house|driveway|property), (reported|report of|reports of|called about|call about) ~ (murder|hostage*|shooting|shots|bomb|body|killing|stabbing) ~ (here|at my|in my|inside|at our)
    """,
    # a car that one can't leave, and one that one can drive away in
    "held": "(uber|taxi|cab|lyft|driver|car|van) ~ (won t|wont|will not|not) ~ (let|unlock|stop|open), doors (won t|wont) (unlock|open), in (his|the|their) (trunk|van), back seat",
    "in_car": "(i m|im|i am|we re|we are|sitting|stuck|locked|alone|still) ~ in (my|the|our) (car|truck|van|suv), at the wheel, behind the wheel, (i m|im|i am|we re) driving",
    "vehicle": "my (truck|car|van|suv|windshield|windscreen), (i m|im|i am|we re|while) driving, on (route|highway|hwy|the highway|the freeway|the interstate)",
    "callback": "(dispatch*|911|operator) ~ (wants to know|asking if|asked if|asking about|asks if|asked about)",
    # a bomb said to be somewhere, and not seen
    "planted": """
        planted, (placed|hid|hidden|put|left) (a|an|something|explosives|one|it|bombs|some|devices) ~ (under|inside|in the|in a|near the|at the|beneath|behind|stage|basement), (building|city hall|town hall|place|library|school|courthouse|it|hall) (will|is going to|goes|is gonna) ~ (come down|blow|go up|explode|boom), phoned in a bomb, bomb threat, kaboom,
        (bomb|explosive*|device*) (in|under|at|inside|near) (the|our|city|town|your|his|her), (note|message|letter|email|sign) ~ ~ bomb
    """,
    "pursued": """
        (follow*|tail*|trail*|chas*|shadow*|track*) (me|us|my|behind|him|her|them), being (followed|chased|tailed), behind (me|us|my), (on|up) my (tail|bumper), right on (me|us), every turn, each turn, same turns, matched ~ turn*, keep turning, when i turn, i turn, cars back, in (my|the) (mirror|rearview|rear view|mirrors), pulled out (right |just )(after|behind|with) (i|me), won t pass, boxing me in, boxed me in, off the road,
        (car|truck|van|suv|pickup|sedan|motorcycle|headlights|vehicle) ~ (behind|following|tailing|since|every)
    """,
    "moving": """
        (i m|im|i am|we re|we are|still|while|keep) (driving|walking|running|moving|cycling|biking|riding|on foot), (almost|nearly|not) (yet )(home|at my|at home), on (my|the|our) way (home|back|to), (head|heading|headed|drive|driving|going|go|walk|walking|get|lead|leading) (him |her |them |us |me |straight |back )(home|to my house|to my place|back to my), following me home, in (my|the) (car|truck|van), behind the wheel, at the wheel, (highway|freeway|interstate|expressway|motorway|turnpike), on the (401|20|40|15|417|95|5|10|101), on route, keep turning, every turn i, i turn, when i turn, leaving the (parking|lot|hall|meeting), (afraid|scared) to (go|drive|walk) home, don t (know where|want) to (go|lead), still behind (me|us), right behind (me|us), (since|from) the (bus|metro|subway|train) stop, intersection, red light, stoplight, gas station, downtown
    """,
    "at_home": """
        (i m|im|i am|we re|we are|finally|safe|safely|back|now|am) (home|inside|indoors|in the house|at home|at my place|at my house|in my house|in my apartment|in my kitchen|in my living room|in my bedroom|in my garage|in my room), made it (home|in|inside|back|to my), (got|get|came|walked|ran) (home|inside|in the house|back inside|in safe|in the door|in my door|into my|into the house), followed (me|us) (home|back home|all the way|the whole way|to my (house|home|place|door|apartment|building|street)), (tailed|trailed|chased) (me|us) (home|all the way|to my|from ~ to my), locked (the|my|our) (door|doors|front door), in (my|the) (living room|kitchen|bedroom|hallway|house|apartment|bathroom|basement),
        (outside|in front of|across from|in|at|near|by) (my|our) (house|home|place|window|apartment|building|door|driveway|gate|condo|living room), end of (my|our|the) driveway, (my|our|the) driveway, parked (outside|across|in front|down|on my street), across the street, (idling|waiting|sitting|parked) ~ (outside|street|mailbox|driveway|house), by the mailbox, buzzing ~ (unit|apartment|door|me), (on|in) my street, pulled in, pointed at my, my (window|windows|doorbell|front door|porch)
    """,
    "threshold": """
        (my|our|the) (front |back |side )(porch|doorstep|steps|stoop|lawn|yard|garden|deck|door|gate|window|patio|fence|backyard), walking up to (the|my|our) (house|door), (walking|moving|creeping|someone|somebody) ~ (downstairs|upstairs), footsteps, trying (windows|doors|the windows|every), (stranger|man|guy|someone|somebody) (is )(in|inside) the (house|basement|garage|attic), through (my|our|the) (window|kitchen window|fence), let himself in*, looking in (through|at)
    """,
    "medical": "throat (is )(swelling|closing|swollen), swelling up, can t breathe, having trouble breathing, stopped answering ~ sentence",
    # a thing that somebody sees, and one that already went off
    "bomb_seen": "wires, a timer, pressure cooker, fuse, pipe bomb, cylinders",
    "blast": "explosion*, exploded, blew up, blown up, went off in, collapsed on, roof collapsed, wall (is )(leaning|collapsed|falling)",
    "no_shots": "tire iron*, flat tire*, tire tracks, tire marks, spare tire*",
    "violence": "(pepper |bear )(spraying|spraying) (people|us|staff|everyone|the|them|him|her), macing",
    # somebody else, in another place
    "other_place": f"""
        (her|his|their) (own |front |back |side |kitchen |bedroom )({_HOME_EN}), ({_ROLES_EN}) s (own |front |back )({_HOME_EN}), (follow*|tail*|chas*|trail*) (her|him|them), (outside|inside|in|at) (her|his|their) ({_HOME_EN}), (kid|kids|child|children|bus|school bus) (is|are) being followed, ({_ROLES_EN}|she|he|they) (is|s|are|re) (being followed|home alone|at home|hiding|trapped|alone|at her|at his|at their), (surrounding|outside) (her|his|their)
    """,
    "told": f"""
        ({_ROLES_EN}|she|he|they|caller|resident) ~ (called|texted|phoned|messaged|emailed|wrote|told|rang|tells|says|writes|texts|messages|radioed) (me|us|our|that|the office|from), ({_ROLES_EN}) ~ (called|texted|phoned|messaged|rang|says|phones|texting|calling), (she|he|they) (says|said|just called|called|texted), (text|call|message) from (my|our|the|one of), (on|over) the (phone|line) (with|to|says), on speaker, on (line|hold), is on the (phone|line), i run the phones, (she|he) s on the phone
    """,
    "away": """
        (i m|im|i am|we are|we re) (at work|at city hall|at town hall|at the office|at the hall|at my desk|in the office|in another|in a different|not there|not with|across town|out of town|on vacation|on the other side)
    """,
    "far": """
        (i m|i am|im|we re|we are) ~ (minutes|km|kilometres|kilometers|miles|hours|hour) (away|from), lives across town, in another (city|town|state|province), in a different (city|town), on behalf of, writing for (the|my|our|a|her|his), i m writing for, calling for (the|my|our), km away, kilometres away, miles away
    """,
    "own_place": """
        (my|our) (door|front door|back door|house|home|porch|lawn|lobby|building|window|windows|yard|kitchen|bedroom|apartment|street|driveway|car|truck|reception|counter|front desk|chamber|hallway|steps|garden|gate|fence|living room|basement|parking lot|place), (we|i) (m|am|are|re) (hiding|locked|under|trapped|alone|inside|upstairs|on the floor|barricaded|surrounded), (hiding|locked) (myself|ourselves), behind (me|us), follow* (me|us), (at|toward|towards) (me|us)
    """,
    "public_place": """
        (here|in here|out here|right here|over here), in the (lobby|hallway|hall|chamber|council chamber|council chambers|parking lot|building|gallery|vestibule|stairwell|front row|audience|foyer|meeting|vault|library), (outside|at|inside|near) (city hall|town hall|the office|the hall|the library|the polls), (downstairs|next room|same building), (my|our) office
    """,
}

_FRENCH: Mapping[str, str] = {
    "police_here": "(police|policiers|agents|sq|grc|spvm) (est|sont|devant|dans|sur|a) ~ (chez (nous|moi)|ma porte|ma cour|notre cour|ma maison|mon terrain|la pelouse|ma pelouse), (rapporte|signale) ~ (meurtre|otage*|coups de feu|fusillade) ~ (ici|chez)",
    "held": "(uber|taxi|chauffeur) ~ (ne|veut pas|refuse), portes s ouvrent pas, dans (sa|son) (valise|coffre)",
    "in_car": "(suis|chu|chui|assise|assis|pogne|pognee) ~ dans (mon|ma|notre) (auto|voiture|char|camion), au volant",
    "vehicle": "mon (auto|char|camion|pare brise), ma voiture, au volant, sur (la|l) (route|autoroute|20|40)",
    "bomb_seen": "des fils, minuterie, compte a rebours, autocuiseur, bonbonnes, meche",
    "blast": "explosion*, a explose, vient d exploser, ont explose, toit s est effondre, mur s est effondre",
    "armed_police": """
        (policiers|agents|police) ~ ~ (armes|fusils|fusil|carabines|armee|encercle*|encerclent), groupe (tactique|d intervention), gti, blinde ~ (devant|chez), (sortir|sortez) (avec )les mains, points rouges, police ~ ~ ~ (fusils|armes)
    """,
    "accused": """
        (si|que) (j avais|j ai|je|j aurais) (tire|tue|pris|abattu|poignarde|retien*|retenais|otage*|une arme), on a rien fait, j ai rien fait, n avons rien fait, personne (ici )(n )(a |les )(a )(appele|rien), (n )a pas appele, ai pas appele, pas appele (le 911|la police|personne), faux appel, fausse alerte, canular, y a pas d otage*, pas d otage*, pour rien, je comprends pas, c est une erreur, swatt*, appel (vient|venait|provient) de (chez|ma|notre|mon)
    """,
    "planted": """
        (cache|mis|place|pose|depose|installe|laisse) (une|un|des) (bombe*|engin*|explosif*|charge*|colis piege), (bombe|engin|explosifs) (dans|sous|a|devant|au) , va (sauter|exploser|peter), (va|vont) (tout )(sauter|exploser|peter), tout va (sauter|exploser|peter), ca part a, alerte a la bombe, appel a la bombe
    """,
    "pursued": """
        (me|nous|la|le|les) (suit|suivent|suivait|suivaient|talonne|piste|pourchasse), m a (suivi|suivie), nous a suivi*, se fait suivre, me fais suivre, me fait suivre, derriere (moi|nous|mon auto|ma voiture|mon char), me colle, colle au (derriere|cul|pare choc), (a|chaque|tous les) (coin|tournant|virage|coins|intersection), dans (mon|le) retroviseur, marche derriere, tourne quand je, (qui|celui qui|celle qui|auto qui|camion qui) me suivait, suivie jusqu*, suivi jusqu*
    """,
    "moving": """
        au volant, (je|on) (roule|conduis|marche|cours|tourne), (suis|chu|chui) (sur|dans mon (auto|char|camion)|dans ma voiture|en auto|a pied|en char), sur (la|l) (20|40|15|10|25|autoroute|route), en (route|chemin) (vers|pour), (j arrive|j approche|presque) (bientot |presque )(chez|rendue*|arrive*|a la maison), (pas|ose pas|peur de|envie de) (rentrer|retourner) (chez|a la), j ose pas, au feu rouge, (me|nous) suit (encore|en ce moment|depuis|la), encore derriere (moi|nous)
    """,
    "at_home": """
        (suis|est|sommes) (rentree|rentre|rentres|arrivee|arrive|rendue|rendu|chez (moi|nous)|a la maison|en dedans|a l interieur), (rendue|rendu) (chez|a la maison|en dedans), (reussi a|pu) rentrer, (suivie|suivi|suivies|suivis) jusqu* (a la maison|chez|a ma|a mon|ici), barre la porte, barre ma porte, porte barree, verrouille (la|ma) porte, devant (chez (moi|nous)|ma maison|mon|ma), dans (l|mon|notre) entree, dans (le|mon) salon, dans ma cuisine, dans (le|mon) stationnement de, (stationne|stationnee|attend) ~ (devant|en face|dehors), sonne a (la|ma) porte, dans ma rue, au bout de (mon|l) entree
    """,
    "threshold": """
        (ma|notre|la|mon) (galerie|cour|porte|porte patio|fenetre|pelouse|terrasse|perron|balcon|cloture), sur (le|mon|notre) (perron|balcon|terrain|gazon), dans (ma|la|notre) cour, (entends|entend) (marcher|des pas|du bruit en bas|du monde), regarde par la fenetre, essai* d ouvrir, inconnu (dans|sur)
    """,
    "medical": "gorge (enfle|serre|ferme|gonfle), respire (mal|difficilement), a de la misere a respirer",
    "other_place": f"""
        (sa|son|leur|ses) ({_HOME_FR}), chez (elle|lui|eux|le (maire|conseiller|directeur|greffier|prefet)|la (mairesse|conseillere|directrice|greffiere|prefete)), ({_HOME_FR}) (du|de la|de l|de son|de sa|de notre|de mon|de ma) ({_ROLES_FR}), (la|le|les) (suit|suivent), (elle|il) est (cachee|cache|seule|seul|enfermee|enferme|chez)
    """,
    "told": f"""
        m a (appele*|texte*|ecrit|telephone*|dit), vient de m (appeler|ecrire|avertir), vient de me (texter|telephoner|dire), (me|nous) (texte|ecrit|telephone|appelle|dit), m (ecrit|appelle), au telephone (avec|dit|me), au bout du fil, on me dit, (la|le|ma|mon|notre) ({_ROLES_FR}) (dit|m ecrit|me texte|m appelle|vient)
    """,
    "away": "(je suis|moi je suis|chu|chui|suis) (au bureau|au travail|au conseil|en reunion|en seance|a la mairie|a l hotel de ville|a la job|ailleurs|pas la|en vacances|loin)",
    "far": "(moi )je suis a ~ (km|kilometres|heures|minutes), (dans une|autre) (autre )ville, au nom (de|du), a l autre bout, km (d ici|de la|de chez), (elle|lui) (est )a (gaspe|quebec|montreal|gatineau|sherbrooke)",
    "own_place": """
        (ma|notre) (porte|maison|cour|rue|fenetre|galerie|voiture|salle|reception), (mon|notre) (auto|char|entree|logement|appartement|perron|edifice|stationnement|hall), chez (moi|nous), (on|nous) (est|sommes|s est) (cache*|enferme*|barricade*|pris*|en dedans|dedans|couche*), suis (cache*|enferme*|seule|seul|en dedans), derriere (moi|nous), (me|nous) suit, on est dedans
    """,
    "public_place": """
        ici, dans (le|la|l) (hall|corridor|salle|edifice|stationnement|lobby|bibliotheque|salle du conseil), devant (l hotel de ville|la mairie|la bibliotheque|le bureau), (mon|notre) bureau
    """,
}


@functools.cache
def _lexicon() -> Lexicon:
    return compiled(_ENGLISH, _FRENCH)


def seen(reading: Reading) -> frozenset[str]:
    """Return what the message says of the scene, as names of the tables above."""
    find = _lexicon().find
    return frozenset(match.concept for sentence in set(reading.sentences) for match in find(sentence.words))


def elsewhere(scene: frozenset[str]) -> bool:
    """Say whether the writer speaks for somebody who is in danger in another place."""
    if "far" in scene:
        return True
    if "own_place" in scene:
        return False
    if "other_place" in scene and scene & {"told", "away"}:
        return True
    return "public_place" not in scene and ("other_place" in scene or {"told", "away"} <= scene)


def inside(scene: frozenset[str]) -> bool:
    """Say whether the writer has reached home, and is not on the road any more."""
    return "at_home" in scene and "moving" not in scene
