/*
 * The standard files and signals.
 *
 * The progress line is drawn on standard error, without a line end, and taken away before anything
 * else is written. A step that begins is drawn at once; within a step it is redrawn every 100 ms.
 */
#include "cli/terminal.h"

#include "base/time.h"
#include "document/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_MS 100

/* --- the standard files --- */

/*
 * A closed standard file would be taken by the next file that is opened: a database that error
 * messages are written into.
 */
static void open_if_closed(int fd)
{
	if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
		return;
	/* Writing to it fails, as it should: nobody would read it. */
	int opened = open("/dev/null", O_RDONLY);
	if (opened >= 0 && opened != fd) {
		dup2(opened, fd);
		close(opened);
	}
}

static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || strcmp(term, "dumb") == 0;
}

void terminal_init(struct terminal *terminal)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		open_if_closed(fd);
	*terminal = (struct terminal){.in = isatty(STDIN_FILENO),
		.out = isatty(STDOUT_FILENO),
		.err = isatty(STDERR_FILENO)};
	terminal->progress = terminal->err && !is_dumb();
}

int terminal_width(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

bool terminal_wants_colour(void)
{
	const char *no = getenv("NO_COLOR");
	return !(no && *no) && !is_dumb();
}

bool terminal_write(int fd, struct slice text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.at, text.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text.at += n;
		text.len -= (size_t)n;
	}
	return true;
}

/* --- progress --- */

static void add_time(struct str *out, uint64_t seconds)
{
	if (seconds >= 3600)
		str_addf(out, "%lluh %llum", (unsigned long long)(seconds / 3600),
			(unsigned long long)(seconds % 3600 / 60));
	else if (seconds >= 60)
		str_addf(out, "%llum %llus", (unsigned long long)(seconds / 60),
			(unsigned long long)(seconds % 60));
	else
		str_addf(out, "%llus", (unsigned long long)seconds);
}

/* 1234567 as "1.2M": a line that moves is for the eye. */
static void add_short(struct str *out, uint64_t number)
{
	static const char letters[] = {'k', 'M', 'G', 'T'};
	double value = (double)number;
	size_t letter = 0;
	if (number < 10000) {
		str_addf(out, "%llu", (unsigned long long)number);
		return;
	}
	for (value /= 1000; value >= 1000 && letter + 1 < sizeof(letters); letter++)
		value /= 1000;
	str_addf(out, value < 100 ? "%.1f%c" : "%.0f%c", value, letters[letter]);
}

void terminal_line(struct str *out, const struct task_progress *progress, uint64_t done_in_step,
	int64_t elapsed_ms, int width)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	str_add_text(&line, progress->step ? progress->step : "");
	if (progress->done > 0 || progress->total > 0) {
		str_add_text(&line, "  ");
		add_short(&line, progress->done);
		if (progress->total > 0) {
			str_add_char(&line, '/');
			add_short(&line, progress->total);
		}
		str_addf(&line, " %s", progress->unit ? progress->unit : "");
	}
	if (progress->total > 0 && progress->done <= progress->total)
		str_addf(&line, "  %d%%",
			(int)(100.0 * (double)progress->done / (double)progress->total));
	/* A rate of the first moments says nothing. */
	if (elapsed_ms >= 1000 && done_in_step > 0) {
		double rate = (double)done_in_step * 1000.0 / (double)elapsed_ms;
		str_add_text(&line, "  ");
		if (rate < 10)
			str_addf(&line, "%.1f", rate);
		else
			add_short(&line, (uint64_t)rate);
		str_add_text(&line, "/s");
		if (progress->total > progress->done) {
			str_add_text(&line, "  ");
			add_time(&line,
				(uint64_t)((double)(progress->total - progress->done) / rate) + 1);
			str_add_text(&line, " left");
		}
	}
	static const struct grid_column column = {"", false, 1};
	const struct slice cell = str_slice(&line);
	struct grid grid;
	grid_begin(&grid, &column, 1);
	grid_measure(&grid, &cell);
	grid_fit(&grid, width);
	grid_row(&grid, &cell, out);
	str_truncate(out, out->len - 1);
}

static void draw(struct terminal *terminal, const struct task_progress *progress, int64_t now)
{
	struct str line CLEANUP(str_release) = STR_INIT;
	str_add_text(&line, "\r\033[K");
	/* In the last column some terminals would begin a new line. */
	terminal_line(&line, progress, progress->done - terminal->step_done,
		now - terminal->step_at, terminal_width(STDERR_FILENO) - 1);
	terminal_write(STDERR_FILENO, str_slice(&line));
	terminal->drawn = true;
	terminal->drawn_at = now;
}

void terminal_progress(struct terminal *terminal, const struct task_progress *progress)
{
	if (!terminal->progress)
		return;
	int64_t now = time_monotonic_ms();
	bool begins = progress->step != terminal->step || progress->done < terminal->last_done;
	terminal->last_done = progress->done;
	if (begins) {
		terminal->step = progress->step;
		terminal->step_at = now;
		terminal->step_done = progress->done;
	}
	if (begins || now - terminal->drawn_at >= REDRAW_MS)
		draw(terminal, progress, now);
}

void terminal_clear(struct terminal *terminal)
{
	if (terminal->drawn)
		terminal_write(STDERR_FILENO, SLICE("\r\033[K"));
	terminal->drawn = false;
}

/* --- signals --- */

static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
static atomic_int cancelled; /* a handler has no other way to be given it */

static void on_signal(int number UNUSED)
{
	if (atomic_exchange(&cancelled, 1))
		_exit(130);
}

atomic_int *signals_install(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(stopping); i++) {
		struct sigaction before;
		/* What nohup or a shell told us to ignore stays ignored. */
		if (sigaction(stopping[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaction(stopping[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* a file that outgrows the limit of the process is an error of that write */
	sigaction(SIGXFSZ, &action, NULL);
	return &cancelled;
}

bool terminal_wait(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t held, before;
	int ready = -1, reason = EINTR;
	/* A signal that comes between the look at the flag and the wait must end the wait. */
	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_LEN(stopping); i++)
		sigaddset(&held, stopping[i]);
	sigprocmask(SIG_BLOCK, &held, &before);
	if (!atomic_load(&cancelled)) {
		ready = ppoll(&input, 1, NULL, &before);
		reason = errno;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = reason;
	return ready >= 0;
}
