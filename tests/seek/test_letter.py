from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules import limits
from pkm.seek.letter import as_item, is_letter, read_letter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAIN = b"""From: Ana P\xc3\xa9rez <ana@a.example>
Subject: =?utf-8?Q?On_n=C3=B6tes?=
 =?utf-8?Q?_and_memory?=
Date: Fri, 20 Nov 2026 08:00:00 +0100
Message-ID: <1@a.example>
List-Id: "Letters on notes" <letters.a.example>
Content-Type: text/plain; charset=utf-8

First paragraph,
second line.

Another one.
"""


def rich(html, plain="The plain words.", **headers):
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "Ana <ana@a.example>", "S", "<2@a.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def with_header(line, body=b"Words."):
    return b"From: a@b.example\n" + line + b"\n\n" + body


def test_a_plain_letter_has_its_subject_sender_date_list_and_paragraphs():
    letter = read_letter(PLAIN)
    assert (letter.key, letter.subject, letter.senders) == (
        "1@a.example",
        "On nötes and memory",
        ("Ana Pérez",),
    )
    assert (letter.sent_at, letter.list_name) == (datetime(2026, 11, 20, 7, tzinfo=UTC), "Letters on notes")
    assert letter.text == "First paragraph,\nsecond line.\n\nAnother one."


def test_of_two_forms_the_rich_one_is_read_and_made_safe():
    letter = read_letter(rich("<p onclick=a()>Rich <b>words</b><script>bad()</script><img src=cid:x></p>"))
    assert letter.html.strip() == "<p>Rich <b>words</b></p>"
    assert read_letter(rich("<p> </p>")).text == "The plain words."


def test_what_only_a_mail_program_previews_is_no_text():
    letter = read_letter(
        rich("<div style='display:none'>Preview</div><div style='max-height:0px;'>Pad</div><p>Words.</p>")
    )
    assert letter.text == "Words."


def test_columns_laid_out_with_a_size_of_nothing_are_read():
    assert (
        read_letter(rich("<div style='font-size:0px'><p style='font-size:16px'>Words.</p></div>")).text
        == "Words."
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("View this email in your browser", True),
        ("Read online", True),
        ("Im Browser ansehen", True),
        ("Voir en ligne", True),
        ("Unsubscribe", False),
        ("Our online courses are open for everybody who reads this long line of words now", False),
    ],
)
def test_its_own_link_to_the_web_is_its_address(words, found):
    letter = read_letter(rich(f"<a href='https://a.example/7'>{words}</a>"))
    assert (letter.url == "https://a.example/7") is found


def test_an_archive_named_by_the_list_beats_links_in_the_text_and_a_secret_is_no_address():
    html = "<a href='https://a.example/7?token=s3cr3ts3cr3t'>View online</a>"
    assert read_letter(rich(html)).url is None
    assert read_letter(rich(html, Archived_At="<https://a.example/8>")).url == "https://a.example/8"


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (b"Subject: caf\xe9 au lait", "café au lait"),
        (b"Subject: caf\xc3\xa9", "café"),
        (b"Subject: =?x-nobody?Q?caf=E9_noir?=", "café noir"),
        (b"Subject: =?utf-8?B?!!!?=", None),
        (b"Subject: =?utf-8*en?Q?caf=C3=A9?=", "café"),
        (b"Subject: \x1b[31mred\x1b[0m\xe2\x80\xae", "[31mred[0m"),
        (b"Subject:", None),
        (b"Subject: " + b"x" * 9_000, "x" * limits.TITLE_CHARS),
    ],
)
def test_subjects_that_senders_got_wrong(line, subject):
    assert read_letter(with_header(line)).subject == subject


@pytest.mark.parametrize(
    ("line", "body", "words"),
    [
        (b"Content-Type: text/plain; charset=utf-8", b"caf\xe9 noir", "café noir"),
        (b"Content-Type: text/plain; charset=nonsense", b"caf\xc3\xa9", "café"),
        (b"Content-Type: text/plain; charset*=x'y'%ff", b"word", "word"),
        (b"Content-Transfer-Encoding: quoted-printable", b"caf=C3=A9 =ZZ=", "café =ZZ"),
        (
            b"Content-Type: multipart/mixed; boundary=x",
            b"--x\n\nwords without an end",
            "words without an end",
        ),
        (b"Content-Type: multipart/mixed", b"no boundary at all", ""),
        (b"Content-Type: application/pdf", b"%PDF", ""),
        (b"Content-Type: text/html", b"<p>caf&eacute;", "café"),
    ],
)
def test_bodies_that_senders_got_wrong(line, body, words):
    assert read_letter(with_header(line, body)).text == words


def test_attachments_are_no_text():
    message = EmailMessage()
    message["From"] = "a@b.example"
    message.set_content("Words.")
    message.add_attachment("Secret list", filename="list.txt")
    assert read_letter(message.as_bytes()).text == "Words."


def test_a_name_that_looks_like_an_address_does_not_become_the_sender():
    letter = read_letter(
        b'From: "Ana, of A" <real@a.example>, =?utf-8?Q?Bo_=3Cfake=40b.example=3E?= <bo@b.example>\n\nx'
    )
    assert letter.senders == ("Ana, of A", "Bo <fake@b.example>")


def test_a_date_to_come_or_none_is_that_of_its_coming():
    for line in (
        b"Date: Fri, 20 Nov 2099 08:00:00 +0000",
        b"Date: soon",
        b"Date: Mon, 1 Jan 0001 00:00:00 +9999",
    ):
        assert as_item(read_letter(with_header(line)), position=0, seen_at=NOW).published_at == NOW


def test_mails_in_mails_in_mails_end():
    nested = b"From: a@b.example\nSubject: deep\n"
    nested += b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    )
    assert read_letter(nested + b"\n\nx").subject == "deep"
    forwarded = b"Subject: fwd\n" + b"Content-Type: message/rfc822\n\n" * 3_000
    assert read_letter(forwarded).subject == "fwd"


def test_a_file_is_a_mail_if_it_begins_like_one():
    assert is_letter(PLAIN)
    assert not is_letter(b"<html><body>From: x</body></html>")
    assert not is_letter(b"# Notes\n\nSubject: none\n")


MESSY = st.lists(
    st.sampled_from([b"From: ", b"Subject: ", b"=?utf-8?Q?=FF?=", b"\n", b"\n ", b"Content-Type: multipart/x; boundary=a", b"--a", b"--a--"])
    | st.binary(max_size=20),
    max_size=30,
).map(b"".join)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(MESSY)
def test_no_bytes_make_it_fail(data):
    letter = read_letter(data)
    item = as_item(letter, position=0, seen_at=NOW)
    assert item.published_at <= NOW
    f"{item.title}{letter.senders}{letter.key}{letter.text}{letter.html}".encode()
