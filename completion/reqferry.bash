# bash completion for reqferry
# Made by script/interface from the program's table of commands: do not edit.

# The options of a command.
_reqferry_options() {
	case $1 in
	'demo') echo '--dir' ;;
	'export') echo '--space --project --all --file --author --exported-at --plugin-version --oldest-version' ;;
	'load') echo '--key --origin' ;;
	'delete') echo '--force' ;;
	'clean') echo '--older-than --all --yes --force' ;;
	'map auto') echo '--jira --confluence --open-ok' ;;
	'map list') echo '--type --status --certainty --rule --space --find --key --dependencies --limit' ;;
	'map show') echo '--dependencies' ;;
	'map set') echo '--dependencies --force' ;;
	'map confirm') echo '--type --status --certainty --rule --space --find --key --dependencies --all --yes' ;;
	'map clear') echo '--type --status --certainty --rule --space --find --key --dependencies --all --yes' ;;
	'map exclude') echo '--type --status --certainty --rule --space --find --key --dependencies --all --yes' ;;
	'map history') echo '--type --find --key --dependencies --limit --all' ;;
	'map undo') echo '--change --dry-run --yes' ;;
	'plan') echo '--accept --erase --reject --outside --audit-trail' ;;
	'import') echo '--accept --erase --reject --outside --audit-trail --confirm --plan --dry-run --report' ;;
	'undo') echo '--confirm --keep-changes --discard-changes' ;;
	'report') echo '--html --text' ;;
	'inspect') echo '--no-checksum' ;;
	esac
}

# The values of "COMMAND --OPTION" or "COMMAND N": words, @file, @folder or @text.
_reqferry_values() {
	case $1 in
	*' --as') echo '@text' ;;
	*' --catalogue') echo '@folder' ;;
	'demo --dir') echo '@folder' ;;
	'export --space') echo '@text' ;;
	'export --project') echo '@text' ;;
	'export --file') echo '@file' ;;
	'export --author') echo '@text' ;;
	'export --exported-at') echo '@text' ;;
	'export --plugin-version') echo '@text' ;;
	'export --oldest-version') echo '@text' ;;
	'load --key') echo '@text' ;;
	'load --origin') echo '@text' ;;
	'clean --older-than') echo '@text' ;;
	'map auto --jira') echo '@text' ;;
	'map auto --confluence') echo '@text' ;;
	'map list --type') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map list --status') echo 'not-mapped UNMAPPED MAPPED_AUTO MAPPED_MANUAL EXCLUDED' ;;
	'map list --certainty') echo 'certain likely possible' ;;
	'map list --rule') echo '@text' ;;
	'map list --space') echo '@text' ;;
	'map list --find') echo '@text' ;;
	'map list --key') echo '@text' ;;
	'map list --dependencies') echo '@text' ;;
	'map list --limit') echo '@text' ;;
	'map show --dependencies') echo '@text' ;;
	'map set --dependencies') echo '@text' ;;
	'map confirm --type') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map confirm --status') echo 'not-mapped UNMAPPED MAPPED_AUTO MAPPED_MANUAL EXCLUDED' ;;
	'map confirm --certainty') echo 'certain likely possible' ;;
	'map confirm --rule') echo '@text' ;;
	'map confirm --space') echo '@text' ;;
	'map confirm --find') echo '@text' ;;
	'map confirm --key') echo '@text' ;;
	'map confirm --dependencies') echo '@text' ;;
	'map clear --type') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map clear --status') echo 'not-mapped UNMAPPED MAPPED_AUTO MAPPED_MANUAL EXCLUDED' ;;
	'map clear --certainty') echo 'certain likely possible' ;;
	'map clear --rule') echo '@text' ;;
	'map clear --space') echo '@text' ;;
	'map clear --find') echo '@text' ;;
	'map clear --key') echo '@text' ;;
	'map clear --dependencies') echo '@text' ;;
	'map exclude --type') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map exclude --status') echo 'not-mapped UNMAPPED MAPPED_AUTO MAPPED_MANUAL EXCLUDED' ;;
	'map exclude --certainty') echo 'certain likely possible' ;;
	'map exclude --rule') echo '@text' ;;
	'map exclude --space') echo '@text' ;;
	'map exclude --find') echo '@text' ;;
	'map exclude --key') echo '@text' ;;
	'map exclude --dependencies') echo '@text' ;;
	'map history --type') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map history --find') echo '@text' ;;
	'map history --key') echo '@text' ;;
	'map history --dependencies') echo '@text' ;;
	'map history --limit') echo '@text' ;;
	'map undo --change') echo '@text' ;;
	'plan --accept') echo 'possible missing assumed lost-columns' ;;
	'plan --erase') echo 'brought everything nothing' ;;
	'plan --outside') echo 'keep copy' ;;
	'plan --audit-trail') echo 'rewrite keep' ;;
	'import --accept') echo 'possible missing assumed lost-columns' ;;
	'import --erase') echo 'brought everything nothing' ;;
	'import --outside') echo 'keep copy' ;;
	'import --audit-trail') echo 'rewrite keep' ;;
	'import --confirm') echo '@text' ;;
	'import --plan') echo '@file' ;;
	'import --report') echo '@file' ;;
	'undo --confirm') echo '@text' ;;
	'write 2') echo '@file' ;;
	'load 1') echo '@file' ;;
	'map show 2') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'map set 2') echo 'APPLINK SPACE PROJECT USER PAGE VERSION ATTACHMENT ISSUE' ;;
	'inspect 0') echo '@file' ;;
	'validate 0') echo '@file' ;;
	'catalogue show 0') echo 'confluence jira' ;;
	'help 0') echo 'demo export write load list delete clean map plan import verify undo report ids inspect validate instance catalogue help' ;;
	esac
}

# The second words of commands of two words.
_reqferry_parts() {
	case $1 in
	map) echo 'auto list show set confirm clear exclude history undo' ;;
	instance) echo 'check' ;;
	catalogue) echo 'show check' ;;
	esac
}

_reqferry() {
	local current=${COMP_WORDS[COMP_CWORD]} option='' command='' parts='' word values
	local -i count=0 i
	# : and = are words of their own where COMP_WORDBREAKS holds them: sqlite:PATH is three words
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == [:=] || ${COMP_WORDS[i - 1]} == : ]]; then
			continue
		elif [[ -n $option ]]; then
			option=
		elif [[ $word == -* ]]; then
			[[ -n $(_reqferry_values "$command $word") ]] && option=$word
		elif [[ -z $command ]]; then
			command=$word
			parts=$(_reqferry_parts "$word")
		elif [[ -n $parts ]]; then
			command+=" $word"
			parts=
		else
			count+=1
		fi
	done
	[[ $current == [:=] ]] && current=
	if [[ -n $option ]]; then
		values=$(_reqferry_values "$command $option")
	elif [[ $current == -* ]]; then
		values="$(_reqferry_options "$command") --json --quiet --verbose --no-color --as --catalogue --help --version"
	elif [[ -z $command ]]; then
		values='demo export write load list delete clean map plan import verify undo report ids inspect validate instance catalogue help'
	elif [[ -n $parts ]]; then
		values=$parts
	else
		values=$(_reqferry_values "$command $count")
	fi
	case $values in
	@file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	@folder) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
	@text) COMPREPLY=() ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current") ;;
	esac
}
complete -o filenames -F _reqferry reqferry
