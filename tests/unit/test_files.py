"""Files that commands write: whole or not there, and never in the place of what is no file."""

import os
from stat import S_IMODE

import pytest

from geo_alerts.acts.files import replacing
from geo_alerts.errors import InvalidInputError


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


def test_an_error_leaves_what_was_there(tmp_path):
    path = tmp_path / "map.html"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as unfinished:
        unfinished.write_text(f"half{1 // 0}")
    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]
    assert path.read_text() == "old"


def test_a_new_file_has_the_usual_permissions_and_a_private_one_its_owners(tmp_path, umask):
    for name, private, mode in (("a", False, 0o666 & ~umask), ("b", True, 0o600)):
        with replacing(tmp_path / name, private=private) as unfinished:
            unfinished.write_text("new")
        assert S_IMODE((tmp_path / name).stat().st_mode) == mode


def test_permissions_of_what_was_there_are_kept(tmp_path):
    path = tmp_path / "list.csv"
    path.touch(mode=0o600)
    path.chmod(0o640)
    with replacing(path, private=True) as unfinished:
        unfinished.write_text("new")
    assert S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as unfinished:
        unfinished.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replacing(pipe) as unfinished:
        unfinished.write_text("new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="is a folder"), replacing(tmp_path):
        pass
