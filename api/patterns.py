"""The forms that texts of requests must have, and what is said of a text that has another."""

from typing import Final

from geo_alerts.acts.alerts import FORM_OF_KEY
from geo_alerts.acts.alerts import WORDS_OF_FORM as WORDS_OF_ALERT_KEY
from geo_alerts.acts.hotspots.questions import WORDS_OF_FORMS as WORDS_OF_QUESTIONS
from geo_alerts.audiences.reading import WORDS_OF_FORMS

NOT_BLANK: Final = r"\S"
ALERT_KEY: Final = FORM_OF_KEY
# A name alone: no folder, nothing that cannot be seen.
FILE_NAME: Final = r"^[^/\\\x00-\x1f\x7f]+$"
CRS_NAME: Final = r"^[A-Za-z]{2,10}:[A-Za-z0-9]{1,20}$"
PAGE_NAME: Final = r"^[A-Za-z0-9_-]{1,64}$"
SAVED_AREA: Final = r"^[A-Za-z0-9]+$"
# The same of what else the store gives a random id.
AN_ID: Final = r"^[0-9A-Za-z]+$"
NUMBER_OR_NOTHING: Final = r"^[0-9]{0,9}$"
MONTH: Final = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"
FORCE_NAME: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
GRID_POSITION: Final = r"^[0-9]{1,7} [0-9]{1,7}$"

WORDS: Final = {
    **WORDS_OF_FORMS,
    **WORDS_OF_QUESTIONS,
    NOT_BLANK: "must not be blank",
    ALERT_KEY: WORDS_OF_ALERT_KEY,
    FILE_NAME: "must be the name of a file alone, without a folder",
    CRS_NAME: "must be a code such as EPSG:27700",
    PAGE_NAME: "must be 1 to 64 letters, digits, _ and -",
    SAVED_AREA: "must be the id of a saved area, of letters and digits",
    AN_ID: "must be an id, of letters and digits",
    NUMBER_OR_NOTHING: "must be a number of at most 9 digits",
    MONTH: "must be a month such as 2025-03",
    FORCE_NAME: "must be the name of a force such as west-mercia",
    GRID_POSITION: "must be an easting and a northing in metres such as 349231 312531",
}
