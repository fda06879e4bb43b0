// Plain reading of memory: the limit of what computes with it.
#ifndef BITNET_RUNTIME_PLAIN_READING_H
#define BITNET_RUNTIME_PLAIN_READING_H

#include "runtime/pool.h"

namespace bitnet {

// Bytes per second at which the threads read data once, aligned to 64 bytes, a multiple of 64 of them.
double read_bandwidth(PoolLease* threads, const void* data, uint64_t bytes);

}  // namespace bitnet

#endif
