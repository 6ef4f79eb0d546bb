"""Everyday words that lie one slip away from a danger word and must be left alone."""

COMMON: frozenset[str] = frozenset(
    """
    scooter scooters sacred scaled snared closer shits shuts posted poster tripped pinched staking snooting porto
    bob bomb comb tomb lamb limb womb bomber bombs gone gum gin gun run fun sun bun gut guy gus kilt bill will till
    fill mill pill hill skill kiln kind king filling milling billing willing skilling spilling chilling thrill treat
    threats thread threads throat great retreat heat sheet hunt hunts hints huts pints knit kite knives life wife
    knifes trifle stifle ripple riffle ruffle raffle title pistil piston weapons harmed farmed aimed alarmed army
    arms arm hammers hamper manner banner hummer bulletin ballet ballot wallet pallet mullet power powers ponder
    pounder wonder founder envelop envelopes developed packages packaged parcels partial particle explosion expose
    explosives devise devices advice device's grenades sunset beside aside besides driveways porches perch torch
    poach pouch marking barking packing paring parting sparking doorsteps hallways hobby lobbying lobbies begin
    behinds behave follow followed fellows hollow bellows baking braking breaking making taking waking smashes
    licking picking ticking sticking tracking pounding rounding sounding bounding founding hounding banning hanging
    ranging bonding bang winding windows widow window widows shouting shooing shoot shoots shot shorts short spots
    shoes shops shows stops snorts gunfight stubbed stabbed stable stables staffed staffing starting stating staying
    punches launched lunched attached attaches attaching attacks stalking talking walking balking stacking cocking
    choosing chocking shocking choking breeding bleeding blending breathing breaching bathing breathe brea collapse
    collapsing seizures hiking biding riding siding hitting hidden locker blocked clocked docked locks rocked looked
    trapped tapped wrapped strapped threaten threatens treated treats burning turning burying buying tuning gasoline
    suicides bills polls pulls piles pill pins tonight tonights streaming screening creaming dreaming strange
    stranger strangers stronger danger ranger intruders officer offices offices police polices policed policy polite
    swab swap sweat want wait what seat shared scored scarred stared spared cared scared emergence someones bathrooms
    closed closes closets closest stalling tailing failing sailing mailing trailing telling tiling evacuated leaking
    leading leaning learning lasting speaking licensing hurt hurts hurst burs hurry hosting hostages porte portes
    poste ponte pote portee porter sorte forte morte perte partie part parti arme armes armee armees arms ame larme
    charme alarme bombes bonbe combe tombe colis coli polis poli enveloppes poudre poudres moudre coudre foudre
    menace menaces menacer menages menage tuer puer suer muer huer user jouer louer tue tuez dehors debors portees
    fenetres fenetre derriere dernier derniere dernieres premiere carriere barriere defense defonce frappe frapper
    nappe trappe grappe cogne logne borgne vogne suivent suivant souvent suivez savent servent agresse adresse
    adresses adresser adressee agresser poignarde poignees etrangle etranger etrangers etrange saigne soigne baigne
    saine respire inspire respirer espere inspirer cache cacher cachet cachets vache tache tasse hache lache
    enferme ferme fermes enfermer fermees barricades suicide suicides mourir courir nourrir pourrir mourra pilules
    fardeaux policier policieres politiers brulent brulant brule brulee bulle boule coule quelque quelques voiture
    toiture voitures camions essence absence presence essences blesse blesser laisse baisse blesses tireur tirer
    tiroir titreur otages otage otages orage peur pour leur heur coeur pleur peux peut peurs entree entrees entre
    entres entrer encree masque masques marque marquee casque manque basque sale salle porter ponts pont
    parce signe signes mosque mosques conge conges cols port ports billet billets scare scares crache crachent poutre poutres
    denonce denonces denoncer brune brunes bless blessed shorter shirts coaches aimee cooking bagging begging stars poete bulles
    banking backward backwards ahmed peru gnu outage outages halfway licked colin slots bruce decors defence devine portez entrez
    porc porcs porcelain heurts trapper goodbyes polie polies stable stables staging stalling sirens bowels bowling hallow
    persons parol parole paroles carton cartons entame entamee portee mosaique garage garages pistes pistolets
    """.split()  # noqa: SIM905 - a table of words
)
