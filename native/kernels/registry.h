// The kernel builds: those in this library, slowest first, then those added by path, in that order.
#ifndef BITNET_KERNELS_REGISTRY_H
#define BITNET_KERNELS_REGISTRY_H

#include "kernels/table.h"

namespace bitnet {

// Most builds that can be added.
constexpr uint32_t kMaxAddedKernels = 32;

uint32_t kernel_count();

// index < kernel_count()
const KernelTable& kernel_at(uint32_t index);
bool kernel_runnable(uint32_t index);

// Whether this CPU and operating system have what a table requires.
bool kernel_runnable(const KernelTable& table);

// The last runnable one of those in this library.
uint32_t kernel_best();

// Adds a copy of a table and returns its index; UINT32_MAX when there is no room. One caller at a
// time; others may read meanwhile.
uint32_t kernel_add(const KernelTable& table);

}  // namespace bitnet

#endif
