// The kernel builds in this library, slowest first.
#ifndef BITNET_KERNELS_REGISTRY_H
#define BITNET_KERNELS_REGISTRY_H

#include "kernels/table.h"

namespace bitnet {

uint32_t kernel_count();

// index < kernel_count()
const KernelTable& kernel_at(uint32_t index);
bool kernel_runnable(uint32_t index);

// The last runnable one.
uint32_t kernel_best();

}  // namespace bitnet

#endif
