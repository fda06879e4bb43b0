// Reading memory as fast as a core can, to measure how fast that is.
#ifndef BITNET_KERNELS_STREAMS_H
#define BITNET_KERNELS_STREAMS_H

#include <stdint.h>

namespace bitnet {

// The sum of all 64-bit words of data, which cannot be known without reading them: as four streams, which
// the CPU fetches by itself, with the widest loads that it has. data is aligned to 64 bytes, bytes a
// multiple of 64. Any thread.
uint64_t sum_words(const void* data, uint64_t bytes);

}  // namespace bitnet

#endif
