"""The bottom line: imapclient fetches every mail, one a round trip, and forgets it. No file, no answer."""

from __future__ import annotations

from imapclient import IMAPClient

from tests.benchmarks.contenders.job import Job, Outcome, read_job, tell


def fetch_all(job: Job) -> Outcome:
    with IMAPClient(job.host, job.imap_port, ssl=False) as client:
        client._imap.debug = 0  # as shipped, imapclient formats every literal for a debug log
        client.login(job.user, job.password)
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for uid in uids:
            client.fetch([uid], ["BODY.PEEK[]"])
    return Outcome(len(uids))


if __name__ == "__main__":
    tell(fetch_all(read_job()))
