"""HTML as plain text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.sources.plain_text import plain_text


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", ""),
        ("No markup here.", "No markup here."),
        ("<p>First.</p><p>Second.</p>", "First.\n\nSecond."),
        ("one<br>two<br />three", "one\ntwo\nthree"),
        ("<ul><li>Patrols</li><li>Meetings</li></ul>", "Patrols\n\nMeetings"),
        ('Call <strong>101</strong> or <a href="x">visit</a>.', "Call 101 or visit."),
        ("<p>  one \t  two&nbsp;&nbsp;three </p>\n\n\n\n<p>four</p>", "one two three\n\nfour"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("Leake &amp; Keyworth &pound;5 &#39;&eacute;", "Leake & Keyworth £5 'é"),
        # Decoded once, and then text, not a tag.
        ("&amp;lt;b&amp;gt; &lt;b&gt;", "&lt;b&gt; <b>"),
        ("fewer than < 5, more than > 2", "fewer than < 5, more than > 2"),
        ("if a <b then", "if a <b then"),
        ("a<script>alert('<p>x</p>')</script>b", "a\nb"),
        ("a<style>p{}</style><svg><script>x</script>y</svg>b", "a\n\nb"),
        ("a<script>never closed", "a"),
        ("<script src=x/>a</script>b", "b"),
        ("a<!-- b <p>c</p> -->d<!-- e", "ad"),
        ("<![if !supportLists]>a<![endif]>b<![", "ab"),
        ('<!DOCTYPE x [<!ENTITY y "z">]><?php x ?>a', "]>a"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("a\x00b\x07c\u200bd\u202ee\ufefff\ue000g", "abcdefg"),
        ("a\ud800b", "ab"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_html_becomes_its_words(html: str, words: str):
    assert plain_text(html) == words


@given(st.text(alphabet=st.sampled_from("<>/!-[]?&;#x=\"' \np\u202escript\x00"), max_size=60))
def test_any_text_becomes_text_that_can_be_stored_and_shown(text: str):
    words = plain_text(text)
    words.encode()
    assert all(line.isprintable() for line in words.split("\n"))
    assert words == words.strip()


@pytest.mark.parametrize("part", ["<a", "<!--", '<a href="x ', "<![", "</p ", "<a b='>", "<br"])
def test_broken_html_takes_no_longer_than_other_text(part: str):
    began = time.process_time()
    plain_text((part * 20_000)[:20_000])
    # Looking for the end of a tag from each beginning takes some 0.3 s and more.
    assert time.process_time() - began < 0.1
