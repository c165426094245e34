"""A process to be watched: `python -m tests.core.answering FOLDER FAULT …` answers one request for each FAULT.

The faults are those that a careless change could bring: `no-file` leaves the sync of files out, `no-folder` that of
folders, `no-database` that of the database; `none` leaves nothing out.
"""

from __future__ import annotations

import os
import stat
import sys

from sqlalchemy import text
from werkzeug.serving import make_server

import config
from app.core.db import db, session
from app.factory import create_app

_fsync = os.fsync


def careless(fault: str) -> None:
    def fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        if fault != ("no-folder" if is_folder else "no-file"):
            _fsync(descriptor)

    os.fsync = fsync
    session().rollback()
    db.engine.dispose()
    if fault == "no-database":
        connection = session().connection()
        connection.exec_driver_sql("COMMIT")  # a setting cannot be changed inside a transaction
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.exec_driver_sql("BEGIN")
    else:
        session().execute(text("SELECT 1"))
    session().rollback()


def main(folder: str, *faults: str) -> None:
    app = create_app(config.load({"DATA_DIR": folder}))
    with app.app_context():
        db.create_all()
        server = make_server("127.0.0.1", 0, app)
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for fault in faults:
            careless(fault)
            server.handle_request()


if __name__ == "__main__":
    main(*sys.argv[1:])
