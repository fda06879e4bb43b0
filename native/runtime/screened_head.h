// The screened head: an 8-bit copy of the head finds the rows whose logits can be among the highest, and
// only those are computed from the stored weights. What comes out among the highest is the full head's,
// to the bit.
#ifndef BITNET_RUNTIME_SCREENED_HEAD_H
#define BITNET_RUNTIME_SCREENED_HEAD_H

#include "include/bitnet.h"
#include "ops/screen.h"
#include "runtime/array.h"
#include "runtime/pool.h"
#include "runtime/stored_head.h"

namespace bitnet {

// Immutable once built.
class ScreenedHead {
 public:
  // Copies a head. BN_OK or BN_ERROR_OUT_OF_MEMORY. A head with infinite weights or NaN is not copied:
  // ready() stays false.
  int32_t build(const StoredHead& head, bn_pool* pool);

  bool ready() const { return rows_.size() > 0; }
  uint64_t bytes() const { return codes_.bytes() + rows_.bytes(); }

 private:
  friend class Screening;

  Array<int8_t> codes_;  // [rows][cols]
  Array<ScreenRow> rows_;
  int32_t largest_input_ = 0;
  float largest_norm_ = 0;
};

// What one use of a screened head computes in. One caller at a time.
class Screening {
 public:
  [[nodiscard]] bool allocate(uint64_t rows, uint64_t cols);
  static uint64_t bytes_for(uint64_t rows, uint64_t cols) {
    return Array<int16_t>::bytes_for(cols) + Array<float>::bytes_for(rows) +
           Array<uint32_t>::bytes_for(rows) + Array<float>::bytes_for(BN_MAX_HIGHEST);
  }
  uint64_t bytes() const {
    return input_.bytes() + lower_.bytes() + candidates_.bytes() + highest_.bytes();
  }

  // logits[rows] of x: those that are at least the k-th highest to the bit, and of the others some to
  // the bit and the rest -infinity. False, with logits undefined, when this saves nothing or no interval can
  // be told: then the full head has to be computed.
  bool run(const ScreenedHead& screened, const StoredHead& head, const float* x, uint64_t k,
           PoolLease* threads, float* logits);

  // Rows that the last successful run computed from the stored weights.
  uint64_t computed_rows() const { return n_candidates_; }

 private:
  float kth_highest_lower(uint64_t rows, uint64_t k);

  Array<int16_t> input_;       // [cols]
  Array<float> lower_;         // [rows]
  Array<uint32_t> candidates_; // [rows]
  Array<float> highest_;       // [BN_MAX_HIGHEST]
  uint64_t n_candidates_ = 0;
};

}  // namespace bitnet

#endif
