"""Account names of people in paths, prompts and listings of files."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import FIRST, kind_of, tongues

RANK: Final = 37
HOME: Final = re.compile(
    r"(?<![\w.])(?:/(?:export/)?home|/Users|/var/home|/mnt/[a-z]/Users|~?/home\d?)/(?P<u>[A-Za-z0-9_][\w.@+-]{0,39})(?=[/\s\"'`:;,)\]<>]|\\n|\Z)",
)
WINDOWS: Final = re.compile(
    r"(?<![A-Za-z])[A-Za-z]:(?:\\{1,2}|/)(?:Users|Documents and Settings|Benutzer|Utilisateurs|Usuarios|Utenti|Gebruikers)(?:\\{1,2}|/)"
    r"(?P<u>[^\\/:*?\"<>|\n\x00]{1,40}?)(?=\\|/|[\"'\n<>|:]|\Z|\s(?!\S{1,30}(?:\\|/)))",
    re.IGNORECASE,
)
SHARE: Final = re.compile(
    r"\\{2,4}[\w.-]{1,64}\\{1,2}(?:home|homes|users|profiles|userdata)\$?\\{1,2}(?P<u>[^\\/:*?\"<>|\s\x00]{1,40})(?=\\|[\s\"']|\Z)",
    re.IGNORECASE,
)
LISTING: Final = re.compile(
    r"^[dlcbps-][rwxsStT-]{9}[.+@]?\s{1,6}\d{1,6}\s{1,6}(?P<u>[A-Za-z_][\w.-]{0,31})\s{1,10}(?P<g>[A-Za-z_][\w.-]{0,31}(?: users)?)\s{1,14}\d",
    re.MULTILINE,
)
PROMPT: Final = re.compile(
    r"^\[?(?P<u>[A-Za-z_][\w.-]{0,31})@[A-Za-z][\w.-]{0,63}[: ][~/\w.-]{0,80}\]?[$#%](?=\s|\Z)", re.MULTILINE
)
REMOTE: Final = re.compile(
    r"\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|sshfs)\b[^\n|;&]{0,160}?[\s\"'](?P<u>[A-Za-z_][\w.-]{0,31})@[A-Za-z0-9][\w.-]{0,100}"
)
OPTION: Final = re.compile(
    r"\b(?:sudo -u|su -|chown|usermod [^\n]{0,40}?|adduser|useradd|passwd)\s{1,3}(?P<u>[a-z_][\w.-]{1,31})(?=[\s:;]|\Z)"
)
NOBODY: Final = frozenset(
    "foo bar baz joe jane john johndoe janedoe alice bob user1 user2 root user users admin administrator adm ubuntu debian centos fedora rocky ec2-user azureuser opc vagrant docker node runner runneradmin app apps git gitlab gitlab-runner jenkins circleci travis build builder buildbot ci deploy deployer www www-data http httpd nginx apache"
    " postgres mysql redis mongo mongodb elasticsearch kafka celery python ruby java jovyan steam pi guest public default shared all nobody daemon bin sys sync games man lp mail news uucp proxy backup list irc systemd systemd-network sshd staff wheel sudo operator test tester tests demo example"
    " sample me you my your myuser myusername youruser yourname your-name your_name username user_name user-name name someone somebody anyone else dev developer developers data work workspace project projects code src linuxbrew oracle tomcat hadoop hdfs spark airflow superset grafana prometheus"
    " appuser webapp web service services svc vscode codespace gitpod coder container sandbox flywheel local lost+found desktop ftp sftp ansible packer vpsadmin cloud cloud-user core nixos arch alpine android emulator media".split()
)
RULES: Final = (
    (HOME, ("/home", "/Users", "/users"), "home"),
    (WINDOWS, (":\\", ":/"), "home"),
    (SHARE, ("\\\\",), "home"),
    (LISTING, ("rw", "r-x"), "listing"),
    (PROMPT, ("@",), "prompt"),
    (REMOTE, ("@",), "prompt"),
)


def accounts(page: Page) -> Iterator[Hit]:
    """`/home/ada/…`, `C:\\Users\\Ada Lovelace\\…`, `ada@host:~$`, the owner in `ls -l`."""
    for pattern, signs, rule in RULES:
        if not any(sign in page.text for sign in signs):
            continue
        for match in pattern.finditer(page.text):
            name = match["u"].rstrip(". ")
            if somebody(name):
                yield Hit(match.start("u"), match.start("u") + len(name), RANK, "USERNAME", rule)
            if rule == "listing" and match["g"] == match["u"] and somebody(match["g"]):
                yield Hit(match.start("g"), match.end("g"), RANK, "USERNAME", rule)


def somebody(name: str) -> bool:
    """Whether an account is a person's, as far as its name tells."""
    low = name.lower().strip(". ")
    return (
        (low not in tongues() or bool(kind_of(low) & FIRST))  # `/home/utente`: "user" in any language
        and len(low) > 1
        and low not in NOBODY
        and not low.isdigit()
        and not low.startswith(("$", "%", "{", "<", "your", "my-", "my_"))
    )


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "account_name",
        r"/home\d?/|/Users/|(?i:[a-z]:(?:\\{1,2}|/)(?:users|documents and|benutzer|utilis|usuario|utenti|gebruik)|\\(?:home|homes|users|profiles|userdata)\$?\\)|[dl-]r[w-][xsS-]|\w@[A-Za-z][\w.-]*[: ][~/\w.-]*\]?[$#%]|\b(?:ssh|scp|sftp|rsync|mosh|sshfs)\b[^\n\x00]*@",
        accounts,
    ),
)
