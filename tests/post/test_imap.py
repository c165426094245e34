"""A mailbox is asked by IMAP: what is unseen is taken in byte for byte, and marked only once it is kept."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import cli
from app.core import site
from app.core.db import session
from app.core.storage import store
from app.post import mailbox
from app.post.models import InboundMail
from tests.post.mails import a_mail, do_what_is_due

RAW = a_mail().as_bytes().replace(b"\n", b"\r\n")


class Mailbox(socketserver.StreamRequestHandler):
    """As much of a mail server as is asked of it: one folder with messages, some of them seen."""

    messages, seen, said = {7: RAW}, set(), []

    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command = line.decode().strip().split(" ", 1)
            self.said.append(command)
            words = command.upper()
            if words.startswith("CAPABILITY"):
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif words.startswith("UID SEARCH"):
                unseen = " ".join(str(uid) for uid in self.messages if uid not in self.seen)
                self.wfile.write(f"* SEARCH {unseen}\r\n".encode())
            elif words.startswith("UID FETCH"):
                raw = self.messages[int(words.split()[2])]
                self.wfile.write(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n%s)\r\n" % (len(raw), raw))
            elif words.startswith("UID STORE"):
                self.seen.add(int(words.split()[2]))
            elif words.startswith("LOGOUT"):
                self.wfile.write(b"* BYE\r\n")
            self.wfile.write(f"{tag} OK done\r\n".encode())
            if words.startswith("LOGOUT"):
                return


@pytest.fixture
def url(app):
    Mailbox.seen, Mailbox.said = set(), []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"imap://desk%40desk.test:p%20w@127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_the_command_takes_in_what_is_unseen_once(app, url, monkeypatch):
    monkeypatch.setattr(site, "_settings", replace(site.settings(), imap_url=url))
    if "mail" not in app.cli.commands:
        cli.install(app)

    told = [app.test_cli_runner().invoke(args=["mail", "poll"]).output.strip() for _ in range(2)]
    do_what_is_due()

    found = session().scalars(select(InboundMail)).one()
    assert told == ["1 taken in", "0 taken in"]
    assert store().read(found.raw_ref) == RAW
    assert (found.source, found.mailbox, found.status) == ("imap", "desk@desk.test", "case")
    assert any("BODY.PEEK[]" in command for command in Mailbox.said)


def test_what_could_not_be_kept_is_not_marked_and_comes_again(url):
    def broken(raw, name):
        raise OSError("disk is full")

    with pytest.raises(OSError, match="full"):
        mailbox.poll(url, broken)
    taken = []

    assert Mailbox.seen == set()
    assert mailbox.poll(url, lambda raw, name: taken.append((raw, name))) == 1
    assert taken == [(RAW, "desk@desk.test")]
