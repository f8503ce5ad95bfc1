/* short_struct - exports a structure that ends before the fields every backend has. */
#define BROKEN_NAME "short_struct"
#define BROKEN_SIZE offsetof(struct lfb_backend, name)
#include "broken.h"
