"""A list of postcodes in a file: every row that holds none is told by its number."""

import pytest

from geo_alerts.acts.postcode_lists import area_of_list
from geo_alerts.audiences.targets.leaves import MAX_POSTCODES
from geo_alerts.errors import InvalidInputError, SourceError, SourceFaultsError
from geo_alerts.sources.postcode_list import read_postcode_list

LIST = "SY1 1AA\n\nsy1 2\n  TF9 \nSY1 1AA\nrubbish\nSY\n"


def read(text: str, encoding: str = "utf-8"):
    return read_postcode_list(text.encode(encoding), "list.txt")


@pytest.mark.parametrize(
    "text",
    [
        LIST,
        LIST.replace("\n", "\r\n"),
        LIST.replace("\n", "\r"),
        f"\ufeff{LIST}",
    ],
    ids=["unix", "windows", "macintosh", "byte order mark"],
)
def test_a_list_has_one_postcode_a_line(text):
    found = read(text)
    assert found.postcodes == ("SY1 1AA", "SY1 2", "TF9")
    assert (found.repeated, found.blank) == (1, 1)
    assert [str(one.fault()).partition(":")[0] for one in found.rejected] == [
        "row 6, column postcode",
        "row 7, column postcode",
    ]
    assert "'rubbish': it" in found.rejected[0].fault().reason
    assert "name its districts" in found.rejected[1].reason


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("name,Postcode,town\nA. Person,SY1 1AA,\nB,sy1 2,x\n,,\nC,?,y\nD\n", 2),
        ("postcodes;town\nSY1 1AA;a\nSY1 2;b\n\n?;c\n", 1),
        ('"pcds"\t"x"\n"SY1 1AA"\t1\n"SY1 2"\t"two\nlines"\n"?"\t3\n', 0),
    ],
    ids=["commas", "semicolons", "tabs and quotes"],
)
def test_a_table_has_them_in_a_column_of_that_name(text, blank):
    found = read(text)
    assert found.postcodes == ("SY1 1AA", "SY1 2")
    (fault,) = found.rejected
    assert fault.row == 5
    assert found.blank == blank
    assert "Person" not in fault.reason


def test_a_table_of_a_spreadsheet_in_utf_16_is_read():
    assert read("postcode\tx\nSY1 1AA\t1\n", "utf-16").postcodes == ("SY1 1AA",)


def test_a_line_of_several_is_no_postcode():
    (fault,) = read("SY1 1AB\nSY1 1AA, SY1 1AB\n").rejected
    assert fault.row == 2


@pytest.mark.parametrize("content", [b"", b"\n \n", b"postcode,x\n,1\n"])
def test_a_list_of_nothing_is_refused(content):
    with pytest.raises(SourceError, match=r"list\.txt holds no postcodes"):
        read_postcode_list(content, "list.txt")


def test_bytes_that_are_no_text_spoil_their_row_only():
    found = read_postcode_list(b"SY1 1AA\n\xff\xfa\x00\n", "list.txt")
    assert (found.postcodes, len(found.rejected)) == (("SY1 1AA",), 1)


def test_a_cell_without_end_is_refused_with_its_line():
    with pytest.raises(SourceError, match=r"list\.txt, line 2: field larger"):
        read('postcode,x\n"' + "x" * 200_000)


def test_a_list_is_an_area_of_the_rows_that_can_be_used():
    listed = area_of_list(LIST.encode(), "list.txt")
    assert listed.area.postcodes == ("SY1 1AA", "SY1 2", "TF9")
    assert (len(listed.rejected), listed.repeated) == (2, 1)
    with pytest.raises(SourceFaultsError, match=r"list\.txt: row 6, column postcode: 'rubbish'"):
        area_of_list(LIST.encode(), "list.txt", strict=True)
    with pytest.raises(SourceFaultsError, match="row 1"):
        area_of_list(b"rubbish", "list.txt")


def test_a_list_has_as_many_postcodes_as_an_area_may():
    units = [
        f"SY{at % 99 + 1} {at // 99 % 9}{a}{b}" for at in range(891) for a in "AB" for b in "ABDEFG"
    ]
    assert len(set(units)) > MAX_POSTCODES
    assert len(area_of_list("\n".join(units[:MAX_POSTCODES]).encode(), "l").area.postcodes) == (
        MAX_POSTCODES
    )
    with pytest.raises(InvalidInputError, match="holds 10,692 postcodes; one area has at most 10"):
        area_of_list("\n".join(units).encode(), "l")
