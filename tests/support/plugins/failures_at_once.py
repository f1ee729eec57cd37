"""A pytest plugin that prints each failure at once, so that an interrupted run shows it too."""

import pytest


class FailuresAtOnce:
    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)  # after the terminal's own letter
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            text = report.longreprtext
            errors = (line[1:].strip() for line in text.splitlines() if line.startswith("E "))
            self._terminal.write(f"\n{report.when} of {report.nodeid}: {next(errors, text)}\n")


@pytest.hookimpl(trylast=True)  # after the terminal reporter is registered
def pytest_configure(config: pytest.Config) -> None:
    if terminal := config.pluginmanager.getplugin("terminalreporter"):  # not in an xdist worker
        config.pluginmanager.register(FailuresAtOnce(terminal))
