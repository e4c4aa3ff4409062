# shellcheck shell=sh
# What script/test and script/soak share: run suites, add up what they say, close with one line.
#
# A suite is any command whose last line of that form reads "N passed, N failed". One that exits
# with another status than its line tells, says no such line or ran nothing counts as failed.

suites_log=$(mktemp)
suites_table=$(mktemp)
suites_passed=0
suites_failed=0
trap 'rm -f "$suites_log" "$suites_table"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# suite_count NAME PASSED FAILED SECONDS: enters a result.
suite_count() {
	suites_passed=$((suites_passed + $2))
	suites_failed=$((suites_failed + $3))
	printf '%-12s %7d %7d %7ds\n' "$1" "$2" "$3" "$4" >>"$suites_table"
}

# suite NAME COMMAND...: runs the command as a suite; false if it failed.
suite() {
	suite_name=$1
	shift
	printf '\n== %s\n' "$suite_name"
	suite_start=$(date +%s)
	{
		"$@" 2>&1 </dev/null
		echo "suite-status $?"
	} | tee "$suites_log" | grep --line-buffered -v '^suite-status [0-9]*$'
	suite_seconds=$(($(date +%s) - suite_start))
	suite_status=$(sed -n 's/^suite-status \([0-9]*\)$/\1/p' "$suites_log" | tail -n 1)
	suite_line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$suites_log" | tail -n 1)
	passed=${suite_line%% *}
	failed=${suite_line##*, }
	failed=${failed%% *}
	passed=${passed:-0}
	failed=${failed:-0}
	if [ "$failed" -eq 0 ] && [ "${suite_status:-1}" -ne 0 ]; then
		echo "$suite_name: ended with status ${suite_status:-unknown}"
		failed=1
	elif [ $((passed + failed)) -eq 0 ]; then
		echo "$suite_name: ran nothing"
		failed=1
	fi
	suite_count "$suite_name" "$passed" "$failed" "$suite_seconds"
	[ "$failed" -eq 0 ]
}

# suites_end: the table, then the sum alone on the last line; the exit status of the script.
suites_end() {
	printf '\n%-12s %7s %7s %8s\n' suite passed failed time
	cat "$suites_table"
	[ $((suites_passed + suites_failed)) -gt 0 ] || suites_failed=1
	echo "$suites_passed passed, $suites_failed failed"
	[ "$suites_failed" -eq 0 ]
}
