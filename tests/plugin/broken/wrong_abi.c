/* wrong_abi - was built for another version of the contract. */
#define BROKEN_NAME "wrong_abi"
#define BROKEN_ABI 999u
#include "broken.h"
