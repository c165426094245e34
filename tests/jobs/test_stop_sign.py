"""A program hears a signal to stop, whenever it comes."""

import signal
import subprocess
import sys

import pytest

from workflows.jobs.stop_sign import StopSign

BEGINS_TO_WAIT_ALL_THE_TIME = """
from workflows.jobs.stop_sign import on_signal
told = on_signal()
print("ready", flush=True)
while not told.wait(0): pass
"""

SIGNALLED_IN_ANOTHER_THREAD = """
import signal, threading
from workflows.jobs.stop_sign import on_signal
told = on_signal()
go_on = threading.Event()
other = threading.Thread(target=go_on.wait)
other.start()
threading.Timer(0.1, signal.pthread_kill, (other.ident, signal.SIGTERM)).start()
told.wait()
go_on.set()
"""

HANGS = """
import threading
from workflows.jobs.stop_sign import on_signal
on_signal(patience_s=1)
print("ready", flush=True)
lock = threading.Lock()
lock.acquire()
lock.acquire()
"""


@pytest.mark.parametrize("turn", range(8))
def test_a_signal_in_the_moment_a_wait_begins_is_heard(turn):
    waiting = subprocess.Popen([sys.executable, "-c", BEGINS_TO_WAIT_ALL_THE_TIME], stdout=subprocess.PIPE)
    waiting.stdout.readline()
    waiting.terminate()

    assert waiting.wait(60) == 0
    waiting.stdout.close()


def test_a_signal_that_wakes_nobody_is_heard():
    assert subprocess.run([sys.executable, "-c", SIGNALLED_IN_ANOTHER_THREAD], timeout=60).returncode == 0


def test_whoever_begins_to_wait_later_sees_it():
    told = StopSign()
    assert not told.is_set()
    assert not told.wait(0.001)

    told.set()

    assert told.is_set()
    assert told.wait()
    assert told.wait(5)


def test_ctrl_c_stops_without_a_trace_on_the_terminal():
    waiting = subprocess.Popen(
        [sys.executable, "-c", BEGINS_TO_WAIT_ALL_THE_TIME], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    waiting.stdout.readline()
    waiting.send_signal(signal.SIGINT)

    assert waiting.communicate(timeout=60) == (b"", b"")


def test_a_program_that_hangs_ends_all_the_same():
    hanging = subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE)
    hanging.stdout.readline()
    hanging.terminate()

    assert hanging.wait(60) == -signal.SIGALRM
    hanging.stdout.close()
