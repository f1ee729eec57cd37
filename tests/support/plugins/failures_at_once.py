"""A failure is told when it happens, and not only at the end, which a run that is cut off lacks."""

import pytest


class AtOnce:
    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)  # after its letter
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            text = report.longreprtext
            errors = (line[1:].strip() for line in text.splitlines() if line.startswith("E "))
            self._terminal.write(f"\n{report.when} of {report.nodeid}: {next(errors, text)}\n")


@pytest.hookimpl(trylast=True)  # after the terminal's own
def pytest_configure(config: pytest.Config) -> None:
    if terminal := config.pluginmanager.getplugin("terminalreporter"):  # side by side, one has it
        config.pluginmanager.register(AtOnce(terminal))
