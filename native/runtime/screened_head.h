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

  // Whether it can be told which rows are among the k highest. BN_MAX_HIGHEST bounds what that takes.
  bool serves(uint64_t k) const { return k > 0 && k <= BN_MAX_HIGHEST && k < rows_.size(); }

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
  // For so many tokens, of which at most kMostTokens are screened together.
  [[nodiscard]] bool allocate(uint64_t rows, uint64_t cols, uint64_t tokens);
  static uint64_t bytes_for(uint64_t rows, uint64_t cols, uint64_t tokens);
  uint64_t bytes() const;

  // logits[n_tokens][rows] of x[n_tokens][cols]: of each token those that are at least its k-th highest to
  // the bit, and of the others some to the bit and the rest -infinity. All of a token's logits are computed
  // where that is no more work, or where no interval can be told. The head has to serve k, and n_tokens is at
  // most what memory was allocated for. Returns how many logits were computed from the stored weights, of all
  // tokens together.
  uint64_t run(const ScreenedHead& screened, const StoredHead& head, const float* x, uint64_t n_tokens,
               uint64_t k, PoolLease* threads, float* logits);

 private:
  // Beyond so many, reading the copy once more costs less than the room for all rows' intervals.
  static constexpr uint64_t kMostTokens = 8;

  uint64_t run_together(const ScreenedHead& screened, const StoredHead& head, const float* x,
                        uint64_t n_tokens, uint64_t k, PoolLease* threads, float* logits);
  uint64_t find_candidates(uint64_t t, uint64_t rows, uint64_t k, float* upper);

  Array<int16_t> inputs_;       // [tokens][cols]
  Array<float> lower_;          // [tokens][rows]
  Array<uint32_t> candidates_;  // [tokens][rows]
  Array<float> highest_;        // [tokens][BN_MAX_HIGHEST]
};

}  // namespace bitnet

#endif
