"""Takes secrets out of whatever is shown: headers, bodies, addresses, free text.

Three nets, each enough on its own for most secrets: names (headers, JSON keys, query parameters that hold credentials),
shapes (bearer tokens, known key prefixes, JSON web tokens), and the exact secrets that were registered, which are found
in every common encoding. A secret is replaced by a stable mask, `****3f2a`, so that two uses of one key can be told
apart from two keys. Redacting twice changes nothing more.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

_HIDDEN = "****"
_SHORTEST_REGISTERED = 4
"""Characters; anything shorter would be found everywhere in ordinary text."""
_PASSING = 200
"""How many secrets of single scenarios are known at a time: those of the last few."""
_SHORTEST_IN_BASE64 = 6
"""Bytes; what shorter secrets look like in base64 is found by chance too often."""

_OPEN_HEADERS = frozenset(
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "date",
        "etag",
        "expect",
        "expires",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "origin",
        "pragma",
        "profileid",
        "range",
        "referer",
        "retry-after",
        "sec-websocket-accept",
        "sec-websocket-extensions",
        "sec-websocket-version",
        "server",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "vary",
        "via",
        "warning",
        "www-authenticate",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-request-id",
    ]
)
_OPEN_HEADER_FAMILIES = ("access-control-", "hh-client-", "openai-processing-", "x-ratelimit-", "x-stainless-")

_SENSITIVE_ENDINGS = (
    ("authorization",),
    ("cookie",),
    ("credential",),
    ("credentials",),
    ("jwt",),
    ("passphrase",),
    ("passwd",),
    ("password",),
    ("pwd",),
    ("secret",),
    ("token",),
    ("apikey",),
    ("apikeys",),
    ("access", "key"),
    ("api", "key"),
    ("api", "keys"),
    ("auth", "key"),
    ("key", "value"),
    ("private", "key"),
    ("secret", "key"),
)
_HARMLESS_ENDINGS = (("page", "token"), ("next", "token"), ("continuation", "token"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_BEARER = re.compile(r"\b(bearer)(\s+|%20|\+)([\w.~+/=-]{8,})", re.IGNORECASE)
_BASIC = re.compile(r"\b(basic)(\s+)([\w+/-]{4,}={0,2})", re.IGNORECASE)
_SHAPE_PREFIXES = (
    *("sk-ant-", "sk-proj-", "sk-", "hh_ingst_", "hh_fgdp_", "eyJ", "AKIA", "AIza", "github_pat_"),
    *("gho_", "ghp_", "ghr_", "ghs_", "ghu_", "xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-"),
)
_SHAPES = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(_SHAPE_PREFIXES)})([\w-]{{8,}}(?:\.[\w-]+)*)")
_PLATFORM_KEY = re.compile(r"(?<![A-Za-z0-9])hh_([A-Za-z0-9]{24,})(?![A-Za-z0-9_])")
"""A key that the platform makes for a whole project; hh_foreign_key is only the name of one."""
_USERINFO = re.compile(r"(://[^\s/:@\"']*:)([^\s/@\"']+)(@)")
# What a sensitive name ends with, in lower case: only texts that hold one of these are searched for names.
_NAME_ENDS = tuple(
    sorted({ending[-1] for ending in _SENSITIVE_ENDINGS} - {"value"} | {"key_value", "key-value", "keyvalue"})
)
# Most strings are short and hold none of this: one search instead of dozens.
_HINTS = re.compile(
    "|".join((*map(re.escape, _NAME_ENDS), "bearer", "basic", "://", "hh_", *_SHAPE_PREFIXES)), re.IGNORECASE
)
_SHORT = 500
_NAME_LIMIT = 64
_NAME_BEFORE = re.compile(r"[\w.-]{1,64}\Z")
# What stands between such a name and its value: in query strings, .env lines and prose, and between quotes in JSON that
# does not parse, JSON inside JSON, and printed dictionaries. A scheme before a credential is no part of it.
_ASSIGNED = re.compile(
    r"(?:\\*[\"'])?\s{0,3}[=:]\s{0,3}(?P<quote>\\*[\"'])?"
    r"(?:(?:apikey|basic|bearer|digest|negotiate|token)(?:\s+|%20|\+))?",
    re.IGNORECASE,
)
_PLAIN_VALUE = re.compile(r"[^\s\"'&,;<>\\{}\[\]()]+")
_NO_VALUES = frozenset({"none", "null", "true", "false"})


def mask(secret: str) -> str:
    """What stands for a secret: its last 4 characters if it has 20 or more, the last 2 from 12 on, else none."""
    if re.fullmatch(r"\*{4}.{0,4}", secret):
        return secret
    shown = 4 if len(secret) >= 20 else 2 if len(secret) >= 12 else 0
    return _HIDDEN + (secret[-shown:] if shown else "")


@functools.lru_cache(4096)
def is_sensitive(name: str) -> bool:
    """Whether a header, key or parameter of this name holds a credential; its last words decide (`hhApiKey`)."""
    words = tuple(word.lower() for word in _WORD.findall(name))
    if any(words[-len(ending) :] == ending for ending in _HARMLESS_ENDINGS):
        return False
    return any(words[-len(ending) :] == ending for ending in _SENSITIVE_ENDINGS)


class Redactor:
    """Knows the registered secrets of one process."""

    def __init__(self) -> None:
        self._secrets = _Secrets(())
        self._passing: list[str] = []

    def register_passing(self, secret: str) -> None:
        """As `register`, of a secret that one scenario makes and takes back: the latest are known, not all of a run."""
        if secret in self._secrets and secret not in self._passing:
            return
        self.register(secret)
        self._passing.append(secret)
        while len(self._passing) > _PASSING:
            oldest = self._passing.pop(0)
            self._secrets = _Secrets(known for known in self._secrets if known.value != oldest)

    def register(self, secret: str) -> None:
        """Never show this value again, in any encoding. Raises ValueError if it has fewer than 4 characters.

        One that was only passing stays from now on.
        """
        if len(secret) < _SHORTEST_REGISTERED:
            raise ValueError(f"a secret of {len(secret)} characters cannot be told from ordinary text")
        self._passing = [known for known in self._passing if known != secret]
        if secret not in self._secrets:
            self._secrets = _Secrets((*self._secrets, _Secret(secret)))

    def text(self, text: str) -> str:
        """The text without registered secrets and without what looks like one."""
        if not text:
            return text
        decoded = _decoded(text) if any(sign in text for sign in _ESCAPE_SIGNS) else None
        for secret in self._secrets.that_may_be_in(text, decoded):
            text = secret.remove_from(text, decoded)
        if len(text) < _SHORT and not _HINTS.search(text):
            return text
        low = _lowered(text)
        if any(end in low for end in _NAME_ENDS):
            text = "".join(_without_named(text, low))
        if "bearer" in low:
            text = _BEARER.sub(lambda found: f"{found[1]}{found[2]}{mask(found[3])}", text)
        if "basic" in low:
            text = _BASIC.sub(_mask_basic, text)
        if "://" in text:
            text = _USERINFO.sub(lambda found: f"{found[1]}{mask(found[2])}{found[3]}", text)
        if any(prefix in text for prefix in _SHAPE_PREFIXES):
            text = _SHAPES.sub(lambda found: f"{found[1]}{mask(found[2])}", text)
        if "hh_" in text:
            text = _PLATFORM_KEY.sub(lambda found: f"hh_{mask(found[1])}", text)
        return text

    def torn_text(self, text: str) -> str:
        """The redacted form of a text that was cut off: the beginning of a registered secret at its end goes too."""
        for secret in self._secrets:
            for length in range(len(secret.value) - 1, _SHORTEST_REGISTERED - 1, -1):
                if text.endswith(secret.value[:length]):
                    text = text[:-length] + _HIDDEN
                    break
        return self.text(text)

    def value(self, value: Any) -> Any:
        """A JSON value with the strings and numbers under sensitive keys masked, and every other string redacted."""
        match value:
            case dict():
                return {self.text(key): self._under(key, item) for key, item in value.items()}
            case list():
                return [self.value(item) for item in value]
            case str():
                return self.text(value)
            case _:
                return value

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers as they may be shown: well-known ones in full, all others masked; order and spelling are kept."""
        return [(name, self._header(name.lower(), value)) for name, value in headers]

    def body(self, body: bytes, content_type: str) -> bytes:
        """A body as it may be shown. Valid JSON is written anew; anything else keeps every byte that is no secret."""
        charset = _charset(content_type)
        text = body.decode(charset, "surrogateescape") if charset == "utf-8" else body.decode(charset, "replace")
        if "json" in content_type.lower():
            try:
                parsed = json.loads(text)
                if isinstance(parsed, dict | list | str):
                    return _as_json(self.value(parsed), charset)
            except (ValueError, RecursionError):
                # No JSON after all, or nested too deeply to be read: masked as the text it is.
                pass
        return self.text(text).encode(charset, "surrogateescape" if charset == "utf-8" else "replace")

    def _under(self, key: str, item: Any) -> Any:
        return self._masked(item) if is_sensitive(key) else self.value(item)

    def _masked(self, item: Any) -> Any:
        match item:
            case dict():
                return {self.text(key): self._masked(inner) for key, inner in item.items()}
            case list():
                return [self._masked(inner) for inner in item]
            case None | bool():
                return item
            case _:
                return mask(str(item))

    def _header(self, name: str, value: str) -> str:
        value = self.text(value)
        if name in {"authorization", "proxy-authorization"}:
            scheme, space, credential = value.partition(" ")
            return f"{scheme} {mask(credential)}" if space else mask(value)
        if name == "cookie":
            return "; ".join(_mask_cookie(part) for part in value.split("; "))
        if name == "set-cookie":
            cookie, semicolon, attributes = value.partition(";")
            return _mask_cookie(cookie) + semicolon + attributes
        if name in _OPEN_HEADERS or name.startswith(_OPEN_HEADER_FAMILIES):
            return value
        return mask(value)


class _Secrets:
    """The registered secrets, the longest first, since one may contain another. Never changed: threads read them.

    Most texts hold none of the hundreds, and are not searched for each: a secret of plain characters is found by how it
    begins, in the words of the text that are long enough.
    """

    def __init__(self, secrets: Iterable[_Secret]) -> None:
        self._all = tuple(sorted(secrets, key=lambda secret: -len(secret.value)))

    def __iter__(self) -> Iterator[_Secret]:
        return iter(self._all)

    def __contains__(self, value: str) -> bool:
        return any(secret.value == value for secret in self._all)

    @functools.cached_property
    def _special(self) -> frozenset[_Secret]:
        return frozenset(secret for secret in self._all if secret.special)

    @functools.cached_property
    def _begun_length(self) -> int:
        return min((len(form) for secret in self._all if not secret.special for form in secret.forms), default=0)

    @functools.cached_property
    def _by_beginning(self) -> dict[str, set[_Secret]]:
        found: dict[str, set[_Secret]] = {}
        for secret in self._all:
            if not secret.special:
                for form in secret.forms:
                    found.setdefault(form[: self._begun_length], set()).add(secret)
        return found

    @functools.cached_property
    def _long_word(self) -> re.Pattern[str]:
        return re.compile(rf"[A-Za-z0-9+/=_.~-]{{{self._begun_length},}}")

    def that_may_be_in(self, text: str, decoded: str | None) -> Iterable[_Secret]:
        """Those that a text has to be searched for; `decoded`: see `_Secret.remove_from`."""
        length, suspects = self._begun_length, self._special
        if length:
            words = self._long_word.findall(text) + (self._long_word.findall(decoded) if decoded else [])
            beginnings = {word[at : at + length] for word in words for at in range(len(word) - length + 1)}
            for beginning in beginnings & self._by_beginning.keys():
                suspects = suspects | self._by_beginning[beginning]
        return [secret for secret in self._all if secret in suspects] if suspects else ()


class _Secret:
    """One registered secret and the forms in which it may appear."""

    def __init__(self, value: str) -> None:
        self.value = value
        self._mask = mask(value)
        self.special = any(not _is_plain(character) for character in value)
        """Whether it has characters that JSON, forms or HTML always write otherwise."""
        self._packed = tuple(_in_base64(value.encode("utf-8", "surrogatepass")))
        self.forms = (value, *self._packed)
        self._shortest_packed = min(map(len, self._packed), default=sys.maxsize)

    # Compiled when first needed: most secrets are never met in another form.

    @functools.cached_property
    def _written(self) -> re.Pattern[str]:
        # Begun at the first of many backslashes or not at all: each would be a start, and a million steps from it.
        return re.compile(r"(?:(?<!\\)|(?!\\))" + "".join(map(_spellings, self.value)))

    @functools.cached_property
    def _packed_written(self) -> re.Pattern[str]:
        return re.compile("|".join("".join(map(_spellings, form)) for form in self._packed) or "(?!)")

    def remove_from(self, text: str, decoded: str | None) -> str:
        """The text with every form of the secret masked.

        `decoded` is what the text says where characters may be written otherwise in it, else None.
        """
        text = text.replace(self.value, self._mask)
        escaped = decoded is not None and (self.special or self.value in decoded)
        if escaped or (self.special and any(sign in text for sign in "\\&+")):
            text = self._written.sub(lambda _: self._mask, text)
        if len(text) >= self._shortest_packed and any(form in text or form in (decoded or "") for form in self._packed):
            text = "".join(self._without_packed(text))
        return text

    def _without_packed(self, text: str) -> Iterator[str]:
        """The text without any base64 word that contains the secret: its neighbours (`user:`) go too."""
        shown = 0
        for found in self._packed_written.finditer(text):
            start, end = found.span()
            if start < shown:
                continue
            while start > shown and _is_base64(text[start - 1]):
                start -= 1
            while end < len(text) and _is_base64(text[end]):
                end += 1
            yield text[shown:start]
            yield _HIDDEN
            shown = end
        yield text[shown:]


_ESCAPED = re.compile(
    r"\\+(?:u(?P<unit>[0-9a-f]{4})|x(?P<byte>[0-9a-f]{2})|)|%(?:25)*(?P<percent>[0-9a-f]{2})"
    r"|&#(?:0*(?P<decimal>\d{1,7})|x0*(?P<hex>[0-9a-f]{1,6}));",
    re.IGNORECASE,
)


def _decoded(text: str) -> str:
    """What a text says when every ASCII letter, digit and dash that is written otherwise in it is written as itself."""
    return _ESCAPED.sub(_plain_character, text)


def _plain_character(found: re.Match[str]) -> str:
    if decimal := found["decimal"]:
        code = int(decimal)
    elif digits := found["unit"] or found["byte"] or found["percent"] or found["hex"]:
        code = int(digits, 16)
    else:
        return ""  # backslashes that only quote what follows
    return chr(code) if code < 128 else "\0"


_ESCAPE_SIGNS = ("\\u", "\\x", "%", "&#")
"""What must be in a text if ordinary letters are written otherwise in it."""


def _spellings(character: str) -> str:
    """A pattern for every way in which JSON (also nested), percent-encoding or HTML may write this character."""
    units = character.encode("utf-16-be", "surrogatepass")
    pairs = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    ways = [
        r"\\*" + re.escape(character),
        "".join(rf"\\+u(?i:{pair})" for pair in pairs),
        "".join(f"%(?:25)*(?i:{byte:02x})" for byte in character.encode("utf-8", "surrogatepass")),
        f"&#0*{ord(character)};",
        f"&#[xX]0*(?i:{ord(character):x});",
    ]
    if ord(character) < 256:
        ways.append(rf"\\+x(?i:{ord(character):02x})")
    if ord(character) > 127:
        # As Python shows bytes.
        ways.append("".join(rf"\\+x(?i:{byte:02x})" for byte in character.encode("utf-8", "surrogatepass")))
    ways.extend(_SPECIAL_SPELLINGS.get(character, ()))
    return f"(?:{'|'.join(ways)})"


_SPECIAL_SPELLINGS = {
    "\\": (r"\\+",),
    "\n": (r"\\+n",),
    "\r": (r"\\+r",),
    "\t": (r"\\+t",),
    "\b": (r"\\+b",),
    "\f": (r"\\+f",),
    " ": (r"\+",),
    "&": ("&amp;",),
    "<": ("&lt;",),
    ">": ("&gt;",),
    '"': ("&quot;",),
}


def _in_base64(secret: bytes) -> set[str]:
    """What is certain of the base64 of any text that contains the secret: one form for each of its three alignments."""
    if len(secret) < _SHORTEST_IN_BASE64:
        return set()
    forms = set()
    for before in range(3):
        packed = base64.b64encode(bytes(before) + secret + bytes(3)).decode()
        certain = packed[-(-8 * before // 6) : 8 * (before + len(secret)) // 6]
        forms |= {certain, certain.translate(str.maketrans("+/", "-_"))}
    return forms


def _as_json(value: Any, charset: str) -> bytes:
    """JSON as people read it; half a character, which no text may hold, stays written as an escape."""
    try:
        return json.dumps(value, ensure_ascii=False).encode(charset, "surrogateescape")
    except UnicodeEncodeError:
        return json.dumps(value).encode(charset)


def _is_plain(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "_-.~")


def _is_base64(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "+/-_=")


def _charset(content_type: str) -> str:
    found = re.search(r"charset=\"?([\w.-]+)", content_type, re.IGNORECASE)
    name = found[1].lower() if found else "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return "utf-8" if name in {"utf8", "utf-8"} else name


def _mask_basic(found: re.Match[str]) -> str:
    """Masks credentials, and leaves prose such as "basic questions" alone: credentials hold a colon once decoded."""
    word = found[3].translate(str.maketrans("-_", "+/"))
    try:
        decoded = base64.b64decode(word + "=" * (-len(word) % 4), validate=False)
    except binascii.Error:
        return found[0]
    return f"{found[1]}{found[2]}{_HIDDEN}" if b":" in decoded else found[0]


def _lowered(text: str) -> str:
    """The text in lower case, every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(each.lower() if each.isascii() else each for each in text)


def _without_named(text: str, low: str) -> Iterator[str]:
    """The text with the values of sensitive names masked; a quoted value without an end is masked to the end."""
    shown = 0
    for name_end in _name_ends(low):
        if name_end < shown or (assigned := _ASSIGNED.match(text, name_end)) is None:
            continue
        name = _NAME_BEFORE.search(text[max(shown, name_end - _NAME_LIMIT) : name_end])
        if name is None or not is_sensitive(name[0]):
            continue
        start, end = assigned.end(), _value_end(text, assigned)
        if text[start:end].lower() not in _NO_VALUES:
            yield text[shown:start]
            yield mask(text[start:end]) if end > start else ""
            shown = end
    yield text[shown:]


def _name_ends(low: str) -> list[int]:
    """Where, in a text in lower case, a name may end that is a sensitive one."""
    ends = set()
    for word in _NAME_ENDS:
        at = low.find(word)
        while at >= 0:
            ends.add(at + len(word))
            at = low.find(word, at + 1)
    return sorted(ends)


def _value_end(text: str, assigned: re.Match[str]) -> int:
    if quote := assigned["quote"]:
        closing = re.compile(r"(?<!\\)" + re.escape(quote)).search(text, assigned.end())
        return closing.start() if closing else len(text)
    value = _PLAIN_VALUE.match(text, assigned.end())
    return value.end() if value else assigned.end()


def _mask_cookie(cookie: str) -> str:
    name, equals, value = cookie.partition("=")
    return f"{name}={mask(value)}" if equals else mask(cookie)


_process = Redactor()

register_secret = _process.register
register_passing_secret = _process.register_passing
redact_text = _process.text
redact_torn_text = _process.torn_text
redact_value = _process.value
redact_headers = _process.headers
redact_body = _process.body
