# check.awk - applies the rules that check.sh states.
#
# First file: the list of callees. Second: for each backend a line "@backend NAME", a line
# "@symbol NAME" for each of its symbols, then `objdump -d -C --no-show-raw-insn` of it. One line per violation; exit status 1 if any.
#
# An instruction is a number, its place in the function; arrays say the rest: at (its
# address), to (where it may jump, -1), falls (whether the next one may follow), waits.

function hex(digits,    i, value) {
	value = 0
	for (i = 1; i <= length(digits); i++)
		value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
	return value
}

function offset(address) {
	return sprintf("+0x%x", address - start)
}

function complain(text) {
	printf "%s: %s: %s\n", backend, name, text
	violations++
}

# The shell's * in a list entry; everything else is meant literally.
function matches(glob, text,    parts, n, i, at) {
	n = split(glob, parts, "*")
	if (substr(text, 1, length(parts[1])) != parts[1])
		return 0
	if (n == 1)
		return text == glob
	text = substr(text, length(parts[1]) + 1)
	for (i = 2; i < n; i++) {
		at = index(text, parts[i])
		if (at == 0)
			return 0
		text = substr(text, at + length(parts[i]))
	}
	return length(text) >= length(parts[n]) && substr(text, length(text) - length(parts[n]) + 1) == parts[n]
}

# "ns::T<int>::f(int) [clone .part.0]" or "f.part.0@plt" to "ns::T::f" or "f"
function plain(symbol) {
	sub(/ \[clone .*/, "", symbol)
	sub(/@.*/, "", symbol)
	while (gsub(/<[^<>]*>/, "", symbol) || gsub(/\([^()]*\)/, "", symbol))
		;
	sub(/ const$/, "", symbol)
	sub(/^.* /, "", symbol)
	sub(/\.(part|constprop|isra|cold|lto_priv)\..*$/, "", symbol)
	sub(/\.(part|constprop|isra|cold|lto_priv)$/, "", symbol)
	return symbol
}

# What stands in <...> at the end of a line, without the offset.
function symbol_of(line) {
	if (line !~ /<.*>/)
		return ""
	sub(/^[^<]*</, "", line)
	sub(/>:?[^>]*$/, "", line)
	sub(/\+0x[0-9a-f]+$/, "", line)
	return line
}

function is_hot(symbol) {
	return symbol ~ /^lfb_(produce|consume|pairs|ping|pong)(_batch)?_(poll|park|block)$/
}

# What hot loops call when an operation has failed, or when somebody sleeps.
function is_slow(symbol) {
	return symbol ~ /^lfb_((push|pop)_(polling|parking)|event_wake)$/
}

# Whether the list has `word` for this backend and loop.
function listed(word,    i, found) {
	found = 0
	for (i = 1; i <= entries; i++) {
		if (entry_word[i] == word && matches(entry_backend[i], backend) && matches(entry_loop[i], name)) {
			used[i] = 1
			found = 1
		}
	}
	return found
}

function check_call(callee, address) {
	if (!listed(callee))
		complain("calls " callee " at " offset(address) ", which callees.txt does not list")
}

# A branch that says where it goes: within the function, or a call in other words.
function note_branch(address, operand, symbol) {
	if (symbol == full)
		to[count] = hex(operand)
	else if (is_hot(plain(symbol)) || plain(symbol) == name)
		folded = 1 # the compiler found two loops to be the same code, or this is its .cold or .part
	else
		check_call(plain(symbol), address)
}

# Nothing in a hot loop belongs to a thread: that is where the counting flavour keeps its counters.
# (%fs:0x28 is the stack protector's.)
function check_thread_local(address, line) {
	sub(/%fs:0x28([^0-9a-f(]|$)/, "", line)
	if (line ~ /%fs:/ && !listed("TLS"))
		complain("touches a thread-local variable at " offset(address))
}

# Records one instruction, and checks it if it leaves the function.
function note(address, mnemonic, operand, symbol,    callee) {
	at[++count] = address
	index_of[address] = count
	to[count] = -1
	falls[count] = mnemonic !~ /^(jmp|ret|hlt|ud2)/
	waits[count] = mnemonic == "pause"
	if (mnemonic !~ /^(j|call)/)
		return
	if (operand ~ /^\*/) {
		if (!listed("INDIRECT"))
			complain("indirect call or jump at " offset(address))
	} else if (mnemonic ~ /^j/) {
		note_branch(address, operand, symbol)
	} else {
		callee = plain(symbol)
		check_call(callee, address)
		waits[count] = callee ~ /^(sched_yield|pthread_cond_wait)$/ || is_slow(callee)
		falls[count] = callee !~ /^(__stack_chk_fail|__assert_fail|abort)$/
	}
}

# Mark in `seen` what is reached from instruction `i` without waiting.
function walk(i, seen,    stack, n, j) {
	stack[n = 1] = i
	while (n > 0) {
		i = stack[n--]
		while (i <= count && !(i in seen) && !waits[i]) {
			seen[i] = 1
			if (to[i] >= 0 && (to[i] in index_of)) {
				j = index_of[to[i]]
				if (!(j in seen))
					stack[++n] = j
			}
			if (!falls[i])
				break
			i++
		}
	}
}

# Finds the heads of the outermost cycles among the instructions in `live`: of the targets
# of backward branches that lead back to the branch, the lowest of each cycle. A cycle's
# members reach each other. Returns how many, in head[1..].
function find_heads(live, head,    i, j, n, k, reach, from_i, known) {
	n = 0
	for (i in live) {
		i += 0
		if (to[i] < 0 || to[i] > at[i] || !(to[i] in index_of))
			continue
		j = index_of[to[i]]
		split("", reach)
		walk(j, reach)
		if (!(i in reach))
			continue
		known = 0
		for (k = 1; k <= n; k++) {
			if (!(head[k] in reach))
				continue
			split("", from_i)
			walk(head[k], from_i)
			if (j in from_i) {
				known = 1
				if (j < head[k])
					head[k] = j
			}
		}
		if (!known)
			head[++n] = j
	}
	return n
}

function check_alignment(    live, head, n, i) {
	if (start % 64 != 0)
		complain("starts at " sprintf("0x%x", start) ", not on a 64-byte boundary")
	if (name ~ /_batch_/)
		return
	walk(1, live)
	n = find_heads(live, head)
	for (i = 1; i <= n; i++)
		if (at[head[i]] % 64 != 0 && !listed("UNALIGNED"))
			complain("its hot loop begins at " offset(at[head[i]]) ", not on a 64-byte boundary")
	if (n == 0 && !(folded && !falls[1])) # a folded one is a jump and padding
		complain("no hot loop was found in it")
	loops += n
}

function finish_function() {
	if (hot && !cold)
		check_alignment()
	hot = looked_at = 0
}

# A name of the symbol table: everything of counting.h begins alike, and so does what the scheduling flavour calls before each access.
function check_symbol(symbol) {
	if (plain(symbol) ~ /^(lfb_schedule|__tsan_)/) {
		name = "the whole"
		complain("has " plain(symbol) ": it is of the scheduling flavour")
	}
	if (plain(symbol) ~ /^lfb_count/) {
		name = "the whole"
		complain("has " plain(symbol) ": it is of the counting flavour")
	}
}

# What must hold of a backend as a whole.
function finish_backend() {
	finish_function()
	name = "the whole"
	if (backend != "" && functions == 0)
		complain("no hot loop is in it: was it stripped, or built without <lfbench/loops.h>?")
	functions_in_all += functions
	functions = 0
}

FNR == NR { # the list
	sub(/#.*/, "")
	for (field = 3; field <= NF; field++) {
		entries++
		entry_line[entries] = FNR
		entry_backend[entries] = $1
		entry_loop[entries] = $2
		optional[entries] = $field ~ /\?$/
		entry_word[entries] = $field
		sub(/\?$/, "", entry_word[entries])
	}
	next
}

/^@backend / {
	finish_backend()
	backends[++backend_count] = backend = $2
	next
}

/^@symbol / {
	check_symbol($2)
	next
}

/^[0-9a-f]+ <.*>:$/ {
	finish_function()
	full = symbol_of($0)
	name = plain(full)
	cold = full ~ /cold/
	hot = is_hot(name)
	looked_at = hot || is_slow(name)
	if (hot && !cold)
		functions++
	start = hex($1)
	count = 0
	folded = 0
	split("", index_of)
	next
}

looked_at && /^ +[0-9a-f]+:\t/ {
	address = $1
	sub(/:/, "", address)
	field = 2
	while ($field ~ /^(lock|notrack|bnd|rep|repz|repnz|data16|cs|ds|addr32)$/)
		field++
	note(hex(address), $field, $(field + 1), symbol_of($0))
	check_thread_local(hex(address), $0)
}

END {
	finish_backend()
	for (i = 1; i <= entries; i++) {
		concerned = 0
		for (j = 1; j <= backend_count; j++)
			if (matches(entry_backend[i], backends[j]))
				concerned = 1
		if (concerned && !(i in used) && !optional[i]) {
			printf "callees.txt:%d: %s is not needed for '%s %s'\n", entry_line[i], entry_word[i], \
				entry_backend[i], entry_loop[i]
			violations++
		}
	}
	printf "%d hot loops in %d functions of %d backends, %d violations\n", loops, functions_in_all, backend_count, \
		violations
	exit violations > 0
}
