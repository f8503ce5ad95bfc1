/* library.c - a library that says which of its versions it is. */
const char *gate_library_answer(void);

const char *gate_library_answer(void)
{
	return ANSWER;
}
