import io

import pytest

from interrex import cli


class Clock:
    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(cli, "time", clock)
    return clock


def test_without_a_terminal_progress_is_plain_lines(clock):
    stream = io.StringIO()
    progress = cli.Progress(stream)
    progress.plan({"prior": 1, "conditioning": 3})
    progress.stage("prior", total=10)
    progress.advance(5)  # too soon for another line
    clock.now = 20
    progress.advance(1)
    progress.stage("conditioning", total=4)
    clock.now = 40
    progress.advance(2)
    progress.finish()
    assert stream.getvalue().splitlines() == [
        "stage 1/2 prior",
        "stage 1/2 prior 60 %, about 2 min left",
        "stage 2/2 conditioning, about 60 s left",
        "stage 2/2 conditioning 50 %, about 24 s left",
    ]
    assert "\x1b" not in stream.getvalue()


def test_without_a_plan_the_time_left_is_that_of_the_stage(clock):
    progress = cli.Progress(io.StringIO())
    clock.now = 100
    progress.stage("prior", total=10)
    assert progress.seconds_left() is None
    clock.now = 110
    progress.advance(5)
    assert progress.fraction() == 0.5
    assert progress.seconds_left() == pytest.approx(10)


def test_progress_never_passes_the_end(clock):
    progress = cli.Progress(io.StringIO())
    progress.stage("prior", total=2)
    progress.advance(5)
    assert progress.fraction() == 1


def test_on_a_terminal_progress_is_a_bar():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    progress = cli.Progress(stream)
    progress.plan({"prior [red]": 1})
    progress.stage("prior [red]", total=2)
    progress.advance()
    progress.finish()
    progress.finish()
    assert "stage 1/1 prior [red]" in stream.getvalue()
    assert "50 %" in stream.getvalue()
