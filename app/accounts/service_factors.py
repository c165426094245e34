"""Second factors: codes of an authenticator app, passkeys, and recovery codes for the day both are lost."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import delete, update

from app.accounts import passkeys, queries
from app.accounts.models import User
from app.accounts.models_proof import Factor, FactorKind, RecoveryCode, SpentChallenge
from app.accounts.models_watch import EventKind
from app.accounts.service_watch import note
from app.core import site
from app.core.db import session
from app.core.ids import digest, keyed_digest, new_verification_code
from app.core.sealing import seal, unseal
from workflows.procedure.act import Act
from workflows.procedure.errors import Invalid, NotPermitted

RECOVERY_CODES = 10
STEP_S = 30
SEALED = "totp"


# --- authenticator apps --------------------------------------------------------------------------------------------


def new_totp_secret() -> str:
    """Return a secret of 160 bits for an authenticator app, in base32."""
    import pyotp

    return pyotp.random_base32()


def totp_address(user: User, secret: str) -> str:
    """Return the otpauth: address that the QR code holds."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Heng 衡")


def add_totp(user: User, secret: str, code: str, name: str, *, act: Act) -> Factor:
    """Set an authenticator app up. Raises Invalid unless `code` is one of its codes now."""
    step = _step_of(secret, code, act.at, after=0)
    if step is None:
        raise Invalid("code_wrong", pointer="/code")
    return _add(Factor(user_id=user.id, user=user, kind=FactorKind.TOTP, name=name, counter=step,
                       secret=seal(SEALED, secret.encode()), created_at=act.at), act)  # fmt: skip


def check_totp(user: User, code: str, *, act: Act) -> bool:
    """Return whether this is a code of one of the person's apps now; each code is taken once."""
    for factor in queries.factors(user, FactorKind.TOTP):
        step = _step_of(unseal(SEALED, factor.secret).decode(), code, act.at, after=factor.counter)
        if step is not None and _take_step(factor, step, act):
            return True
    return False


def _step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Return the half-minute whose code this is: now, the one before or the one after, and later than `after`."""
    import pyotp

    now = int(at.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    right = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return next((step for step in right if step > after), None)


def _take_step(factor: Factor, step: int, act: Act) -> bool:
    taken = update(Factor).where(Factor.id == factor.id, Factor.counter < step)
    return session().execute(taken.values(counter=step, used_at=act.at)).rowcount == 1  # type: ignore[attr-defined]


# --- passkeys ------------------------------------------------------------------------------------------------------


def add_passkey(user: User, answer: str, challenge: bytes, name: str, *, act: Act) -> Factor:
    """Set a passkey up from what the browser answered. Raises Invalid for an answer that does not hold."""
    _spend(challenge, act)
    made = passkeys.registered(answer, challenge)
    if made is None or queries.factor_by_credential(made.credential_id) is not None:
        raise Invalid("passkey_refused", pointer="/credential")
    return _add(Factor(user_id=user.id, user=user, kind=FactorKind.PASSKEY, name=name, secret=made.public_key,
                       credential_id=made.credential_id, counter=made.counter, created_at=act.at), act)  # fmt: skip


def check_passkey(answer: str, challenge: bytes, *, act: Act, user: User | None = None, alone: bool = False) -> User:
    """Return whose passkey answered; `alone`, without a password, it must have checked finger, face or PIN.

    Raises Invalid for an unknown passkey, another person's, or an answer that does not hold.
    """
    _spend(challenge, act)
    factor = queries.factor_by_credential(passkeys.credential_of(answer))
    if factor is None or factor.user.disabled_at is not None or (user is not None and factor.user_id != user.id):
        raise Invalid("passkey_refused", pointer="/credential")
    counter = passkeys.answered(answer, challenge, factor.secret, factor.counter, alone=alone)
    if counter is None:
        raise Invalid("passkey_refused", pointer="/credential")
    factor.counter, factor.used_at = counter, act.at
    return factor.user


def _spend(challenge: bytes, act: Act) -> None:
    """Take a challenge once. Raises Invalid the second time."""
    hashed = digest(challenge.hex())
    if session().get(SpentChallenge, hashed) is not None:
        raise Invalid("passkey_refused", pointer="/credential")
    session().execute(delete(SpentChallenge).where(SpentChallenge.at < act.at - passkeys.CHALLENGE_LIVES * 2))
    session().add(SpentChallenge(challenge_hash=hashed, at=act.at))
    session().flush()


# --- all of them ---------------------------------------------------------------------------------------------------


def _add(factor: Factor, act: Act) -> Factor:
    session().add(factor)
    session().flush()
    note(EventKind.FACTOR_ADDED, about=factor.user, act=act, factor=factor.kind.value)
    return factor


def remove(user: User, factor_id: int, *, act: Act) -> None:
    """Remove one of the person's factors. Raises NotPermitted for the last one where one is required."""
    own = {factor.id: factor for factor in queries.factors(user)}
    factor = own.get(factor_id)
    if factor is None:
        return
    if len(own) == 1 and site.settings().second_factor_required:
        raise NotPermitted("last_factor")
    session().delete(factor)
    if len(own) == 1:
        session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    note(EventKind.FACTOR_REMOVED, about=user, act=act, factor=factor.kind.value)


def remove_all(user: User, *, act: Act) -> None:
    """Remove every factor and recovery code: somebody lost all, and an administrator checked who they are."""
    session().execute(delete(Factor).where(Factor.user_id == user.id))
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    note(EventKind.FACTOR_REMOVED, about=user, act=act, factor="all")


def make_recovery_codes(user: User, *, act: Act) -> list[str]:
    """Return ten new recovery codes, shown this once; the ones before are worth nothing now."""
    codes = [new_verification_code() for _ in range(RECOVERY_CODES)]
    session().execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session().add_all(RecoveryCode(code_hash=_hashed(user, code), user_id=user.id) for code in codes)
    note(EventKind.RECOVERY_MADE, about=user, act=act)
    return codes


def check_recovery_code(user: User, typed: str, *, act: Act) -> bool:
    """Return whether this is one of the person's recovery codes that was not used yet; it is used up."""
    letters = "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())
    code = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    spent = update(RecoveryCode).where(RecoveryCode.code_hash == _hashed(user, code), RecoveryCode.used_at.is_(None))
    if session().execute(spent.values(used_at=act.at)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    note(EventKind.RECOVERY_USED, about=user, act=act)
    return True


def _hashed(user: User, code: str) -> str:
    return keyed_digest(site.settings().secret_key, "recovery", str(user.id), code)
