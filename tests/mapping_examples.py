"""Deliveries of source systems, drawn: what a school's own system writes.

Belongs here: the drawings and writing them as files. Not here: what a test expects of them. The numbers have serial 000, which is never
given out, so that nobody has them.
"""

# ruff: noqa: E501 - drawings are as wide as the tables

from pathlib import Path

from tables import read

DISCIMUS = {
    "inschrijvingen": """
        referte | insz        | voornaam | naam    | geslacht | geboortedatum | nis_gemeente | instellingsnummer | schooljaar | administratieve_groep | begindatum | einddatum  | aanleiding             | inschrijvingsdatum | uitschrijvingsdatum
        I1      | 05031500093 | Ana      | Peeters | F        | 15-03-2005    | 44021        | 126               | 2021-2022  | 6246                  | 01-09-2021 | 14-01-2022 | verandering van school | 25-08-2021         | 17-01-2022
        I2      | 05031500093 | Ana      | Peeters | F        | 15-03-2005    | 44021        | 127               | 2021-2022  | 9001                  | 17-01-2022 |            |                        | 17-01-2022         |
        I3      | 16070100093 | Ben      | Wauters | M        | 01-07-2016    | 11002        | 211               | 2021-2022  | 7001                  | 01-09-2021 |            |                        | 27-08-2021         |
        I4      | 05010100014 | Cas      | Mertens | M        | 01-01-2005    | 11002        | 126               | 2021-2022  | 6300                  | 01-09-2021 |            |                        | 25-08-2021         |
    """,
    "instellingen": """
        instellingsnummer | naam        | hoofdstructuur | soort_bestuur | nis_gemeente | clb_instellingsnummer | vanaf      | tot
        126               | De Linde    | 311            | 2             | 44021        | 900                   | 01-09-2015 |
        127               | Het Centrum | 312            | 1             | 44021        | 900                   | 01-09-2015 |
        211               | De Wilg     | 111            | 4             | 11002        | 901                   | 01-09-2015 |
    """,
    "administratieve_groepen": """
        administratievegroep_code | hoofdstructuur | leerjaar | onderwijsvorm | finaliteit | duaal
        6246                      | 311            | 1        |               | E          | N
        6300                      | 311            | 5        | TSO           | DO         | N
        7001                      | 111            | 3        |               |            | N
        9001                      | 312            |          |               |            | N
    """,
    "afwezigheden": """
        insz        | instellingsnummer | datum      | dagdeel | code | registratiedatum | ingetrokken
        05031500093 | 126               | 06-10-2021 | VM      | B    | 08-10-2021       |
        05031500093 | 126               | 07-10-2021 | NM      | Z    | 08-10-2021       |
        05031500093 | 126               | 07-10-2021 | NM      |      | 20-10-2021       | J
    """,
    "lesdagen": """
        instellingsnummer | datum      | halve_dagen
        126               | 06-10-2021 | 1
        126               | 07-10-2021 | 2
    """,
    "leerlingenkenmerken": """
        insz        | schooljaar | schooltoeslag | opleiding_moeder_laag | buurt | thuistaal_niet_nederlands
        16070100093 | 2021-2022  | J             | N                     | J     |
    """,
    "attesten": """
        insz        | schooljaar | attest | datum
        05010100014 | 2021-2022  | B      | 28-06-2022
    """,
    "studiebewijzen": """
        insz        | studiebewijs                 | datum
        05010100014 | Diploma secundair onderwijs  | 30-06-2023
    """,
}
INFORMAT = {
    "leerlingen": """
        p_persoon | rijksregnr  | voornaam | naam    | geslacht | geboortedatum | hfdgem
        1         | 05031500093 | Ana      | Peeters | F        | 2005-03-15    | 44021
    """,
    "inschrijvingen": """
        p_inschr | rijksregnr  | instelnr | schooljaar | hfdstructuur | afdelingsjaar | onderwijsvorm | begindatum | einddatum  | reden_uitschrijving
        77       | 05031500093 | 126      | 2021-22    | 311          | 5             | BSO           | 01-09-2021 | 30-06-2022 | einde schooljaar
    """,
    "scholen": """
        instelnr | naam     | hfdstructuur | nis_gemeente
        126      | De Linde | 311          | 44021
    """,
    "afwezigheden": """
        rijksregnr  | instelnr | datum      | voormiddag | namiddag
        05031500093 | 126      | 04-10-2021 | D          | D
        05031500093 | 126      | 05-10-2021 | L          | R03
        05031500093 | 126      | 07-10-2021 | I          | I
        05031500093 | 126      | 08-10-2021 | B          | °
    """,
}
SMARTSCHOOL = {
    "smartschool_afwezigheden": """
        rijksregisternummer | instituteNumber | date       | part | code
        05031500093         | 126             | 2021-11-08 | am   | B
        05031500093         | 126             | 2021-11-08 | pm   | I
        05031500093         | 126             | 2021-11-09 | am   | U
    """,
}


def written(folder: Path, drawn: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    """The drawings as files with semicolons."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in drawn.items():
        header, rows = read(drawing)
        text = "".join(";".join(cells) + "\n" for cells in [header, *rows])
        (folder / f"{name}.csv").write_text(text, encoding=encoding)
    return folder
