"""One vocabulary, in any case and spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spooftrace.labels import (
    Family,
    Label,
    Medium,
    agreed_medium,
    label_named,
    medium_named,
    plain,
    split_named,
)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("live Live LIVE real Real genuine bonafide bona_fide bona-fide 0 0.0 0, 0.", Label.LIVE),
        ("spoof Attack fake presentation_attack Imposter impostor 1 1.0 1,0", Label.SPOOF),
        ("person 2 -1 01 0.5 true none mask", None),
    ],
)
def test_labels(words, label):
    assert {label_named(word) for word in words.split()} == {label}
    assert label_named("") is None


@pytest.mark.parametrize(
    ("words", "medium"),
    [
        ("none None live Real bona-fide", Medium.LIVE),
        ("Print PRINTED printed_photo photo print1", Medium.PRINT),
        ("replay Video video_replay display screen iPad-Video", Medium.REPLAY),
        ("HalfMask half_mask Half-Mask Mask_HalfMask mask_half", Medium.HALF_MASK),
        ("Mask_Silicone Mask_SiliconeMask flexiblemask", Medium.SILICONE_MASK),
        ("Mask_Trans Mask_TransparentMask", Medium.TRANSPARENT_MASK),
        ("Mask_Paper Mask_PaperMask papermask", Medium.PAPER_MASK),
        ("Mask_Mann Mask_MannequinHead fakehead", Medium.MANNEQUIN),
        ("Makeup_Ob Makeup_Obfuscation", Medium.OBFUSCATION),
        ("Makeup_Im Makeup_Impersonation", Medium.IMPERSONATION),
        ("Makeup_Co Makeup_Cosmetic", Medium.COSMETIC),
        ("Partial_Funnyeye Partial_FunnyeyeGlasses", Medium.FUNNY_EYE),
        ("Partial_Paperglass Partial_PaperGlasses", Medium.PAPER_GLASSES),
        ("Partial_Eye partial_eyes", Medium.PARTIAL_EYE),
        ("Partial_Mouth", Medium.PARTIAL_MOUTH),
        ("unknown attack spoof", Medium.UNKNOWN),
        ("hologram mask 1 prin", None),
    ],
)
def test_media_of_the_fields_databases(words, medium):
    assert {medium_named(word) for word in words.split()} == {medium}


def test_every_name_of_ours_is_a_word_for_itself():
    assert [medium_named(medium.value) for medium in Medium] == list(Medium)
    assert [label_named(label.name) for label in Label] == list(Label)
    assert [split_named(name) for name in ("train", "dev", "test")] == ["train", "dev", "test"]


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ("Train training Train_files train_release", "train"),
        ("dev Devel val validation Dev_files", "dev"),
        ("test Eval testing Test_files test-release", "test"),
        ("fold1 tests enroll tset", None),
    ],
)
def test_splits(words, split):
    assert {split_named(word) for word in words.split()} == {split}


@given(st.text(), st.sampled_from(["{}", " {} ", "{}\u00a0"]))
def test_no_word_raises_and_spaces_do_not_count(word, spaced):
    for named in (label_named, medium_named, split_named):
        assert named(word) == named(spaced.format(word))
    assert plain(plain(word)) == plain(word)


def test_a_label_and_its_medium():
    assert agreed_medium(Label.LIVE, None) is Medium.LIVE
    assert agreed_medium(Label.SPOOF, None) is Medium.UNKNOWN
    assert agreed_medium(Label.SPOOF, Medium.PRINT) is Medium.PRINT
    with pytest.raises(ValueError, match="expected a medium that is live, got 'print'"):
        agreed_medium(Label.LIVE, Medium.PRINT)


def test_what_a_reader_was_told_fills_in_unknown_spoofs_alone():
    assert Medium.UNKNOWN.or_else(Medium.PRINT) is Medium.PRINT
    assert Medium.UNKNOWN.or_else(None) is Medium.UNKNOWN
    assert Medium.UNKNOWN.or_else(Medium.LIVE) is Medium.UNKNOWN
    assert Medium.REPLAY.or_else(Medium.PRINT) is Medium.REPLAY
    assert Medium.LIVE.or_else(Medium.PRINT) is Medium.LIVE


def test_every_medium_has_a_family():
    assert {medium.family for medium in Medium} == set(Family)
