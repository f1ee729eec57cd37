"""The results file of an earlier run: incomplete lines, other files, files in use."""

import pytest

import run_lambda
from runner.errors import InputError
from runner.results.results_file import ResultsFile, read_results
from tests.support.lambda_api import BUCKET
from tests.support.results import done, line

DAYS = ["response", "--day", "2019,183..2019,187"]
REQUESTS = [{"day": f"2019,{day}", "nscl": "CI.SOC.HHZ."} for day in range(183, 188)]


def days(api):
    return sorted(event["day"] for event in api.events)


def test_two_runs_do_not_share_a_file(folder):
    path = folder / "results.jsonl"
    path.write_text(done(REQUESTS[0]))
    with (
        ResultsFile(path, read_results(path)),
        pytest.raises(InputError, match="another run is writing to"),
        ResultsFile(path, read_results(path)),
    ):
        pass
    earlier = read_results(path)
    with path.open("a") as file:  # written by a run that has ended since
        file.write(done(REQUESTS[1]))
    with pytest.raises(InputError, match="another run is writing to"), ResultsFile(path, earlier):
        pass
    assert len(path.read_text().splitlines()) == 2


def test_a_half_written_line_is_left_out(api, folder, capsys):
    path = folder / "results.jsonl"
    path.write_text(done(REQUESTS[0]) + done(REQUESTS[1])[:40])
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert days(api) == ["2019,184", "2019,185", "2019,186", "2019,187"]
    assert "the last line of the results file is incomplete" in capsys.readouterr().err
    assert len(read_results(path).corrected) == 5  # each line is complete again


def test_a_last_line_without_its_end_counts(api, folder):
    path = folder / "results.jsonl"
    path.write_text(done(REQUESTS[0]) + done(REQUESTS[1]).rstrip("\n"))
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert days(api) == ["2019,185", "2019,186", "2019,187"]
    assert len(read_results(path).corrected) == 5


@pytest.mark.parametrize(
    "text",
    ['{"Windows": [{"Network": "CI"}]}', "my notes", "2019,183 CI.SOC.HHZ.", "[" * 100_000, '"'],
)
def test_other_files_are_left_unchanged(api, folder, capsys, text):
    """Its only line has no newline either, but is not the start of one of ours."""
    path = folder / "results.jsonl"
    path.write_text(text)
    assert run_lambda.main([*DAYS, "--resume"]) == 2
    assert "results.jsonl, line 1: not a line of a results file" in capsys.readouterr().err
    assert path.read_text() == text
    assert api.calls == []


@pytest.mark.parametrize("cut", [1, 5, 13, 30])
def test_a_first_line_that_is_half_written(api, folder, cut):
    (folder / "results.jsonl").write_text(done(REQUESTS[0])[:cut])
    assert run_lambda.main([*DAYS, "--resume"]) == 0
    assert len(days(api)) == 5


@pytest.mark.parametrize(
    "text",
    [
        "no JSON\n",
        "[]\n",
        "{}\n",
        '{"request": {"day": "2019,183"}}\n',
        "\n",
        '{"request": "\n' + done(REQUESTS[0]),
    ],
)
def test_another_file_is_refused(api, folder, capsys, text):
    """And left unchanged."""
    path = folder / "results.jsonl"
    path.write_text(done(REQUESTS[0]) + text)
    assert run_lambda.main([*DAYS, "--resume"]) == 2
    assert "results.jsonl, line 2: not a line of a results file" in capsys.readouterr().err
    assert path.read_text() == done(REQUESTS[0]) + text
    assert api.calls == []


def test_contents_of_a_results_file(folder):
    path = folder / "results.jsonl"
    assert read_results(path).bucket is None
    path.write_text(
        line(REQUESTS[0], error={"type": "S3Error", "message": "..."})
        + line(REQUESTS[1], message_id="1")
        + done(REQUESTS[0])
    )
    earlier = read_results(path)
    assert [str(request.day) for request in earlier.corrected] == ["2019,183"]
    assert [str(request.day) for request in earlier.queued] == ["2019,184"]
    assert earlier.bucket == BUCKET
    with pytest.raises(InputError, match="is not a file: cannot resume from it"):
        read_results(folder)
