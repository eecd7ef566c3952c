"""Small files of crimes in the layouts of data.police.uk, for tests."""

import zipfile

STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
OUTCOMES = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Outcome type"
)
NAME = "2021-03-west-mercia-street.csv"
FORCE = "West Mercia Police"
ID = "90c98fc9b14fdae29da0250775ef28b06a2b5990f33938b3f74e04a687895f66"
OTHER_ID = "ba5b150e02aade87a655fa018e83d88cf056ffde1eea303f645461085ff68600"
HIGH_STREET = ("-2.227686", "52.213076", "On or near High Street", "E01032300", "Worcester 001E")
PARK = ("-2.738891", "52.707302", "On or near Parking Area", "E01028900", "Shropshire 019A")
NOWHERE = ("", "", "No Location", "", "")


def street(place=HIGH_STREET, *, key="", month="2021-03", kind="Anti-social behaviour", outcome=""):
    """One row of a street file."""
    longitude, latitude, *where = place
    cells = [key, month, FORCE, FORCE, longitude, latitude, *where, kind, outcome, ""]
    return ",".join(cells)


def outcome(key=ID, *, month="2021-03", what="Suspect charged"):
    """One row of an outcomes file."""
    return ",".join([key, month, FORCE, FORCE, *HIGH_STREET, what])


def text(*rows, header=STREET, end="\n"):
    """A file of these rows."""
    return "".join(line + end for line in (header, *rows))


def written(folder, *rows, name=NAME, header=STREET, end="\n"):
    """The path of a file of these rows."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(*rows, header=header, end=end), encoding="utf-8", newline="")
    return path


def zipped(path, members):
    """A zip of texts or bytes by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
