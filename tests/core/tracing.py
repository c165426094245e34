"""What a process asks of the kernel, in order: files synced, files renamed, answers sent. For Linux, by ptrace."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import signal
import struct
from collections.abc import Iterator
from dataclasses import dataclass

SEIZE, INTERRUPT, SYSCALL, INFO = 0x4206, 0x4207, 24, 0x420E
SYSCALL_STOPS_ARE_MARKED = 1
ENTRY = 1
NUMBERS = {
    "x86_64": {74: "fsync", 75: "fsync", 82: "rename", 264: "renameat", 316: "renameat", 1: "write", 44: "write"},
    "aarch64": {82: "fsync", 83: "fsync", 38: "renameat", 276: "renameat", 64: "write", 206: "write"},
}.get(platform.machine(), {})
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the kernel: `fsync` and `rename` with the path (the new one), `answer` with the HTTP status."""

    name: str
    what: str


class NotTraced(Exception):
    """The kernel does not let us look."""


def calls_of(pid: int) -> Iterator[Call]:
    """Yield what our child process does from now on until it ends. Raises NotTraced where that is forbidden."""
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    kernel.ptrace.restype = ctypes.c_long
    if not NUMBERS or kernel.ptrace(SEIZE, pid, None, SYSCALL_STOPS_ARE_MARKED) < 0:
        raise NotTraced(os.strerror(ctypes.get_errno()))
    kernel.ptrace(INTERRUPT, pid, None, None)
    info = ctypes.create_string_buffer(88)
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return
        passed_on = 0
        if os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
            kernel.ptrace(INFO, pid, ctypes.c_void_p(len(info)), ctypes.byref(info))
            (op,) = struct.unpack_from("B", info.raw, 0)
            number, *arguments = struct.unpack_from("7Q", info.raw, 24)
            if op == ENTRY and (call := _read(pid, NUMBERS.get(number, ""), arguments)):
                yield call
        elif status >> 16 == 0:  # a signal for the process, not a stop of ours
            passed_on = os.WSTOPSIG(status)
        kernel.ptrace(SYSCALL, pid, None, ctypes.c_void_p(passed_on))


def _read(pid: int, name: str, arguments: list[int]) -> Call | None:
    if name == "fsync":
        return Call("fsync", os.readlink(f"/proc/{pid}/fd/{arguments[0]}"))
    if name in ("rename", "renameat"):
        return Call("rename", _text(pid, arguments[1 if name == "rename" else 3]))
    if name == "write" and (found := STATUS.match(_bytes(pid, arguments[1], min(arguments[2], 16)))):
        return Call("answer", found[1].decode())
    return None


def _text(pid: int, address: int) -> str:
    return _bytes(pid, address, 512).partition(b"\0")[0].decode()


def _bytes(pid: int, address: int, length: int) -> bytes:
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        memory.seek(address)
        return memory.read(length)
