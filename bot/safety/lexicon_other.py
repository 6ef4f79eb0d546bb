"""The plainest danger words of other languages heard in US and Canadian cities.

The desk answers in English or French, but a cry for help in another language must still be seen.
"""

CONCEPTS: dict[str, str] = {
    "gun": "zam, fizi, pistola*, arma, armas, rifle*, escopeta*, armado*, armada, fusil, pistole, broń",
    "blade": "kouto, cuchillo*, navaja*, machete*, faca, messer",
    "fire": "fuego, incendio*, quemando, quemar, gasolina, llamas, humo, fogo",
    "explosive": "bomba*, explosivo*, explotar, explosion",
    "substance": "polvo, polvo blanco",
    "item": "paquete*, sobre, mochila*, caja, maleta*",
    "break_in": "eseye antre, ap antre pa fenet, kraze pot, antre nan kay, arrombando, tentando entrar, golpeando, rompiendo, rompio, entrar a (mi|la) casa, forzando, tratando de entrar, quiere entrar, quieren entrar, metio a (mi|la), pateando, tumbar la puerta, derribar",
    "attack": "ap bat, batendo, pegando, golpeo, apunalo, apunalando, atacando, ataco, agarro, ahorcando, estrangulando, secuestr*, rehen*, peleando, pelea",
    "shots": "disparos, balazos, tiroteo, disparando, disparo, tiros, tiro",
    "vehicle_attack": "atropell*",
    "medical": "pa respire, nao respira, no respira, inconsciente, desmay*, sangrando, sangre, no responde, infarto, convulsion*, sobredosis, se cayo",
    "hiding": "escondid*, encerrad*, atrapad*, no podemos salir, no puedo salir",
    "follow": "me sigue, me siguen, me esta siguiendo, me estan siguiendo, siguiendome, nos sigue, nos siguen, detras de mi",
    "near": "deyo a, deyo pot, devan kay, nan kay, na porta, la fora, dentro de casa, afuera, en mi casa, en la puerta, a la puerta, mi puerta, en mi puerta, frente a mi casa, en el estacionamiento, en la oficina, aqui, en la entrada, adentro",
    "now": "kounye a, anmwe, ede nou, ede m, souple, agora, socorro, ahora, ahorita, ahora mismo, en este momento, ayuda, ayudenme, socorro, auxilio, emergencia, urgente, rapido",
    "soon": "hoy, esta noche, esta tarde",
    "hostile": "moun, yon moun, neg, yon neg, um homem, homem, alguem, hombre, un hombre, tipo, un tipo, alguien, senor, desconocido, hombres, gente",
    "ours": "timoun yo, timoun, pitit mwen, meus filhos, estou sozinha, mis hijos, mis ninos, mi esposa, mi esposo, mi familia, mi hija, mi hijo, ninos, estoy sola, estoy solo",
    "threat_verb": "touye, touye nou, touye m, me matar, vai matar, matar, matarme, matarnos, matarte, mato, muerte, muertos, quemar, disparar",
    "threat_speech": "li di, yo di, disse que, ameacou, amenaza*, dice que, dijo que, amenazo, amenazando, va a, me dijo",
    "fear": "miedo, tengo miedo, asustad*, temblando, llorando",
    "police": "policia, policias",
    "cops_guns": "policias armados, policia ~ apuntando, manos arriba",
    "sh_explicit": "vle mouri, touye tet mwen, quero morrer, me matar hoje, suicid*, quiero morir, quitarme la vida, matarme, no quiero vivir, ya no quiero vivir, quitarse la vida, quiero morirme, acabar con mi vida, hacerme dano",
    "sh_passive": "no quiero despertar, no despertar, no vale la pena vivir, desaparecer, una carga",
    "sh_farewell": "carta de despedida, despedida",
    "human": "llamenme, llamame, que me llamen, hablar con alguien, hablar con una persona, me pueden llamar, puede llamarme, persona real",
    "past": "el ano pasado, la semana pasada, el mes pasado, hace (dos|tres|un|unos|una) (anos|meses|dias|semanas|ano|mes|semana)",
    "drill": "simulacro*, entrenamiento, ejercicio",
    "asks_material": "plantilla*, politica, guia, consejos, ejemplo*",
    "hypo": "en caso de, si alguien, por si",
}

# Scripts without spaces between words: looked for as they stand.
EMERGENCY_STRINGS: tuple[str, ...] = (
    "救命", "救我", "有人拿枪", "拿着枪", "拿刀", "开枪", "着火", "有人闯", "救救", "報警", "报警", "警察を呼んで",
    "助けて", "النجدة", "ساعدوني", "معه سلاح", "معه سكين", "يطلق النار", "помогите", "у него пистолет", "у него нож",
    "стреляют", "на помощь", "допоможіть", "стріляють", "ਬਚਾਓ", "ਮਦਦ ਕਰੋ", "बचाओ", "गोली चला", "살려주세요", "도와주세요",
    "총을", "saklolo", "tulungan", "cứu tôi", "cứu với", "ajutor",
)  # fmt: skip
SELF_HARM_STRINGS: tuple[str, ...] = (
    "自杀", "自殺", "想死", "不想活", "死にたい", "죽고 싶", "أريد أن أموت", "انتحر", "хочу умереть", "покончить с собой",
    "ਮਰਨਾ ਚਾਹ", "मरना चाहत", "आत्महत्या", "gusto ko nang mamatay",
)  # fmt: skip
