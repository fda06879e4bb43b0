// Kernel builds from outside this library: checked, tested, then listed beside its own.
#ifndef BITNET_RUNTIME_EXTERNAL_KERNELS_H
#define BITNET_RUNTIME_EXTERNAL_KERNELS_H

#include <stddef.h>

#include "kernels/table.h"

namespace bitnet {

// The dot product of bitnet.cpp; see bn_kernel_register_dot.
using DotFunction = void (*)(int n, float* s, size_t bs, const void* vx, size_t bx, const void* vy,
                             size_t by, int nrc);

// bn_kernel_register and bn_kernel_register_dot behind their checks for NULL. On failure *fault may
// have changed. Any thread.
int32_t register_table(const KernelTable* table, uint32_t* index, bn_kernel_fault* fault);
int32_t register_dot(DotFunction dot, uint32_t* index, bn_kernel_fault* fault);

}  // namespace bitnet

#endif
