"""Police forces: their names in the files of data.police.uk, such as `west-mercia`, and where."""

import re
from typing import Final

import numpy as np

from geo_alerts.sources.crimes.parts import Flags, Floats

FORCE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_STYLE: Final = re.compile(r"\b(police service|police|constabulary|service)\b( of)?")
# Those whose file names are not made of their own.
_OTHERWISE: Final = {"british transport": "btp", "hampshire and isle of wight": "hampshire"}

# Boxes of 10 km, EPSG:27700, around each territorial force: west, south, east, north in kilometres.
# Rounded outwards from the areas that data.police.uk published in 2017 (Open Government Licence).
_BOXES_KM: Final = {
    "avon-and-somerset": (270, 100, 390, 200),
    "bedfordshire": (480, 210, 530, 280),
    "cambridgeshire": (500, 230, 580, 320),
    "cheshire": (320, 330, 410, 400),
    "city-of-london": (530, 180, 540, 190),
    "cleveland": (430, 500, 480, 540),
    "cumbria": (290, 460, 390, 590),
    "derbyshire": (390, 310, 460, 410),
    "devon-and-cornwall": (80, 0, 340, 160),
    "dorset": (330, 60, 430, 140),
    "durham": (370, 500, 450, 560),
    "dyfed-powys": (140, 190, 340, 340),
    "essex": (530, 170, 630, 250),
    "gloucestershire": (350, 180, 430, 250),
    "greater-manchester": (350, 380, 410, 430),
    "gwent": (300, 170, 360, 240),
    "hampshire": (400, 70, 490, 170),
    "hertfordshire": (480, 190, 560, 250),
    "humberside": (450, 390, 550, 480),
    "kent": (540, 110, 650, 190),
    "lancashire": (320, 390, 400, 490),
    "leicestershire": (420, 270, 510, 350),
    "lincolnshire": (470, 300, 560, 420),
    "merseyside": (320, 370, 370, 430),
    "metropolitan": (500, 150, 570, 210),
    "norfolk": (540, 270, 660, 350),
    "north-wales": (210, 290, 360, 400),
    "north-yorkshire": (360, 410, 520, 520),
    "northamptonshire": (440, 230, 520, 310),
    "northumbria": (350, 540, 450, 660),
    "nottinghamshire": (440, 320, 490, 410),
    "south-wales": (230, 160, 330, 220),
    "south-yorkshire": (410, 370, 480, 420),
    "staffordshire": (360, 280, 430, 370),
    "suffolk": (550, 230, 660, 310),
    "surrey": (480, 130, 550, 180),
    "sussex": (470, 90, 610, 150),
    "thames-valley": (410, 150, 510, 260),
    "warwickshire": (400, 220, 460, 320),
    "west-mercia": (310, 210, 420, 350),
    "west-midlands": (380, 270, 440, 310),
    "west-yorkshire": (380, 400, 460, 460),
    "wiltshire": (370, 110, 440, 210),
}
_ANYWHERE_KM: Final = (0, 0, 700, 1300)
_KILOMETRE: Final = 1000


def force_of(reported_by: str) -> str:
    """The name in files of a force's full name, such as `Devon & Cornwall Police`; '' for none."""
    plain = " ".join(re.sub(r"[\W_]+", " ", reported_by.lower().replace("&", " and ")).split())
    name = " ".join(_STYLE.sub(" ", plain).split())
    return _OTHERWISE.get(name, name.replace(" ", "-"))


def near_force(force: str, easting: Floats, northing: Floats) -> Flags:
    """Which positions are in the box around a force: coarse, to tell one axis from the other.

    Args:
        force: Such as `west-mercia`; of one that is not known the box is the National Grid.
        easting: n metres, EPSG:27700; NaN is nowhere.
        northing: n metres.
    """
    west, south, east, north = (edge * _KILOMETRE for edge in _BOXES_KM.get(force, _ANYWHERE_KM))
    in_columns = np.asarray((easting >= west) & (easting < east))
    return np.asarray(in_columns & (northing >= south) & (northing < north))
