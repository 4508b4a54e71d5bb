"""pycontribs jira and atlassian-python-api, for .ci/checks/clients: BASE USER PASSWORD. A line for each step: client, step, outcome."""
import sys

from atlassian import Jira
from jira import JIRA, JIRAError
from requests import HTTPError

base, user, password = sys.argv[1:]
passed, unknown = ({"customfield_10314": {"value": value}} for value in ("Passed", "Nonsense"))


def step(client, name, call, refused=None):
    try:
        got = call()
        outcome = "ok" if refused is None else f"not refused: {got}"
    except (JIRAError, HTTPError) as error:
        status = getattr(error, "status_code", None) or error.response.status_code
        outcome = "ok" if status == refused else f"{status}: {error}"
    print(client, name, outcome.replace("\n", " ")[:200], sep="\t")


def pycontribs(secret):
    return JIRA(base, basic_auth=(user, secret), max_retries=0)


def read(issue, field):
    assert issue == "HSP-1" and field == "Passed", f"{issue} holds {field}"


client = pycontribs(password)
issue = client.issue("HSP-1")
step("jira", "log in", client.myself)
step("jira", "edit", lambda: issue.update(fields=passed))
step("jira", "read", lambda: read(issue.key, client.issue("HSP-1").fields.customfield_10314.value))
step("jira", "comment", lambda: client.add_comment("HSP-1", "of jira"))
step("jira", "wrong option", lambda: issue.update(fields=unknown), 400)
step("jira", "wrong credentials", lambda: pycontribs("wrong").issue("HSP-1"), 401)

client = Jira(base, username=user, password=password)
step("atlassian-python-api", "log in", client.myself)
step("atlassian-python-api", "edit", lambda: client.update_issue_field("HSP-1", passed))
step("atlassian-python-api", "read", lambda: read("HSP-1", client.issue("HSP-1")["fields"]["customfield_10314"]["value"]))
step("atlassian-python-api", "comment", lambda: client.issue_add_comment("HSP-1", "of atlassian-python-api"))
step("atlassian-python-api", "wrong option", lambda: client.update_issue_field("HSP-1", unknown), 400)
step("atlassian-python-api", "wrong credentials", lambda: Jira(base, username=user, password="wrong").issue("HSP-1"), 401)
