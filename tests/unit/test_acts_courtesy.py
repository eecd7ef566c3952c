"""Work in the background stands aside while somebody is answered, and comes to its end."""

import sys
import threading

import pytest

from geo_alerts.acts.courtesy import QUICK_SWITCH_S, USUAL_SWITCH_S, Courtesy

LONG_S = 60.0


def stands_aside(courtesy: Courtesy) -> tuple[threading.Thread, threading.Event]:
    """Somebody who gives way once, and what tells that they went on."""
    went_on = threading.Event()

    def work() -> None:
        courtesy.give_way()
        went_on.set()

    thread = threading.Thread(target=work)
    thread.start()
    return thread, went_on


def test_work_goes_on_when_the_last_answer_is_given_and_not_before():
    courtesy = Courtesy(LONG_S)
    with courtesy.first():
        with courtesy.first():
            thread, went_on = stands_aside(courtesy)
        assert not went_on.is_set()
    thread.join(LONG_S)
    assert went_on.is_set()


def test_work_comes_to_its_end_however_long_somebody_is_answered():
    courtesy = Courtesy(longest_s=0.01)
    with courtesy.first():
        thread, went_on = stands_aside(courtesy)
        thread.join(LONG_S)
        assert went_on.is_set()


def test_nobody_is_waited_for_when_nobody_is_answered_even_after_a_failure():
    courtesy = Courtesy(LONG_S)
    with pytest.raises(ValueError, match="no answer"), courtesy.first():
        raise ValueError("no answer")
    thread, went_on = stands_aside(courtesy)
    thread.join(LONG_S)
    assert went_on.is_set()


def test_threads_take_turns_faster_only_while_somebody_is_answered():
    courtesy = Courtesy()
    with courtesy.first():
        assert sys.getswitchinterval() == pytest.approx(QUICK_SWITCH_S, rel=0.01)
        with courtesy.first():
            pass
        assert sys.getswitchinterval() == pytest.approx(QUICK_SWITCH_S, rel=0.01)
    assert sys.getswitchinterval() == pytest.approx(USUAL_SWITCH_S, rel=0.01)
