"""Whether free text seems to hold personal data: kinds in words, and never the text itself.

It is used to warn. So a false alarm is cheap and a miss is not, yet what people write of workload (figures, quarters,
paragraphs, names of teams and places) must pass. It finds patterns and knows nobody: a name in small letters, or a
story without a name, passes. No answer here means that a text is free of personal data.

Every expression reads the text in linear time: what repeats is either of one class of characters or bounded by a
small number. Only the standard library is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

NAME_AND_BIRTH = "a name with a date of birth"
NAME_AND_AGE = "a name with an age"
BIRTH = "a date of birth"  # said to be one, with no name that can be told
NHS_NUMBER = "an NHS number"
CASE_ID = "a case id"
POSTCODE = "a postcode"
PHONE = "a phone number"
EMAIL = "an e-mail address"
NATIONAL_INSURANCE = "a National Insurance number"
KINDS = (NAME_AND_BIRTH, NAME_AND_AGE, BIRTH, NHS_NUMBER, CASE_ID, POSTCODE, PHONE, EMAIL, NATIONAL_INSURANCE)


def looks_personal(text: str) -> tuple[str, ...]:
    """The kinds of personal data that a text seems to hold, each once, in the order of `KINDS`; none is the empty tuple."""
    first, *joined = _readings(text)
    found = _kinds_in(first)
    for reading in joined:
        more = _kinds_in(reading)
        # Half of a number already found, joined to the rest in other groups, is no second number.
        found |= more - {CASE_ID} if found & {NHS_NUMBER, PHONE, NATIONAL_INSURANCE} else more
    return tuple(kind for kind in KINDS if kind in found)


def is_email(text: str) -> bool:
    """Whether a text is an e-mail address and nothing else."""
    cleaned = _plain(text).strip()
    return len(cleaned) <= 254 and re.fullmatch(r"[^\s@<>(),;:\"]{1,64}@(?:[\w-]{1,63}\.){1,10}[^\W\d_]{2,24}", cleaned) is not None


def _kinds_in(text: str) -> set[str]:
    found = _of_a_person(text)
    rest = _BIRTH_DATE.sub(" \u00a4 ", text)
    for shape in _SHAPES:
        rest, hit = _blanked(rest, shape)
        if hit:
            found.add(shape.kind)
    return found | {CASE_ID} if _has_case_id(rest) else found


# -- the text as it is read ------------------------------------------------------------------------

_AS = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", None),
})  # fmt: skip


def _readings(text: str) -> Iterator[str]:
    """The text on one line with single spaces; and, where a line ends inside a number, with the number joined as well."""
    plain = _plain(text)
    yield " ".join(plain.split())
    joined = re.sub(r"(?<=[0-9])[ \t]?[\r\n\v\f\x85\u2028\u2029]{1,2}[ \t]?(?=[0-9])", "", plain)
    if joined != plain:
        yield " ".join(joined.split())


def _plain(text: str) -> str:
    """Quotes, dashes, spaces and digits as a keyboard has them, and nothing that can't be seen."""
    return text if text.isascii() else "".join(map(_even, unicodedata.normalize("NFC", text).translate(_AS)))


@lru_cache(maxsize=4096)
def _even(character: str) -> str:
    """A character in its plainest form; those that stand for a whole phrase stay as they are, so that no text grows."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    even = unicodedata.normalize("NFKC", character)
    return even if len(even) <= 3 else character


# -- what is known by its shape --------------------------------------------------------------------

_I = re.IGNORECASE
_EMAILS = (
    re.compile(r"[^\s@<>(),;:\"]@(?:[\w-]{1,63}\.){1,10}[^\W\d_]{2,24}(?!\w)"),
    re.compile(r"\w ?(?:@|\(at\)|\[at\]) ?(?:[\w-]{1,63} ?(?:\.|\(dot\)|\[dot\]) ?){1,5}(?:uk|com|org|net|gov|edu|info|eu)\b", _I),
    re.compile(r"\w at (?:[\w-]{1,63} dot ){1,5}(?:uk|com|org|net)\b", _I),
)
_OUTWARD = r"(?:[A-Z]{1,2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z])"
_INWARD = r"[0-9][ABD-HJLNP-UW-Z]{2}"
_AREAS = (
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fk fy g gl gu gy "
    "ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl "
    "po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze zz"
).replace(" ", "|")
# In small letters only after a letter or two that begin postcodes, and never "2nd", "3hr", "4th" and the like.
_UNITS = r"(?:1st|2nd|3rd|[04-9]th|[0-9](?:hr|yr|st|th|nd|rd|wd|ft|ed|pt))"
_POSTCODES = (
    re.compile(rf"(?<![A-Za-z0-9])(?:GIR ?0AA|ZZ99 ?[0-9][A-Z]{{2}}|(?!Q[0-9]){_OUTWARD} ?(?!{_UNITS}){_INWARD})(?![A-Za-z0-9])"),
    re.compile(rf"(?<![A-Za-z0-9])(?:{_AREAS})[0-9][0-9a-z]? ?(?!{_UNITS}){_INWARD}(?![A-Za-z0-9])", _I),
)
_INSURANCE = (
    re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?[A-D](?![A-Za-z0-9])"),
    re.compile(r"(?<![a-z0-9])[a-z]{2} ?[0-9]{6} ?[a-d](?![a-z0-9])", _I),
    re.compile(r"(?<![a-z0-9])(?!in|of|at|to|by|on|or|is|we|an|as|up|so|no|do|go|he|if|it|me|my|us|pm|am)[a-z]{2}(?: [0-9]{2}){3} [a-d](?![a-z0-9])", _I),
    re.compile(r"\b(?:nino|n\.?i\.?|national insurance)(?: (?:no|number|num)\b)?[ .:#]{0,3}[a-z]{2}(?:[ .-]?[0-9]{2}){3}", _I),
)
# -- numbers ---------------------------------------------------------------------------------------

_PHONE = re.compile(
    r"(?<![0-9.,/£$€])(?:"
    r"(?:\+|\b00) ?44[ .()-]{0,3}(?:\(?0\)?[ .-]{0,2})?[1-9](?:[ .()-]{0,2}[0-9]){8,9}"  # from abroad, into the UK
    r"|\+[1-9](?:[ .()-]{0,2}[0-9]){7,13}"  # another country
    r"|\(?0[1-35789](?:[ ./()-]{0,2}[0-9]){8,9}"  # inside the UK
    r")(?![0-9])"
)
_LOCAL_PHONE = re.compile(r"\b(?:tel|telephone|phone|mobile|mob|fax|ring|call|rang|called)\b[ .:]{0,3}(?:no|number|on|is)?[ .:]{0,3}[0-9]{3,5}[ -]?[0-9]{3,6}(?![0-9])", _I)
# Together, in threes and four, or in two parts as a slip of the space leaves them; a row of smaller figures is none.
_TEN_DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{3} ?[ ./-] ?[0-9]{3} ?[ ./-] ?[0-9]{4}|[0-9]{3,7}[ .-]?[0-9]{3,7})(?![0-9])")
# With a slip in it, it is someone's still.
_SAID_TO_BE_NHS = re.compile(r"\b(?:nhs|chi)\b[^0-9]{0,20}[0-9](?:[ ./-]{0,3}[0-9]){9}(?![0-9])", _I)


def _is_phone(number: str) -> bool:
    """In groups as phone numbers are: the first of three digits or more, none of one; a row of figures is none."""
    if number.startswith(("+", "00")):
        return True
    groups = re.findall(r"[0-9]+", number)
    return len(groups[0]) >= 3 and all(len(group) >= 2 for group in groups)


def _is_nhs_number(number: str) -> bool:
    """Ten digits of which the last is the check digit: eleven less the weighted sum of the others, modulo eleven."""
    digits = [int(character) for character in number if character.isdigit()]
    if len(digits) != 10:
        return False
    check = -sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 11
    return check == digits[9] and len(set(digits)) > 1


def _any(found: str) -> bool:
    return True


class _Shape(NamedTuple):
    """A kind of data that is known by its shape, and what else must hold of what has that shape."""

    kind: str
    pattern: re.Pattern[str]
    accepts: Callable[[str], bool] = _any


# In this order, for what is found is taken out before the next is looked for.
_SHAPES = (
    *(_Shape(EMAIL, pattern) for pattern in _EMAILS),
    *(_Shape(NATIONAL_INSURANCE, pattern) for pattern in _INSURANCE),
    *(_Shape(POSTCODE, pattern) for pattern in _POSTCODES),
    _Shape(NHS_NUMBER, _SAID_TO_BE_NHS),
    _Shape(PHONE, _PHONE, _is_phone),
    _Shape(PHONE, _LOCAL_PHONE),
    _Shape(NHS_NUMBER, _TEN_DIGITS, _is_nhs_number),
)


def _blanked(text: str, shape: _Shape) -> tuple[str, bool]:
    """The text without what has a shape, so that no part of it is found again as something else; and whether any had it."""
    hits = 0

    def blank(match: re.Match[str]) -> str:
        nonlocal hits
        if not shape.accepts(match[0]):
            return match[0]
        hits += 1
        return " \u00a4 "

    return shape.pattern.sub(blank, text), hits > 0


# -- case ids --------------------------------------------------------------------------------------

# After these a number of six digits counts something, or is a sum.
_NOT_COUNTED = r"(?! ?(?:%|pounds|per cent|people|children|pupils|adults|families|households|residents|referrals|contacts|cases|hours|miles|documents|pages|files|in all)\b)"
_CASE_WORDS = (
    "case|ref|reference|id|child|client|pid|ics|lcs|mosaic|carefirst|care first|framework-?i|eclipse|liquid ?logic|azeus|"
    "upn|uln|urn|record|file|person|family|sibling|episode|court|cms"
)
_LABELLED = re.compile(
    rf"\b(?:{_CASE_WORDS})(?:'s)?(?:[ ]?(?:id|no|nr|ref|number|num|record))?\b"
    r"(?:[ .:#=/-]{1,3}(?:number|num|no|nr|id|ref|reference|is|was|of)\b){0,3}[ .:#=/(-]{0,4}[a-z]{0,3}[ /-]?(?P<digits>[0-9]{5,14}|[0-9]{3} [0-9]{3,4})(?![0-9])" + _NOT_COUNTED,
    _I,
)
_PREFIXED = re.compile(r"(?<![A-Za-z0-9£$€])(?P<prefix>[A-Za-z]{1,5})[/-]?(?P<digits>[0-9]{5,13})[A-Za-z]?(?![A-Za-z0-9]|[.,][0-9])")
_STANDING = re.compile(r"(?<![A-Za-z0-9.,/£$€+%-])(?<![£$€] )(?P<digits>[0-9]{6,9})[A-Za-z]?(?![A-Za-z0-9]|[.,/-][0-9]|%)" + _NOT_COUNTED)
_MONEY_OR_YEAR = {"fy", "gbp", "eur", "usd", "rs"}


def _has_case_id(text: str) -> bool:
    if any(not _is_years(match["digits"]) for match in _LABELLED.finditer(text)):
        return True
    others = [match for match in _PREFIXED.finditer(text) if match["prefix"].lower() not in _MONEY_OR_YEAR]
    return any(not _is_years(match["digits"]) and not _is_date(match["digits"]) for match in (*others, *_STANDING.finditer(text)))


def _is_years(digits: str) -> bool:
    """200809 or 20082009, a financial year, or 200901, a month. Any other six digits may be a case, though they make a date too."""
    if len(digits) == 6 and digits.startswith(("19", "20")):
        return 1 <= int(digits[4:]) <= 12 or int(digits[4:]) == (int(digits[2:4]) + 1) % 100
    return len(digits) == 8 and digits[:2] in ("19", "20") and int(digits[4:]) == int(digits[:4]) + 1


def _is_date(digits: str) -> bool:
    """Eight digits as 31012003 or 20030131."""
    if len(digits) != 8:
        return False
    return any(
        1900 <= int(year) <= 2099 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31
        for day, month, year in ((digits[:2], digits[2:4], digits[4:]), (digits[6:], digits[4:6], digits[:4]))
    )


# -- dates and ages --------------------------------------------------------------------------------

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR = r"(?:(?:19|20)[0-9]{2}|'?[0-9]{2})"
_BETWEEN = r" ?[./ -] ?"
_DATE = re.compile(
    r"(?<![0-9./£-])(?:"
    rf"{_DAY}{_BETWEEN}(?:0?[1-9]|1[0-2]){_BETWEEN}{_YEAR}"
    rf"|(?:0?[1-9]|1[0-2])/{_DAY}/{_YEAR}"
    rf"|(?:19|20)[0-9]{{2}}[./-](?:0?[1-9]|1[0-2])[./-]{_DAY}"
    rf"|{_DAY}(?:st|nd|rd|th)?(?: of)?[ ./-]{{0,2}}{_MONTH}[ .,/-]{{0,3}}{_YEAR}"
    rf"|{_MONTH}[ .]{{1,2}}{_DAY}(?:st|nd|rd|th)?,? {_YEAR}"
    r")(?![0-9]|[./-][0-9])",
    _I,
)
_EIGHT_DIGITS = re.compile(r"(?<![0-9.,/£-])[0-9]{8}(?![0-9]|[.,/-][0-9])")
# Said to be a birth: then a year, a day and month, or a run of six or eight digits will do.
_BIRTH_DATE = re.compile(
    r"\b(?:d\.? ?o\.? ?b(?![a-z])\.?|date of birth|birth ?date|birthday|born|b\.)[ :=(-]{0,4}(?:(?:is|was|on|in|the)\b[ :]{0,2}){0,3}"
    rf"(?:[0-9]{{1,2}}{_BETWEEN}[0-9]{{1,2}}|[0-9]{{6,8}}|(?:19|20)[0-9]{{2}}|{_DAY}(?:st|nd|rd|th)?(?: of)?[ .-]{{0,2}}{_MONTH}|{_MONTH}[ .]{{1,2}}(?:[0-9]|'))",
    _I,
)
_WORD_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen)"
_NUMBER = rf"(?:[0-9]{{1,2}}|{_WORD_NUMBER})"
_AGE = re.compile(
    rf"(?:\baged?[ :=]{{1,2}}{_NUMBER}\b(?! ?(?:-|to|until|or under|or over|and (?:over|under|above|below)|plus\b|\+|%|cases|weeks? wait))"
    rf"|\b(?<!-){_NUMBER}[ -]?(?:years?|yrs?|months?|mths?|weeks?|wks?|days?)[ -]?olds?\b|\b{_NUMBER} ?(?:y/?o|y\.o\.?)\b"
    rf"|\b(?:turned|turns|is|was) (?:only |just |now )?{_NUMBER} (?:years?|months?) (?:of age|old)"
    rf"|\b(?<!-){_NUMBER} (?:years?|months?|weeks?) of age\b|\({_NUMBER} ?(?:years?|yrs?|months?|mths?|weeks?|wks?)\))",
    _I,
)


def _of_a_person(text: str) -> set[str]:
    """A name together with a birth or an age, wherever in the text the two stand; or a birth that is said to be one."""
    births = [match.start() for match in _BIRTH_DATE.finditer(text)]
    dates = [*births, *(match.start() for match in _DATE.finditer(text))]
    dates += [match.start() for match in _EIGHT_DIGITS.finditer(text) if _is_date(match[0])]
    ages = [match.start() for match in _AGE.finditer(text)]
    if not dates and not ages:
        return set()
    words = _words(text)
    named = _has_name(text, words, birth_is_said=bool(births))
    found = set()
    if dates and (named or _named_just_before(text, words, births) or _named_just_before(text, words, dates, but_no_place=True)):
        found.add(NAME_AND_BIRTH)
    elif births:
        found.add(BIRTH)
    if ages and (named or _named_just_before(text, words, ages)):
        found.add(NAME_AND_AGE)
    return found


# -- names -----------------------------------------------------------------------------------------


class _Word(NamedTuple):
    text: str
    start: int
    end: int


_TITLES = {"mr", "mrs", "ms", "miss", "mx", "dr", "doctor", "prof", "professor", "master", "sir", "rev", "reverend", "baby"}
_ALWAYS_TITLES = {"mr", "mrs", "Mr", "Mrs", "MR", "MRS"}
_KIN = {
    "child", "boy", "girl", "son", "daughter", "brother", "sister", "sibling", "siblings", "twin", "twins", "mother", "father", "mum",
    "dad", "mummy", "daddy", "gran", "nan", "uncle", "aunt", "auntie", "cousin", "stepfather", "stepmother", "partner", "called", "named", "client",
}  # fmt: skip
_PARTICLES = {"de", "da", "dos", "du", "van", "von", "der", "den", "la", "le", "el", "al", "bin", "ibn", "ap", "ben", "abu", "st"}
# Words that no name has. A pair with one of them is no name.
_NEVER = frozenset(
    """
    a about above across additional after again against agreed all almost already also although always am among an and another any
    are as at audit audits average away back be because been before being below best better between beyond both but by can cannot
    could current currently daily despite did do does doing done down due during each earlier eight either eighteen eleven
    eleventh enough even ever every everyone everything except extra far few fewer fifteen fifth finally first five following for
    forty four fourteen fourth from full further furthermore generally get given good grade grades had half has have having he hence her here high
    higher him his how however hundred i if in including increased increasing indeed inside instead into is it its just kept last
    lastly late lately later latest least less lots low lower mainly many meanwhile might more moreover most mostly much must
    my near nearly need needs neither never new newly next nine nineteen ninth no nobody none nor not nothing now number numbers
    of off often old on once one only onto or other others otherwise our out outside over overall own part partly per perhaps please
    possibly present presently previously quite rarely rather recent recently regarding roughly same second secondly seven seventeen
    several shall she should since six sixteen sixth sixty slightly so some sometimes somewhat soon still such ten tenth than that
    the their them then there thereafter therefore these they third thirteen thirty this those though three through throughout thus
    till to today together tomorrow too total towards twelve twenty two under unless until up upon us usually very via was we
    well were what when whenever where whereas whether which while who whole whom whose why will with within without would yes yet
    yesterday you your
    january february march july september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun christmas easter bank holiday
    holidays xmas week weeks weekly month months monthly year years yearly annual quarter quarterly quarters day days hour hours
    absence absences access accommodation act action actions adoption adoptions adult adults advice agencies agency agreement aid
    allocated allocation allocations annex appendix appraisal april's apprentice approved area areas assessed assessment assessments assistant assistants
    authorities authority backlog band board borough branch budget bureau business caf cafcass camhs capacity care carer carers case caseload caseloads
    cases casework centre centres chair chairs chart chief child children children's childrens childcare cin clerk clinic closed closure closures
    code college commission commissioner commissioning committee communities community complaint complaints complex conference conferences
    consultant contact contacts contract core corporate cost council councillor councillors councils counties county court courts cover cp cps
    crb crisis csc csww data database date deadline deadlines department dependent deputy development dfe diat direct director
    directorate directors disabilities disability disabled discussion district districts division domestic drug duties duty
    education electronic emergency employment england english establishment european evidence excel executive exit families family file files finance
    figures focus form forms forum foster fostering framework front frontline fte function fund funding gateway general government governor
    governors group groups guidance guardian handover hansard head headteacher health hearing help high hmrc home homes hospital hospitals house housing hr hub
    human ics icss improvement incident independent indicator indicators induction information initial inspection inspections inspectorate inspector
    inspectors integrated intake interim internal interview interviews invest investigation iro iros issue issues it joint key lac lado laming
    laptop late laptops law lcs lead leader leaders leads leave leaver leavers leaving legal level levels liaison lists local locality locum locums looked lords commons
    lscb ltd maintenance management manager manager's managers mash matters maternity meeting meetings member members mental microsoft mid migration
    minister ministry monitoring mosaic multi munro national newsletter nhs night note notes notice nqsw nqsws nurse office officer officers ofsted online
    open operational operations order orders organisation outcome outcomes outlook outreach overtime panel para paragraph paragraphs parent
    parents parental parliament partnership partnerships pathway pay people performance permanence permanent person personal personnel phase pilot place
    placement placements plan planning plans play plo police policies policy pool portal post posts practice practitioner practitioners
    pressure pressures primary principal priority private probation procedure procedures proceedings process professional
    professionals profile programme project projects proposed protection protocol provider provision public pupil quality question
    questionnaire questions rate rates record recording records recruitment redundancies reduction referral referrals reg region regional release
    registered register regulation regulations reorganisation report reports residential resource resources respite response responses
    restructure restructuring retention return returns returner review reviewing reviews risk risks role roles rota round safeguarding
    salaries salary schedule scheme school schools score section sections senior seniors serious service services session sessions
    sessional shift shifts short shortage sickness site social software specialist spreadsheet sql staff staffing standard standards
    start started starters statement statutory step strategic strategy street strike student students study substance summary superintendent supervising supervision
    supervisions supervisor support survey system systems table tables target targets task tasks team team's teams teenage technical
    temp temporary term terms threshold telegraph thresholds time times timescale timescales trade trafford's training trainee transfer transfers transition transport travel triage
    tribunal trust turnover uk unable unallocated unavailable unfilled unison union unions unit units university update upgrade user users vacancies vacancy vacant victim village
    version violence virtual visit visiting visits voluntary volunteer vpn waiting wales welfare welsh wifi windows winter word work worker worker's workers
    workforce working workload workloads works workshop worse wte yellow yot youth zone zoom
    britain british irish scottish ireland scotland european asian african indian polish romanian roma english gypsy
    """.split()  # noqa: SIM905 (a list of six hundred would be six hundred lines)
)
# Words that may be part of a name, and are often something else. Two of them are no name; one with another is.
_SELDOM = frozenset(
    """
    april may june august summer autumn spring north south east west northern southern eastern western central upper great long young day
    road hill park green church lane bridge river town city castle king queen royal saint st victoria albert
    kent ashford canterbury dartford dover gravesham gravesend maidstone medway sevenoaks shepway folkestone swale sittingbourne thanet margate
    whitstable herne bay faversham deal sandwich ramsgate broadstairs hythe cranbrook tenterden edenbridge swanley northfleet rochester chatham
    gillingham rainham aylesford snodland sheerness minster tonbridge malling tunbridge wells weald essex sussex surrey london hackney haringey islington lambeth camden barnet bexley brent bromley
    croydon ealing enfield greenwich hammersmith fulham harrow havering hillingdon hounslow kensington chelsea kingston merton newham redbridge
    richmond southwark sutton tower hamlets waltham forest wandsworth westminster barking dagenham birmingham bradford bristol cornwall cumbria devon derby
    derbyshire dorset durham gateshead gloucestershire hampshire hertfordshire isle wight sheppey kirklees lancashire leeds leicester lincolnshire
    liverpool manchester salford norfolk suffolk northamptonshire northumberland nottingham oxfordshire plymouth portsmouth reading rotherham rutland
    sandwell sheffield shropshire solihull somerset staffordshire stockport sunderland tameside trafford wakefield walsall warwickshire wigan
    wiltshire wirral wolverhampton worcestershire york yorkshire milton keynes brighton hove southend sea thames telford bournemouth poole
    liquid logic northgate capita oracle sap apple teams anyshire
    lord lady justice judge minister care
    """.split()  # noqa: SIM905
)


_TO_A_PLACE = {"in", "at", "from", "near", "to", "into", "around", "via"}


def _words(text: str) -> list[_Word]:
    return [_Word(match[0], *match.span()) for match in re.finditer(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text)]


def _has_name(text: str, words: list[_Word], *, birth_is_said: bool) -> bool:
    """Two words with capitals, a title or a word for kin and a surname, or initials and a surname, side by side."""
    lone = "" if birth_is_said else "AI"  # a word rather than an initial, unless a point follows
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        if before is None:
            continue
        gap = text[before.end : word.start]
        if before.text.lower() in _TITLES and gap in (" ", ". ", "."):
            if before.text in _ALWAYS_TITLES and _may_be_name(word):
                return True
            if before.text[0].isupper() and _is_capital(word) and _may_be_name(word):
                return True
        if not _is_capital(word):
            continue
        if before.text.lower() in _KIN and gap in (" ", ", ", ": ", " '", ' "', " (") and _may_be_name(word) and word.text.lower() not in _SELDOM:
            return True
        if gap == " " and before.text.lower() in _PARTICLES and place > 1 and text[words[place - 2].end : before.start] == " ":
            before = words[place - 2]
        if _is_pair(before, word, gap, words, place) or _is_initial_and_name(text, before, word, gap, lone):
            return True
    return False


def _is_pair(first: _Word, second: _Word, gap: str, words: list[_Word], place: int) -> bool:
    """ "Jamie Walsh", "JAMIE WALSH", "WALSH, Jamie". A row of more than three words in capitals is shouting and no name."""
    if not (gap == " " or (gap in (", ", ",") and first.text.isupper() and not second.text.isupper())):
        return False
    if not (_is_capital(first) and _may_be_name(first) and _may_be_name(second)):
        return False
    if first.text.lower() in _SELDOM and second.text.lower() in _SELDOM:
        return False
    if first.text.isupper() and second.text.isupper():
        around = words[max(0, place - 3) : place + 3]
        return sum(word.text.isupper() for word in around) <= 3 and min(len(first.text), len(second.text)) >= 3
    # Organisations: "NSPCC Helpline", "Barnardos CSE" have letters for words.
    return not (first.text.isupper() and len(first.text) <= 5 and gap == " ") and not (second.text.isupper() and len(second.text) <= 3)


def _is_initial_and_name(text: str, first: _Word, second: _Word, gap: str, lone: str) -> bool:
    """ "J. Walsh", "J Walsh", "Walsh J", "Jamie W."; a lone letter that may be a word needs a point."""
    one, other = first.text, second.text
    if len(one) == 1 and len(other) > 1 and gap in (" ", ". ", "."):
        return one.isupper() and _may_be_name(second) and other.lower() not in _SELDOM and (one not in lone or "." in gap)
    if len(other) == 1 and len(one) > 1 and gap in (" ", ", "):
        follows = text[second.end : second.end + 1]
        return other.isupper() and other != "I" and _is_capital(first) and _may_be_name(first) and one.lower() not in _SELDOM and not follows.isalnum() and not one.isupper()
    return False


def _named_just_before(text: str, words: list[_Word], places: list[int], *, but_no_place: bool = False) -> bool:
    """A single word with a capital right before a date or an age: "Jamie (1.2.2003)", "Jamie, aged 7".

    With `but_no_place`, not after a word that leads to a place: "in Whitby (1.2.2009)".
    """
    ends = {
        word.end
        for place, word in enumerate(words)
        if _is_capital(word) and _may_be_name(word) and word.text.lower() not in _SELDOM and not word.text.isupper()
        and not (but_no_place and place and words[place - 1].text.lower() in _TO_A_PLACE)
    }  # fmt: skip
    return any(at - gap in ends and not set(text[at - gap : at]) - set(" ,(:-") for at in places for gap in range(1, 4))


def _is_capital(word: _Word) -> bool:
    return word.text[0].isupper()


def _may_be_name(word: _Word) -> bool:
    """Whether no part of a word is one that names never have."""
    whole = word.text.lower().removesuffix("'s")
    return len(whole) > 1 and whole not in _NEVER and not any(part in _NEVER for part in whole.split("-"))
