// The output layer as it is stored.
#ifndef BITNET_RUNTIME_STORED_HEAD_H
#define BITNET_RUNTIME_STORED_HEAD_H

#include <stdint.h>

#include "kernels/table.h"
#include "runtime/pool.h"

namespace bitnet {

struct StoredHead {
  const KernelTable& kernel;
  uint32_t type;
  const uint8_t* data;
  uint64_t rows, cols, row_bytes;

  // logits[n_tokens][rows] of x[n_tokens][cols].
  void compute(const float* x, uint64_t n_tokens, PoolLease* threads, float* logits) const;
};

}  // namespace bitnet

#endif
