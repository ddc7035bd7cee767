"""Proves that a secret does not survive redaction: by its name, by its shape, or because it was registered, however it
is written; that what is no secret is left alone; and that redacting twice changes nothing more.
"""

from __future__ import annotations

import base64
import html
import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.reporting.redaction import Redactor, is_sensitive, mask

KEY = "hh_ingst_" + "a1B2" * 6 + "_" + "c3D4" * 16


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


# No asterisk: a secret that looks like a mask cannot be told from one.
secrets = st.text(
    st.one_of(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="*"),
        st.sampled_from(' "\\/\n\t&<>+%=üß漢👋'),
    ),
    min_size=8,
    max_size=60,
)
contexts = st.text(st.characters(codec="utf-8", exclude_characters="*"), max_size=30)


def escaped_unicode(secret: str, every: int) -> str:
    """A JSON string in which every n-th character is written as an escape."""
    return "".join(
        json.dumps(character)[1:-1] if at % every else "".join(f"\\u{unit.hex()}" for unit in utf16(character))
        for at, character in enumerate(secret)
    )


def utf16(character: str) -> list[bytes]:
    packed = character.encode("utf-16-be")
    return [packed[at : at + 2] for at in range(0, len(packed), 2)]


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda secret: secret,
    "JSON": lambda secret: json.dumps({"note": f"see {secret}!"}),
    "JSON, unescaped": lambda secret: json.dumps({"note": secret}, ensure_ascii=False),
    "JSON in JSON": lambda secret: json.dumps({"arguments": json.dumps({"note": [secret]})}),
    "JSON, all escaped": lambda secret: f'{{"note": "{escaped_unicode(secret, 1)}"}}',
    "JSON, partly escaped": lambda secret: f'["{escaped_unicode(secret, 3)}"]',
    "JSON, escaped slashes": lambda secret: json.dumps([secret]).replace("/", "\\/"),
    "address": lambda secret: f"http://x/a?note={quote(secret, safe='')}&b=1",
    "address, lower case": lambda secret: (
        f"http://x/{quote(secret, safe='').lower() if secret.islower() else quote(secret)}"
    ),
    "form": lambda secret: f"a=1&note={quote_plus(secret)}",
    "address in an address": lambda secret: f"/a?next={quote(quote(secret, safe=''), safe='')}",
    "HTML": lambda secret: f"<p>{html.escape(secret)}</p>",
    "key": lambda secret: json.dumps({secret: 1}),
    "Python's bytes": lambda secret: repr(secret.encode("utf-8", "surrogatepass")),
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None)
@given(secret=secrets, before=contexts, after=contexts)
def test_a_registered_secret_survives_nowhere(way: str, secret: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.register(secret)
    text = WAYS[way](secret)
    for shown in (
        redactor.text(f"{before}{text}{after}"),
        redactor.body(text.encode(), "application/json").decode(),
        redactor.body(text.encode(), "text/plain").decode(),
        redactor.body(text.encode(), "").decode(),
    ):
        assert secret not in shown
        assert not any(secret in read for read in readings(shown))


def readings(shown: str) -> list[str]:
    """What a reader could make of it: decoded once or twice in every way."""
    read = [shown, unquote_plus(shown), unquote_plus(unquote_plus(shown)), html.unescape(shown)]
    try:
        value = json.loads(shown)
    except ValueError:
        return read
    strings = list(leaves(value))
    for string in list(strings):
        try:
            strings.extend(leaves(json.loads(string)))
        except ValueError:
            continue
    return read + strings


def leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [*value, *(leaf for item in value.values() for leaf in leaves(item))]
        case list():
            return [leaf for item in value for leaf in leaves(item)]
        case str():
            return [value]
        case _:
            return []


@settings(max_examples=200, deadline=None)
@given(secret=secrets, user=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=9), url=st.booleans())
def test_a_registered_secret_survives_in_no_base64(secret: str, user: str, url: bool) -> None:
    redactor = Redactor()
    redactor.register(secret)
    pack = base64.urlsafe_b64encode if url else base64.b64encode
    packed = pack(f"{user}:{secret}".encode()).decode()
    for text in (packed, f"auth is {packed}, yes", json.dumps({"a": packed}), f"/a?b={quote(packed, safe='')}&c=1"):
        shown = redactor.text(text)
        assert packed not in shown
        assert packed.rstrip("=")[8:] not in shown
        assert quote(packed, safe="") not in shown


@settings(max_examples=100, deadline=None)
@given(
    secret=secrets, text=contexts, name=st.sampled_from(["X-Whatever", "User-Agent", "Cookie", "Set-Cookie", "Link"])
)
def test_a_registered_secret_survives_in_no_header(secret: str, text: str, name: str) -> None:
    redactor = Redactor()
    redactor.register(secret)
    ((_, shown),) = redactor.headers([(name, f"{text}{secret}")])
    assert secret not in shown


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(contexts, st.sampled_from([KEY, "password=hunter2hunter2", '{"api_key": "0123456789abc"}'])))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    redactor = Redactor()
    once = redactor.text(f"Authorization: Bearer {text} {text}")
    assert redactor.text(once) == once


class TestMask:
    def test_it_is_stable_and_tells_two_keys_apart(self) -> None:
        assert mask("a" * 30 + "3f2a") == mask("a" * 30 + "3f2a") == "****3f2a"
        assert mask("a" * 30 + "3f2b") == "****3f2b"

    @given(st.text(max_size=100).filter(lambda secret: not secret.startswith("****")))
    def test_it_shows_four_characters_of_a_long_secret_and_none_of_a_short_one(self, secret: str) -> None:
        shown = mask(secret).removeprefix("****")
        assert secret.endswith(shown)
        assert len(shown) <= min(4, len(secret) // 5)

    def test_it_shows_the_same_mask_wherever_one_key_appears(self, redactor: Redactor) -> None:
        redactor.register(KEY)
        headers = redactor.headers([("Authorization", f"Bearer {KEY}")])
        assert headers == [("Authorization", f"Bearer ****{KEY[-4:]}")]
        assert redactor.text(f"key {KEY}") == f"key ****{KEY[-4:]}"


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "token",
            "api_key",
            "apiKey",
            "x-api-key",
            "HH_API_KEY",
            "password",
            "key_value",
            "authorization",
            "accessToken",
            "client_secret",
            "jwt",
            "OPENAI_API_KEY",
            "refresh_token",
            "api_keys",
            "AWS_SECRET_ACCESS_KEY",
            "set-cookie",
            "privateKey",
            "credentials",
        ],
    )
    def test_a_credential_is_known_by_its_name(self, name: str, redactor: Redactor) -> None:
        assert is_sensitive(name)
        for text in (
            f"/a?b=1&{name}=s3cr3tvalue&c=2",
            json.dumps({"a": {name: "s3cr3tvalue"}}),
            json.dumps({"arguments": json.dumps({name: "s3cr3tvalue"})}),
            f"{name}: s3cr3tvalue",
            f"{name} = s3cr3tvalue",
            str({name: "s3cr3tvalue"}),
            f'{{"{name}": "s3cr3tvalue',
        ):
            assert "s3cr3tvalue" not in redactor.text(text)
            assert b"s3cr3tvalue" not in redactor.body(text.encode(), "application/json")

    @pytest.mark.parametrize(
        "name",
        ["max_tokens", "total_tokens", "token_type", "next_page_token", "keyboard", "key", "monkey", "secretary",
         "password_policy", "tokens", "description"],
    )  # fmt: skip
    def test_what_only_sounds_like_one_is_left_alone(self, name: str, redactor: Redactor) -> None:
        text = json.dumps({name: "an ordinary value"}, ensure_ascii=False)
        assert redactor.text(text) == text
        assert redactor.body(text.encode(), "application/json").decode() == text

    def test_lists_numbers_and_objects_under_a_sensitive_key_are_masked_too(self, redactor: Redactor) -> None:
        body = json.dumps({"api_keys": ["first-key-value", {"id": 4711}], "password": 12345678, "token": None}).encode()
        shown = json.loads(redactor.body(body, "application/json; charset=utf-8"))
        assert shown == {"api_keys": ["****ue", {"id": "****"}], "password": "****", "token": None}

    def test_headers_outside_the_list_of_open_ones_are_masked(self, redactor: Redactor) -> None:
        headers = [
            ("Content-Type", "application/json"),
            ("AUTHORIZATION", "Bearer 0123456789abcdef3f2a"),
            ("X-Auth-Token", "0123456789abcdef3f2a"),
            ("X-Unknown", "who knows"),
            ("hh-client-version", "1.7.0"),
            ("Cookie", "session=0123456789abcdef3f2a; theme=dark"),
            ("Set-Cookie", "session=0123456789abcdef3f2a; Path=/; HttpOnly"),
        ]
        assert redactor.headers(headers) == [
            ("Content-Type", "application/json"),
            ("AUTHORIZATION", "Bearer ****3f2a"),
            ("X-Auth-Token", "****3f2a"),
            ("X-Unknown", "****"),
            ("hh-client-version", "1.7.0"),
            ("Cookie", "session=****3f2a; theme=****"),
            ("Set-Cookie", "session=****3f2a; Path=/; HttpOnly"),
        ]


class TestShapes:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Bearer abcdefghijklmnop3f2a was refused", "Bearer ****3f2a was refused"),
            ("key sk-proj-abcdefghijklmnop3f2a.", "key sk-proj-****3f2a."),
            (f"the key {KEY} is unknown", f"the key hh_ingst_****{KEY[-4:]} is unknown"),
            ("hh_fgdp_abcdefghijklmnopqrstuv3f2a", "hh_fgdp_****3f2a"),
            ("'key': 'hh_AoRXvqNfivXPc0UEuxxWHtST7QYhXIPeyAlN3f2a'", "'key': 'hh_****3f2a'"),
            (
                "hh_foreign_key, hh_assistant_foreign_token, HH_API_URL",
                "hh_foreign_key, hh_assistant_foreign_token, HH_API_URL",
            ),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl3f2a", "eyJ****3f2a"),
            ("authorization: Token 0123456789ab, x", "authorization: Token ****ab, x"),
            ("postgresql://me:hunter2hunter2@db/x", "postgresql://me:****r2@db/x"),
            ("Basic " + base64.b64encode(b"user:hunter2").decode(), "Basic ****"),
            ("some basic questions and a bearer of news", "some basic questions and a bearer of news"),
            ("task-management desk-lampholders", "task-management desk-lampholders"),
            ("prompt_tokens: 12, max_tokens=100", "prompt_tokens: 12, max_tokens=100"),
        ],
    )
    def test_secrets_are_known_by_their_shape(self, text: str, shown: str, redactor: Redactor) -> None:
        assert redactor.text(text) == shown


class TestBodies:
    def test_a_body_without_secrets_keeps_every_byte(self, redactor: Redactor) -> None:
        redactor.register("registered secret")
        body = bytes(range(256))
        assert redactor.body(body, "application/octet-stream") == body
        assert redactor.body(body, "application/json") == body

    def test_a_secret_inside_binary_data_is_masked(self, redactor: Redactor) -> None:
        redactor.register("registered secret")
        assert redactor.body(b"\x0a\xffregistered secret\x00", "application/x-protobuf") == b"\x0a\xff****et\x00"

    def test_a_body_in_another_charset(self, redactor: Redactor) -> None:
        redactor.register("geheimnisträger")
        body = "das geheimnisträger!".encode("utf-16")
        assert redactor.body(body, "text/plain; charset=utf-16").decode("utf-16") == "das ****er!"

    def test_a_secret_too_short_to_be_told_from_text_is_refused(self, redactor: Redactor) -> None:
        with pytest.raises(ValueError, match="3 characters"):
            redactor.register("abc")

    def test_the_longer_of_two_nested_secrets_goes_whole(self, redactor: Redactor) -> None:
        redactor.register("inner-secret")
        redactor.register("outer-inner-secret-outer")
        assert redactor.text("outer-inner-secret-outer") == "****uter"

    def test_half_a_secret_at_a_torn_end_goes_too(self, redactor: Redactor) -> None:
        redactor.register("registered secret")
        assert redactor.torn_text("this is a registered sec") == "this is a ****"
        assert redactor.torn_text("this is a reg") == "this is a reg"

    def test_a_long_body_takes_linear_time(self, redactor: Redactor) -> None:
        for number in range(5):
            redactor.register(f"registered secret number {number}")
        took = []
        for size in (50_000, 200_000):
            started = time.process_time()
            redactor.text("x" * size)
            redactor.text('"\\' * (size // 2))
            took.append(time.process_time() - started)
        # Four times the text; quadratic time would be sixteen times.
        assert took[1] < 9 * took[0] + 0.05


def test_of_passing_secrets_the_latest_are_known_and_lasting_ones_stay() -> None:
    redactor = Redactor()
    redactor.register("lasting-secret-1")
    redactor.register_passing("came-to-stay-0001")
    redactor.register("came-to-stay-0001")
    passing = [f"passing-secret-{number}" for number in range(100, 400)]
    for secret in passing:
        redactor.register_passing(secret)
    redactor.register_passing(passing[-200])
    redactor.register_passing("passing-secret-400")
    shown = redactor.text(" ".join(["lasting-secret-1", "came-to-stay-0001", passing[-200], passing[-1], passing[0]]))
    assert shown == " ".join(["****-1", "****01", "****00", "****99", "passing-secret-100"])


def test_half_a_character_stays_an_escape() -> None:
    body = b'{"message": "half \\ud83d", "token": "abcdefghijkl"}'
    assert Redactor().body(body, "application/json") == b'{"message": "half \\ud83d", "token": "****kl"}'


def test_a_secret_is_found_beside_shorter_and_longer_ones() -> None:
    redactor = Redactor()
    for secret in ("key1", "x" * 50, "Käse & Brot", "abcdefghijklmnop"):
        redactor.register(secret)
    for text in ("say key1.", f"{'x' * 50}/1", "Käse & Brot", "k%65y1", "YWJjZGVmZ2hpamtsbW5vcA=="):
        assert "****" in redactor.text(text), text
    assert redactor.text("say key2.") == "say key2."


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_nested_too_deeply_to_be_read_is_masked_as_text(opening: str) -> None:
    redactor = Redactor()
    redactor.register(secret := "Zk3bQ8xL1vN5tR7wY2uP")
    body = opening * 5000 + f'"{secret}"' + ("]" if opening == "[" else "}") * 5000
    shown = redactor.body(body.encode(), "application/json").decode()
    assert shown == body.replace(secret, "****Y2uP")


def test_a_long_run_of_backslashes_is_searched_in_one_go() -> None:
    redactor = Redactor()
    redactor.register("two words/and more")
    text = "\\" * 100_000
    begun = time.process_time()
    assert redactor.text(text + "two words/and more") == text + "****re"
    assert redactor.text(text) == text
    assert time.process_time() - begun < 2
