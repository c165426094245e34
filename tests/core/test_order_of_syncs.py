"""Power may fail after any call: 201 is sent only when the file, its folder and the database are safely on disk.

The order is read from the system calls of a process that answers: file synced → renamed to its hash → folder synced →
database synced → 201.
"""

import http.client
import json
import subprocess
import sys
import threading
from pathlib import PurePath

import pytest

from tests.architecture.rules import ROOT
from tests.core.tracing import Call, NotTraced, calls_of

COMPLAINT = {"complainant": {"name": "Lin", "email": "lin@example.test"}}
PATIENCE_S = 60.0
FAULTS = ("none", "no-file", "no-folder", "no-database")


def ask(port: int, times: int, child: subprocess.Popen[str]) -> None:
    """Hand in complaints, one after the other; who is not answered ends it all."""
    try:
        for n in range(times):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {"Content-Type": "application/json", "Idempotency-Key": f"key {n}"}
            body = json.dumps(COMPLAINT | {"narrative": f"商家拒绝退货。订单尾号 {n}。"})
            connection.request("POST", "/api/v1/complaints", body.encode(), headers)
            connection.getresponse().read()
            connection.close()
    finally:
        child.stdin.close()


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """What the kernel was asked for, by fault, up to the answer."""
    folder = tmp_path_factory.mktemp("traced")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.core.answering", str(folder), *FAULTS],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    port = int(child.stdout.readline())
    asking = threading.Thread(target=ask, args=(port, len(FAULTS), child), daemon=True)
    found, calls = {}, []
    try:
        tracing = calls_of(child.pid)
        child.stdin.write("go\n")
        child.stdin.flush()
        asking.start()
        over = threading.Timer(PATIENCE_S, child.kill)
        over.start()
        for call in tracing:
            calls.append(call)
            if call.name == "answer":
                found[FAULTS[len(found)]] = calls
                calls = []
    except NotTraced as reason:
        pytest.skip(f"the kernel lets nobody trace here: {reason}")
    finally:
        over.cancel()
        child.kill()
        asking.join()
        child.stdout.close()
        child.wait()
    return found


def in_order(calls: list[Call]) -> bool:
    """Return whether file, folder and database were on disk, in this order, before the answer 201."""
    renamed = next(n for n, call in enumerate(calls) if call.name == "rename")
    folder = str(PurePath(calls[renamed].what).parent)
    before = [call.what for call in calls[:renamed] if call.name == "fsync"]
    after = [call.what for call in calls[renamed:] if call.name == "fsync"]
    file_first = any("/.new-" in path for path in before)
    folder_then_database = folder in after and any(path.endswith("-wal") for path in after[after.index(folder) :])
    return file_first and folder_then_database and calls[-1] == Call("answer", "201")


def test_file_folder_and_database_are_on_disk_before_the_answer(traced):
    assert in_order(traced["none"]), traced["none"]


@pytest.mark.parametrize("fault", FAULTS[1:])
def test_a_sync_that_is_left_out_is_noticed(traced, fault):
    assert traced[fault][-1] == Call("answer", "201")
    assert not in_order(traced[fault]), traced[fault]
