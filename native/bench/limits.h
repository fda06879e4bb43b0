// The two speeds that bound the kernels, measured: reading memory, and multiplying bytes in registers.
#ifndef BITNET_BENCH_LIMITS_H
#define BITNET_BENCH_LIMITS_H

#include <stdint.h>

#include "kernels/table.h"
#include "runtime/pool.h"

namespace bitnet {

// Bytes per nanosecond at which the pool's threads together read a buffer of `bytes` from begin to
// end, the best of several passes. The buffer should be much larger than the caches (256 MiB) and lies
// in pages as the OS gives them out. 0 when there is no memory. Takes `bytes` / 10 GB/s a pass.
double read_gbytes_per_second(bn_pool* pool, uint64_t bytes);

// 10^9 multiply-adds of bytes per second that the pool's threads together do with the instructions of
// `kernel` on registers (bn_kernel_table::multiply_adds), the best of several runs of some
// milliseconds each. The kernel must be runnable here.
double multiply_gadds_per_second(bn_pool* pool, const KernelTable& kernel);

}  // namespace bitnet

#endif
