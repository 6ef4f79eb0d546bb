"""Turns come in the order they were asked for, one at a time, and none is lost."""

import threading

import pytest

from bot.turns import NoTurnError, Turns


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turns, order, asked = Turns(), list[int](), list[threading.Thread]()

    def take(number: int) -> None:
        with turns.turn(5):
            order.append(number)

    with turns.turn(5):
        for number in range(20):
            thread = threading.Thread(target=take, args=(number,))
            asked.append(thread)
            thread.start()
            while len(turns._waiting) <= number:
                pass  # until it stands in the row
    for thread in asked:
        thread.join(5)
    assert order == list(range(20))


def test_whoever_gives_up_is_passed_over() -> None:
    turns = Turns()
    with turns.turn(1), pytest.raises(NoTurnError), turns.turn(0.001):
        raise AssertionError("two at once")
    with turns.turn(0.001):
        pass


def test_a_turn_is_given_back_when_its_work_fails() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.turn(1):
        raise KeyError
    with turns.turn(0.001):
        pass


def test_whoever_can_not_wait_goes_before_the_row() -> None:
    turns, order, asked = Turns(), list[str](), list[threading.Thread]()

    def take(name: str, *, first: bool) -> None:
        with turns.turn(5, first=first):
            order.append(name)

    with turns.turn(5):
        for name, first in (("a", False), ("b", False), ("page 1", True), ("page 2", True)):
            thread = threading.Thread(target=take, args=(name,), kwargs={"first": first})
            asked.append(thread)
            thread.start()
            while len(turns._waiting) + len(turns._first) < len(asked):
                pass
    for thread in asked:
        thread.join(5)
    assert order == ["page 1", "page 2", "a", "b"]
