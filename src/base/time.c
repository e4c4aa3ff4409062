/*
 * Clocks and the two time formats.
 */
#include "base/time.h"

int64_t time_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Writes the last `digits` decimal digits of a number. */
static void put_digits(char *at, int digits, long number)
{
	while (digits-- > 0) {
		at[digits] = (char)('0' + number % 10);
		number /= 10;
	}
}

void time_now_utc(char out[25])
{
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	memcpy(out, "0000-00-00T00:00:00.000Z", 25);
	strftime(out, 25, "%Y-%m-%dT%H:%M:%S", &parts);
	out[19] = '.';
	put_digits(out + 20, 3, now.tv_nsec / 1000000);
}

static struct tm local_now(void)
{
	time_t now = time(NULL);
	struct tm parts;

	localtime_r(&now, &parts);
	return parts;
}

void time_now_local(char out[20])
{
	struct tm parts = local_now();

	strftime(out, 20, "%Y-%m-%d %H:%M:%S", &parts);
}

static void put_offset(const struct tm *parts, char out[7])
{
	long minutes = labs(parts->tm_gmtoff) / 60;

	memcpy(out, "+00:00", 7);
	if (parts->tm_gmtoff < 0)
		out[0] = '-';
	put_digits(out + 1, 2, minutes / 60);
	put_digits(out + 4, 2, minutes % 60);
}

void time_local_offset(char out[7])
{
	struct tm parts = local_now();

	put_offset(&parts, out);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* The number in digits at [from, from + len); the caller has checked that they are digits. */
static int number_at(struct slice text, size_t from, size_t len)
{
	int number = 0;

	for (size_t i = from; i < from + len; i++)
		number = number * 10 + (text.at[i] - '0');
	return number;
}

bool time_is_timestamp(struct slice text)
{
	static const char shape[] = "dddd-dd-dd dd:dd:dd";
	const size_t whole = sizeof(shape) - 1;
	int year, month;

	if (text.len < whole || text.len == whole + 1 || text.len > whole + 10)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int want = i < whole ? shape[i] : i == whole ? '.' : 'd';

		if (want == 'd' ? text.at[i] < '0' || text.at[i] > '9' : text.at[i] != want)
			return false;
	}
	year = number_at(text, 0, 4);
	month = number_at(text, 5, 2);
	if (year < 1 || month < 1 || month > 12)
		return false;
	if (number_at(text, 8, 2) < 1 || number_at(text, 8, 2) > days_in_month(year, month))
		return false;
	return number_at(text, 11, 2) <= 23 && number_at(text, 14, 2) <= 59 &&
	       number_at(text, 17, 2) <= 59;
}

/* "+01:00" in seconds. */
static bool offset_seconds(struct slice text, long *out)
{
	static const char shape[] = "sdd:dd";

	if (text.len != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (shape[i] == 's'       ? c != '+' && c != '-'
			: shape[i] == 'd' ? c < '0' || c > '9'
					  : c != shape[i])
			return false;
	}
	*out = (number_at(text, 1, 2) * 60L + number_at(text, 4, 2)) * 60L;
	if (text.at[0] == '-')
		*out = -*out;
	return true;
}

bool time_local_offset_at(struct slice local, struct slice offset, char out[7])
{
	struct tm parts = {0};
	long seconds;

	if (!time_is_timestamp(local) || !offset_seconds(offset, &seconds))
		return false;
	parts.tm_year = number_at(local, 0, 4) - 1900;
	parts.tm_mon = number_at(local, 5, 2) - 1;
	parts.tm_mday = number_at(local, 8, 2);
	parts.tm_hour = number_at(local, 11, 2);
	parts.tm_min = number_at(local, 14, 2);
	parts.tm_sec = number_at(local, 17, 2);
	time_t moment = timegm(&parts) - seconds;
	if (!localtime_r(&moment, &parts))
		return false;
	put_offset(&parts, out);
	return true;
}
