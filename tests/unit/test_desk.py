"""Few questions at once, of one page the latest only, and nobody waits for what nobody wants."""

import threading
from concurrent.futures import CancelledError

import pytest

from api.desk import Desk
from api.errors import OvertakenError
from geo_alerts.errors import TooManyRequestsError

SOON_S = 10


class Work:
    """Work that is begun when it is, and ends when it is told to."""

    def __init__(self, gives=None):
        self.gives = gives
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self):
        self.has_begun.set()
        assert self.may_end.wait(SOON_S)
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@pytest.fixture
def busy():
    """A desk of one place, which is taken by the page "a", and the work that takes it."""
    desk, work = Desk(at_once=1, most_waiting=3), Work("first")
    answer = desk.ask(work, page="a", number=1)
    assert work.has_begun.wait(SOON_S)
    yield desk, work, answer
    work.may_end.set()
    answer.result(SOON_S)


def test_an_answer_is_what_the_work_gives_or_raises():
    desk = Desk()
    assert desk.ask(lambda: 3).result(SOON_S) == 3
    broken = Work(KeyError("x"))
    broken.may_end.set()
    with pytest.raises(KeyError):
        desk.ask(broken).result(SOON_S)
    assert desk.ask(lambda: 4).result(SOON_S) == 4


def test_of_one_page_the_latest_waits_and_older_ones_are_told_at_once(busy):
    desk, work, first = busy
    second, third = (desk.ask(lambda n=n: n, page="a", number=n) for n in (2, 3))
    with pytest.raises(OvertakenError):
        second.result(0)
    assert not third.done()
    work.may_end.set()
    assert (first.result(SOON_S), third.result(SOON_S)) == ("first", 3)


def test_a_question_that_comes_after_a_newer_one_is_overtaken_whether_that_waits_or_is_asked(busy):
    desk, work, _ = busy
    latest = desk.ask(lambda: "latest", page="a", number=9)
    for number in (0, 8):
        with pytest.raises(OvertakenError):
            desk.ask(lambda: "old", page="a", number=number).result(0)
    work.may_end.set()
    assert latest.result(SOON_S) == "latest"


def test_without_numbers_what_comes_later_is_newer(busy):
    desk, work, _ = busy
    old, new = (desk.ask(lambda n=n: n, page="a") for n in ("old", "new"))
    assert isinstance(old.exception(0), OvertakenError)
    work.may_end.set()
    assert new.result(SOON_S) == "new"


def test_pages_overtake_only_themselves_and_take_turns(busy):
    desk, work, _ = busy
    order = []
    answers = [desk.ask(lambda p=p: order.append(p), page=p) for p in ("b", "c", "a")]
    answers.append(desk.ask(lambda: order.append("newer b"), page="b"))
    work.may_end.set()
    for answer in (answers[1], answers[2], answers[3]):
        answer.result(SOON_S)
    assert order == ["newer b", "c", "a"]


def test_one_page_has_one_question_under_way_however_many_places_are_free():
    desk, first = Desk(at_once=2), Work()
    desk.ask(first, page="a", number=1)
    assert first.has_begun.wait(SOON_S)
    second = Work()
    answer = desk.ask(second, page="a", number=2)
    assert desk.ask(lambda: "other", page="b").result(SOON_S) == "other"
    assert not second.has_begun.is_set()
    first.may_end.set()
    second.may_end.set()
    answer.result(SOON_S)


def test_who_has_gone_is_not_worked_for(busy):
    desk, work, _ = busy
    left = Work()
    answer = desk.ask(left, page="b")
    assert answer.cancel()
    stays = desk.ask(lambda: "stays", page="c")
    work.may_end.set()
    assert stays.result(SOON_S) == "stays"
    assert not left.has_begun.is_set()
    with pytest.raises(CancelledError):
        answer.result(0)


def test_so_many_wait_and_no_more(busy):
    desk, work, _ = busy
    waiting = [desk.ask(lambda: "served", page=page) for page in "bcd"]
    with pytest.raises(TooManyRequestsError):
        desk.ask(lambda: None, page="e")
    newer = desk.ask(lambda: "newer", page="d")
    work.may_end.set()
    assert [answer.result(SOON_S) for answer in (*waiting[:2], newer)] == [
        "served",
        "served",
        "newer",
    ]
    assert desk.ask(lambda: "again", page="e").result(SOON_S) == "again"


def test_places_are_never_lost_whoever_asks_leaves_or_fails():
    desk = Desk(at_once=2, most_waiting=1_000)

    def ask(seed):
        for number in range(200):
            work = (lambda: 1 / 0) if number % 7 == seed else (lambda n=number: n)
            answer = desk.ask(work, page=(seed, number % 3), number=number)
            if number % 5 == 0:
                answer.cancel()

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON_S)
    both = [Work(), Work()]
    answers = [desk.ask(work) for work in both]
    assert all(work.has_begun.wait(SOON_S) for work in both)
    for work, answer in zip(both, answers, strict=True):
        work.may_end.set()
        answer.result(SOON_S)
