"""A CSV is read verbatim, and what is wrong with it is one line with the row."""

import gzip
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortlist.data.forms.sheet import Dialect, Sheet, read_sheet, read_sheet_like, rows_named
from shortlist.data.sources.packed import LEAST
from shortlist.data.sources.separated import told_separator
from shortlist.errors import DataError, SubmissionError


def sheet_of(folder, content: bytes, *, header: bool = True) -> Sheet:
    path = folder / "sample.csv"
    path.write_bytes(content)
    return read_sheet(path, header=header)


def test_fields_are_verbatim(tmp_path):
    """Blanks, zeros, points and quotes are a part of an id."""
    sheet = sheet_of(tmp_path, b'user,item\nu1 ,007\n u2,"7.0"\n"a,b","say ""x"""\n')
    assert sheet.header == ("user", "item")
    assert sheet.rows.to_numpy().tolist() == [["u1 ", "007"], [" u2", "7.0"], ["a,b", 'say "x"']]
    assert sheet.rows.index.tolist() == [2, 3, 4]
    assert (len(sheet), sheet.width, sheet.column(1)) == (3, 2, "item")


def test_without_a_header_the_first_row_is_row_1(tmp_path):
    """Read so, or changed to it later."""
    sheet = sheet_of(tmp_path, b"u1,a\nu2,b\n", header=False)
    assert sheet.header is None
    assert sheet.rows.index.tolist() == [1, 2]
    assert sheet.column(1) == "2"
    changed = sheet_of(tmp_path, b"u1,a\nu2,b\n").headless()
    assert changed.rows.equals(sheet.rows)
    assert changed.headless() is changed


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("packed", [False, True])
def test_it_is_written_as_it_was_read(tmp_path, delimiter, end, encoding, packed):
    """Every dialect gives its own bytes back."""
    text = f"사용자{delimiter}상품{end}가{delimiter}나 다{end}라{delimiter}마{end}"
    content = text.encode(encoding)
    sheet = sheet_of(tmp_path, gzip.compress(content, mtime=0) if packed else content)
    told = Dialect(delimiter, end, encoding.removesuffix("-sig"), encoding == "utf-8-sig", packed)
    assert sheet.dialect == told
    written = sheet.encode(sheet.rows)
    assert (gzip.decompress(written) if packed else written) == content
    assert read_sheet_like(written, sheet, "mine.csv").rows.equals(sheet.rows)


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["user,items", "u1,a;b"], ","),
        (["user;items", "u1;a,b", "u2;a,b,c"], ";"),
        (["u1;a,b", "u2;c,d"], ";"),
        (["u1,a;b", "u2,c;d"], ","),
        (["u1\ta,b", "u2\tc,d"], "\t"),
        (["user,items", 'u1,"a,b,c"'], ","),
        (["user", "u1"], ","),
        (["user,item", "u1"], ","),
    ],
)
def test_the_delimiter_is_told(lines, delimiter):
    """It divides every line into as many fields, and is not what divides a list."""
    assert told_separator(lines) == delimiter


def test_fields_may_be_of_any_length(tmp_path):
    """Lists of many items are longer than csv's own limit."""
    assert sheet_of(tmp_path, b"user,items\nu1," + b"a " * 150_000 + b"\n").rows[1].iloc[0] == "a " * 150_000


def test_blank_lines_at_the_end_are_left_out_with_a_notice(tmp_path, capsys):
    """The organiser's file is what it is."""
    assert len(sheet_of(tmp_path, b"user,item\nu1,a\n\n\n")) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said == f"notice: {tmp_path / 'sample.csv'}: 2 blank lines at the end left out"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; put the organiser's file there again"),
        (b"\n\n", "is empty; put the organiser's file there again"),
        (b"user,item\nu1,a\n\nu2,a\n", "row 3: must have 2 fields and no line may be blank"),
        (b"user,item\nu1,a,b\nu2\n", "rows 2, 3: must have 2 fields and no line may be blank"),
        (b'user,item\nu1,"a\n', "row 2: not a well-formed CSV (unexpected end of data); fix its quotes"),
        (b"user,item\nu1,\xff\xff\n", "row 2: neither UTF-8 nor CP949 text; save the file as CSV UTF-8 again"),
        ("user,item\nu1,a\n".encode("utf-16"), "is UTF-16, which no check reads; save it as CSV UTF-8 again"),
        (b"user,item\nu1,a\nu2,\x07b\n", "row 3: holds U+0007, a character that nobody sees; take it out"),
        (b'user,item\nu1,"a\nb"\n', "row 2: holds U+000A, a character that nobody sees; take it out"),
        (b"\x1f\x8bnonsense", "is packed by gzip, and broken; pack or download it again"),
    ],
)
def test_what_is_wrong_with_a_sample_is_named(tmp_path, content, said):
    """One line, with the row."""
    with pytest.raises(DataError) as error:
        sheet_of(tmp_path, content)
    assert str(error.value) == f"{tmp_path / 'sample.csv'}: {said}"


SAMPLE = b"user,item\nu1,a\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "row 1: the header must be user,item, found nothing"),
        (b"item,user\na,u1\n", "row 1: the header must be user,item, found 'item,user'"),
        (b"user;item\nu1;a\n", "row 1: the header must be user,item, found 'user;item'"),
        (b"u1,a\n", "row 1: the header must be user,item, found 'u1,a'"),
        (b"user,item\nu1,a\n\n", "row 3: must have 2 fields and no line may be blank"),
        (b"user,item\nu1,a\x00\n", "row 2: holds U+0000, a character that nobody sees; take it out"),
        (b"user,item\nu1,\xc2\x85a\n", "row 2: holds U+0085, a character that nobody sees; take it out"),
        (b"user,item\nu1,\xff\n", "row 2: not UTF-8; save it as UTF-8 without BOM"),
        (b"\xef\xbb\xbfuser,item\nu1,a\n", "row 1: begins with a byte order mark; save it as UTF-8 without BOM"),
    ],
)
def test_what_is_not_like_the_sample_is_named(tmp_path, content, said):
    """Another header, delimiter or encoding is another file."""
    sample = sheet_of(tmp_path, SAMPLE)
    with pytest.raises(SubmissionError) as error:
        read_sheet_like(content, sample, "mine.csv")
    assert str(error.value) == f"mine.csv: {said}"


def test_packed_and_not_packed_are_two_forms(tmp_path):
    """Whoever reads the sample may not be able to read the other."""
    with pytest.raises(
        SubmissionError, match=r"^mine: is packed by gzip, .*sample.csv is not packed by gzip; make it so$"
    ):
        read_sheet_like(gzip.compress(SAMPLE), sheet_of(tmp_path, SAMPLE), "mine")
    with pytest.raises(
        SubmissionError, match=r"^mine: is not packed by gzip, .*sample.csv is packed by gzip; make it so$"
    ):
        read_sheet_like(SAMPLE, sheet_of(tmp_path, gzip.compress(SAMPLE)), "mine")


def test_other_line_ends_and_a_mark_that_the_sample_has_will_do(tmp_path):
    """These are the same rows to whoever reads the sample."""
    marked = sheet_of(tmp_path, b"\xef\xbb\xbf" + SAMPLE)
    for content in (
        SAMPLE,
        b"\xef\xbb\xbf" + SAMPLE,
        SAMPLE.replace(b"\n", b"\r\n"),
        SAMPLE[:-1],
        b'"user",item\nu1,"a"',
    ):
        assert read_sheet_like(content, marked, "mine.csv").rows.equals(marked.rows)


def test_letters_that_the_encoding_lacks_are_named(tmp_path):
    """A file in CP949 cannot hold every id."""
    sheet = sheet_of(tmp_path, "사용자,상품\n가,나\n".encode("cp949"))
    with pytest.raises(SubmissionError, match="is CP949, which has no '😀'; save the sample as UTF-8"):
        sheet.encode(pd.DataFrame([["가", "😀"]]))
    with pytest.raises(SubmissionError, match="row 1: not CP949; save it as CP949 without BOM"):
        read_sheet_like(b"\xff\xff,\n", sheet, "mine.csv")


def test_many_rows_are_counted():
    """Three are named."""
    assert rows_named([4]) == "row 4"
    assert rows_named([4, 5, 6, *range(10, 2000)]) == "rows 4, 5, 6 and 1,990 more"


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), delimiter=st.sampled_from(",;|\t"))
def test_any_text_comes_back(rows, delimiter):
    """Whatever is written can be read again, letter by letter."""
    like = Sheet("sample.csv", ("user", "item"), pd.DataFrame([["u", "a"]]), Dialect(delimiter=delimiter))
    written = read_sheet_like(like.encode(pd.DataFrame(rows)), like, "mine.csv")
    assert [tuple(row) for row in written.rows.itertuples(index=False)] == rows


def test_what_would_fill_the_memory_is_refused(tmp_path):
    """A sample and an answer that are small, and unpack to much."""
    packed = gzip.compress(SAMPLE)
    bomb = gzip.compress(SAMPLE + b"a" * LEAST, 9)
    with pytest.raises(
        DataError, match=r"sample.csv: unpacks to more than 67,108,864 bytes, as no submission does; make"
    ):
        sheet_of(tmp_path, bomb)
    with pytest.raises(SubmissionError, match=r"^mine: unpacks to more than 67,108,864 bytes"):
        read_sheet_like(bomb, sheet_of(tmp_path, packed), "mine")


def test_the_bound_grows_with_the_sample(tmp_path):
    """Where many are asked, an answer is long."""
    sheet = sheet_of(tmp_path, SAMPLE)
    many = replace(sheet, rows=pd.concat([sheet.rows] * 100_000))
    assert sheet.most == LEAST < len(many) * 1_000 < many.most == len(many) * 10_000
