# csv_values.awk - values of the first row of a results file:
#   awk -v columns="items status" -f csv_values.awk FILE
# prints them in that order on one line, - for an empty one. Knows quoted fields, not quoted line ends.

function split_csv(line, fields,   n, i, c, quoted) {
	n = 1
	fields[1] = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\"")
			quoted = !quoted
		else if (c == "," && !quoted)
			fields[++n] = ""
		else
			fields[n] = fields[n] c
	}
	return n
}

NR == 1 {
	named = split_csv($0, names)
	for (i = 1; i <= named; i++)
		place[names[i]] = i
}

NR == 2 {
	split_csv($0, values)
	wanted = split(columns, want, " ")
	for (i = 1; i <= wanted; i++)
		line = line (i > 1 ? " " : "") (values[place[want[i]]] == "" ? "-" : values[place[want[i]]])
	print line
}
