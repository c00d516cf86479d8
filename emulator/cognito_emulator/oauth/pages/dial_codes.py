"""Country calling codes, for the selector beside a phone number.

A form with the selector sends the country in the field `country-<name>`, and the number may be a national one. A number
with a leading + is taken as it is. So is any number of a form without the selector, such as a script sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

PREFIX = "country-"
# Countries of ISO 3166-1 by the calling codes that ITU-T E.164 assigns.
_TABLE = (
    "1:US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR SX TC TT VC VG VI 7:RU KZ 20:EG 27:ZA 30:GR 31:NL "
    "32:BE 33:FR 34:ES 36:HU 39:IT VA 40:RO 41:CH 43:AT 44:GB GG IM JE 45:DK 46:SE 47:NO SJ 48:PL 49:DE 51:PE 52:MX "
    "53:CU 54:AR 55:BR 56:CL 57:CO 58:VE 60:MY 61:AU CC CX 62:ID 63:PH 64:NZ 65:SG 66:TH 81:JP 82:KR 84:VN 86:CN "
    "90:TR 91:IN 92:PK 93:AF 94:LK 95:MM 98:IR 211:SS 212:MA EH 213:DZ 216:TN 218:LY 220:GM 221:SN 222:MR 223:ML "
    "224:GN 225:CI 226:BF 227:NE 228:TG 229:BJ 230:MU 231:LR 232:SL 233:GH 234:NG 235:TD 236:CF 237:CM 238:CV 239:ST "
    "240:GQ 241:GA 242:CG 243:CD 244:AO 245:GW 246:IO 248:SC 249:SD 250:RW 251:ET 252:SO 253:DJ 254:KE 255:TZ 256:UG "
    "257:BI 258:MZ 260:ZM 261:MG 262:RE YT 263:ZW 264:NA 265:MW 266:LS 267:BW 268:SZ 269:KM 290:SH 291:ER 297:AW "
    "298:FO 299:GL 350:GI 351:PT 352:LU 353:IE 354:IS 355:AL 356:MT 357:CY 358:FI AX 359:BG 370:LT 371:LV 372:EE "
    "373:MD 374:AM 375:BY 376:AD 377:MC 378:SM 380:UA 381:RS 382:ME 383:XK 385:HR 386:SI 387:BA 389:MK 420:CZ 421:SK "
    "423:LI 500:FK 501:BZ 502:GT 503:SV 504:HN 505:NI 506:CR 507:PA 508:PM 509:HT 590:GP BL MF 591:BO 592:GY 593:EC "
    "594:GF 595:PY 596:MQ 597:SR 598:UY 599:CW BQ 670:TL 672:NF 673:BN 674:NR 675:PG 676:TO 677:SB 678:VU 679:FJ "
    "680:PW 681:WF 682:CK 683:NU 685:WS 686:KI 687:NC 688:TV 689:PF 690:TK 691:FM 692:MH 850:KP 852:HK 853:MO 855:KH "
    "856:LA 880:BD 886:TW 960:MV 961:LB 962:JO 963:SY 964:IQ 965:KW 966:SA 967:YE 968:OM 970:PS 971:AE 972:IL 973:BH "
    "974:QA 975:BT 976:MN 977:NP 992:TJ 993:TM 994:AZ 995:GE 996:KG 998:UZ"
)
# The country that a language's page proposes [own wording].
_HOME = {
    "de": "DE", "en": "US", "es": "ES", "fr": "FR", "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "nl": "NL",
    "pt-BR": "BR", "zh-CN": "CN", "zh-TW": "TW",
}  # fmt: skip
# Where the leading zero is part of the number, by the national numbering plans.
_KEEPS_ZERO = frozenset({"IT", "VA", "SM", "CI", "CG", "GA"})
_NATIONAL = re.compile(r"[0-9][0-9 ()./-]*")


def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    code = ""
    for entry in _TABLE.split():
        before, colon, after = entry.partition(":")
        code = before if colon else code
        found[after or before] = code
    return dict(sorted(found.items()))


CODES: Mapping[str, str] = _codes()


class Country(Struct, frozen=True):
    """One choice of the selector."""

    id: str
    code: str
    selected: bool


def countries(language: str, chosen: str) -> list[Country]:
    """Return the choices of the selector.

    The chosen country is selected, or that of the page's language.
    """
    selected = chosen if chosen in CODES else _HOME[language]
    return [Country(name, code, name == selected) for name, code in CODES.items()]


def _international(country: str, typed: str) -> str:
    """Return a number of that country with its calling code.

    Values that are no national number stay as they are.
    """
    number = typed.strip()
    if country not in CODES or not _NATIONAL.fullmatch(number):
        return typed
    digits = re.sub(r"[^0-9]", "", number)
    national = digits if country in _KEEPS_ZERO else digits.removeprefix("0")
    return f"+{CODES[country]}{national}"


def with_codes(form: Mapping[str, str]) -> dict[str, str]:
    """Return a form's fields, with calling codes where a country was chosen."""
    chosen = {name.removeprefix(PREFIX): value for name, value in form.items() if name.startswith(PREFIX)}
    numbers = {name: _international(country, form[name]) for name, country in chosen.items() if name in form}
    return {**form, **numbers}
