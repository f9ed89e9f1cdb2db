"""`pkm schedule` as a session, before timers that are played by small scripts first on the PATH."""

import json
import os
import sys

import pytest

CRONTAB = """\
#!/bin/sh
# crontab(1), as far as pkm asks it: -l and -
file={folder}/crontab
case "$1" in
  -l) [ -f "$file" ] || {{ echo "no crontab for ada" >&2; exit 1; }}; cat "$file" ;;
  -) cat > "$file" ;;
  *) exit 2 ;;
esac
"""
SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> {folder}/calls
[ ! -f {folder}/deaf ]
"""
OTHERS = "MAILTO=ada\n0 5 * * * /bin/true\n"


@pytest.fixture
def here(pkm, tmp_path):
    """A home, and an empty folder of programs that is the whole PATH but for the system's own."""
    (tmp_path / "bin").mkdir()
    for name in ("cat", "sh"):
        (tmp_path / "bin" / name).symlink_to(f"/bin/{name}")
    pkm.setenv(PATH=str(tmp_path / "bin"), HOME=str(tmp_path / "user"), XDG_CONFIG_HOME="")
    pkm("init")
    return pkm


def provide(folder, name, script):
    path = folder / "bin" / name
    path.write_text(script.format(folder=folder), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def cron(here, tmp_path):
    provide(tmp_path, "crontab", CRONTAB)
    return tmp_path / "crontab"


@pytest.fixture
def systemd(here, tmp_path):
    provide(tmp_path, "systemctl", SYSTEMCTL)
    return tmp_path / "user" / ".config" / "systemd" / "user"


def test_a_line_for_cron_comes_and_goes_and_leaves_the_others(here, cron):
    cron.write_text(OTHERS, encoding="utf-8")
    code, out, err = here("schedule", "install", "--at", "06:17", "--yes")
    assert code == 0
    assert "every day at 06:17" in err
    written = cron.read_text(encoding="utf-8")
    assert written == OTHERS + out
    assert f"PKM_HOME={here.home}" in written
    assert f"{sys.executable} -P -m pkm pull --quiet" in written
    assert here("schedule").out == out
    code, out, _ = here("schedule", "remove", "--yes")
    assert code == 0
    assert cron.read_text(encoding="utf-8") == OTHERS


def test_the_text_is_shown_before_anything_is_asked_or_written(here, cron):
    code, out, err = here("schedule", "install")
    assert code == 2
    assert "--yes" in err
    assert "-m pkm pull --quiet" in out
    assert not cron.exists()
    assert here("schedule", "install", "--dry-run").code == 0
    assert not cron.exists()


def test_the_same_home_has_the_same_odd_minute_until_it_is_told_another(here, cron):
    first = here("schedule", "install", "--dry-run").out
    assert here("schedule", "install", "--dry-run").out == first
    minute = int(first.splitlines()[1].split()[0])
    assert minute % 5
    here("schedule", "install", "--yes")
    here("schedule", "install", "--yes", "--at", "7:03", "--at", "18:03")
    lines = cron.read_text(encoding="utf-8").splitlines()
    assert [line.split()[:2] for line in lines if not line.startswith("#")] == [["3", "7"], ["3", "18"]]


def test_a_crontab_that_cannot_be_read_is_never_written_over(here, tmp_path, cron):
    cron.write_text(OTHERS, encoding="utf-8")
    provide(
        tmp_path,
        "crontab",
        '#!/bin/sh\n[ "$1" = -l ] && {{ echo "permission denied" >&2; exit 1; }}\ncat > {folder}/crontab\n',
    )
    code, _, err = here("schedule", "install", "--with", "cron", "--yes")
    assert code == 5
    assert "permission denied" in err
    assert cron.read_text(encoding="utf-8") == OTHERS


def test_units_for_systemd_come_and_go(here, tmp_path, systemd):
    code, out, err = here("schedule", "install", "--at", "06:17", "--yes")
    assert code == 0
    assert "systemd pulls this home" in err
    assert "enable-linger" in err
    service, timer = sorted(systemd.iterdir())
    assert service.read_text(encoding="utf-8") in out
    assert "OnCalendar=*-*-* 06:17:00" in timer.read_text(encoding="utf-8")
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls[-2:] == ["--user daemon-reload", f"--user enable --now {timer.name}"]
    [shown] = json.loads(here("schedule", "--json").out)["timers"]
    assert shown["with"] == "systemd"
    assert here("schedule", "remove", "--yes").code == 0
    assert list(systemd.iterdir()) == []
    assert f"--user disable --now {timer.name}" in (tmp_path / "calls").read_text(encoding="utf-8")


def test_units_that_systemd_refuses_are_taken_away_again(here, tmp_path, systemd):
    (tmp_path / "deaf").touch()
    code, _, _ = here("schedule", "install", "--with", "systemd", "--yes")
    assert code == 5
    assert list(systemd.iterdir()) == []


def test_where_the_users_systemd_does_not_answer_cron_is_taken(here, tmp_path, systemd, cron):
    (tmp_path / "deaf").touch()
    here("schedule", "install", "--yes")
    assert cron.exists()
    assert not systemd.exists()


def test_one_home_is_given_to_one_timer_alone(here, systemd, cron):
    here("schedule", "install", "--yes", "--with", "cron")
    assert "pkm schedule" in cron.read_text(encoding="utf-8")
    _, _, err = here("schedule", "install", "--yes")
    assert "took it away from cron" in err
    assert cron.read_text(encoding="utf-8") == ""


def test_two_homes_have_lines_of_their_own(here, cron, tmp_path):
    here("schedule", "install", "--yes")
    first = cron.read_text(encoding="utf-8")
    other = str(tmp_path / "other home")
    here("init", "--home", other)
    here("schedule", "install", "--yes", "--home", other)
    assert cron.read_text(encoding="utf-8").startswith(first)
    here("schedule", "remove", "--yes", "--home", other)
    assert cron.read_text(encoding="utf-8") == first


def test_an_agent_for_launchd_comes_and_goes(here, tmp_path):
    provide(tmp_path, "launchctl", SYSTEMCTL)
    assert here("schedule", "install", "--with", "launchd", "--yes").code == 0
    [agent] = (tmp_path / "user" / "Library" / "LaunchAgents").iterdir()
    assert f"bootstrap gui/{os.getuid()} {agent}" in (tmp_path / "calls").read_text(encoding="utf-8")
    assert here("schedule", "remove", "--yes").code == 0
    assert not agent.exists()


def test_without_any_timer_it_says_what_to_run(here):
    code, _, err = here("schedule", "install", "--yes")
    assert code == 5
    assert "-m pkm pull --quiet" in err
    assert here("schedule", "install", "--with", "cron", "--yes").code == 5
    assert here("schedule", "install", "--with", "cron", "--dry-run").code == 0
    code, out, err = here("schedule")
    assert (code, out) == (0, "")
    assert "pkm schedule install" in err
    assert here("schedule", "remove").code == 0


def test_what_is_no_timer_or_no_time_is_a_mistake_of_the_line(here, cron):
    assert here("schedule", "install", "--with", "anacron").code == 2
    assert here("schedule", "install", "--at", "25:00").code == 2


def test_a_unit_of_somebody_else_is_left_alone(here, systemd):
    here("schedule", "install", "--yes")
    service = min(systemd.iterdir())
    service.write_text("[Unit]\n", encoding="utf-8")
    assert here("schedule", "install", "--yes").code == 5
    here("schedule", "remove", "--yes")
    assert service.read_text(encoding="utf-8") == "[Unit]\n"
