#include "bitnet.h"
#include "test/check.h"

TEST("the library reports the ABI version of its header") {
  CHECK_EQ(bn_abi_version(), uint32_t{BN_ABI_VERSION});
}
