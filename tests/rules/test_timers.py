"""What cron, systemd and launchd are told, read back by small parsers of their rules."""

import plistlib
import re
import shlex
import subprocess
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused, UsageError
from pkm.rules import timers
from pkm.rules.timers import Job

PATHS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(
    lambda text: f"/home/{text}"
) | st.sampled_from(["/a b/~/100%/it's", '/"$HOME"/%h/%%', "/#x;y|z&", "/ä/日本", "/$(reboot)/`x`", "/a!b/*"])
CRONTAB = "MAILTO=me\n# mine\n0 5 * * * /bin/true 100\\%\n"


def job(home="/home/ada/pkm", program="/opt/py/bin/python3", times=(time(6, 17),)):
    return Job(home=home, command=(program, "-P", "-m", "pkm", "pull"), path="/opt:/bin", times=times)


def cron_words(line):
    """The minute, the hour, and the words that the shell is given, by crontab(5)."""
    minute, hour, *stars, command = line.split(" ", 5)
    assert stars == ["*", "*", "*"]
    assert not re.search(r"(?<!\\)%", command)  # a bare one would end the command
    return int(minute), int(hour), shlex.split(command.replace(r"\%", "%"))


def unit_words(text):
    """The words of a line of a unit file, by systemd.service(5): quotes, C escapes, `%%`, `$$`."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    assert " ".join(f'"{word}"' for word in words) == text
    bare = [
        re.sub(r"\\x([0-9a-f]{2})|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], w) for w in words
    ]
    assert not any(re.search(r"(?<!%)(?:%%)*%(?!%)", word) for word in bare)
    return [word.replace("%%", "%") for word in bare]


@settings(max_examples=100, deadline=None)
@given(home=PATHS.filter(lambda path: "\\" not in path), program=PATHS.filter(lambda path: "\\" not in path))
def test_cron_runs_the_very_words_whatever_the_paths_hold(home, program):
    first, line, last = _lines(home, program)
    assert first.startswith("# ")
    assert last.startswith("# ")
    minute, hour, words = cron_words(line)
    assert (minute, hour) == (17, 6)
    assert words == ["/usr/bin/env", f"PKM_HOME={home}", "PATH=/opt:/bin", program, "-P", "-m", "pkm", "pull"]


def _lines(home, program):
    lines = timers.cron_block(job(home, program)).split("\n")
    assert lines.pop() == ""
    return lines


def test_a_real_shell_reads_the_line_so(tmp_path):
    strange = tmp_path / "a b ~ 100% 'x' $HOME"
    told = Job(
        home=str(strange), command=("sh", "-c", "echo $PKM_HOME"), path="/usr/bin:/bin", times=(time(6),)
    )
    command = timers.cron_block(told).split("\n")[1].split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    assert done.stdout.decode() == f"{strange}\n"


@pytest.mark.parametrize("path", ["/a\nb", "/a\\b", "/a\x07b"])
def test_what_cron_cannot_be_told_is_refused(path):
    with pytest.raises(Refused):
        timers.cron_block(job(path))


@settings(max_examples=100, deadline=None)
@given(
    before=st.lists(
        st.text(st.characters(exclude_characters="\n\x00", exclude_categories=("Cs",))), max_size=4
    ).map(lambda lines: "".join(f"{line}\n" for line in lines))
)
def test_other_lines_of_a_crontab_are_never_touched(before):
    written = timers.cron_with(before, job())
    assert written.startswith(before)
    assert timers.cron_found(written, job().tag) == timers.cron_block(job())
    assert timers.cron_without(written, job().tag) == before


def test_installed_again_the_block_is_replaced_where_it_stands():
    other = job("/other")
    text = timers.cron_with(timers.cron_with(CRONTAB, job()), other)
    again = timers.cron_with(text, job(times=(time(7, 3), time(18, 3))))
    assert again.startswith(CRONTAB)
    assert again.endswith(timers.cron_block(other))
    assert "3 18 * * *" in again
    assert "17 6 * * *" not in timers.cron_found(again, job().tag)
    assert timers.cron_without(timers.cron_without(again, job().tag), other.tag) == CRONTAB


def test_a_last_line_that_was_left_open_is_closed_first():
    assert timers.cron_with("0 5 * * * x", job()) == "0 5 * * * x\n" + timers.cron_block(job())


def test_broken_marks_are_refused_not_guessed_at():
    block = timers.cron_block(job())
    for text in (block.replace("end", "fin"), block + block, "\n".join(reversed(block.split("\n")))):
        with pytest.raises(Refused, match="marks"):
            timers.cron_without(text, job().tag)


@settings(max_examples=100, deadline=None)
@given(home=PATHS, program=PATHS.filter(lambda path: "$" not in path))
def test_systemd_runs_the_very_words_whatever_the_paths_hold(home, program):
    lines = timers.systemd_service(job(home, program)).split("\n")
    said = dict(line.split("=", 1) for line in lines if re.match("(ExecStart|Type|Description)=", line))
    variables = [
        unit_words(line.removeprefix("Environment=")) for line in lines if line.startswith("Environment=")
    ]
    assert variables == [[f"PKM_HOME={home}"], ["PATH=/opt:/bin"]]
    assert unit_words(said["ExecStart"])[0] == program
    assert not said["Description"].endswith("\\")  # it would go on in the next line


def test_systemd_leaves_no_variable_of_the_arguments_to_be_replaced():
    service = timers.systemd_service(
        Job(home="/h", command=("/p", "$HOME", "${X}"), path="/bin", times=(time(6),))
    )
    assert 'ExecStart="/p" "$$HOME" "$${X}"' in service
    with pytest.raises(Refused):
        timers.systemd_service(job(program="/a$b"))


def test_a_timer_names_its_times_and_makes_up_for_sleep():
    lines = timers.systemd_timer(job(times=(time(6, 17), time(18, 5)))).splitlines()
    assert [line for line in lines if line.startswith("OnCalendar")] == [
        "OnCalendar=*-*-* 06:17:00",
        "OnCalendar=*-*-* 18:05:00",
    ]
    assert "Persistent=true" in lines
    assert timers.is_our_unit("\n".join(lines), job().tag)
    assert not timers.is_our_unit("\n".join(lines), job("/other").tag)


@settings(max_examples=60, deadline=None)
@given(home=PATHS, program=PATHS)
def test_launchd_runs_the_very_words_whatever_the_paths_hold(home, program):
    said = plistlib.loads(timers.launchd_plist(job(home, program), log="/l"))
    assert said["ProgramArguments"][0] == program
    assert said["EnvironmentVariables"] == {"PKM_HOME": home, "PATH": "/opt:/bin"}
    assert said["StartCalendarInterval"] == [{"Hour": 6, "Minute": 17}]


@pytest.mark.parametrize("told", [timers.systemd_service, lambda one: timers.launchd_plist(one, log="/l")])
def test_a_path_that_is_no_text_is_refused_where_it_cannot_be_written(told):
    with pytest.raises(Refused):
        told(job("/home/\udcff"))


@pytest.mark.parametrize(
    ("word", "at"), [("06:17", time(6, 17)), ("6:05", time(6, 5)), (" 23:59 ", time(23, 59))]
)
def test_a_time_of_the_day_is_read(word, at):
    assert timers.parse_at([word, word]) == (at,)


@pytest.mark.parametrize("word", ["24:00", "6", "06:60", "noon", "٠٦:١٧", "-1:00", ""])
def test_what_is_no_time_of_the_day_is_refused(word):
    with pytest.raises(UsageError):
        timers.parse_at([word])


@given(st.text())
def test_the_time_that_nobody_chose_is_never_on_a_round_minute(seed):
    at = timers.odd_time(seed)
    assert at == timers.odd_time(seed)
    assert (at.hour, at.minute % 5 != 0) == (6, True)
