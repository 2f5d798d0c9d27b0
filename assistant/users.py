"""`Users`: who may use the service, from one file with hashed passwords and hashed tokens."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 500
_TOKEN_MARK = "nat_"
_NAME = re.compile(r"[\w.@-]{1,64}")
_VERSION = 1


class UsersError(ValueError):
    """A users file that cannot be read or changed as asked; the message says why and what to do."""


class Role(StrEnum):
    """What someone may do. Each may do what the one before it may."""

    ASKER = "asker"
    TRAINER = "trainer"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role has the rights of `needed`."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Token:
    """A key for programs: `digest` is the SHA-256 of it, and the key itself is nowhere."""

    label: str
    digest: str


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may use the service; `password` is an argon2 hash."""

    name: str
    role: Role
    password: str
    tokens: tuple[Token, ...] = ()

    @property
    def stamp(self) -> str:
        """Changes with the password, so that sessions end with it."""
        return hashlib.sha256(f"{self.name}\0{self.password}".encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class _File:
    """What the file holds; `secret` signs sessions."""

    secret: str
    users: tuple[User, ...]


class Users:
    """The users of one file, read again whenever it changes. Safe to use from several threads.

    Every method raises UsersError where the file cannot be read, and OSError where it cannot be written.
    """

    def __init__(self, path: Path, hasher: PasswordHasher | None = None) -> None:
        self.path = path
        self._given = hasher
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._file = _File("", ())

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return self._given or PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """A hash to check against where there is no such user, so that both take as long."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    @property
    def secret(self) -> str:
        """What sessions are signed with."""
        return self._read().secret

    def all(self) -> tuple[User, ...]:
        """Every user, in the order of the file; none where there is no file."""
        return self._read().users

    def named(self, name: str) -> User | None:
        """The user with this name."""
        return next((user for user in self.all() if user.name == name), None)

    def by_password(self, name: str, password: str) -> User | None:
        """The user whose name and password these are. Takes as long for a name that there is not."""
        from argon2.exceptions import InvalidHashError, VerificationError

        user = self.named(name)
        try:
            self._hasher.verify(user.password if user else self._nobody, _normal(password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return None
        return user

    def by_token(self, token: str) -> User | None:
        """The user whose token this is."""
        digest = _digest(token)
        for user in self.all():
            if any(secrets.compare_digest(held.digest, digest) for held in user.tokens):
                return user
        return None

    def add(self, name: str, password: str, role: Role = Role.ASKER) -> bool:
        """Add a user, or give one that there is a new password and role; True where it is a new one."""
        if not _NAME.fullmatch(name):
            raise UsersError("用户名只能用文字、数字和 . _ - @，最多 64 个字。")
        password = _normal(password)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise UsersError(f"密码太短或太长，请用 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符。")
        hashed = self._hasher.hash(password)
        known = False

        def change(users: tuple[User, ...]) -> tuple[User, ...]:
            nonlocal known
            known = any(user.name == name for user in users)  # as the file is now: another may have added it meanwhile
            if known:
                return tuple(replace(u, password=hashed, role=role) if u.name == name else u for u in users)
            return (*users, User(name, role, hashed))

        self._change(change)
        return not known

    def remove(self, name: str) -> None:
        """Take a user away, with every session and token."""
        self._existing(name)
        self._change(lambda users: tuple(user for user in users if user.name != name))

    def add_token(self, name: str, label: str) -> str:
        """A new token of a user; it is given out here only, and cannot be read again."""
        self._existing(name)
        token = _TOKEN_MARK + secrets.token_urlsafe(32)
        self._change_user(name, lambda u: replace(u, tokens=(*u.tokens, Token(label, _digest(token)))))
        return token

    def remove_tokens(self, name: str) -> int:
        """Take all tokens of a user away; how many there were."""
        user = self._existing(name)
        self._change_user(name, lambda u: replace(u, tokens=()))
        return len(user.tokens)

    def _existing(self, name: str) -> User:
        user = self.named(name)
        if user is None:
            raise UsersError(f"没有 {name} 这个用户，用 notice-assistant user list 查看。")
        return user

    def _change_user(self, name: str, act: Callable[[User], User]) -> None:
        self._change(lambda users: tuple(act(user) if user.name == name else user for user in users))

    def _change(self, act: Callable[[tuple[User, ...]], tuple[User, ...]]) -> None:
        from filelock import FileLock

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock"), timeout=10):
            held = self._read()
            _write(self.path, _File(held.secret or secrets.token_urlsafe(32), act(held.users)))

    def _read(self) -> _File:
        with self._lock:
            try:
                status = self.path.stat()
            except FileNotFoundError:
                self._seen, self._file = None, _File("", ())
                return self._file
            except OSError as error:
                raise UsersError(f"用户文件 {self.path} 打不开（{error.strerror}）。") from error
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                self._file = _parse(self.path)
                self._seen = seen
            return self._file


def _parse(path: Path) -> _File:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != _VERSION:
            raise UsersError(f"用户文件 {path} 是另一个版本写的（{data['version']}），请升级后再试。")
        users = tuple(
            User(
                str(item["name"]),
                Role(item["role"]),
                str(item["password"]),
                tuple(Token(str(token["label"]), str(token["digest"])) for token in item["tokens"]),
            )
            for item in data["users"]
        )
        secret = data["secret"]
        if not isinstance(secret, str) or len(secret) < 32:
            raise UsersError(f"用户文件 {path} 里的密钥不对，请从备份恢复。")
        return _File(secret, users)
    except UsersError:
        raise
    except OSError as error:
        raise UsersError(f"用户文件 {path} 打不开（{error.strerror}）。") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsersError(f"用户文件 {path} 已损坏，请从备份恢复。") from error


def _write(path: Path, file: _File) -> None:
    """Replace the file at once, readable by its owner alone."""
    data: dict[str, Any] = {"version": _VERSION} | asdict(file)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(data, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _digest(token: str) -> str:
    # A token is 256 random bits: unlike a password it needs no slow hash.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _normal(password: str) -> str:
    """The same password however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode("utf-8"))
