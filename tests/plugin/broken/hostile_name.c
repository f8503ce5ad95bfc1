/* hostile_name - a correct queue whose name tries to break out of CSV, of lines and of the terminal. */
#define BROKEN_NAME "evil,\"quoted\"\nnext line\033[31mred"
#include "broken.h"
