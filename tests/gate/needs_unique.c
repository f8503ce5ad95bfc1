/* needs_unique.c - an object that has no unique symbol itself and needs a library that has. */
int gate_unique_next(void);
int gate_needs_unique_next(void);

int gate_needs_unique_next(void)
{
	return gate_unique_next();
}
