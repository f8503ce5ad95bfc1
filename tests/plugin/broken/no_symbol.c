/* no_symbol - a shared object like any other, but no backend. */
extern const int not_a_backend;
__attribute__((visibility("default"))) const int not_a_backend = 1;
