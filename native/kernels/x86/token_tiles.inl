// Tokens divided into tiles.
#pragma once

namespace {

inline uint64_t divide_up(uint64_t n, uint64_t by) { return (n + by - 1) / by; }

// Calls f(t, n) for tiles of n tokens from t on, of about equal size and at most `most`: 9 tokens are 5 and 4,
// not 8 and a slow 1.
template <typename F>
inline void for_each_tile(uint64_t n_tokens, uint64_t most, const F& f) {
  for (uint64_t t = 0, left = divide_up(n_tokens, most); left > 0; --left) {
    const uint64_t n = divide_up(n_tokens - t, left);
    f(t, n);
    t += n;
  }
}

}  // namespace
