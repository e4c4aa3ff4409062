"""A program that runs on a terminal: what a person at a keyboard sees."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import types

import harness

ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A run whose standard files are a terminal of so many columns, but for those given as files.

    `text` is all that the terminal got so far, with \\r\\n as \\n.
    """

    def __init__(self, t, *args, columns=80, env=None, **files):
        self.t = t
        self.text = ""
        try:
            self.master, slave = pty.openpty()
        except OSError as error:
            raise harness.Skip(f"no terminal can be made here (is /dev/pts mounted?): {error}") from None
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        command = [str(t.program), *map(str, args)]
        number = len(t.results)
        self._checks = t.watch(args, env)
        t.results.append(f"(on a terminal) $ {' '.join(command)}")

        def own():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.popen = subprocess.Popen(
            command, cwd=t.dir, env=t.environment({"TERM": "xterm", **(env or {})}),
            stdin=files.get("stdin", slave), stdout=files.get("stdout", slave),
            stderr=files.get("stderr", slave), preexec_fn=own)
        os.close(slave)
        self._number = number
        t._stack.callback(self.close)

    def close(self):
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()
        if self.master is not None:
            os.close(self.master)
            self.master = None

    def _read(self, seconds):
        """Reads what is there, waiting at most so long. False at the end."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.text += data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
        return bool(data)

    def expect(self, part, seconds=60):
        """Reads until the text has that part."""
        end = time.monotonic() + seconds
        while part not in self.text:
            if time.monotonic() > end or not self._read(0.1):
                raise harness.Failure(f"the terminal never showed {part!r}:\n{self.text}")

    def send(self, text):
        os.write(self.master, text.encode())

    def wait(self, expect=0, seconds=60):
        """Reads to the end; the exit status must be the one expected."""
        end = time.monotonic() + seconds
        while self._read(0.1):
            if self.popen.poll() is not None and not select.select([self.master], [], [], 0)[0]:
                break
            if time.monotonic() > end:
                raise harness.Failure(f"it did not end:\n{self.text}")
        status = self.popen.wait(seconds)
        self.t.results[self._number] += f"\n  status {status}\n  it showed: {self.text!r}\n"
        self.t.check_sanitizers()
        if status != expect:
            raise harness.Failure(f"ended with status {status} and not {expect}:\n{self.text}")
        for check in self._checks:
            check(types.SimpleNamespace(status=status))
        return self.text


def without_escapes(text):
    return ESCAPES.sub("", text)
