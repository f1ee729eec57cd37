"""Time windows: formats, files, links, failures, pictures."""

import base64
import gzip
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import obspy
import pytest

import run_lambda
from local.cloud.emulator import Emulator
from local.cloud.s3_server import OUTPUT_BUCKET
from runner.sending import retry
from shared.invocation import reply_size
from tests.support.builders import noise
from tests.support.lambda_api import Answer, LambdaApi

NSCL = "CI.BOM.BHZ."
WINDOW = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Starttime": "2024-01-01T00:00:10",
    "Endtime": "2024-01-01T00:00:20",
}
MISSING = {**WINDOW, "Station": "NONE"}
DATA = {"network": "CI", "data": [1, 2]}
FAILED = {"network": "CI", "error": {"type": "NoWaveformError", "message": "no data of CI.NONE"}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a request.json of one window."""
    monkeypatch.chdir(tmp_path)
    ask(tmp_path, WINDOW)
    return tmp_path


def ask(folder, *windows, **members):
    (folder / "request.json").write_text(json.dumps({"Windows": windows, **members}))


@pytest.fixture
def api(monkeypatch, folder):
    monkeypatch.setattr(retry, "FIRST_PAUSE_S", 0.0)
    with LambdaApi() as api:
        yield api


@pytest.fixture
def windows(api):
    """Runs the command against the API, which answers with this."""

    def run(reply, *options):
        api.reply = Answer(body=json.dumps(reply))
        return run_lambda.main(["windows", *options, "--endpoint-url", api.url])

    return run


def file_reply(content, *errors):
    text = base64.b64encode(content).decode()
    return {"content_type": "application/x", "content_base64": text, "errors": list(errors)}


# On the emulator


@pytest.fixture(scope="module")
def timewindow(s3_server):
    with Emulator("timewindow", s3_server.function_environment) as emulator:
        yield emulator


@pytest.fixture
def real(day, timewindow, folder):
    """Runs the command against the function itself."""
    return lambda *options: run_lambda.main(
        ["windows", *options, "--endpoint-url", timewindow.endpoint_url]
    )


SAMPLES = noise(4_000)[399:800].tolist()  # the day's first one lies 19.5 ms after midnight


def test_json(real, folder, capsys):
    assert real("-o", "output.json") == 0
    (window,) = json.loads((folder / "output.json").read_text())
    assert window["data"] == SAMPLES
    assert capsys.readouterr().out == "wrote 1 window to output.json, 0 of them without data\n"


def test_miniseed(real, folder, capsys):
    ask(folder, WINDOW, MISSING)
    assert real("--format", "mseed", "-o", "windows.mseed") == 1
    (trace,) = obspy.read(str(folder / "windows.mseed"), format="MSEED")
    assert trace.data.tolist() == SAMPLES
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("wrote windows.mseed, ")
    assert said[0].endswith(" bytes, without 1 window that had no data")
    assert "CI.NONE.BHZ." in said[1]


def test_sac(real, folder):
    """The format of the request counts, too."""
    ask(folder, WINDOW, Format="sac")
    assert real("-o", "windows.zip") == 0
    with zipfile.ZipFile(folder / "windows.zip") as archive:
        (name,) = archive.namelist()
        (trace,) = obspy.read(io.BytesIO(archive.read(name)), format="SAC")
    assert trace.data.tolist() == SAMPLES


def test_all_windows_fail(real, folder, capsys):
    ask(folder, MISSING)
    assert real("--format", "mseed", "-o", "windows.mseed") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: no window has data, nothing was written\n  the archive has no")
    assert not (folder / "windows.mseed").exists()
    assert real("-o", "output.json") == 1
    assert "wrote 1 window to output.json, 1 of them without data\n  the" in capsys.readouterr().out


def test_a_large_answer_is_downloaded(day, folder, timewindow_handler, monkeypatch, api, capsys):
    """The function's own link, as its handler gives it where a reply may be small."""
    monkeypatch.setattr(reply_size, "MAX_REPLY_BYTES", 500)

    def handled(event, _):
        return Answer(body=json.dumps(timewindow_handler(event)))

    api.answer = handled
    where = ["windows", "--endpoint-url", api.url]
    assert run_lambda.main([*where, "-o", "output.json"]) == 0
    (window,) = json.loads((folder / "output.json").read_text())
    assert window["data"] == SAMPLES
    assert run_lambda.main([*where, "--format", "mseed", "-o", "windows.mseed"]) == 0
    (trace,) = obspy.read(str(folder / "windows.mseed"), format="MSEED")
    assert trace.data.tolist() == SAMPLES
    listing = day.client.list_objects_v2(Bucket=OUTPUT_BUCKET)
    assert len(listing["Contents"]) == 2
    capsys.readouterr()
    assert run_lambda.main(where) == 0
    assert json.loads(capsys.readouterr().out) == [window]


# What is asked


def test_the_format_is_sent(windows, api):
    windows(file_reply(b"x"), "--format", "sac", "-o", "windows.zip")
    windows([DATA])
    assert api.events == [{"Windows": [WINDOW], "Format": "sac"}, {"Windows": [WINDOW]}]


def test_a_request_from_standard_input(windows, api, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"Windows": [1]}'))
    assert windows([DATA], "--request", "-") == 0
    assert api.events == [{"Windows": [1]}]


@pytest.mark.parametrize(
    ("options", "members", "message"),
    [
        (["--format", "mseed"], {}, "the format mseed needs a file: -o FILE"),
        ([], {"Format": "sac"}, "the format sac needs a file: -o FILE"),
        (
            ["--format", "mseed", "-o", "x", "--plot", "x.png"],
            {},
            "--plot draws windows in the format json, not in mseed",
        ),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_sent(
    windows, api, folder, capsys, options, members, message
):
    ask(folder, WINDOW, **members)
    assert windows([DATA], *options) == 2
    assert message in capsys.readouterr().err
    assert api.calls == []


def test_a_request_that_is_no_object(windows, api, folder, capsys):
    (folder / "request.json").write_text("[1]")
    assert windows([DATA]) == 2
    assert "request.json is [1]: must be an object with Windows" in capsys.readouterr().err


# What comes back


def test_windows_on_standard_output(windows, capsys):
    """What is said of them goes elsewhere."""
    assert windows([DATA, FAILED]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [DATA, FAILED]
    assert captured.err == "  no data of CI.NONE\n"


def test_a_file(windows, folder, capsys):
    assert windows(file_reply(b"\0\xff" * 1_000), "--format", "sac", "-o", "windows.zip") == 0
    assert (folder / "windows.zip").read_bytes() == b"\0\xff" * 1_000
    assert capsys.readouterr().out == "wrote windows.zip, 2,000 bytes, a zip of SAC files\n"
    assert windows(file_reply(b"x", FAILED), "--format", "sac", "-o", "windows.zip") == 1


def test_a_file_that_is_broken_or_cannot_be_written(windows, folder, capsys):
    reply = {**file_reply(b"x"), "content_base64": "===="}
    assert windows(reply, "--format", "sac", "-o", "windows.zip") == 1
    assert "content_base64 is invalid" in capsys.readouterr().err
    assert windows(file_reply(b"x"), "--format", "sac", "-o", str(folder)) == 1
    assert "cannot be written" in capsys.readouterr().err


# Links


@pytest.fixture
def bucket():
    """A server with one object, which it sends as often as it is asked."""
    server_object = {"content": b"", "status": 200, "length": None}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = server_object["content"]
            self.send_response(server_object["status"])
            self.send_header("Content-Length", str(server_object["length"] or len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            """Not said."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        server_object["url"] = f"http://127.0.0.1:{server.server_port}/windows/1"
        yield server_object
        server.shutdown()


def link(url, encoding, *errors):
    told = {"errors": list(errors)} if errors else {}
    return {
        "url": url,
        "expires": "2024-01-01T00:15:00.000000Z",
        "object": "s3://bucket/windows/1",
        "bytes": 1,
        "content_type": "application/json",
        "content_encoding": encoding,
        **told,
    }


def test_links_are_followed_and_unpacked(windows, bucket, folder, capsys):
    text = json.dumps([DATA, FAILED]).encode()
    for content, encoding in ((text, None), (gzip.compress(text), "gzip")):
        bucket["content"] = content
        assert windows(link(bucket["url"], encoding), "-o", "output.json") == 1
        assert json.loads((folder / "output.json").read_text()) == [DATA, FAILED]
        assert "1 of them without data\n  no data of CI.NONE\n" in capsys.readouterr().out


def test_a_link_to_a_file(windows, bucket, folder, capsys):
    bucket["content"] = b"miniSEED"
    options = ["--format", "mseed", "-o", "windows.mseed"]
    assert windows(link(bucket["url"], None), *options) == 0
    assert (folder / "windows.mseed").read_bytes() == b"miniSEED"
    assert windows(link(bucket["url"], None, FAILED), *options) == 1
    assert "no data of CI.NONE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "encoding", "message"),
    [
        ({"status": 403}, None, "HTTP Error 403"),
        ({"content": b"[" * 10, "length": 100}, None, "could not download"),
        ({"content": b"no gzip"}, "gzip", "could not download"),
        ({"content": gzip.compress(b"[1, 2, 3]")[:-9]}, "gzip", "could not download"),
        ({"content": b"no JSON"}, None, "s3://bucket/windows/1 is not JSON"),
        ({"url": "file:///etc/hostname"}, None, "must be an http(s) address"),
        ({"url": "http://127.0.0.1:9/x"}, None, "Connection refused"),
    ],
)
def test_a_link_that_fails(windows, bucket, folder, capsys, changes, encoding, message):
    bucket.update(changes)
    assert windows(link(bucket["url"], encoding), "-o", "output.json") == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert message in said
    assert "s3://bucket/windows/1" in said
    assert not (folder / "output.json").exists()
