"""Owners who are persons and become no teams, found by given names."""

import re

from hub.okr_import.cell_parsers import Part

_FIRST_NAMES_TEXT = """
    aaron abdul abdullah adam adele aditya adrian adriana agnes agnieszka ahmad ahmed aisha akiko alan albert
    alberto alejandra alejandro aleksandra alex alexander alexandra alexandre alexej alexis alfred ali alice alicia
    alina alistair amanda amelia amélie amin amina amir amit ana anders andrea andreas andrei andrew andrzej andré
    andrés angela anil anita anja anjali anke ann anna anne annette annika anthony antje antoine anton antonia
    antonio anya arjun armin arnaud arne arthur arun ashley astrid ayşe barbara beate beatrice beatriz ben benedikt
    benjamin bernard bernd bettina bill birgit björn bob boris brian brigitte bruno burak camila camille carina carl
    carla carlos carmen carolin carolina caroline carsten catherine cathy cecilia charles charlie charlotte chen
    chiara chidi chloe chloé chris christel christian christiane christina christine christof christoph christophe
    christopher claire clara claudia claudio clemens clément colin connor conrad constantin corinna craig cristina
    cynthia cédric céline daniel daniela danielle dave david deborah deepak denise dennis derek devi diana diego
    dieter dietmar dirk divya dmitri dominik donald dorothea douglas duncan eduardo edward ekaterina elaine elena
    eleni elisa elisabeth elizabeth elke ella ellen elodie emeka emil emilia emily emma emmanuel emre eric erica
    erik erika ernst esther eugene eva evelyn fabian fabio farah fatima fatma felicitas felipe felix fernanda
    fernando filip finn fiona florence florian francesca francesco francine francis francisco franz françois
    françoise frederik friederike fritz gabriel gabriela gabriele gareth gary george georg gerald gerd gerhard
    giorgio giovanni giulia giuseppe gonzalo gordon graham greg gregor gudrun guillaume guido gustavo günter günther
    hannah hanna hannes hans harald harry haruto hassan heather heidi heike heiko heinrich heinz helen helena helga
    helmut hendrik henrik henry herbert hermann hideo hiroshi holger hugo hussein ian ibrahim igor ines inga ingo
    ingrid irene irina isabel isabella isabelle ivan iwona jacek jack jacob jacqueline jacques jakob jakub james
    jamie jan jana jane janet janine jasmin jason javier jean jeanette jeff jeffrey jelena jennifer jenny jens
    jeremy jerome jesse jessica jill jim joachim joana joanna joão jochen joe joel johan johann johanna johannes
    john johnny jonas jonathan jorge josef josefine joseph josh joshua josé joyce juan juanita judith julia julian
    juliane julie julien jun jutta jérôme jörg jürgen kai karen karim karin karl karolina karsten katarina katarzyna
    kate katharina katherine kathleen kathrin katja katrin kavita keith ken kenji kenneth kerstin kevin khaled kim
    kirsten klaus konrad konstantin krzysztof kumar kurt kyle lara lars laura lauren laurent lea léa leila lena leo
    leon leonard leonie lesley leslie liam lidia linda lisa liu louis louise luca lucas lucia lucy luis luisa luiz
    lukas lukasz luke lutz lydia łukasz magda magdalena maja malte manfred manuel manuela marc marcel marcin marco
    marcos marcus margaret margarete maria mariana marianne marie marina mario marion marisa marius mark markus
    marlene marta martha martin martina mary masha mathias mathieu mats matt matteo matthew matthias maureen maurice
    mauro max maximilian maya megan mehmet mei melanie melissa mia michael michaela michal michel michelle miguel
    mike mikhail milan miriam mohamed mohammad mohammed monica monika monique moritz muhammad mustafa måns nadia
    nadine nadja nancy naomi natalia natalie natasha nathalie nathan neha neil ngozi nicholas nick nicolas nicole
    niklas nikolai nils nina noah nora norbert oleg olga oliver olivia olivier oluwaseun omar oscar oskar otto pablo
    pamela paola paolo pascal patricia patrick paul paula paulo pavel pedro peggy penelope peter petra philip
    philipp philippe pia pierre piotr pooja priya rachel rafael rahul rainer raj rajesh ralf ralph ramona raphael
    rashid raymond rebecca regina reinhard renate rené ricardo richard rita robert roberta roberto robin rodrigo
    roger roland rolf roman ronald ronja rosa rosemary ruben rudolf ruth ryan sabine sabrina said sakura salma sam
    samantha samuel sandra sandro sanjay sanna santiago sara sarah sascha sebastian selin sergei sergey sergio
    shanti sharon sheila shirin silke silvia simon simone sina siobhan sofia sonja sophia sophie stefan stefanie
    stephan stephanie stephen steve steven sunita susan susanne suzanne svein sven svenja sylvia sören sébastien
    taro tamara tanja tatiana ted teresa thabo theo theodor theresa thierry thomas thorsten tim timo tina tobias
    todd tom tomas tomasz tony torben torsten tracy ulrich ulrike uma ursula ute uwe valentin valentina valeria
    valérie vanessa vera verena veronica veronika victor victoria vijay vikram viktor viktoria vincent vivian
    vladimir volker véronique walter wanda wei wendy werner wiebke wilhelm william wojciech wolfgang xavier xin yana
    yannick yasmin yuki yuri yusuf yves yvonne zachary zainab zeynep zoe zoë zofia émilie özlem
"""
FIRST_NAMES = frozenset(_FIRST_NAMES_TEXT.split())


_SELF = frozenset({"me", "i", "myself", "self", "ich", "ich selbst", "selbst", "moi", "yo", "you", "we", "wir"})
_ADDRESS = re.compile(r"@|^(?:dr|mr|mrs|ms|prof|herr|frau)\.? |^[^\W\d_]\. ?[^\W\d_]| [^\W\d_]\.$", re.IGNORECASE)
_HANDLE = re.compile(r"[a-z]+\.[a-z]+")
_ROLE = re.compile(
    r"\bc[efotimp]o\b|\b(?:head of|chief|s?vp|evp|vice president|director|manager|leiter|leiterin|geschäftsführer"
    r"|geschäftsführerin|teamlead|founder|president)\b",
    re.IGNORECASE,
)
_UNIT_TEXT = """
    team teams squad tribe guild chapter crew group department dept division unit office board leadership management
    committee council circle lab labs organization organisation company abteilung bereich gruppe referat leitung
    geschäftsführung geschäftsleitung vorstand équipe equipe service equipo departamento departement
"""
_UNIT = frozenset(_UNIT_TEXT.split())
_WORK_TEXT = """
    sales marketing product products produkt produit producto platform engineering development dev devops design ux
    ui data analytics insights intelligence ai ml customer customers client clients success support care service
    services operations ops finance financial accounting controlling legal compliance risk hr human people talent
    recruiting culture it security infrastructure infra growth brand content research science quality qa testing
    business enterprise corporate strategy innovation partner partners partnerships alliances procurement purchasing
    logistics supply chain production manufacturing communications communication pr media press web mobile app apps
    backend frontend core cloud systems network north south east west central emea apac dach americas europe asia
    africa latam germany france spain uk us usa global international regional demand revenue commercial retail
    wholesale payments billing checkout search identity onboarding learning training education community events
    facilities administration admin tech technology technical solutions field vertrieb verkauf einkauf entwicklung
    technik personal finanzen buchhaltung recht kundenservice kundenerfolg kunden betrieb logistik produktion
    forschung qualität kommunikation verwaltung daten sicherheit strategie nord süd ost ventes commerciale
    développement technique finances juridique exploitation ventas desarrollo finanzas operaciones calidad datos
    technologie información informatik marke online digital ecommerce editorial studio studios market social public
    relations investor affairs
"""
_WORK = frozenset(_WORK_TEXT.split())
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PARTICLES_TEXT = """
    von van der den de di da du la le del dos al el bin ibn zu zur zum ter ten y e
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_AND = re.compile(r"\s+(?:&|and|und|et|y)\s+|\s*&\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"(?P<before>[^()]+?)\s*\((?P<within>[^()]+)\)")
_LAST_FIRST = re.compile(r"([^\W\d_][\w' -]*?), ?([^\W\d_]\.?|[^\W\d_][\w-]*\.?)(?=\s*(?:[;\n/]|$))")
MOST_WORDS, LONGEST_CELL = 4, 500


def first_name_first(cell: str) -> str:
    """`Schmidt, Anna` as `Anna Schmidt`, so that the comma parts no person in two."""

    def swap_names(match: re.Match[str]) -> str:
        initial = re.fullmatch(r"[^\W\d_]\.?", match[2])
        is_person = (initial or _is_first_name(match[2])) and not _is_team(match[1]) and not _is_first_name(match[1])
        return f"{match[2].rstrip('.') + '.' if initial else match[2]} {match[1]}" if is_person else match[0]

    return _LAST_FIRST.sub(swap_names, cell) if len(cell) <= LONGEST_CELL else cell


def split_persons(parts: list[Part], owners: str | None) -> tuple[list[Part], list[str]]:
    """The teams among owners, and the names of persons; `owners` says of all of them what they are."""
    if owners == "teams":
        return parts, []
    teams: list[Part] = []
    persons: list[str] = []
    for part in parts:
        team, person = ("", part.name) if owners == "persons" else _team_and_person(part.name)
        teams += [Part(team, part.share)] if team else []
        persons += [person] if person else []
    return teams, persons


def is_person(name: str) -> bool:
    """Whether a name is a person's, or those of several: by a title, a role, a given name, or the form of a name.

    What holds a word for a unit or for its work is a team's; so is a single word that is no given name.
    """
    words = [word.casefold() for word in _WORD.findall(name)]
    if name.casefold() in _SELF or _ADDRESS.search(name):
        return True
    if _UNIT.intersection(words):
        return False
    if len(parts := _AND.split(name)) > 1:
        return all(map(is_person, parts))
    if _ROLE.search(name) or (words and _is_first_name(words[0])):
        return True
    if _HANDLE.fullmatch(name) or (len(words) == 2 and _is_first_name(words[1])):
        return not _is_team(name)
    return _matches_name_pattern(name) and not _is_team(name)


def _team_and_person(name: str) -> tuple[str, str]:
    """Which is named, or both, as in `Sales (Anna Schmidt)` and `Anna Schmidt (Sales)`; the other is empty."""
    both = _BRACKETED.fullmatch(name)
    if both and is_person(both["before"]) is not is_person(both["within"]):
        person, team = (both["before"], both["within"]) if is_person(both["before"]) else both.group("within", "before")
        return team, person
    return ("", name) if is_person(name) else (name, "")


def _matches_name_pattern(name: str) -> bool:
    """Two to four words with capitals, apart from particles: `Ludwig van Beethoven`; abbreviations are none."""
    words = name.split()
    if not 2 <= len(words) <= MOST_WORDS or not all(_WORD.fullmatch(word) for word in words):
        return False
    return all(word.istitle() or _is_camel(word) or word.casefold() in _PARTICLES for word in words)


def _is_camel(word: str) -> bool:
    """`McDonald`, `DiCaprio`, `O'Neill`: a capital first, and small letters among the rest."""
    return word[:1].isupper() and any(letter.islower() for letter in word[1:])


def _is_team(name: str) -> bool:
    """Whether a word for a unit or for its work stands in the name, whole or in parts."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return any(word in _UNIT or word in _WORK for word in words)


def _is_first_name(name: str) -> bool:
    return name.casefold().split("-")[0] in FIRST_NAMES
