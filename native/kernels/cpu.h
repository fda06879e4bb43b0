// What this CPU and operating system can run.
#ifndef BITNET_KERNELS_CPU_H
#define BITNET_KERNELS_CPU_H

#include <stdint.h>

namespace bitnet {

// bn_cpu_feature bits present here. Any thread.
uint64_t cpu_features();

}  // namespace bitnet

#endif
