#include "kernels/cpu.h"

namespace bitnet {

uint64_t cpu_features() { return 0; }

}  // namespace bitnet
