"""What addresses are made of: street types, regions, units, cities, and what follows a street. Pure vocabulary.

Every repetition is bounded, so that hostile input costs linear time.
"""

# Street types that no one writes after "number + word" unless it is an address.
CLEAR = (
    "st|str|street|crt|trce|ave|av|avenue|rd|road|blvd|boulevard|boul|cres|crescent|hwy|highway|pkwy|parkway|ln|lane|dr|drive"
    "|cir|circle|ct|court|terr|terrace|trl|trail|sideroad|expressway|expy|turnpike|wynd|mews|alley|cul-de-sac|causeway"
)
# Ordinary words that are street types when the name before them is capitalised or a cue stands near.
ORDINARY = (
    "way|pl|place|ter|sq|square|loop|bend|run|path|row|close|gate|grove|grv|heights|hts|hill|hills|hollow|landing|lndg"
    "|manor|point|pt|ridge|rdg|line|concession|crossing|xing|fork|glen|cove|cv|chase|common|commons|creek|meadow|meadows"
    "|park|pass|pike|plaza|plz|quay|rise|spur|turn|view|vista|walk|bay|bluff|bluffs|branch|bypass|dell|esplanade|estates"
    "|farm|field|fields|flats|gdns|gardens|garden|green|harbour|harbor|haven|island|key|knoll|lake|mall|mill|mills|mount"
    "|mountain|orchard|port|ranch|shore|shores|spring|springs|station|summit|valley|village|villas|woods|wood|track"
    "|vale|oval|parade|bridge|corner|corners|court|extension|ext|freeway|gateway|junction|isle|ravine|sands|trace|cliff"
)
DIRECTION = (
    r"(?:north|south|east|west|northeast|northwest|southeast|southwest|n\.?e|n\.?w|s\.?e|s\.?w|n|s|e|w)\b\.?"
)
# "N6542" and "W324 S4567" are house numbers of rural grids.
NUMBER = r"(?<![\w#$€£.,:/-])(?:[NSEWO]\d{1,5}[ ]?(?=[NSEWO]?\d))?(?P<number>[NSEWO]?\d{1,6}(?:[A-Za-z]|[ ](?-i:[A-F])(?=[ ,])|-[A-Za-z](?![\w-])|[ -]?[½¼¾]|[ ]1/2)?(?:[ ]?-[ ]?\d{1,6}[A-Za-z]?)?)"
REGION = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOTB]|N[EVHJMYCDBLSTU]|O[HKRN]|P[AERQ]|QC|RI|S[CDK]|T[NX]|UT"
    r"|V[TA]|W[AVIY]|AB|BC|YT|YK|[A-Z]\.[A-Z]\.?|(?:Wyo|Calif|Mass|Penn|Wash|Ore|Colo|Ariz|Tex|Fla|Minn|Wis|Mich|Ill|Okla|Kan|Neb|Nev|Mont|Sask|Man|Alta)\.|Ont(?:ario|\.)?|Qu[eé]bec|Qu[eé]\.?|Alberta|Manitoba|Saskatchewan|Nova Scotia"
    r"|New Brunswick|Nouveau-Brunswick|Newfoundland|Labrador|Yukon|Nunavut|British Columbia|Prince Edward Island|"
    r"Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana"
    r"|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska"
    r"|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    r"|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)"
)
CA_POST = r"[A-CEGHJ-NPR-TVXYa-ceghj-npr-tvxy]\d[A-CEGHJ-NPR-TV-Za-ceghj-npr-tv-z][ -]?\d[A-CEGHJ-NPR-TV-Za-ceghj-npr-tv-z]\d"
POST = rf"(?:\d{{5}}(?:-\d{{4}})?|{CA_POST})"
UNIT = (
    r"(?:(?:apt|apartment|unit|suite|ste|rm|room|lot|trlr|trailer|space|spc|slip|ph|bldg|building|floor|fl|appt|app|appartement|unite|unité|logement|porte|bureau"
    r"|bur|local|étage|etage|condo|bsmt|basement)\b\.?[ ]?(?:no\.?[ ]?|#[ ]?)?(?:[A-Za-z]?-?\d{1,5}(?:-?[A-Za-z]\b)?|[A-Za-z]\b)|#[ ]?(?:[A-Za-z]?\d{1,5}[A-Za-z]?|[A-Za-z]\b)|bsmt|basement|sous-sol|rez-de-chauss[ée]e|rdc|(?:lower|upper|rear|upstairs|downstairs|penthouse)(?:[ ](?:unit|apt|suite|level|flat))?(?=[ ]?(?:[,.;)\n]|\Z))|(?:bas|haut|en bas|en haut|arri[eè]re|non[- ]domestic)(?=[ ]?(?:[,.;)\n]|\Z)))"
)
CITY = (
    r"(?:[A-ZÀ-Ý][\w'.-]{1,20}(?:[ -](?:[A-ZÀ-Ý][\w'.-]{1,20}|de|du|des|la|le|les|sur|of|on|the|aux|à)){0,4})"
)
SEP = r"[ ]{0,2}[,\n]?[ ]{0,2}"
GAP = r"[ ]{0,2}[,\n ][ ]{0,2}"
# Cities that are written in small letters and without a comma after the street: the large ones of both countries.
TOWNS = (
    "saint[- ][a-zà-ÿ-]{3,20}|sainte[- ][a-zà-ÿ-]{3,20}|st[- ][a-zà-ÿ-]{4,20}|fort [a-z]{3,12}|new york|los angeles|san [a-z]{4,12}|santa [a-z]{3,10}"
    "|chicago|houston|phoenix|philadelphia|dallas|austin|columbus|charlotte|seattle|denver|boston|nashville|detroit|portland|memphis|louisville"
    "|baltimore|milwaukee|albuquerque|tucson|fresno|sacramento|mesa|atlanta|omaha|raleigh|miami|oakland|minneapolis|tulsa|tampa|wichita|cleveland"
    "|boise|spokane|tacoma|salem|eugene|billings|missoula|fargo|lincoln|madison|buffalo|rochester|pittsburgh|cincinnati|indianapolis|anchorage"
    "|fairbanks|las vegas|salt lake city|great falls|burlington|concord|toronto|montr[eé]al|vancouver|calgary|edmonton|ottawa|winnipeg|qu[eé]bec"
    "|hamilton|kitchener|london|halifax|victoria|windsor|oshawa|saskatoon|regina|barrie|kelowna|sherbrooke|trois[- ]rivi[eè]res|guelph|kingston"
    "|moncton|thunder bay|sudbury|brantford|gatineau|laval|longueuil|l[eé]vis|saguenay|chicoutimi|rimouski|drummondville|granby|repentigny"
    "|shawinigan|rouyn[- ]noranda|val[- ]d.or|sept[- ][iî]les|baie[- ]comeau|la tuque|fredericton|charlottetown|truro|brandon|red deer|lethbridge"
    "|medicine hat|kamloops|nanaimo|prince george|whitehorse|yellowknife|iqaluit|peterborough|sarnia|timmins|matane|gasp[eé]|alma|magog"
)
# States and provinces that are no word in small letters.
SMALL_REGION = "al|ak|az|ct|fl|ga|ia|il|ks|ky|md|mi|mn|mt|nc|nd|nh|nj|nm|nv|ny|ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy|bc|ab|sk|mb|qc|ns|nl|yt|nt|nu"
NO_CITY = (
    "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December"
    "|Mayor|Councill?or|Thanks|Thank|Please|Merci|Then|And|But|He|She|They|We|You|It|Il|Elle|On|Je|Nous"
)
TAIL = (
    rf"(?P<tail>(?:{SEP}{UNIT}){{0,2}}(?:{GAP}(?-i:{CITY}){GAP}[(]?(?-i:{REGION})(?:\b|(?<=\.))[)]?(?:{GAP}{POST}\b)?|{GAP}(?-i:{CITY}){GAP}{POST}\b"
    rf"|{GAP}(?-i:{REGION}){GAP}{POST}\b|{GAP}{CA_POST}\b|[ ,]{{1,2}}\d{{5}}(?:-\d{{4}})?\b"
    rf"|{GAP}[a-z]{{3,20}}(?:[ ][a-z]{{3,20}})?{GAP}[a-z]{{2}}{GAP}{POST}\b|{GAP}[a-z]{{3,20}}(?:[ ][a-z]{{3,20}})?{GAP}{CA_POST}\b"
    rf"|{GAP}[a-z]{{3,20}}(?:[ ][a-z]{{3,20}})?{GAP}(?:{SMALL_REGION})(?=[ ]?(?:[,.;)\n]|\Z)|[ ][a-z])|{GAP}(?:{TOWNS})\b(?:{GAP}(?:{REGION})\b)?(?:{GAP}{POST}\b)?"
    rf"|(?:,[ ]|[ ](?:in|à)[ ])(?-i:(?!(?:{NO_CITY})\b){CITY})(?=[ ]?(?:[.;)\n\"]|\Z)))?)"
)
HEAD = rf"(?:(?:{UNIT}|\d{{1,4}}[A-Za-z]?)[ ]?[,-][ ]?|{UNIT}[ ])?"
