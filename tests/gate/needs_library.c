/* needs_library.c - an object that needs libgate_shared.so, as base and head may in two versions. */
const char *gate_library_answer(void);
const char *gate_needs_answer(void);

const char *gate_needs_answer(void)
{
	return gate_library_answer();
}
